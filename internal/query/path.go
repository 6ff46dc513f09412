package query

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/fleet"
)

// Path is a parsed path. The zero Path names the top level.
type Path struct {
	Steps []Step
}

// StepKind says what a step does.
type StepKind uint8

const (
	Key    StepKind = iota // .name: the entry of that key
	AnyKey                 // .*: every entry of a block
	Deep                   // .**: the value and everything in it
	Index                  // [2], [-1]: an item of a list, from the end if negative
	Each                   // [*]: every item of a list
	Where                  // [user=x]: the items for which that holds, or a block by itself
)

// Step is one step of a path.
type Step struct {
	Kind   StepKind
	Key    string
	Index  int
	Filter Filter
}

// Filter is what stands in brackets: [name=c1], [user=~"^svc-"], [=~ngs], [tls].
type Filter struct {
	Keys []string // below the item; none for the item itself
	Op   Op       // Exists for a key alone
	Text string
	re   *regexp.Regexp
}

// SyntaxError says what is wrong in a path, a condition or a command.
type SyntaxError struct {
	Text   string // the whole text
	Offset int    // of the byte at fault
	Found  string // "" at the end of the text
	Want   string // what could have stood there
}

// Column returns the column of the error, in characters from 1.
func (e *SyntaxError) Column() int { return utf8.RuneCountInString(e.Text[:e.Offset]) + 1 }

// Brief returns the error without what follows the byte at fault, which may be
// a secret where the text goes on with a value.
func (e *SyntaxError) Brief() *SyntaxError {
	return &SyntaxError{Text: e.Text[:min(len(e.Text), e.Offset+len(e.Found))], Offset: e.Offset, Found: e.Found, Want: e.Want}
}

func (e *SyntaxError) Error() string {
	found := "the end"
	if e.Found != "" {
		found = strconv.Quote(e.Found)
	}
	return fmt.Sprintf("%q: column %d: found %s, expected %s", e.Text, e.Column(), found, e.Want)
}

// maxSteps bounds a path; configurations do not nest that deep.
const maxSteps = 1000

// Parse reads a path that makes up the whole text. A single dot is the top
// level.
func Parse(text string) (Path, error) {
	s := scanner{text: text}
	p, err := s.path()
	if err == nil && s.pos < len(text) {
		err = s.fail("a dot, a bracket, or the end of the path")
	}
	return p, err
}

// Prefix reads the path that a text starts with, and returns what follows it
// without the blanks between.
func Prefix(text string) (Path, string, error) {
	s := scanner{text: text}
	p, err := s.path()
	if err == nil && s.pos < len(text) && !isBlank(text[s.pos]) {
		err = s.fail("a dot, a bracket, or a blank behind the path")
	}
	return p, strings.TrimLeft(text[s.pos:], " \t\r\n"), err
}

// Exact returns the path that names one value, as fleet.JoinKey and
// fleet.JoinIndex write it.
func Exact(text string) Path {
	p, err := Parse(text)
	if text == "" || err != nil {
		return Path{}
	}
	return p
}

// Parent returns the path without its last step.
func (p Path) Parent() Path { return Path{p.Steps[:max(0, len(p.Steps)-1)]} }

// Last returns the last step, and whether there is one.
func (p Path) Last() (Step, bool) {
	if len(p.Steps) == 0 {
		return Step{}, false
	}
	return p.Steps[len(p.Steps)-1], true
}

// Child returns the path of an entry below.
func (p Path) Child(key string) Path {
	return Path{append(p.Steps[:len(p.Steps):len(p.Steps)], Step{Kind: Key, Key: key})}
}

// String writes the path so that Parse reads it back.
func (p Path) String() string {
	var b strings.Builder
	if len(p.Steps) == 0 {
		return "."
	}
	for i, s := range p.Steps {
		dot := i > 0
		switch s.Kind {
		case Key:
			text := fleet.JoinKey("", s.Key)
			if dot {
				text = "." + text
			}
			b.WriteString(text)
		case AnyKey, Deep:
			if dot {
				b.WriteByte('.')
			}
			b.WriteString("**"[:1+int(s.Kind-AnyKey)])
		case Index:
			fmt.Fprintf(&b, "[%d]", s.Index)
		case Each:
			b.WriteString("[*]")
		case Where:
			b.WriteString("[" + s.Filter.String() + "]")
		}
	}
	return b.String()
}

func (f Filter) String() string {
	var b strings.Builder
	for i, k := range f.Keys {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(fleet.JoinKey("", k))
	}
	if f.Op != Exists {
		b.WriteString(f.Op.String() + strconv.Quote(f.Text))
	}
	return b.String()
}
