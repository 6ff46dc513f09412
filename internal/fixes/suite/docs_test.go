package suite_test

import (
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
)

var update = flag.Bool("update", false, "write docs/rules")

const docsDir = "../../../docs/rules"

func TestEveryRuleIsDocumentedInFull(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := make(map[string]bool)
	for _, r := range suite.All() {
		if !kebab.MatchString(r.Name) || seen[r.Name] {
			t.Errorf("rule name %q is not kebab-case, or is used twice", r.Name)
		}
		seen[r.Name] = true
		for what, text := range map[string]string{
			"summary": r.Summary, "stage": r.Doc.Stage, "what": r.Doc.What, "fix": r.Doc.Fix,
			"applicability": r.Doc.Applicability, "effect": r.Doc.Effect, "before": r.Doc.Before, "after": r.Doc.After,
		} {
			if text == "" {
				t.Errorf("%s: no %s", r.Name, what)
			}
		}
		for _, p := range r.Params {
			if p.Name == "" || p.Doc == "" || p.Default == "" {
				t.Errorf("%s: parameter %q lacks its text or default", r.Name, p.Name)
			}
		}
	}
}

func TestRulePagesAreUpToDate(t *testing.T) {
	pages := map[string]string{"README.md": fixes.Index(suite.All())}
	for _, r := range suite.All() {
		pages[r.Name+".md"] = r.Page()
	}
	for name, page := range pages {
		path := filepath.Join(docsDir, name)
		if *update {
			if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(path)
		if err != nil || string(have) != page {
			t.Errorf("%s differs from the rules' text (%v); run: go test ./internal/fixes/suite -update", path, err)
		}
	}
	entries, err := os.ReadDir(docsDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := pages[e.Name()]; !ok {
			t.Errorf("%s is the page of no rule", e.Name())
		}
	}
}

// TestExamplesOfRulePages runs the before and after of each rule's page: the
// rule fires, its fix gives the after, and is silent there. Where the rule
// leaves the fix to a person the after is what that person may write.
func TestExamplesOfRulePages(t *testing.T) {
	for _, r := range suite.All() {
		t.Run(r.Name, func(t *testing.T) {
			before := exampleFiles(r.Doc.Before, r.Doc.BeforeFiles)
			after := exampleFiles(r.Doc.After, r.Doc.AfterFiles)
			res := runRule(t, r, before)
			if len(res.Findings) == 0 {
				t.Fatal("the rule does not fire on its own example")
			}
			byHand := !slices.ContainsFunc(res.Findings, func(f *engine.Finding) bool { return f.Fix != nil })
			for _, f := range res.Files {
				if byHand {
					break
				}
				got := before[f.Path]
				if f.After != nil {
					got = string(f.After)
				}
				if got != after[f.Path] {
					t.Errorf("%s is\n%s\nwant\n%s", f.Path, got, after[f.Path])
				}
			}
			if res := runRule(t, r, after); len(res.Findings) != 0 {
				t.Errorf("the rule still fires: %+v", res.Findings[0])
			}
		})
	}
}

func exampleFiles(main string, more map[string]string) map[string]string {
	files := map[string]string{"nats.conf": main}
	maps.Copy(files, more)
	return files
}

func runRule(t *testing.T, r *fixes.Rule, files map[string]string) *engine.Result {
	t.Helper()
	res, err := engine.Run(t.Context(), engine.Request{
		Targets: slices.Sorted(maps.Keys(files)),
		Read: func(path string) ([]byte, error) {
			if text, ok := files[path]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
		Rules:  []*fixes.Rule{r},
		Unsafe: true,
		Window: windowOf(t, r),
	})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// windowOf returns the releases to run a rule's example for: those for which
// the rule holds if it ceased to, else the default.
func windowOf(t *testing.T, r *fixes.Rule) fixes.Window {
	t.Helper()
	if r.Doc.Until == "" {
		return fixes.Window{}
	}
	var w fixes.Window
	for text, to := range map[string]*fixes.Release{r.Doc.Since: &w.From, r.Doc.Until: &w.To} {
		release, err := fixes.ParseRelease(text)
		if err != nil {
			t.Fatalf("%s: a rule that ceased to hold names its first and last release: %v", r.Name, err)
		}
		*to = release
	}
	return w
}
