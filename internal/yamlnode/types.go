// Package yamlnode reads YAML node by node, so that what is wrong in a file is
// told with its line and column: the yaml package's own decoding neither
// reports columns nor keeps 2.10 apart from 2.1.
package yamlnode

import "fmt"

// Value is a text and where it was written.
type Value struct {
	Text string
	Pos  Pos // the zero value if it does not come from a file
}

// IsSet reports whether anything was given, be it the empty text.
func (v Value) IsSet() bool { return v.Text != "" || v.Pos.Line > 0 }

// Pos is a place in a configuration file. Lines and columns count from 1,
// columns in characters.
type Pos struct {
	File         string
	Line, Column int
}

func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Problem is one thing that is wrong in a configuration file.
type Problem struct {
	Pos  Pos
	What string
	Want string // what is allowed or what to do
}

func (p *Problem) Error() string { return fmt.Sprintf("%s: %s; %s", p.Pos, p.What, p.Want) }
