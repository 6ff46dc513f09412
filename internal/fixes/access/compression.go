package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// CompressionThresholds finds lists of round-trip times that do not rise.
func CompressionThresholds() *fixes.Rule {
	r := refuses("compression-thresholds", "the round-trip times of s2_auto do not rise, or are too many", fixes.Doc{
		Message: "RTT threshold values [100ms 10ms] should be in ascending order",
		Since:   "2.10.0",
		What: `With s2_auto a link is compressed the more the longer its round-trip time. rtt_thresholds says from when on, in rising order
("RTT threshold values should be in ascending order") and in four steps at most ("should have no more than 4 RTT thresholds"); a list of
zeroes is none ("requires at least one RTT threshold").`,
		Fix:           "Writes the values in rising order.",
		Applicability: "Safe: there is one such order. Manual where there are too many values, or a zero among them: the steps are for a person to choose.",
		Before:        "leafnodes {\n  port: 7422\n  compression: { mode: s2_auto, rtt_thresholds: [ \"50ms\", \"10ms\" ] }\n}\n",
		After:         "leafnodes {\n  port: 7422\n  compression: { mode: s2_auto, rtt_thresholds: [ \"10ms\", \"50ms\" ] }\n}\n",
		References:    []string{"server/server.go: validateAndNormalizeCompressionOption"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !v.Is("compression", "rtt_thresholds") || !v.Value.IsList() || v.Parent == nil {
			return
		}
		if !isAuto(v.Parent) {
			return
		}
		var times []time.Duration
		for _, item := range v.Value.List {
			d, err := time.ParseDuration(item.Text())
			if err != nil {
				return
			}
			times = append(times, d)
		}
		if why := thresholdProblem(times); why != "" {
			f := v.KeyFinding("the server refuses to start (%q), though nats-server -t calls the file valid", why)
			p.Report(f.With(inOrder(p, v, times), "give one to four values that rise"))
		}
	})
	r.Doc.Stage = "start (nats-server -t is silent)"
	return r
}

// inOrder returns the fix that writes the thresholds in rising order, nil if that
// does not make them right.
func inOrder(p *fixes.Pass, v *fixes.Visit, times []time.Duration) *fixes.Fix {
	order := make([]int, len(times))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(times[a], times[b]) })
	sorted := make([]time.Duration, len(times))
	var edits []ast.Edit
	for i, from := range order {
		at, to := v.Value.List[i], v.Value.List[from]
		if sorted[i] = times[from]; at.Use.Valid() || times[from] <= 0 {
			return nil
		}
		if i != from {
			edits = append(edits, ast.Edit{Start: at.Node.Start(), End: at.Node.End(), New: to.Node.Raw()})
		}
	}
	fix := fixes.NewFix(v.Value.Doc, edits, "write the values in rising order")
	if fix == nil || thresholdProblem(sorted) != "" {
		return nil
	}
	for _, u := range p.Fleet.Uses(v.Value.Node) {
		fix.Within = append(fix.Within, fixes.Within{Server: u.Server, Path: u.Path})
	}
	return fix
}

// thresholdProblem is the part of validateAndNormalizeCompressionOption
// (server/server.go) about thresholds. A zero stands for no such step.
func thresholdProblem(times []time.Duration) string {
	if len(times) == 0 {
		return "" // the server's own
	}
	var highest time.Duration
	steps := 0
	for i, d := range times {
		if d > 0 && d < highest {
			return fmt.Sprintf("RTT threshold values %v should be in ascending order", times)
		}
		if d > 0 {
			highest, steps = d, i+1
		}
	}
	switch {
	case steps > 4:
		return "should have no more than 4 RTT thresholds"
	case steps == 0:
		return "requires at least one RTT threshold"
	}
	return ""
}

// isAuto reports whether a compression block comes to s2_auto, the one mode that
// has thresholds: by that name; for leaf nodes also as on; and without a mode for
// remotes and for a port that listens (server/opts.go, setBaselineOptions).
func isAuto(v *fixes.Visit) bool {
	leaf := v.Block != nil && v.Block.Path != "cluster"
	mode := v.Value.Map.Value("mode")
	if mode == nil || mode.IsString() && mode.Text() == "" {
		return leaf && (v.Block.Path != "leafnodes" || v.Server.AcceptsLeaves())
	}
	if !mode.IsString() {
		return false
	}
	switch strings.ToLower(mode.Text()) {
	case "s2_auto", "auto":
		return true
	case "on", "enabled", "true":
		return leaf
	}
	return false
}
