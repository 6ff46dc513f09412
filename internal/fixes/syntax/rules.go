// Package syntax holds the rules for what the official parser refuses and that
// has one obvious meaning.
package syntax

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		ByteOrderMark(),
		BlockComment(),
		GluedBrace(),
		IncludeAssignment(),
		IntBeforeBracket(),
		QuoteDigitValue(),
		BackslashEscape(),
		SingleQuote(),
		ExtraComma(),
		UnclosedQuote(),
		MissingComma(),
		QuoteSpaceValue(),
		BlockStringNewline(),
		StrayBrace(),
		UnclosedBlock(),
		QuoteDollarValue(),
		IncludeAbsolutePath(),
		IncludeMissing(),
	}
}
