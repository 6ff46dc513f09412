package host

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// masker replaces the constructs of a document by text of the same length that
// the parser takes: values by variables, which are unknown, lines that give no
// text and branches other than the first by comments.
type masker struct {
	text  []byte
	out   []byte
	flow  *flow
	spans []ast.Span
	count int
	stack []byte // '{' and '['
}

// mask returns the text with its constructs replaced, and where they were.
func mask(text []byte, f *flow) (masked []byte, spans []ast.Span) {
	m := &masker{text: text, out: bytes.Clone(text), flow: f}
	for _, d := range f.dead {
		m.dead(d)
	}
	for _, c := range f.list {
		if c.role != prints || bytes.IndexByte(text[c.start:c.end], '\n') >= 0 {
			m.alone(c)
		}
	}
	m.scan()
	slices.SortStableFunc(m.spans, func(a, b ast.Span) int { return a.Start - b.Start })
	for _, s := range m.spans { // a line may be a comment for two reasons
		if n := len(spans); n == 0 || s.End > spans[n-1].End {
			spans = append(spans, s)
		}
	}
	return m.out, spans
}

// dead makes comments of the whole lines in a span, and blanks of one inside a
// line.
func (m *masker) dead(d ast.Span) {
	if bytes.IndexByte(m.text[d.Start:d.End], '\n') < 0 {
		m.fill(d, "", ' ')
		return
	}
	for start := d.Start; start < d.End; {
		end := len(m.text)
		if i := bytes.IndexByte(m.text[start:], '\n'); i >= 0 {
			end = start + i
		}
		if end <= d.End && m.lineStart(start) == start {
			m.comment(ast.Span{Start: start, End: end})
		}
		start = end + 1
	}
}

func (m *masker) lineStart(off int) int { return bytes.LastIndexByte(m.text[:off], '\n') + 1 }

func (m *masker) lineEnd(off int) int {
	if i := bytes.IndexByte(m.text[off:], '\n'); i >= 0 {
		return off + i
	}
	return len(m.text)
}

// alone makes comments of the lines of a construct that stands alone on them.
func (m *masker) alone(c construct) {
	line := ast.Span{Start: m.lineStart(c.start), End: m.lineEnd(c.end)}
	if !m.onlyConstructs(line, c.role == prints) {
		return
	}
	for start := line.Start; start <= line.End; start = m.lineEnd(start) + 1 {
		m.comment(ast.Span{Start: start, End: min(m.lineEnd(start), line.End)})
	}
}

// onlyConstructs reports whether nothing but constructs and blanks is in a
// span; printing says that some may give text.
func (m *masker) onlyConstructs(s ast.Span, printing bool) bool {
	at := s.Start
	for i := m.flow.from(s.Start); i < len(m.flow.list) && m.flow.list[i].start < s.End; i++ {
		c := m.flow.list[i]
		if c.role == prints && !printing || len(bytes.TrimSpace(m.text[at:c.start])) > 0 {
			return false
		}
		at = c.end
	}
	return at <= s.End && len(bytes.TrimSpace(m.text[at:s.End])) == 0
}

// comment makes a comment of a span inside a line.
func (m *masker) comment(s ast.Span) {
	for s.Start < s.End && (m.text[s.Start] == ' ' || m.text[s.Start] == '\t') {
		s.Start++
	}
	for s.End > s.Start && m.text[s.End-1] == '\r' {
		s.End--
	}
	m.fill(s, "#", ' ')
}

// fill overwrites a span, line ends excepted, and notes it as one that must not
// be edited.
func (m *masker) fill(s ast.Span, begin string, rest byte) {
	if s.Start >= s.End {
		return
	}
	for i := s.Start; i < s.End; i++ {
		switch {
		case m.text[i] == '\n' || m.text[i] == '\r':
			begin = ""
			rest = ' '
		case begin != "":
			m.out[i] = begin[0]
			begin = begin[1:]
		default:
			m.out[i] = rest
		}
	}
	m.spans = append(m.spans, s)
}

// construct returns the construct that begins at an offset, or nil if there is
// none or it has been replaced.
func (m *masker) construct(off int) *construct {
	list := m.flow.list
	i, found := slices.BinarySearchFunc(list, off, func(c construct, off int) int { return c.start - off })
	if !found || m.out[off] != m.text[off] {
		return nil
	}
	return &list[i]
}

// expect says what comes next in a map.
type expect uint8

const (
	wantKey expect = iota
	wantSep
	wantValue
)

