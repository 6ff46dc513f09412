package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
	"github.com/natsfix/natsfix/internal/report"
)

// print prints the values that paths name, in the order of commands, servers
// and text.
func (e *editing) print(ctx context.Context, asJSON bool) (int, error) {
	if e.opts.write || e.opts.patch != "" || len(e.opts.formats) > 0 {
		return 0, usage("print writes nothing: it takes neither --write nor --patch nor --format")
	}
	if err := e.checkPaths(e.app.commands()); err != nil {
		return 0, err
	}
	if e.opts.showFiles {
		return e.showFiles()
	}
	req, err := e.request(ctx)
	if err != nil {
		return 0, err
	}
	defer req.close()
	loaded := engine.Load(req.Request)
	e.loaded = loaded
	code := e.loadErrors(loaded, req)
	printers := make(map[*fleet.Server]*evalPrinter)
	seen := make(map[string]bool)
	for _, c := range e.script.Commands {
		matched := false
		for _, s := range loaded.Fleet().Servers {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			meant := slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return !d.Context })
			if !meant || !e.script.Where.Holds(s) {
				continue
			}
			for _, m := range query.Find(s, c.Path()) {
				n, doc := placeOf(m)
				if s.Root.Context && doc.Context || !c.InFile(doc.Path) {
					continue
				}
				matched = true
				if printers[s] == nil {
					printers[s] = &evalPrinter{session: e.session, secrets: secretSpans(s)}
				}
				line := printers[s].match(m, n, doc, asJSON)
				if asJSON || !seen[line] {
					seen[line] = true
					fmt.Fprintln(e.out, line)
				}
			}
		}
		if !matched {
			if e.mustMatch {
				code = max(code, exitFindings)
				e.warn("nothing matches: %s", c)
			} else {
				e.say("Nothing matches: %s", c)
			}
		}
	}
	if e.masked {
		e.warn("secrets are masked; --reveal shows them")
	}
	return code, e.flush()
}

// placeOf returns where a value is used: that is where a person looks first.
func placeOf(m *query.Match) (ast.Node, *fleet.Doc) {
	if m.Value == nil {
		return m.Server.Root.Tree.Root(), m.Server.Root
	}
	return m.Value.Place()
}

// match returns the line that shows a value: file:line: path: value, or a JSON
// object.
func (p *evalPrinter) match(m *query.Match, n ast.Node, doc *fleet.Doc, asJSON bool) string {
	file, line, column := p.loaded.Position(doc, n.Start())
	v := m.Value
	if v == nil {
		v = &fleet.Value{Node: n, Doc: doc, Map: m.Server.Values}
	}
	text := p.json(v)
	if asJSON {
		p.out.Reset()
		p.out.WriteString(`{"server":`)
		p.text(p.name(m.Server.Root.Path))
		p.out.WriteString(`,"path":`)
		p.text(m.Path)
		p.out.WriteString(`,"value":` + text)
		p.out.WriteString(`,"file":`)
		p.text(p.name(file))
		fmt.Fprintf(&p.out, `,"line":%d,"column":%d}`, line, column)
		return p.out.String()
	}
	if masked, ok := p.mask(v); ok && !v.IsMap() && !v.IsList() {
		text = masked
	} else if v.IsString() || v.Unknown() {
		text = v.Text()
	}
	path := m.Path
	if path == "" {
		path = "."
	}
	return fmt.Sprintf("%s:%d: %s: %s", report.Plain(p.name(file)), line, report.Plain(path), report.Plain(text))
}

// json returns a value as JSON text.
func (p *evalPrinter) json(v *fleet.Value) string {
	p.out.Reset()
	p.config(&fleet.Map{Entries: []*fleet.Entry{{Value: v}}})
	return string(bytes.TrimSuffix(bytes.TrimPrefix(p.out.Bytes(), []byte(`{"":`)), []byte("}")))
}
