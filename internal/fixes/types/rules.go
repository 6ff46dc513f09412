// Package types holds the rules for values of the wrong type or unit, and for
// fields that the server does not know.
package types

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run: keys
// first, since the kind of value that is right follows from the field.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		FieldCase(),
		TLSCertsKey(),
		UnknownField(),
		OCSPURLs(),
		WrapInList(),
		ScalarType(),
		DurationUnit(),
		SizeString(),
		ValueRange(),
		EnumCase(),
		ListenScheme(),
		TLSMinVersion(),
		LeafnodeMinVersion(),
		TLSCurveName(),
		TLSEmptyList(),
		TLSInsecureCiphers(),
		ResolverOption(),
		ExportDirective(),
	}
}