// scan goes through the document as the parser would.
func (m *masker) scan() {
	want := wantKey
	for i := 0; i < len(m.out); {
		array := len(m.stack) > 0 && m.stack[len(m.stack)-1] == '['
		if array {
			want = wantValue
		}
		c := m.construct(i)
		switch b := m.out[i]; {
		case c != nil && c.role != prints:
			m.fill(ast.Span{Start: c.start, End: c.end}, "", ' ')
			i = c.end
		case c != nil && want == wantKey && m.onlyConstructs(ast.Span{Start: i, End: m.lineEnd(c.end)}, true):
			end := m.lineEnd(i)
			m.fill(ast.Span{Start: i, End: i + len(bytes.TrimRight(m.text[i:end], " \t\r"))}, m.missing(end-i), '_')
			i = end
		case c == nil && (b == ' ' || b == '\t' || b == '\r'):
			i++
		case c == nil && b == '\n':
			if i++; want != wantKey && !array && !m.goesOn(i) {
				want = wantKey
			}
		case c == nil && (b == '#' || b == '/' && i+1 < len(m.out) && m.out[i+1] == '/'):
			end := m.lineEnd(i)
			m.spansIn(i, end)
			i = end
		case c == nil && (b == '{' || b == '['):
			m.stack = append(m.stack, b)
			want = wantKey
			i++
		case c == nil && (b == '}' || b == ']'):
			m.stack = m.stack[:max(0, len(m.stack)-1)]
			want = wantKey
			i++
		case c == nil && (b == ',' || b == ';'):
			want = wantKey
			i++
		case c == nil && (b == ':' || b == '=') && want == wantSep:
			want = wantValue
			i++
		case want == wantKey:
			i = m.token(i, true)
			want = wantSep
		default:
			i = m.token(i, false)
			want = wantKey
		}
	}
}

// spansIn notes constructs in a comment: they stay as they are.
func (m *masker) spansIn(start, end int) {
	for _, c := range m.flow.list[m.flow.from(start):] {
		if c.start >= end {
			return
		}
		if m.out[c.start] == m.text[c.start] {
			m.spans = append(m.spans, ast.Span{Start: c.start, End: c.end})
		}
	}
}

// goesOn reports whether what stands behind a line end belongs to the entry
// before: an opening bracket, or a construct that stands where a value does.
func (m *masker) goesOn(i int) bool {
	for i < len(m.out) {
		switch b := m.out[i]; {
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			i++
		case b == '#':
			i = m.lineEnd(i)
		default:
			c := m.construct(i)
			return c != nil && c.role == prints || c == nil && (b == '{' || b == '[')
		}
	}
	return false
}

// token masks the key or value at an offset if a construct is in it, and
// returns where it ends.
func (m *masker) token(start int, key bool) (end int) {
	end = start
	var inside []construct
	skip := func() bool { // a construct
		c := m.construct(end)
		if c != nil {
			inside = append(inside, *c)
			end = c.end
		}
		return c != nil
	}
	switch quote := m.out[start]; {
	case skip(), quote != '"' && quote != '\'' && (quote != '(' || key):
		for end < len(m.out) {
			if skip() || m.blanks(&end, len(inside) > 0) {
				continue
			}
			if endsToken(m.out[end], key) {
				break
			}
			end++
		}
	case quote == '(':
		for end++; end < len(m.out) && m.out[end] != ')'; {
			if !skip() {
				end++
			}
		}
		end = min(end+1, len(m.out))
	default:
		for end++; end < len(m.out) && m.out[end] != quote; {
			if skip() {
				continue
			}
			if m.out[end] == '\\' && quote == '"' {
				end++
			}
			end++
		}
		end = min(end+1, len(m.out))
	}
	end = max(end, start+1)
	switch {
	case len(inside) == 0, m.out[start] != '"' && m.out[start] != '\'' && m.onlyEnds(inside, end):
		for _, c := range inside {
			m.fill(ast.Span{Start: c.start, End: c.end}, "", ' ')
		}
	case key:
		for _, c := range inside {
			m.fill(ast.Span{Start: c.start, End: c.end}, "P"+strconv.FormatInt(int64(m.count), 36), 'x')
			m.count++
		}
	default:
		m.fill(ast.Span{Start: start, End: end}, m.standIn(), '_')
	}
	return end
}

// onlyEnds reports whether constructs of a bare word give no text and end it.
func (m *masker) onlyEnds(list []construct, end int) bool {
	for _, c := range slices.Backward(list) {
		if c.role == prints || len(bytes.TrimSpace(m.out[c.end:end])) > 0 {
			return false
		}
		end = c.start
	}
	return true
}

// standIn returns the name of a variable that nothing defines.
func (m *masker) standIn() string {
	m.count++
	return "$P" + strings.ToUpper(strconv.FormatInt(int64(m.count-1), 36))
}

// missing returns the beginning of an include of a file that is not there: what
// stands in its place is not known. If there is no room it is a comment.
func (m *masker) missing(room int) string {
	name := "include " + m.standIn()[1:]
	if len(name) >= room {
		return "#"
	}
	return name
}

// blanks goes on behind blanks if a construct follows on the same line and
// there was one before: {{ a }} {{ b }} is one value.
func (m *masker) blanks(end *int, before bool) bool {
	next := *end
	for before && next < len(m.out) && (m.out[next] == ' ' || m.out[next] == '\t') {
		next++
	}
	if next == *end || next >= len(m.out) || m.construct(next) == nil {
		return false
	}
	*end = next
	return true
}

// endsToken reports whether a byte ends a bare key or value.
func endsToken(b byte, key bool) bool {
	switch b {
	case ' ', '\t', '\r', '\n', ',', ';', '{', '}', '[', ']':
		return true
	}
	return key && (b == ':' || b == '=')
}
