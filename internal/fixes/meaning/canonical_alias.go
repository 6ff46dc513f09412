package meaning

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
)

// CanonicalAlias finds fields under another spelling than that of the official
// reference.
func CanonicalAlias() *fixes.Rule {
	return &fixes.Rule{
		Name:     "canonical-alias",
		Severity: fixes.Info,
		Summary:  "the field goes by another name in the reference",
		Off:      true,
		Doc: fixes.Doc{
			Stage: "silent",
			What: `Many fields have several names (leaf and leafnodes, max_conn and max_connections, pub and publish), in any letter
case. Two of them in one block make the server choose at random (see conflicting-aliases), which is easier to
overlook the more spellings a fleet uses.`,
			Fix:           `The key gets the name that the reference of NATS uses, in lower case. A key that a variable refers to stays.`,
			Applicability: `Safe: the server reads the same.`,
			Effect:        `none`,
			Before: `leaf {
  port: 7422
}
`,
			After: `leafnodes {
  port: 7422
}
`,
		},
		Fields:     fixes.Known,
		CheckValue: checkCanonicalAlias,
	}
}

func checkCanonicalAlias(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || v.Field == nil || v.Block.Data != nil || v.Entry.Key == v.Field.Name || v.Entry.Used || v.Entry.Shadowed != nil {
		return
	}
	if v.Is("", "system_account") && strings.ToLower(v.Entry.Key) != v.Entry.Key {
		return // the server looks for it in lower case only
	}
	if len(spellings(v)) > 1 {
		return // conflicting-aliases
	}
	for _, since := range v.Field.Since(v.Field.Name) {
		if r, err := fixes.ParseRelease(since); err == nil && p.Window.Before(r.Major, r.Minor, r.Patch) {
			return // an older server of the window does not know the name
		}
	}
	f := v.KeyFinding("%s is another spelling of %s", v.Entry.Key, v.Field.Name)
	f.With(p.Rename(v, v.Field.Name, "call it %s", v.Field.Name).KeepsMeaning(), "the key cannot be edited here")
	p.Report(f)
}
