package ast

// Syntax is the configuration syntax of a range of server releases. What
// parses depends on the release; everything that this package knows about
// such differences is in this file.
type Syntax uint8

const (
	// Syntax215 is the syntax since v2.15.0: an unquoted value of digits, a
	// size letter and more, such as 5p3cret or 2m30s, is a string
	// (nats-server#8263).
	Syntax215 Syntax = iota
	// Syntax214 is the syntax from v2.9.22 to v2.14.x: a digit that follows a
	// size letter is a parse error, so 5p3cret must be quoted.
	Syntax214

	// Latest is the syntax of the linked nats-server release.
	Latest = Syntax215
)

// SyntaxOf returns the syntax of the release major.minor.
func SyntaxOf(major, minor int) Syntax {
	if major > 2 || major == 2 && minor >= 15 {
		return Syntax215
	}
	return Syntax214
}

// suffixThenDigit reports whether a size letter that is followed by a digit
// makes the whole token a string (else it ends the number there, and the digit
// is then refused).
func (s Syntax) suffixThenDigit() bool { return s == Syntax215 }
