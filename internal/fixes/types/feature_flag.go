package types

import (
	"fmt"
	"slices"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/suggest"
)

// featureFlags are the flags that the server knows (server/feature_flags.go). It
// compares the case of letters, too.
var featureFlags = []string{"js_ack_fc_v2", "js_api_reply_v2", "js_raft_delete_range", "js_snapshot_sources"}

// isUnknownFlag reports whether a value is a feature flag that the server does
// not know. A release that is newer than the linked one may know it.
func isUnknownFlag(p *fixes.Pass, v *fixes.Visit) bool {
	newest := fixes.DefaultWindow.To
	return v.Entry != nil && v.Block != nil && v.Block.Path == "feature_flags" && !slices.Contains(featureFlags, v.Entry.Key) &&
		mistakeOf(v) == noMistake && !p.Window.Reaches(newest.Major, newest.Minor, newest.Patch+1) && !v.Server.Garbled() && !fixes.IsFormat(v.Entry.Key)
}

// reportFlag reports a feature flag that does nothing.
func reportFlag(p *fixes.Pass, v *fixes.Visit) {
	f := v.KeyFinding("the server knows no feature flag %q: it starts, notes it as unsupported in its log, and the flag does nothing", v.Entry.Key)
	f.Severity = fixes.Warning
	to := suggest.Suggest(v.Entry.Key, featureFlags)
	switch {
	case to == "":
		p.Report(f.Because(fixes.Manual, "take it out, or see the release notes for the flags of this release"))
	case v.Parent.Value.Map.Get(to) != nil:
		p.Report(f.Because(fixes.Manual, fmt.Sprintf("did you mean %s? That is there already", to)))
	default:
		f.With(p.Rename(v, to, "rename %s to %s", v.Entry.Key, to), fmt.Sprintf("did you mean %s? This entry cannot be renamed", to))
		p.Report(f.Because(fixes.ChangesBehaviour, fmt.Sprintf("did you mean %s? It takes effect then, for the first time", to)))
	}
}
