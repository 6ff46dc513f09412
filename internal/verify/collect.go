package verify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// key tells findings apart.
type key struct {
	rule    string // "" if no finding of a rule is about it
	file    string
	offset  int
	message string
}

// report turns the answers about one server into findings and notes.
func (v *verification) report(in *inquiry) {
	root := in.server.Root
	if why := in.verdict.NotJudged; why != "" {
		v.notJudged(in, why)
	}
	for _, p := range in.list {
		if p.ofFile {
			v.add(in, p, nil)
			continue
		}
		if p.place.valid() && v.loaded.FilledIn(p.place.doc, p.place.span) {
			continue
		}
		f := v.find(in, p)
		if f == nil && v.doubtful(in, p) {
			continue
		}
		if f := v.add(in, p, f); p.Stage <= oracle.StageConfig && !slices.Contains(in.reported, f) {
			in.reported = append(in.reported, f)
		}
	}
	if v.second != nil {
		v.compare(in)
	}
	for _, text := range in.notes() {
		v.note(root.Path, place{doc: root}, text)
	}
	for _, text := range in.verdict.NotChecked {
		path, what, _ := strings.Cut(text, ": ")
		if v.opts.StrictFiles && strings.HasSuffix(what, "took its place") {
			continue // it was looked at
		}
		at := place{doc: root}
		if list := lookup(in.server.Values, strings.Split(path, ".")); len(list) > 0 && list[0].place().valid() {
			at = list[0].place()
		}
		v.note(root.Path, at, path+": "+what)
	}
	if v.opts.StrictFiles {
		return
	}
	for _, f := range filesOf(in.server) {
		if strings.HasSuffix(f.field, ".credentials") { // the others the judge tells
			v.note(root.Path, found{value: f.value}.place(), f.field+": not opened")
		}
	}
}

// find returns the finding that is about a problem, nil if there is none: in
// the files as they were read, or else in the copy.
func (v *verification) find(in *inquiry, p problem) *engine.Finding {
	switch {
	case p.known != nil:
		return p.known
	case p.Stage == oracle.StageParse && p.words != "":
		return nil
	}
	f := v.match.find(in.server, p)
	if f == nil && in.later != nil {
		f = in.later.find(in.server, p)
	}
	return f
}

// doubtful reports whether a problem may be there only because something else
// was left out, so that it counts only if a rule sees it, too.
func (v *verification) doubtful(in *inquiry, p problem) bool {
	return p.Hidden || p.Stage >= oracle.StageStart && (in.verdict.Partial || in.filled)
}

// notJudged reports a server that the official packages could not be asked
// about: a circle of includes, at which it overflows its stack, or a crash.
func (v *verification) notJudged(in *inquiry, why string) {
	p := problem{Problem: oracle.Problem{Stage: oracle.StageParse, Message: why}}
	for _, pr := range in.server.Problems {
		if pr.Kind == fleet.IncludeCycle && pr.Doc.Env == "" {
			p.place = place{pr.Doc, pr.Span}
			break
		}
	}
	v.add(in, p, v.find(in, p))
}

// add adds what a server says to the findings: to the one that a rule has, or
// to one of its own.
func (v *verification) add(in *inquiry, p problem, known *engine.Finding) *engine.Finding {
	root := in.server.Root.Path
	p.placed = p.place.valid()
	if !p.placed {
		p.place = place{doc: in.server.Root}
	}
	k := key{file: p.place.doc.Path, offset: p.place.span.Start, message: kindOf(p.Message)}
	if known != nil {
		k = key{known.Rule, known.File, known.Offset, known.Message}
	}
	f := v.findings[k]
	if f == nil {
		f = v.finding(p, known)
		v.findings[k] = f
	}
	if !p.Warning && f.Severity < fixes.Error {
		f.Severity = fixes.Error
	}
	if p.ofFile {
		return f
	}
	message := p.Message
	if !v.match.fixed[message] { // such a one holds no secret, whatever a password may be
		message = v.mask(p.place.doc.Path, v.mask(root, here(message)))
	}
	said := engine.Official{Release: cmp.Or(p.other, oracle.Release()), Stage: p.Stage.String(), Message: message}
	i := slices.IndexFunc(f.Official, func(o engine.Official) bool {
		return o.Release == said.Release && o.Stage == said.Stage && o.Message == said.Message
	})
	if i < 0 {
		i = len(f.Official)
		f.Official = append(f.Official, said)
	}
	if o := &f.Official[i]; !slices.Contains(o.Servers, root) {
		o.Servers = append(o.Servers, root)
	}
	return f
}

// finding makes the finding of a problem. The words, the place and the fix are
// the rule's, if one knows it.
func (v *verification) finding(p problem, known *engine.Finding) *engine.Finding {
	if known != nil {
		f := *known
		f.Official = nil
		f.Severity = severityOf(p)
		if outside := v.outside(f.Fix); outside != "" {
			f.Fixed, f.Hidden = false, "outside the paths: "+outside
		}
		return &f
	}
	d, span := p.place.doc, p.place.span
	f := &engine.Finding{
		Rule: Rule, Severity: severityOf(p), Applicability: fixes.Manual, File: d.Path,
		Message: v.mask(d.Path, p.inWords()), Offset: span.Start, End: span.End, Round: 1,
	}
	if rule := cmp.Or(p.rule, v.match.ruleOf(p)); rule != "" {
		f.Rule = rule
	}
	if p.placed {
		pos := d.Tree.Position(span.Start)
		f.Line, f.Column = pos.Line, pos.Column
	}
	return f
}

// outside names a file that a fix changes and that was not asked for, "" if
// there is none.
func (v *verification) outside(fix *engine.Fix) string {
	if fix == nil {
		return ""
	}
	for _, path := range fix.Group {
		if !v.loaded.Target(path) {
			return path
		}
	}
	return ""
}

// here takes the current directory off the paths in a message, which are those
// of a case.
func here(message string) string {
	if dir := oracle.CasePath("."); dir != "" {
		return strings.ReplaceAll(message, dir+"/", "")
	}
	return message
}

func severityOf(p problem) fixes.Severity {
	if p.Warning {
		return fixes.Warning
	}
	return fixes.Error
}

// note adds something that could not be checked, once.
func (v *verification) note(root string, at place, text string) {
	n := engine.Note{File: root, Message: v.mask(root, text)}
	if at.valid() {
		n.File = at.doc.Path
		if at.span.Len() > 0 {
			pos := at.doc.Tree.Position(at.span.Start)
			n.Line, n.Column = pos.Line, pos.Column
		}
	}
	if !slices.Contains(v.notes, n) {
		v.notes = append(v.notes, n)
	}
}

// sorted returns the findings by place.
func (v *verification) sorted() []*engine.Finding {
	list := make([]*engine.Finding, 0, len(v.findings))
	for _, f := range v.findings {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *engine.Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	slices.SortFunc(v.notes, func(a, b engine.Note) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return list
}
