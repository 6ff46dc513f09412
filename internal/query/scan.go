package query

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

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
