// Package syntax holds the rules for what the official parser refuses and that
// has one obvious meaning.
package syntax

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		ByteOrderMark(),
		GluedBrace(),
		IncludeAssignment(),
		IntBeforeBracket(),
		QuoteDigitValue(),
		BackslashEscape(),
		SingleQuote(),
		ExtraComma(),
		MissingComma(),
		BlockStringNewline(),
		StrayBrace(),
		QuoteDollarValue(),
		IncludeAbsolutePath(),
		IncludeMissing(),
	}
}
