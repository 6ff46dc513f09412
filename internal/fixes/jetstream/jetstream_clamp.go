package jetstream

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// Clamp finds denials of JetStream subjects on leaf links that repeat what the
// server denies by itself, or that close more than that.
func Clamp() *fixes.Rule {
	return &fixes.Rule{
		Name:       "jetstream-clamp",
		Severity:   fixes.Info,
		Summary:    "a leaf remote denies JetStream subjects that the server denies on every leaf link by itself",
		Doc:        clampDoc,
		Fields:     fixes.Named("deny_imports", "deny_exports"),
		CheckValue: checkClamp,
	}
}

func checkClamp(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || v.Entry == nil || v.Field.Name != "deny_imports" && v.Field.Name != "deny_exports" || v.Parent == nil || v.Parent.Value.Map == nil {
		return
	}
	account := v.Parent.Value.Map.Value("account", "local")
	if v.Server.Broken() || isTrue(v.Parent.Value.Map.Value("disabled")) || !isClamped(v.Server, account) {
		return
	}
	var needless, rest []*fixes.Visit
	for _, item := range items(v) {
		switch subject := item.Value.Text(); {
		case !item.Value.IsString():
			rest = append(rest, item)
		case coveredBy(clamped(), subject):
			needless = append(needless, item)
		default:
			rest = append(rest, item)
			closesDomains(p, v, item, subject)
		}
	}
	if len(needless) > 0 {
		reportNeedless(p, v, needless, len(rest) == 0)
	}
}

// closesDomains reports a subject that holds the API of every domain, too.
func closesDomains(p *fixes.Pass, v, item *fixes.Visit, subject string) {
	if !strings.HasPrefix(subject, "$JS.") || !covers(subject, "$JS.API.>") || !covers(subject, "$JS.domain.API.>") {
		return
	}
	far, near := "leaf", "hub"
	if v.Field.Name == "deny_exports" {
		far, near = "hub", "leaf"
	}
	f := item.Finding("%s of %q closes $JS.<domain>.API.> too, by which clients on the %s reach the JetStream of the %s; "+
		"what must not cross the link ($JS.API.>) the server denies by itself", v.Field.Name, subject, near, far)
	p.Report(f.Because(fixes.Manual, "it may be meant to keep the two apart; if it is not, take the subject out"))
}

// reportNeedless reports the subjects of a list that the server denies by
// itself. All says that the list has no others.
func reportNeedless(p *fixes.Pass, v *fixes.Visit, needless []*fixes.Visit, all bool) {
	var names []string
	for _, item := range needless {
		names = append(names, item.Value.Text())
	}
	f := needless[0].Finding("%s of %s repeats what both servers deny on a leaf link by themselves; "+
		"\"Not permitted to subscribe to $JS.API...\" in a debug log says that and is no error, with or without this line", v.Field.Name, strings.Join(names, ", "))
	if len(needless) > 1 {
		f = v.KeyFinding("%s", f.Message)
	}
	if other := sharedOtherwise(p, v); other != nil {
		p.Report(f.Because(fixes.Manual, fmt.Sprintf("the text is shared with %s, where the server does not deny these subjects by itself", other.Root.Path)))
		return
	}
	if throughVariable(v, needless) {
		p.Report(f.Because(fixes.Manual, "the text comes through a variable, whose definition the server refuses once nothing uses it: take both out"))
		return
	}
	title := "leave " + strings.Join(names, ", ") + " to the server"
	const otherwise = "a variable refers to this text, too"
	if all {
		p.Report(f.With(p.Delete(v, "%s", title), otherwise))
		return
	}
	p.Report(f.With(deleteItems(p, v, needless, title), otherwise))
}

// throughVariable reports whether a list, or one of the items, is written
// somewhere else.
func throughVariable(list *fixes.Visit, items []*fixes.Visit) bool {
	return list.Value.Use.Valid() || slices.ContainsFunc(items, func(item *fixes.Visit) bool { return item.Value.Use.Valid() })
}

// deleteItems returns the fix that takes some items out of a list, nil if that
// cannot be edited.
func deleteItems(p *fixes.Pass, list *fixes.Visit, gone []*fixes.Visit, title string) *fixes.Fix {
	nodes := make([]ast.Node, 0, len(gone))
	for _, item := range gone {
		nodes = append(nodes, item.Value.Node)
	}
	edits, err := ast.DeleteEntries(nodes...)
	if err != nil {
		return nil
	}
	fix := fixes.NewFix(list.Value.Doc, edits, "%s", title)
	if fix == nil {
		return nil
	}
	for _, u := range p.Fleet.Uses(list.Value.Node) {
		fix.Within = append(fix.Within, fixes.Within{Server: u.Server, Path: u.Path})
	}
	return fix
}

// sharedOtherwise returns a server that has the same text in a remote whose
// link is not clamped, nil if there is none.
func sharedOtherwise(p *fixes.Pass, v *fixes.Visit) *fleet.Server {
	for _, u := range p.Fleet.Uses(v.Value.Node) {
		for _, r := range u.Server.Remotes {
			if strings.HasPrefix(u.Path, r.Path+".") && !isClamped(u.Server, r.Account) {
				return u.Server
			}
		}
	}
	return nil
}
