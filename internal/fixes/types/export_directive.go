package types

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ExportDirective finds settings of an export or import that belong to the
// other kind: of a service on a stream, or the other way round.
func ExportDirective() *fixes.Rule {
	return &fixes.Rule{
		Name:     "export-directive",
		Severity: fixes.Error,
		Summary:  "an export or import has a setting that only the other kind knows, stream or service",
		Doc: fixes.Doc{
			Stage:   "-t; at some starts only for a threshold; silent for an entry with neither a stream nor a service",
			Message: "Detected response directive on non-service",
			What: `An export is of a stream or of a service, and so is an import. response_type, response_threshold, latency and (for exports)
allow_trace belong to services: on a stream the server says "Detected response directive on non-service", "Detected latency
directive on non-service" or "Detected allow_trace directive on non-service". In imports allow_trace belongs to streams:
"Detected allow_trace directive on a non-stream". A threshold alone is refused only if the server happens to read the stream
first, in an order that is random: it starts now and then, and nats-server -t says the one thing now and the other then. An entry with both a stream and a service is refused ("Detected stream but already saw
a service"). One with neither it passes over without a word, which is a warning.`,
			Fix: `Takes the setting out. Makes two entries of one that names both a stream and a service.`,
			Applicability: `Safe: the setting has no meaning there, and the server refuses it or passes over it. Manual for an entry that names both a stream and a
service and has other settings, which may belong to either.`,
			Effect: `None: the server does not run, or does as before.`,
			Before: "accounts {\n  A: {\n    exports: [\n      { stream: \"orders.>\", response_type: \"stream\" }\n    ]\n  }\n}\n",
			After:  "accounts {\n  A: {\n    exports: [\n      { stream: \"orders.>\" }\n    ]\n  }\n}\n",
		},
		Fields:     fixes.Either(fixes.In(exportBlock, importBlock), fixes.At("accounts.<name>", "exports", "imports")),
		CheckValue: checkExportDirective,
	}
}

const (
	exportBlock = "accounts.<name>.exports[]"
	importBlock = "accounts.<name>.imports[]"
)

// directiveOf returns the kind of export or import, stream or service, that
// alone takes a field; "" if both do.
func directiveOf(v *fixes.Visit) string {
	switch v.Block.Path {
	case exportBlock:
		switch v.Field.Name {
		case "response_type", "response_threshold", "latency", "allow_trace":
			return "service"
		}
	case importBlock:
		if v.Field.Name == "allow_trace" {
			return "stream"
		}
	}
	return ""
}

func checkExportDirective(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil && v.Field != nil && v.Block.Path == "accounts.<name>" && (v.Field.Name == "exports" || v.Field.Name == "imports") {
		checkNothing(p, v)
		return
	}
	if v.Field == nil || v.Block == nil || v.Entry == nil || v.Parent == nil || v.Block.Path != exportBlock && v.Block.Path != importBlock {
		return
	}
	entry := v.Parent.Value.Map
	stream, service := entry.Field("stream"), entry.Field("service")
	if stream != nil && service != nil {
		if v.Entry == service && !v.Server.Broken() {
			f := v.KeyFinding("the entry names both a stream and a service (\"already saw a stream\"): the server refuses to start").
				Beside(stream, "the stream")
			for _, w := range siblings(v, func(w *fixes.Visit) bool { return directiveOf(w) != "" }) {
				f.Beside(w.Entry, "for one of both, and where the server may point")
			}
			p.Report(f.With(twoEntries(p, v, stream, service), "make two entries of it"))
		}
		return
	}
	kind := directiveOf(v)
	other := map[string]*fleet.Entry{"service": stream, "stream": service}[kind]
	if other == nil || v.Server.Broken() {
		return
	}
	all := siblings(v, func(w *fixes.Visit) bool { return directiveOf(w) == kind })
	does := "refuses to start"
	if !slices.ContainsFunc(all, func(w *fixes.Visit) bool { return w.Field.Name != "response_threshold" }) {
		does = "refuses to start if it happens to read the stream first, at some starts and not at others (\"Detected response directive on non-service\")"
	}
	f := v.KeyFinding("%s is for a %s, and this entry is of a %s: the server %s", v.Entry.Key, kind, other.Key, does).Beside(other, "the %s", other.Key)
	p.Report(f.With(deleteTogether(p, v, all), fmt.Sprintf("a variable refers to the value of %s", v.Entry.Key)))
}

