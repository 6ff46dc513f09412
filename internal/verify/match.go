package verify

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// How much it tells that a finding and a problem are about the same thing.
const (
	samePlace  = 50 // the finding stands at what the server names
	sameRow    = 35
	inBlock    = 30 // or in the block that it names
	namedThere = 25 // the finding names the line as related
	before     = 20 // a syntax error, which the parser notices late
	quotes     = 60 // the finding holds the server's words
	sameWords  = 45 // its rule knows that the server says so
	someWords  = 20 // three words in a row
	sameName   = 10 // it holds a name that the server quotes
	// enough is what a finding must have to be the one.
	enough = 50
)

// matcher finds the findings that are about what the official server says.
type matcher struct {
	files map[string]*fileFindings
	rules map[string]*ruleWords
	fixed map[string]bool // messages that pages hold word for word
}

// fileFindings are the findings in one file.
type fileFindings struct {
	list    []*engine.Finding         // by offset
	related map[int][]*engine.Finding // by the lines that they name as related
}

// ruleWords are what a rule's page says of the server's messages.
type ruleWords struct {
	rule     *fixes.Rule
	messages []string // kinds; see kindOf
	text     string   // words, one blank between them
}

func newMatcher(rules []*fixes.Rule, findings []*engine.Finding) *matcher {
	m := &matcher{rules: make(map[string]*ruleWords, len(rules)), fixed: make(map[string]bool)}
	for _, r := range rules {
		w := &ruleWords{rule: r, text: words(r.Doc.Message + " " + r.Doc.What)}
		for text := range strings.SplitSeq(r.Doc.Message, "; ") {
			m.fixed[text] = true
			if kind := kindOf(strings.TrimSuffix(text, " (UTF-16)")); kind != "" {
				w.messages = append(w.messages, kind)
			}
		}
		m.rules[r.Name] = w
	}
	return m.with(findings)
}

// with returns a matcher with the same rules and other findings.
func (m *matcher) with(findings []*engine.Finding) *matcher {
	next := *m
	next.files = make(map[string]*fileFindings)
	for _, f := range findings {
		file := next.files[f.File]
		if file == nil {
			file = &fileFindings{related: make(map[int][]*engine.Finding)}
			next.files[f.File] = file
		}
		file.list = append(file.list, f)
		for _, r := range f.Related {
			if r.File == f.File {
				file.related[r.Line] = append(file.related[r.Line], f)
			}
		}
	}
	for _, file := range next.files {
		slices.SortStableFunc(file.list, func(a, b *engine.Finding) int { return cmp.Compare(a.Offset, b.Offset) })
	}
	return &next
}

// isSyntax reports whether a finding is of a rule that cures what the parser
// refuses.
func (m *matcher) isSyntax(f *engine.Finding) bool {
	w := m.rules[f.Rule]
	return w != nil && w.rule.Syntax
}

// search is one problem that a finding is looked for.
type search struct {
	*matcher
	problem
	message string // without the position
	kind    string
	words   []string
	names   []string
	sole    *engine.Finding // the one error in the block that the server names, nil if there are several
}

// find returns the finding that is about a problem of a server, nil if there
// is none.
func (m *matcher) find(s *fleet.Server, p problem) *engine.Finding {
	if ruleFor(p.Message) == noRule {
		return nil
	}
	q := &search{matcher: m, problem: p, message: plainMessage(p.Message), kind: kindOf(p.Message), names: quotedIn(p.Message)}
	q.words = strings.Fields(words(q.message))
	list := q.candidates(s)
	q.sole = q.soleError(list)
	var best *engine.Finding
	most := enough - 1
	for _, f := range list {
		if n := q.score(f); n > most {
			best, most = f, n
		}
	}
	return best
}

// candidates returns the findings that may be about the problem: where the
// server names a place, those around it.
func (q *search) candidates(s *fleet.Server) []*engine.Finding {
	if q.Line > 0 && q.Stage != oracle.StageParse && q.place.valid() {
		file := q.files[q.place.doc.Path]
		if file == nil {
			return nil
		}
		doc := q.place.doc.Tree
		span := q.place.span
		if q.block.Len() > 0 {
			span = ast.Span{Start: min(span.Start, q.block.Start), End: max(span.End, q.block.End)}
		}
		start, end := doc.LineStart(span.Start), doc.LineEnd(span.End)
		from, _ := slices.BinarySearchFunc(file.list, start, func(f *engine.Finding, off int) int { return cmp.Compare(f.Offset, off) })
		to, _ := slices.BinarySearchFunc(file.list, end+1, func(f *engine.Finding, off int) int { return cmp.Compare(f.Offset, off) })
		return slices.Concat(file.list[from:to], file.related[doc.Position(q.place.span.Start).Line])
	}
	var list []*engine.Finding
	for _, d := range s.Docs {
		if file := q.files[d.Path]; file != nil {
			list = append(list, file.list...)
		}
	}
	return list
}

