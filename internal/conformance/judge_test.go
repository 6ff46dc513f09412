package conformance

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/oracle"
)

const root = "nats.conf"

// class says what the official server makes of an input.
type class string

const (
	starts    class = "starts"
	refused   class = "refused"
	outside   class = "outside" // refused for what is not in the file
	notJudged class = "not judged"
)

// measured is an input with both answers.
type measured struct {
	input
	class    class
	why      string // for outside and notJudged
	verdict  oracle.Verdict
	problems []oracle.Problem // the errors that count
	findings []*engine.Finding
	missed   []oracle.Problem // of problems: no finding at their place
}

// measure asks the official server and the suite.
func measure(tb testing.TB, judge *oracle.Judge, in input) *measured {
	tb.Helper()
	m := &measured{input: in}
	var err error
	m.verdict, err = judge.Ask(tb.Context(), oracle.Case{Root: root, Files: map[string][]byte{root: []byte(in.text)}})
	if err != nil {
		tb.Fatal(err)
	}
	m.findings = check(tb, judge, in.text, false, nil).Findings
	m.classify()
	for _, p := range m.problems {
		if !m.found(p) {
			m.missed = append(m.missed, p)
		}
	}
	return m
}

// check runs the suite over one text alone.
func check(tb testing.TB, judge *oracle.Judge, text string, prove bool, params map[string]string) *engine.Result {
	tb.Helper()
	req := engine.Request{
		Targets: []string{root},
		Read: func(path string) ([]byte, error) {
			if path == root {
				return []byte(text), nil
			}
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		},
		Rules: suite.All(), Jobs: 1, Prove: prove, Params: params,
		Judge: func() (*oracle.Judge, error) { return judge, nil },
	}
	res, err := engine.Run(tb.Context(), req)
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

// environment matches names that a variable of the environment may have. $SYS
// and $G name accounts of the server.
var environment = regexp.MustCompile(`^variable reference for '([A-Za-z_][A-Za-z0-9_]*)' on line \d+ can not be found$`)

// placeholder matches what a template leaves in a file that is none yet.
var placeholder = regexp.MustCompile(`\{\{|%[sdvqt]\b|%\+v|<%|\$\{|__[A-Z_]+__`)

// classify says what the official server makes of the input. Errors at the
// start count only if nothing was refused before: else parts were left out.
func (m *measured) classify() {
	v := m.verdict
	if v.NotJudged != "" {
		m.class, m.why = notJudged, v.NotJudged
		return
	}
	if v.Accepted() {
		m.class = starts
		return
	}
	m.class = refused
	stage := oracle.StageNone
	for _, p := range v.Problems {
		if p.Warning || p.Hidden || stage != oracle.StageNone && p.Stage != stage {
			continue
		}
		stage = p.Stage
		if !slices.Contains(m.problems, p) {
			m.problems = append(m.problems, p)
		}
	}
	if m.message == "" && placeholder.MatchString(m.text) {
		m.class, m.why = outside, "template"
		return
	}
	inside := slices.DeleteFunc(slices.Clone(m.problems), func(p oracle.Problem) bool {
		if match := environment.FindStringSubmatch(p.Message); match != nil && match[1] != "SYS" && match[1] != "G" && m.message == "" {
			m.why = "environment"
			return true
		}
		if Outside(p.Message) {
			m.why = p.Message
			return true
		}
		return false
	})
	if len(inside) == 0 {
		m.class = outside
		return
	}
	m.why = ""
	m.problems = inside
}

// found reports whether a finding of severity error stands where the server
// points: at its line, in the block that begins there, or, at a syntax error, before
// it, since the server notices late. Where the server names no place, the
// finding or its rule's page has to speak of what the server says.
func (m *measured) found(p oracle.Problem) bool {
	doc := ast.Parse(root, []byte(m.text), ast.Latest)
	return slices.ContainsFunc(m.findings, func(f *engine.Finding) bool {
		if f.Severity != fixes.Error {
			return false
		}
		if p.Line == 0 {
			return p.Stage == oracle.StageParse && isSyntax(f) || speaksOf(f, p.Message, line(m.text, f.Line))
		}
		if f.Line == p.Line {
			return true
		}
		if slices.ContainsFunc(f.Related, func(r engine.Related) bool { return r.Line == p.Line }) {
			return true
		}
		if p.Stage == oracle.StageParse {
			return isSyntax(f) && f.Line <= p.Line || strings.HasPrefix(p.Message, "config is invalid")
		}
		for n := range doc.Root().Walk() {
			if n.Kind() != ast.KindEntry || doc.Position(n.Start()).Line != p.Line {
				continue
			}
			if n.Start() <= f.Offset && f.Offset < n.End() {
				return true
			}
		}
		return false
	})
}

// word matches what messages are compared by.
var word = regexp.MustCompile(`[A-Za-z_$]+`)

// speaksOf reports whether the server's message names a word of the line that a
// finding points at, a field or its value, or else whether the finding, or the
// page of its rule, has three words in a row that the server says.
func speaksOf(f *engine.Finding, message, line string) bool {
	words := func(s string) []string {
		return word.FindAllString(strings.ToLower(strings.ReplaceAll(s, "_", "")), -1)
	}
	here := words(line)
	for _, w := range words(message) {
		if len(w) > 3 && w != "nats" && w != "true" && slices.Contains(here, w) {
			return true
		}
	}
	text := f.Message
	for _, r := range suite.All() {
		if r.Name == f.Rule {
			text += " " + r.Doc.Message + " " + r.Doc.What
		}
	}
	said := " " + strings.Join(word.FindAllString(text, -1), " ") + " "
	all := word.FindAllString(message, -1)
	for i := range max(len(all)-2, 1) {
		if strings.Contains(said, " "+strings.Join(all[i:min(i+3, len(all))], " ")+" ") {
			return true
		}
	}
	return false
}

// isSyntax reports whether a finding speaks of what the parser refuses.
func isSyntax(f *engine.Finding) bool {
	return f.Rule == "syntax" || slices.ContainsFunc(suite.All(), func(r *fixes.Rule) bool { return r.Name == f.Rule })
}

// errorsOf returns the findings of severity error.
func (m *measured) errors() []*engine.Finding {
	var list []*engine.Finding
	for _, f := range m.findings {
		if f.Severity == fixes.Error {
			list = append(list, f)
		}
	}
	return list
}
