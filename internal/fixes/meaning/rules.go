// Package meaning holds the rules for texts that the parser reads otherwise than
// their writer meant: quoting, variables, duplicates.
package meaning

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		UnquotedSpecial(),
		SizeSuffix(),
		EmptyValue(),
		CommentAsValue(),
		HiddenBlank(),
		CIDRUnquoted(),
		DuplicateKey(),
		ConflictingAliases(),
		UndefinedVariable(),
		UnusedVariable(),
		QuotedVariable(),
		SecretByVariable(),
		KeyAsVariable(),
		UndefinedAccount(),
		NameWithSpace(),
		UnquotedMinutes(),
		DuplicateAccount(),
		DuplicateUser(),
		CanonicalAlias(),
		UnusedIgnore(),
	}
}