// checkNothing reports an entry of exports or imports that names neither a stream
// nor a service.
func checkNothing(p *fixes.Pass, v *fixes.Visit) {
	if m := v.Value.Map; m == nil || v.Server.Broken() || len(m.Entries) == 0 || m.Field("stream") != nil || m.Field("service") != nil {
		return
	}
	for _, e := range v.Value.Map.Entries {
		if v.Field.Block.Field(e.Key) == nil || e.Value.Unknown() {
			return // unknown-field, for what may be the one or the other
		}
		if name := v.Field.Block.Field(e.Key).Name; name == "latency" || name == "response_type" || name == "response_threshold" {
			return // refused, or the start of a service
		}
	}
	f := v.Finding("this entry of %s names neither a stream nor a service: the server passes over it without a word", v.Field.Name)
	f.Severity = fixes.Warning
	p.Report(f.Because(fixes.Manual, "name what it is about, or take it out"))
}

// twoEntries returns the fix that makes two entries of one with a stream and a
// service, nil if it has settings beyond the accounts that it is for.
func twoEntries(p *fixes.Pass, v *fixes.Visit, stream, service *fleet.Entry) *fixes.Fix {
	entry, list := v.Parent, v.Parent.Parent
	if list == nil || entry.Value.Use.Valid() || list.Value.Use.Valid() {
		return nil
	}
	fields := func(first *fleet.Entry) []ast.Field {
		fields := []ast.Field{{Key: first.Key, Value: ast.CopyOf(first.Node.Value())}}
		if e := entry.Value.Map.Field("accounts"); e != nil {
			fields = append(fields, ast.Field{Key: e.Key, Value: ast.CopyOf(e.Node.Value())})
		}
		return fields
	}
	if len(entry.Value.Map.Entries) != 1+len(fields(stream)) {
		return nil
	}
	one, err := ast.SetValue(entry.Value.Node, ast.Map(fields(stream)...))
	if err != nil {
		return nil
	}
	two, err := ast.InsertItem(list.Value.Node, ast.Map(fields(service)...), ast.After(entry.Value.Node))
	if err != nil {
		return nil
	}
	fix := fixes.NewFix(entry.Value.Doc, append(one, two...), "make two entries of it")
	if fix == nil {
		return nil
	}
	for _, u := range p.Fleet.Uses(list.Value.Node) {
		fix.Within = append(fix.Within, fixes.Within{Server: u.Server, Path: u.Path})
	}
	return fix
}

// siblings returns the known entries of the block around v that fit, in the
// order of the text.
func siblings(v *fixes.Visit, fits func(*fixes.Visit) bool) []*fixes.Visit {
	var list []*fixes.Visit
	for _, e := range v.Parent.Value.Map.Entries {
		w := &fixes.Visit{Server: v.Server, Parent: v.Parent, Block: v.Block, Field: v.Block.Field(e.Key), Entry: e, Value: e.Value}
		if w.Field != nil && fits(w) {
			list = append(list, w)
		}
	}
	return list
}

// deleteTogether returns the fix that takes out v, and with it the others that
// go for the same reason, since they may share a comma; v alone if that cannot
// be done.
func deleteTogether(p *fixes.Pass, v *fixes.Visit, all []*fixes.Visit) *fixes.Fix {
	var keys []string
	for _, w := range all {
		keys = append(keys, w.Entry.Key)
	}
	if fix := p.DeleteAll(all, "take %s out", strings.Join(keys, " and ")); fix != nil {
		return fix
	}
	return p.Delete(v, "take %s out", v.Entry.Key)
}
