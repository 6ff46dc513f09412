package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// checkStep compares every server before and after a step: the effective
// configuration must differ by exactly what the fixes declared.
func checkStep(before, after *fleet.Fleet, texts map[string][]byte, take []*fixes.Fix) string {
	declared := make(map[string]map[string]string) // root, then path: before and after
	for _, fix := range take {
		for _, c := range fix.Changes {
			root := c.Server.Root.Path
			if declared[root] == nil {
				declared[root] = make(map[string]string)
			}
			declared[root][c.Path] = c.Before + " -> " + c.After
		}
	}
	old := make(map[string]*fleet.Server, len(before.Servers))
	for _, s := range before.Servers {
		old[s.Root.Path] = s
	}
	if len(before.Servers) != len(after.Servers) {
		return "the edits change which files are servers"
	}
	for _, s := range after.Servers {
		if !touches(s, texts) && !touches(old[s.Root.Path], texts) {
			continue
		}
		was := old[s.Root.Path]
		if was == nil {
			return fmt.Sprintf("%s became a server of its own", s.Root.Path)
		}
		if !was.Broken() && s.Broken() {
			return fmt.Sprintf("%s could no longer be read: %s", s.Root.Path, s.Problems[0].Message)
		}
		got := make(map[string]string)
		for _, c := range oracle.Delta(was.Values.Plain(), s.Values.Plain()) {
			got[c.Path] = jsonText(c.Before) + " -> " + jsonText(c.After)
		}
		if want := declared[s.Root.Path]; !maps.Equal(got, want) {
			return fmt.Sprintf("%s would change otherwise than declared (%s); this is a bug of the rule", s.Root.Path, firstDifference(want, got))
		}
	}
	return ""
}

func touches(s *fleet.Server, texts map[string][]byte) bool {
	return s != nil && slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { _, ok := texts[d.Path]; return ok })
}

// firstDifference names a path at which the declared and the real changes
// differ. It names no values, which may be secrets.
func firstDifference(want, got map[string]string) string {
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[path]; !ok {
			return path + " changes and was not declared"
		} else if want[path] != got[path] {
			return path + " changes to another value than declared"
		}
	}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if _, ok := got[path]; !ok {
			return path + " was declared and does not change"
		}
	}
	return ""
}

// jsonText returns a value as compact JSON, "" for nil.
func jsonText(v any) string {
	if v == nil {
		return ""
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