func (q *search) soleError(list []*engine.Finding) *engine.Finding {
	var sole *engine.Finding
	for _, f := range list {
		if f.Severity == fixes.Error && q.inBlock(f) {
			if sole != nil {
				return nil
			}
			sole = f
		}
	}
	return sole
}

// inBlock reports whether a finding stands in the entry that the server names.
func (q *search) inBlock(f *engine.Finding) bool {
	return q.block.Len() > 0 && f.File == q.place.doc.Path && q.block.Start <= f.Offset && f.Offset < q.block.End
}

func (q *search) score(f *engine.Finding) int {
	where := q.where(f)
	if where == 0 && q.Line > 0 {
		return 0
	}
	what := q.what(f)
	if f.Severity < fixes.Error && !q.Warning && what < sameWords {
		return 0 // it speaks of something else there
	}
	if q.Line == 0 && q.Stage != oracle.StageParse && what == 0 && !q.place.value() {
		return 0 // the place is our own guess
	}
	n := where + what
	if rule := ruleFor(q.Message); rule != "" && f.Rule == rule {
		n += quotes
	}
	if slices.ContainsFunc(q.names, func(name string) bool { return len(name) > 1 && strings.Contains(f.Message, name) }) {
		n += sameName
	}
	if f.Severity == fixes.Error == !q.Warning {
		n += 5
	}
	return n
}

// where says how close a finding stands to the problem.
func (q *search) where(f *engine.Finding) int {
	if !q.place.valid() || q.place.doc.Path != f.File {
		return 0
	}
	doc := q.place.doc.Tree
	span := q.place.span
	if f.Offset <= span.End && span.Start <= f.End {
		return samePlace
	}
	line := doc.Position(span.Start).Line
	if q.Stage == oracle.StageParse {
		switch {
		case f.Severity < fixes.Error || f.Offset > span.Start:
		case f.Line == line:
			return samePlace
		case q.isSyntax(f): // at the cause of what shows here
			return max(before, samePlace-(line-f.Line))
		}
		return 0
	}
	switch {
	case q.sole == f, q.block.Len() > 0 && !q.container && q.inBlock(f):
		return samePlace
	case f.Line == line:
		return sameRow
	case q.inBlock(f):
		return inBlock
	case slices.ContainsFunc(f.Related, func(r engine.Related) bool { return r.File == f.File && r.Line == line }):
		return namedThere
	}
	return 0
}

// what says how much of what the server says a finding and the page of its
// rule say.
func (q *search) what(f *engine.Finding) int {
	if q.message != "" && strings.Contains(f.Message, q.message) {
		return quotes
	}
	w := q.rules[f.Rule]
	if w == nil {
		return 0
	}
	if slices.ContainsFunc(w.messages, func(known string) bool {
		return known == q.kind || strings.Contains(q.kind, known) || strings.Contains(known, q.kind)
	}) {
		return sameWords
	}
	said := " " + words(f.Message) + " " + w.text + " "
	for i := range max(len(q.words)-2, 0) {
		if strings.Contains(said, " "+strings.Join(q.words[i:i+3], " ")+" ") {
			return someWords
		}
	}
	return 0
}

// ruleOf names the rule whose page says that the server says just this, "" if
// none or several do, for a problem that no finding is about: one that a rule
// leaves to others, or does not look for in a broken file.
func (m *matcher) ruleOf(p problem) string {
	if undefined.MatchString(p.Message) {
		return m.known("undefined-variable")
	}
	if rule := ruleFor(p.Message); rule != "" {
		return m.known(rule)
	}
	kind, name := kindOf(p.Message), ""
	for _, w := range m.rules {
		if slices.Contains(w.messages, kind) {
			if name != "" {
				return ""
			}
			name = w.rule.Name
		}
	}
	return name
}

// known returns a rule's name if there is such a rule.
func (m *matcher) known(name string) string {
	if m.rules[name] == nil {
		return ""
	}
	return name
}

var word = regexp.MustCompile(`[A-Za-z_$]+`)

func words(s string) string { return strings.Join(word.FindAllString(s, -1), " ") }

// parseError matches what the parser wraps its messages in.
var parseError = regexp.MustCompile(`^(?s:.*)Parse error on line \d+: '((?s:.*))'$`)

// plainMessage takes the position off a message of the parser.
func plainMessage(message string) string {
	if m := parseError.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return message
}

// kindOf returns a message without what it quotes and counts.
func kindOf(message string) string {
	kind := oracle.Problem{Message: plainMessage(message)}.Kind()
	return strings.Trim(strings.TrimSpace(kind), ".")
}
