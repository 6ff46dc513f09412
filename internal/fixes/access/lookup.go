package access

import (
	"maps"
	"reflect"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// text returns a field's entry and text, if that is known and not empty.
func text(m *fleet.Map, names ...string) (*fleet.Entry, string) {
	e := m.Field(names...)
	if e == nil || e.Value.Unknown() || e.Value.Text() == "" {
		return nil, ""
	}
	return e, e.Value.Text()
}

// items returns the values of a list, or the one value that stands for a list.
func items(v *fleet.Value) []*fleet.Value {
	switch {
	case v == nil || v.Unknown():
		return nil
	case v.IsList():
		return v.List
	}
	return []*fleet.Value{v}
}

// at returns a finding at an entry below v, whose key it points at.
func at(v *fixes.Visit, e *fleet.Entry, format string, args ...any) *fixes.Finding {
	w := &fixes.Visit{Server: v.Server, Parent: v, Entry: e, Value: e.Value}
	return w.KeyFinding(format, args...)
}

// withoutGlobal returns the plain form of a block, with the account $G left out,
// which is the one that is meant if none is named.
func withoutGlobal(v *fleet.Value) any {
	plain, ok := v.Plain().(map[string]any)
	if !ok {
		return v.Plain()
	}
	rest := maps.Clone(plain)
	maps.DeleteFunc(rest, func(key string, value any) bool {
		return (strings.EqualFold(key, "account") || strings.EqualFold(key, "local")) && value == "$G"
	})
	return rest
}

// takeOutCopy adds the fix that takes an item of a list out because an earlier
// one says the same in all.
func takeOutCopy(p *fixes.Pass, f *fixes.Finding, item *fixes.Visit, first *fleet.Value, title, otherwise string) *fixes.Finding {
	if first.Unknown() || item.Value.Unknown() || !reflect.DeepEqual(withoutGlobal(first), withoutGlobal(item.Value)) {
		return manual(f, otherwise)
	}
	return f.With(p.Delete(item, "%s", title), otherwise)
}

// manual returns the finding as one that only a person can cure.
func manual(f *fixes.Finding, reason string) *fixes.Finding { return f.Because(fixes.Manual, reason) }

// refuses is a rule whose findings are refusals as the file is read.
func refuses(name, summary string, doc fixes.Doc, check func(*fixes.Pass, *fixes.Visit)) *fixes.Rule {
	doc.Stage = "-t"
	if doc.Effect == "" {
		doc.Effect = "None: the server does not run."
	}
	return &fixes.Rule{
		Name: name, Severity: fixes.Error, Summary: summary, Doc: doc,
		CheckValue: func(p *fixes.Pass, v *fixes.Visit) {
			if !v.Server.Broken() {
				check(p, v)
			}
		},
	}
}
