package query

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
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

// scanner reads paths and conditions.
type scanner struct {
	text string
	pos  int
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func (s *scanner) skip() {
	for s.pos < len(s.text) && isBlank(s.text[s.pos]) {
		s.pos++
	}
}

// at reports whether the text goes on with word, and reads it if so.
func (s *scanner) at(word string) bool {
	if !strings.HasPrefix(s.text[s.pos:], word) {
		return false
	}
	s.pos += len(word)
	return true
}

func (s *scanner) fail(want string) error {
	_, w := utf8.DecodeRuneInString(s.text[s.pos:])
	return &SyntaxError{Text: s.text, Offset: s.pos, Found: s.text[s.pos : s.pos+w], Want: want}
}

func (s *scanner) path() (Path, error) {
	var p Path
	if rest := s.text[s.pos:]; rest == "." || strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ".)") {
		s.pos++
		return p, nil
	}
	for {
		step, err := s.key()
		if err != nil {
			return p, err
		}
		p.Steps = append(p.Steps, step)
		for s.at("[") {
			step, err := s.bracket()
			if err != nil {
				return p, err
			}
			p.Steps = append(p.Steps, step)
		}
		if len(p.Steps) > maxSteps {
			return p, s.fail("a shorter path")
		}
		if !s.at(".") {
			return p, nil
		}
	}
}

// key reads a key, * or **.
func (s *scanner) key() (Step, error) {
	const want = "a key, * or **"
	switch {
	case s.at("**"):
		return Step{Kind: Deep}, nil
	case s.at("*"):
		return Step{Kind: AnyKey}, nil
	}
	key, err := s.name(want)
	return Step{Kind: Key, Key: key}, err
}

// name reads a key with or without quotes.
func (s *scanner) name(want string) (string, error) {
	if s.pos < len(s.text) && (s.text[s.pos] == '"' || s.text[s.pos] == '\'') {
		return s.quoted()
	}
	start := s.pos
	for s.pos < len(s.text) {
		r, w := utf8.DecodeRuneInString(s.text[s.pos:])
		if !isKeyRune(r) || r == utf8.RuneError && w == 1 {
			break
		}
		s.pos += w
	}
	if s.pos == start {
		return "", s.fail(want)
	}
	return s.text[start:s.pos], nil
}

// isKeyRune reports whether a character can stand in a key without quotes.
func isKeyRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-$/@+:", r)
}

// quoted reads a text in double quotes, with Go's escapes, or in single quotes,
// which have none.
func (s *scanner) quoted() (string, error) {
	rest := s.text[s.pos:]
	if rest[0] == '\'' {
		end := strings.IndexByte(rest[1:], '\'')
		if end < 0 {
			return "", s.fail("a closing quote")
		}
		s.pos += end + 2
		return rest[1 : 1+end], nil
	}
	prefix, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return "", s.fail("a text in double quotes that ends on the same line")
	}
	text, err := strconv.Unquote(prefix)
	if err != nil {
		return "", s.fail("a text in double quotes")
	}
	s.pos += len(prefix)
	return text, nil
}

// bracket reads what stands behind an opening bracket.
func (s *scanner) bracket() (Step, error) {
	s.skip()
	step := Step{Kind: Each}
	start := s.pos
	if !s.at("*") {
		for s.pos < len(s.text) && (s.text[s.pos] >= '0' && s.text[s.pos] <= '9' || s.pos == start && s.text[s.pos] == '-') {
			s.pos++
		}
		n, err := strconv.Atoi(s.text[start:s.pos])
		if err == nil && s.pos < len(s.text) && (s.text[s.pos] == ']' || isBlank(s.text[s.pos])) {
			step = Step{Kind: Index, Index: n}
		} else {
			s.pos = start
			f, err := s.filter()
			if err != nil {
				return step, err
			}
			step = Step{Kind: Where, Filter: f}
		}
	}
	s.skip()
	if !s.at("]") {
		return step, s.fail(`"]"`)
	}
	return step, nil
}

// filter reads [KEY OP VALUE], [OP VALUE] or [KEY].
func (s *scanner) filter() (Filter, error) {
	var f Filter
	const want = `a number, *, or a filter such as name=c1, user=~"^svc-" or tls`
	if op, ok := s.filterOp(); ok {
		return s.filterValue(f, op)
	}
	for {
		key, err := s.name(want)
		if err != nil {
			return f, err
		}
		f.Keys = append(f.Keys, key)
		if !s.at(".") {
			break
		}
	}
	s.skip()
	op, ok := s.filterOp()
	if !ok {
		f.Op = Exists
		return f, nil
	}
	return s.filterValue(f, op)
}

func (s *scanner) filterOp() (Op, bool) {
	for _, o := range [...]struct {
		text string
		op   Op
	}{{"==", Equal}, {"=~", Matches}, {"!=", NotEqual}, {"!~", NotMatches}, {"=", Equal}} {
		if s.at(o.text) {
			return o.op, true
		}
	}
	return 0, false
}

func (s *scanner) filterValue(f Filter, op Op) (Filter, error) {
	f.Op = op
	s.skip()
	at := s.pos
	if s.pos < len(s.text) && (s.text[s.pos] == '"' || s.text[s.pos] == '\'') {
		text, err := s.quoted()
		if err != nil {
			return f, err
		}
		f.Text = text
	} else {
		end := strings.IndexByte(s.text[s.pos:], ']')
		if end < 0 {
			s.pos = len(s.text)
			return f, s.fail(`"]"`)
		}
		f.Text = strings.TrimSpace(s.text[s.pos : s.pos+end])
		s.pos += end
	}
	if op == Matches || op == NotMatches {
		re, err := regexp.Compile(f.Text)
		if err != nil {
			s.pos = at
			return f, s.fail("a regular expression: " + regexpProblem(err))
		}
		f.re = re
	}
	return f, nil
}

func regexpProblem(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}
