package meaning

import (
	"reflect"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// DuplicateKey finds keys that stand twice in one block of one file: the server
// keeps the last and drops the others.
func DuplicateKey() *fixes.Rule {
	return &fixes.Rule{
		Name:     "duplicate-key",
		Severity: fixes.Error,
		Summary:  "a key stands twice in a block, and the server drops the first without a word",
		Params: []fixes.Param{{
			Name: "keep", Default: "both for blocks that can be joined, else last", Values: []string{"first", "last", "both"},
			Doc: "which of two different values stays; last is what the server does today, both joins blocks that have no key in common",
		}},
		Doc:        duplicateKeyDoc,
		Fields:     fixes.Known,
		CheckValue: checkDuplicateKey,
	}
}

var duplicateKeyDoc = fixes.Doc{
	Stage: "silent",
	What: `Of several equal keys in one block the parser keeps the last one, as a whole: blocks are not joined (conf/parse.go,
setValue). Of two accounts blocks the accounts of the first do not exist; of leafnodes { port } and leafnodes { remotes }
the server does not listen. Keys that differ in letter case or are aliases are another matter, see
conflicting-aliases. A key that an included file sets and the including one sets again is a common way to override it;
the rule is silent there.`,
	Fix: `If both values are equal, or the first is an empty block, the first goes. Two blocks without a common key are joined:
the content of the first moves into the last. Of other different values the first goes, or the last with
--set duplicate-key.keep=first.`,
	Applicability: `Safe if both values are equal, or with keep=last: the server reads the same. Unsafe (needs a choice) for different
values without the parameter. Unsafe (changes behaviour) where blocks are joined or the first value stays: the server
starts to use what it dropped so far. Manual if a variable refers to the key, or blocks share keys.`,
	Effect: `none where the first goes; else that of the fields which come to life.`,
	Before: `accounts {
  SALES: { users: [ {user: sam, password: "s1"} ] }
}
accounts {
  ORDERS: { users: [ {user: otto, password: "s2"} ] }
}
`,
	After: `accounts {
  SALES: { users: [ {user: sam, password: "s1"} ] }
  ORDERS: { users: [ {user: otto, password: "s2"} ] }
}
`,
}

func checkDuplicateKey(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || v.Entry.Shadowed == nil || v.Field == nil || !v.Entry.Node.Valid() || v.Server.Broken() {
		return
	}
	if fixes.IsFormat(v.Entry.Key) {
		return // what is filled in may differ
	}
	for old := v.Entry.Shadowed; old != nil; old = old.Shadowed {
		if old.Doc != v.Entry.Doc || !old.Node.Valid() || old.Node == v.Entry.Node || !sameBlock(old.Node, v.Entry.Node) {
			return // an override across includes
		}
		reportDuplicateKey(p, v, old)
	}
}

// sameBlock reports whether two entries stand in the same block as the server
// sees it: braces at the top level make none.
func sameBlock(a, b ast.Node) bool { return block(a) == block(b) }

func block(n ast.Node) ast.Node {
	n = n.Parent()
	for n.Kind() == ast.KindBraces {
		n = n.Parent()
	}
	return n
}

func reportDuplicateKey(p *fixes.Pass, v *fixes.Visit, old *fleet.Entry) {
	e := v.Entry
	equal := reflect.DeepEqual(old.Value.Plain(), e.Value.Plain())
	f := &fixes.Finding{Doc: old.Doc, Span: old.Node.KeySpan()}
	f.Related = append(f.Related, fixes.Related{Doc: e.Doc, Span: e.Node.KeySpan(), Message: "the server uses this one"})
	empty := old.Value.IsMap() && len(old.Value.Map.Entries) == 0
	switch {
	case equal:
		f.Severity = fixes.Warning
		f.Message = sprintf("%s stands here and again below, with the same value", e.Key)
	case empty:
		f.Severity = fixes.Warning
		f.Message = sprintf("%s stands here and again below: the server drops this empty block", e.Key)
	case old.Value.IsMap():
		f.Message = sprintf("the server drops this whole block %s without a word, because %s stands again below: blocks are not joined", e.Key, e.Key)
	default:
		f.Message = sprintf("the server drops this %s without a word, because %s stands again below", e.Key, e.Key)
	}
	first := deleteEntry(old, "take out the first %s", e.Key)
	keep, given := p.Param("keep")
	if equal || empty {
		p.Report(f.With(first, "a variable refers to it, or it cannot be edited here"))
		return
	}
	joined := join(p, v, old)
	switch {
	case keep == "first":
		fix := deleteEntry(e, "take out the last %s", e.Key)
		f.With(withinUses(p, fix, e), "a variable refers to the last one, or it cannot be edited here")
		f.Because(fixes.ChangesBehaviour, "the server uses the last one today")
	case joined != nil && keep != "last":
		f.With(joined, "").Because(fixes.ChangesBehaviour, "the server starts to use what it dropped so far")
	case keep == "both":
		f.Because(fixes.Manual, "the two cannot be joined: they share keys, or are no blocks; decide what holds")
	case given:
		f.With(first, "a variable refers to it, or it cannot be edited here")
	default:
		f.With(first, "a variable refers to it, or it cannot be edited here")
		f.Because(fixes.NeedsChoice, "decide which holds: --set duplicate-key.keep=last (as the server does today) or first")
	}
	p.Report(f)
}

// deleteEntry returns the fix that takes out an entry, nil if a variable refers
// to it. The caller declares what changes.
func deleteEntry(e *fleet.Entry, title string, args ...any) *fixes.Fix {
	if e.Used {
		return nil
	}
	edits, err := ast.DeleteEntry(e.Node)
	if err != nil {
		return nil
	}
	return fixes.NewFix(e.Doc, edits, title, args...)
}

// withinUses declares that whatever the entry gives may change.
func withinUses(p *fixes.Pass, fix *fixes.Fix, e *fleet.Entry) *fixes.Fix {
	if fix == nil {
		return nil
	}
	n := e.Value.Node
	if e.Value.Use.Valid() {
		n = e.Value.Use
	}
	for _, u := range p.Fleet.Uses(n) {
		fix.Within = append(fix.Within, fixes.Within{Server: u.Server, Path: u.Path})
	}
	return fix
}

// join returns the fix that moves the content of the first block into the last
// one, nil if they have keys in common or cannot be edited.
func join(p *fixes.Pass, v *fixes.Visit, old *fleet.Entry) *fixes.Fix {
	from, to := old.Value, v.Value
	if !from.IsMap() || !to.IsMap() || from.Use.Valid() || to.Use.Valid() || from.Node.Lost() || to.Node.Lost() {
		return nil
	}
	for _, e := range from.Map.Entries {
		if slices.ContainsFunc(to.Map.Entries, func(o *fleet.Entry) bool { return strings.EqualFold(o.Key, e.Key) }) {
			return nil
		}
	}
	fix := deleteEntry(old, "join the two blocks %s", v.Entry.Key)
	if fix == nil {
		return nil
	}
	at := to.Node.Start() + 1
	fix.Edits = append(fix.Edits, fixes.Edit{Doc: old.Doc, Edit: ast.Edit{Start: at, End: at, New: content(from.Node, to.Node)}})
	return withinUses(p, fix, v.Entry)
}

// content returns the text between the braces of a block, to be put behind the
// opening brace of another one.
func content(from, to ast.Node) string {
	d := from.Doc()
	last, first := from.Last(), to.First()
	upTo := d.Text(ast.Span{Start: from.Start() + 1, End: last.End()})
	rest := strings.TrimRight(d.Text(ast.Span{Start: last.End(), End: from.End() - 1}), " \t\r\n")
	separated := strings.HasPrefix(strings.TrimLeft(rest, " \t"), ",") || strings.HasPrefix(strings.TrimLeft(rest, " \t"), ";")
	sameLine := first.Valid() && first.Start() < to.Doc().LineEnd(to.Start())
	lines := strings.Contains(upTo+rest, "\n") || strings.ContainsAny(rest, "#/")
	if first.Valid() && !separated && (sameLine && !lines || first.Kind() == ast.KindEntry && first.Quote() == ast.Double) {
		upTo += ","
	}
	switch {
	case sameLine && lines, !first.Valid() && lines:
		return upTo + rest + "\n"
	case !sameLine && first.Valid() && !strings.HasPrefix(strings.TrimLeft(upTo, " \t\r"), "\n"):
		start := to.Doc().LineStart(first.Start())
		indent := to.Doc().Text(ast.Span{Start: start, End: first.Start()})
		if strings.TrimSpace(indent) == "" {
			return "\n" + indent + strings.TrimLeft(upTo+rest, " \t")
		}
	}
	return upTo + rest
}
