package verify

import (
	"context"
	"maps"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/oracle"
)

// recheck has the engine look at the copy of a server whose original the
// parser refuses: rules look no further there.
func (in *inquiry) recheck(ctx context.Context, req engine.Request, check Engine, match *matcher) error {
	if !slices.ContainsFunc(in.list, func(p problem) bool { return p.Stage == oracle.StageParse }) {
		return nil
	}
	files := in.copy.files()
	original := req.Read
	req.Read = func(path string) ([]byte, error) {
		if text, ok := files[oracle.CasePath(path)]; ok {
			return text, nil
		}
		return original(path)
	}
	// What stands inside files is read under its own path from here, too.
	req.Hosted = maps.Clone(req.Hosted)
	maps.DeleteFunc(req.Hosted, func(path string, _ engine.Hosted) bool { _, ok := files[oracle.CasePath(path)]; return ok })
	// The server alone: who belongs to it is of no account for what it refuses.
	req.Targets, req.Context, req.Parts, req.Dirs = nil, nil, nil, nil
	for _, d := range in.server.Docs {
		if d.Env == "" {
			req.Targets = append(req.Targets, d.Path)
		}
	}
	res, err := check(ctx, req)
	if err != nil {
		return err
	}
	var list []*engine.Finding
	for _, f := range res.Findings {
		if f = in.back(f); f != nil {
			list = append(list, f)
		}
	}
	in.later = match.with(list)
	return nil
}

// back returns a finding in the copy as one in the files as they were read,
// where its fix cannot be applied yet; nil if its file is none of the server's.
func (in *inquiry) back(f *engine.Finding) *engine.Finding {
	d := in.copy.doc(oracle.CasePath(f.File))
	if d == nil {
		return nil
	}
	next := *f
	at := d.place(ast.Span{Start: f.Offset, End: f.End})
	pos := at.doc.Tree.Position(at.span.Start)
	next.Offset, next.End, next.Line, next.Column = at.span.Start, at.span.End, pos.Line, pos.Column
	next.Related = nil
	for _, r := range f.Related {
		if d := in.copy.doc(oracle.CasePath(r.File)); d != nil {
			r.Line, r.Column = d.backTo(r.Line, r.Column)
		}
		next.Related = append(next.Related, r)
	}
	next.Fixed = false
	if f.Fix != nil {
		next.Fix, next.Reason = nil, "the file has to parse first"
	}
	return &next
}

// backTo returns the position in the original of one in the copy. Both count
// characters.
func (d *copied) backTo(line, column int) (int, int) {
	start := d.lineStart(line)
	off := start
	for i := range string(d.now.Source()[start:d.now.LineEnd(start)]) {
		off = start + i
		if column--; column == 0 {
			break
		}
	}
	pos := d.doc.Tree.Position(d.back(off))
	return pos.Line, pos.Column
}
