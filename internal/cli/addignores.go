package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/report"
)

// defaultReason is what comments say that --add-ignores writes without --reason.
const defaultReason = "not looked at yet"

// ignoreRuleName is the rule that writes comments, in findings and edits.
const ignoreRuleName = "add-ignores"

// addIgnores asks the engine what there is to find, and puts in the place of the
// rules one that writes a comment above each line with findings.
func (s *session) addIgnores(ctx context.Context, req *request) error {
	if err := s.readBaseline(req); err != nil {
		return err
	}
	ask := req.Request
	ask.FindOnly = true
	if ask.Baseline == nil { // so that findings say whether they may be silenced
		ask.Baseline = &engine.Baseline{Name: filepath.ToSlash}
	}
	res, err := s.app.Run(ctx, ask)
	if err != nil {
		return err
	}
	found := make(map[string][]*engine.Finding)
	var rest []*engine.Finding
	for _, f := range res.Findings {
		if rule := ruleNamed(req.Rules, f.Rule); f.Entry.Rule == "" || rule != nil && rule.Ignores {
			rest = append(rest, f)
			continue
		}
		found[f.File] = append(found[f.File], f)
	}
	if len(rest) > 0 {
		s.say("%s not to be silenced by a comment; natsfix check tells about them.", is(len(rest), "finding"))
	}
	reason := s.opts.reason
	if reason == "" {
		reason = defaultReason
	}
	rule := &fixes.Rule{Name: ignoreRuleName, Once: true, CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
		if !d.Context {
			commentFindings(p, d, found[d.Path], reason)
		}
	}}
	req.Rules, req.Off, req.Baseline = []*fixes.Rule{rule}, nil, nil
	req.NeverIgnore = func(string, string) bool { return true }
	s.adding, s.known = true, nil
	return nil
}

// commentFindings reports where comments are to be written in a document: one
// for each line with findings, and one for what is missing in the file.
func commentFindings(p *fixes.Pass, d *fleet.Doc, found []*engine.Finding, reason string) {
	style := commentStyle(d.Tree)
	byPlace := make(map[int][]string) // rules by the offset at which the comment goes in
	whole := leadingComments(d.Tree)
	var order []int
	add := func(at int, rule string) {
		if byPlace[at] == nil {
			order = append(order, at)
		}
		if !slices.Contains(byPlace[at], rule) {
			byPlace[at] = append(byPlace[at], rule)
		}
	}
	var missing []string
	for _, f := range found {
		if f.Offset == 0 && f.End == 0 {
			if !slices.Contains(missing, f.Rule) {
				missing = append(missing, f.Rule)
			}
			continue
		}
		add(lineStart(d.Tree, f.Offset), f.Rule)
	}
	note := func(at int, word string, rules []string) {
		slices.Sort(rules)
		list := strings.Join(rules, ", ")
		finding := &fixes.Finding{Severity: fixes.Info, Doc: d, Span: ast.Span{Start: at, End: at}, Message: "a comment silences " + list + " here"}
		if why := noComment(d.Tree, at); why != "" {
			finding.Applicability, finding.Reason = fixes.Manual, why+"; a baseline can hold the finding"
			finding.Message = "no comment can silence " + list + " here"
		} else {
			text := indentAt(d.Tree, at) + style.marker + " " + word + " " + list + " -- " + reason + style.newline
			finding.Fix = &fixes.Fix{Title: "write the comment", Edits: []fixes.Edit{{Doc: d, Edit: ast.Edit{Start: at, End: at, New: text}}}, Same: true}
		}
		p.Report(finding)
	}
	if len(missing) > 0 {
		// At the same place as a comment for the line it would be a second edit.
		if rules, both := byPlace[whole]; both {
			missing = append(missing, rules...)
			slices.Sort(missing)
			missing = slices.Compact(missing)
			order = slices.DeleteFunc(order, func(at int) bool { return at == whole })
		}
		note(whole, "natsfix:ignore-file", missing)
	}
	slices.Sort(order)
	for _, at := range order {
		note(at, "natsfix:ignore", byPlace[at])
	}
}

// style is how comments are written in a document.
type style struct{ marker, newline string }

// commentStyle takes # unless the document writes only //.
func commentStyle(d *ast.Document) style {
	s := style{"#", "\n"}
	hash, slash := false, false
	for t := range d.Tokens() {
		if t.Kind == ast.TokenComment {
			hash = hash || d.Source()[t.Start] == '#'
			slash = slash || d.Source()[t.Start] == '/'
		}
	}
	if slash && !hash {
		s.marker = "//"
	}
	if i := bytes.IndexByte(d.Source(), '\n'); i > 0 && d.Source()[i-1] == '\r' {
		s.newline = "\r\n"
	}
	return s
}

// lineStart returns where the line of an offset begins, behind a byte order
// mark.
func lineStart(d *ast.Document, off int) int {
	start := d.LineStart(off)
	if start == 0 && d.HasBOM() {
		return len("\ufeff")
	}
	return start
}

// leadingComments returns the offset behind the comments at the top of a file.
func leadingComments(d *ast.Document) int {
	at := lineStart(d, 0)
	for rest := d.Source()[at:]; ; {
		line, after, more := bytes.Cut(rest, []byte("\n"))
		text := bytes.TrimSpace(line)
		if !more || !bytes.HasPrefix(text, []byte("#")) && !bytes.HasPrefix(text, []byte("//")) {
			return at
		}
		at, rest = at+len(line)+1, after
	}
}

// indentAt returns the blanks at the beginning of a line.
func indentAt(d *ast.Document, start int) string {
	rest := d.Source()[start:]
	return string(rest[:len(rest)-len(bytes.TrimLeft(rest, " \t"))])
}

// noComment says why no comment can stand at the beginning of a line, or "".
func noComment(d *ast.Document, at int) string {
	if json.Valid(d.Source()) {
		return "the file is JSON, in which no comment can stand"
	}
	for t := range d.Tokens() {
		if t.Start < at && at < t.End && t.Kind == ast.TokenScalar {
			return "the line is part of a text over several lines"
		}
	}
	return ""
}

// addedSummary tells what could not be silenced.
func (s *session) addedSummary() {
	for _, f := range s.unfixed() {
		if f.Rule == ignoreRuleName && f.Applicability != fixes.Manual {
			s.say("%s:%d: not written: %s", report.Plain(s.name(f.File)), f.Line, report.Plain(f.Hidden))
		}
	}
}
