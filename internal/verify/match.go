package verify

import (
	"regexp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
)

// How much it tells that a finding and a problem are about the same thing.
const (
	samePlace  = 50 // the finding stands at what the server names, or in it
	sameRow    = 35
	namedThere = 25 // the finding names the line as related
	before     = 20 // a syntax error, which the parser notices late
	quotes     = 60 // the finding holds the server's words
	sameWords  = 45 // its rule knows that the server says so
	someWords  = 20 // three words in a row
	// enough is what a finding must have to be the one.
	enough = 50
)

// matcher finds the findings that are about what the official server says.
type matcher struct {
	findings map[string][]*engine.Finding // by file
	rules    map[string]*ruleWords
	fixed    map[string]bool // messages that pages hold word for word
}

// ruleWords are what a rule's page says of the server's messages.
type ruleWords struct {
	rule     *fixes.Rule
	messages []string // kinds; see kindOf
	text     string   // words, one blank between them
}

func newMatcher(rules []*fixes.Rule, findings []*engine.Finding) *matcher {
	m := &matcher{findings: make(map[string][]*engine.Finding), rules: make(map[string]*ruleWords, len(rules)), fixed: make(map[string]bool)}
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
	for _, f := range findings {
		m.findings[f.File] = append(m.findings[f.File], f)
	}
	return m
}

// isSyntax reports whether a finding is of a rule that cures what the parser
// refuses.
func (m *matcher) isSyntax(f *engine.Finding) bool {
	w := m.rules[f.Rule]
	return w != nil && w.rule.Syntax
}

// find returns the finding that is about a problem of a server, nil if there
// is none.
func (m *matcher) find(in *inquiry, p problem) *engine.Finding {
	var best *engine.Finding
	most := enough - 1
	for _, d := range in.server.Docs {
		for _, f := range m.findings[d.Path] {
			if n := m.score(in, p, f); n > most {
				best, most = f, n
			}
		}
	}
	return best
}

// ruleOf names the rule whose page says that the server says just this, "" if
// none or several do, for a problem that no finding is about: one that a rule
// leaves to others, or does not look for in a broken file.
func (m *matcher) ruleOf(p problem) string {
	if undefined.MatchString(p.Message) {
		return m.known("undefined-variable")
	}
	if strings.HasPrefix(strings.ToLower(p.Message), "unknown field ") {
		return m.known("unknown-field")
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

func (m *matcher) score(in *inquiry, p problem, f *engine.Finding) int {
	where, what := m.where(in, p, f), m.what(p, f)
	if f.Severity < fixes.Error && !p.Warning && what < sameWords {
		return 0 // it speaks of something else there
	}
	if where == 0 && p.Line > 0 {
		return 0
	}
	if p.Line == 0 && p.Stage != oracle.StageParse && what == 0 && !p.place.value() {
		return 0 // the place is our own guess
	}
	n := where + what
	if rule := ruleFor(p.Message); rule != "" && f.Rule == rule {
		n += quotes
	}
	if f.Severity == fixes.Error == !p.Warning {
		n += 5
	}
	return n
}

// where says how close a finding stands to a problem.
func (m *matcher) where(in *inquiry, p problem, f *engine.Finding) int {
	if !p.place.valid() || p.place.doc.Path != f.File {
		return 0
	}
	doc := p.place.doc.Tree
	span := p.place.span
	if f.Offset <= span.End && span.Start <= f.End {
		return samePlace
	}
	if p.Stage == oracle.StageParse {
		// A finding of a syntax rule, at the cause of what shows here.
		if w := m.rules[f.Rule]; (w == nil || w.rule.Syntax) && f.Offset <= span.Start && f.Severity == fixes.Error {
			return max(before, samePlace-(doc.Position(span.Start).Line-f.Line))
		}
		return 0
	}
	// The server names a block, the finding what is wrong in it.
	if e := entryHolding(doc, span); e.Valid() && e.Start() <= f.Offset && f.Offset < e.End() {
		if p.Line > 0 {
			return samePlace
		}
		return sameRow
	}
	line := doc.Position(span.Start).Line
	if f.Line == line {
		return sameRow
	}
	if slices.ContainsFunc(f.Related, func(r engine.Related) bool { return r.File == f.File && r.Line == line }) {
		return namedThere
	}
	return 0
}

// entryHolding returns the innermost entry that a span lies in.
func entryHolding(doc *ast.Document, span ast.Span) ast.Node {
	n := doc.NodeAt(span.Start)
	for n.Valid() && n.Kind() != ast.KindEntry {
		n = n.Parent()
	}
	return n
}

// what says how much of what the server says a finding and the page of its
// rule say.
func (m *matcher) what(p problem, f *engine.Finding) int {
	message := plainMessage(p.Message)
	if message != "" && strings.Contains(f.Message, message) {
		return quotes
	}
	w := m.rules[f.Rule]
	if w == nil {
		return 0
	}
	kind := kindOf(p.Message)
	if slices.ContainsFunc(w.messages, func(known string) bool {
		return known == kind || strings.Contains(kind, known) || strings.Contains(known, kind)
	}) {
		return sameWords
	}
	all := strings.Fields(words(message))
	said := " " + words(f.Message) + " " + w.text + " "
	for i := range max(len(all)-2, 0) {
		if strings.Contains(said, " "+strings.Join(all[i:i+3], " ")+" ") {
			return someWords
		}
	}
	return 0
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
