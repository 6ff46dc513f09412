package meaning

import (
	"reflect"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// ConflictingAliases finds fields that a block sets under two names.
func ConflictingAliases() *fixes.Rule {
	return &fixes.Rule{
		Name:     "conflicting-aliases",
		Severity: fixes.Error,
		Summary:  "a block sets one field under two names, and which value the server takes is random",
		Params: []fixes.Param{{
			Name: "keep", Default: "the last in the text", Values: []string{"first", "last"},
			Doc: "which of the entries stays",
		}},
		Doc: fixes.Doc{
			Stage:   "silent",
			Message: "Duplicate 'store_dir' configuration",
			What: `Letter case of keys does not count, many fields have aliases, and some fields set what others set too (listen and
port; http and http_port; trace and trace_verbose; verify and verify_and_map; url and urls of a gateways entry). The
server goes through the entries of a block in random order, so the same file means one thing at one start and another at the
next: verify: false beside verify_and_map: true leaves clients unverified at some of the starts. Only of store_dir it
notices and refuses.`,
			Fix:           `One entry stays, the others go: the last in the text, or the first with --set conflicting-aliases.keep=first.`,
			Applicability: `Safe if all say the same. Else unsafe (needs a choice); with the parameter given it is safe.`,
			Effect:        `none if the running server has taken the value that stays; else that of the field.`,
			Before: `max_conn: 1000
MAX_CONNECTIONS: 1000
port: 4222
`,
			After: `MAX_CONNECTIONS: 1000
port: 4222
`,
		},
		Fields:     fixes.Known,
		CheckValue: checkConflictingAliases,
	}
}

func checkConflictingAliases(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || v.Field == nil || v.Block.Data != nil || v.Server.Broken() {
		return
	}
	if v.Entry.Key != v.Field.Name {
		if same := spellings(v); len(same) > 1 && first(same, v) == v.Entry {
			reportAliases(p, v, same, nil)
		}
	}
	switch v.Field.Name {
	case "listen", "http", "https", "trace_verbose", "verify", "url":
	case "store_dir":
		if e := v.Server.Values.Field("store_dir", "storedir"); e != nil && v.Block.Path == "jetstream" {
			reportAliases(p, v, []*fleet.Entry{e, v.Entry}, nil)
		}
		return
	default:
		return
	}
	for _, r := range rivals {
		if r.field != v.Field.Name || r.block != "" && !strings.HasSuffix(v.Block.Path, r.block) {
			continue
		}
		if others := r.others(v, siblings(v)); len(others) > 0 {
			reportAliases(p, v, []*fleet.Entry{v.Entry}, others)
		}
	}
}

// first returns the first of the entries that goes by an alias: the one to
// report for all.
func first(same []*fleet.Entry, v *fixes.Visit) *fleet.Entry {
	return same[slices.IndexFunc(same, func(e *fleet.Entry) bool { return e.Key != v.Field.Name })]
}

// rival says which entries of a block set to another value what a field sets
// as well.
type rival struct {
	block, field string // the end of the block's path, and the field
	others       func(v *fixes.Visit, m *fleet.Map) []*fleet.Entry
}

var rivals = []rival{
	{"", "listen", func(v *fixes.Visit, m *fleet.Map) []*fleet.Entry {
		host, port := listenAddress(v.Value)
		return differing(m, host, port, "host", "net", "port")
	}},
	{"", "http", func(v *fixes.Visit, m *fleet.Map) []*fleet.Entry {
		_, port := listenAddress(v.Value)
		return differing(m, "", port, "http_port", "monitor_port")
	}},
	{"", "https", func(v *fixes.Visit, m *fleet.Map) []*fleet.Entry {
		_, port := listenAddress(v.Value)
		return differing(m, "", port, "https_port")
	}},
	{"", "trace_verbose", func(v *fixes.Visit, m *fleet.Map) []*fleet.Entry {
		return boolean(m, !isOn(v.Value), v.Value.Kind() == ast.KindBool, "trace")
	}},
	{"tls", "verify", func(v *fixes.Visit, m *fleet.Map) []*fleet.Entry {
		return boolean(m, true, v.Value.Kind() == ast.KindBool && !isOn(v.Value), "verify_and_map", "verify_cert_and_check_known_urls")
	}},
	{"gateway.gateways[]", "url", func(v *fixes.Visit, m *fleet.Map) []*fleet.Entry {
		if e := m.Field("urls"); e != nil && e.Value.IsList() && v.Value.IsString() {
			return []*fleet.Entry{e}
		}
		return nil
	}},
}

// listenAddress returns what listen sets as host and port, "" for unknown.
func listenAddress(v *fleet.Value) (host, port string) {
	switch v.Kind() {
	case ast.KindInt:
		return "", v.Text()
	case ast.KindString:
		text := v.Text()
		if i := strings.LastIndexByte(text, ':'); i >= 0 {
			return strings.Trim(text[:i], "[]"), text[i+1:]
		}
	}
	return "", ""
}

// differing returns the entries of the names that give another host or port.
func differing(m *fleet.Map, host, port string, names ...string) []*fleet.Entry {
	var out []*fleet.Entry
	for _, name := range names {
		e := m.Field(name)
		switch {
		case e == nil || strings.Trim(port, "0123456789") != "" && port != "-1" || port == "":
		case e.Value.Kind() == ast.KindInt && strings.HasSuffix(name, "port") && e.Value.Text() != port,
			e.Value.IsString() && !strings.HasSuffix(name, "port") && e.Value.Text() != host:
			out = append(out, e)
		}
	}
	return out
}

// boolean returns the entries of the names that are bools of that value.
func boolean(m *fleet.Map, value, ask bool, names ...string) []*fleet.Entry {
	var out []*fleet.Entry
	for _, name := range names {
		if e := m.Field(name); ask && e != nil && e.Value.Kind() == ast.KindBool && isOn(e.Value) == value {
			out = append(out, e)
		}
	}
	return out
}

func isOn(v *fleet.Value) bool { return v.Kind() == ast.KindBool && v.Node.BoolValue() }

// reportAliases reports that the entries set the same: all of them if others is
// empty, else those against the others.
func reportAliases(p *fixes.Pass, v *fixes.Visit, entries, others []*fleet.Entry) {
	all := slices.Concat(entries, others)
	equal := others == nil
	sameDoc := true
	for _, e := range all {
		if e.Value.Unknown() && (e.Value.Text() != all[0].Value.Text()) {
			return
		}
		equal = equal && reflect.DeepEqual(e.Value.Plain(), all[0].Value.Plain())
		sameDoc = sameDoc && e.Doc == all[0].Doc
	}
	names := make([]string, 0, len(all))
	for _, e := range all {
		names = append(names, e.Key)
	}
	list := strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	f := v.KeyFinding("%s set the same field to different values: the server takes one of them, at random at every start", list)
	if others != nil {
		f.Message = sprintf("%s contradict each other: which one holds is random at every start of the server", list)
	}
	refused := v.Is("jetstream", "store_dir") || v.Is("", "store_dir")
	switch {
	case refused:
		f.Message = sprintf("%s are one field: the server refuses to start (\"Duplicate 'store_dir' configuration\")", list)
	case v.Is("accounts.<name>.exports[]", "response_type"):
		f.Message = sprintf("%s are one field: the server refuses to start (\"Duplicate response type definition\")", list)
	case v.Is("accounts.<name>.exports[]", "response_threshold"):
		f.Message = sprintf("%s are one field: the server refuses to start (\"Duplicate response threshold detected\")", list)
	case equal:
		f.Severity = fixes.Warning
		f.Message = sprintf("%s are two names of one field, here with the same value", list)
	}
	for _, e := range all {
		if e != v.Entry {
			f.Related = append(f.Related, fixes.Related{Doc: e.Doc, Span: e.Node.KeySpan(), Message: "the same field under another name"})
		}
	}
	keep, given := p.Param("keep")
	drop := dropped(v.Field, entries, others, keep, equal, sameDoc)
	fix := deleteAll(p, drop)
	f.With(fix, "they stand in different files, or a variable refers to one of them: decide which one holds")
	if fix != nil && !equal && !given {
		f.Because(fixes.NeedsChoice, "decide which one holds: --set conflicting-aliases.keep=first or last")
	}
	p.Report(f)
}

// dropped chooses the entries to take out: nil if there is no order between
// them. Of equal ones the reference's name stays.
func dropped(field *schema.Field, entries, others []*fleet.Entry, keep string, equal, sameDoc bool) []*fleet.Entry {
	if equal {
		stays := entries[len(entries)-1]
		for _, e := range entries {
			if strings.EqualFold(e.Key, field.Name) && (!strings.EqualFold(stays.Key, field.Name) || e.Key == field.Name) {
				stays = e
			}
		}
		return slices.DeleteFunc(slices.Clone(entries), func(e *fleet.Entry) bool { return e == stays })
	}
	if !sameDoc {
		return nil
	}
	at := func(list []*fleet.Entry) int {
		return slices.MinFunc(list, func(a, b *fleet.Entry) int { return a.Node.Start() - b.Node.Start() }).Node.Start()
	}
	if others != nil {
		if (at(entries) < at(others)) == (keep == "first") {
			return others
		}
		return entries
	}
	sorted := slices.SortedFunc(slices.Values(entries), func(a, b *fleet.Entry) int { return a.Node.Start() - b.Node.Start() })
	if keep == "first" {
		return sorted[1:]
	}
	return sorted[:len(sorted)-1]
}

// deleteAll returns the fix that takes out entries of a block.
func deleteAll(p *fixes.Pass, entries []*fleet.Entry) *fixes.Fix {
	byDoc := make(map[*fleet.Doc][]ast.Node)
	for _, e := range entries {
		if e.Used || e.Doc.Env != "" || !e.Node.Valid() {
			return nil
		}
		byDoc[e.Doc] = append(byDoc[e.Doc], e.Node)
	}
	var fix *fixes.Fix
	for d, nodes := range byDoc {
		edits, err := ast.DeleteEntries(nodes...)
		if err != nil {
			return nil
		}
		more := fixes.NewFix(d, edits, "keep one of them")
		if fix == nil {
			fix = more
		} else {
			fix = fix.Join(more)
		}
	}
	for _, e := range entries {
		withinUses(p, fix, e)
		if block := e.Node.Parent(); fix != nil && block.Kind() == ast.KindMap && empties(block, byDoc[e.Doc]) {
			for _, w := range slices.Clone(fix.Within) {
				if i := strings.LastIndexByte(w.Path, '.'); i > 0 {
					fix.Within = append(fix.Within, fixes.Within{Server: w.Server, Path: w.Path[:i]})
				}
			}
		}
	}
	return fix
}

// empties reports whether nothing is left in a block without the entries.
func empties(block ast.Node, entries []ast.Node) bool {
	for n := range block.Children() {
		if !slices.Contains(entries, n) {
			return false
		}
	}
	return true
}
