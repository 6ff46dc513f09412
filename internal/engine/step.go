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
// configuration must differ by exactly what the fixes declared. It returns the
// servers of which that is not so.
func checkStep(before, after *fleet.Fleet, texts map[string][]byte, take []*fixes.Fix) []failure {
	declared := make(map[string]map[string]string) // root, then path: before and after
	within := make(map[string][]string)            // root, then paths
	for _, fix := range take {
		for _, w := range fix.Within {
			within[w.Server.Root.Path] = append(within[w.Server.Root.Path], w.Path)
		}
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
	if why := checkRoots(old, after); why != "" {
		return []failure{{why: why, docs: slices.Sorted(maps.Keys(texts))}}
	}
	var failed []failure
	for _, s := range after.Servers {
		was := old[s.Root.Path]
		if !touches(s, texts) && !touches(was, texts) {
			continue
		}
		if why := checkServer(was, s, texts, declared[s.Root.Path], within[s.Root.Path]); why != "" {
			docs := make([]string, len(s.Docs))
			for i, d := range s.Docs {
				docs[i] = d.Path
			}
			failed = append(failed, failure{s.Root.Path, why, docs})
		}
	}
	return failed
}

// checkServer is checkStep for one server: declared are the changes by their
// paths, within the paths below which it may change.
func checkServer(was, s *fleet.Server, texts map[string][]byte, declared map[string]string, within []string) string {
	if refused, why := checkSyntax(was, s, texts); refused {
		return why
	}
	if !was.Broken() && s.Broken() {
		return fmt.Sprintf("%s could no longer be read: %s", s.Root.Path, s.Problems[0].Message)
	}
	if why := unresolved(was, s); why != "" {
		return fmt.Sprintf("%s could no longer be resolved: %s", s.Root.Path, why)
	}
	got := make(map[string]string)
	for _, c := range oracle.Delta(was.Values.Plain(), s.Values.Plain()) {
		if !slices.ContainsFunc(within, func(w string) bool { return isWithin(c.Path, w) }) {
			got[c.Path] = jsonText(c.Before) + " -> " + jsonText(c.After)
		}
	}
	if !maps.Equal(got, declared) {
		return fmt.Sprintf("%s would change otherwise than declared (%s); this is a bug of the rule", s.Root.Path, firstDifference(declared, got))
	}
	return ""
}

// isWithin reports whether a path is the other one or leads into it; "" is the
// whole configuration.
func isWithin(path, outer string) bool {
	if outer == "" {
		return true
	}
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// checkRoots compares which files are servers: a step may turn one into a
// fragment of another, by mending an include, and nothing else.
func checkRoots(old map[string]*fleet.Server, after *fleet.Fleet) string {
	now := make(map[string]bool)
	for _, s := range after.Servers {
		if old[s.Root.Path] == nil {
			return fmt.Sprintf("%s would become a server of its own", s.Root.Path)
		}
		for _, d := range s.Docs {
			now[d.Path] = true
		}
	}
	for root := range old {
		if !now[root] {
			return fmt.Sprintf("%s would be no server any more", root)
		}
	}
	return ""
}

// checkSyntax compares a server of which an edited document was refused by the
// parser: there is no configuration to compare with, but each such document
// must be accepted now, or be refused further on; or at the same place still,
// where one thing less is wrong.
func checkSyntax(was, is *fleet.Server, texts map[string][]byte) (refused bool, why string) {
	now := make(map[string]*fleet.Doc)
	for _, d := range is.Docs {
		now[d.Path] = d
	}
	for _, d := range was.Docs {
		errs := d.Tree.Errors()
		if _, edited := texts[d.Path]; !edited || len(errs) == 0 {
			continue
		}
		refused = true
		next := now[d.Path]
		if next == nil {
			return true, fmt.Sprintf("%s would not be included any more", d.Path)
		}
		left := next.Tree.Errors()
		if len(left) > 0 && len(next.Tree.Source())-left[0].Span.Start > len(d.Tree.Source())-errs[0].Span.Start {
			return true, fmt.Sprintf("%s would be refused at an earlier place", d.Path)
		}
	}
	return refused, ""
}

// unresolved returns a problem that a server did not have before, or "". One
// that was there is known by its kind and name: its place may have moved.
func unresolved(was, is *fleet.Server) string {
	for _, p := range is.Problems {
		same := func(q fleet.Problem) bool { return q.Kind == p.Kind && q.Name == p.Name }
		if !slices.ContainsFunc(was.Problems, same) {
			return p.Message
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
