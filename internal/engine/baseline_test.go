package engine_test

import (
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/baseline"
	"github.com/natsfix/natsfix/internal/engine"
)

// baselineOf returns what a baseline holds for the request's files.
func baselineOf(t *testing.T, req engine.Request) map[baseline.Entry]int {
	t.Helper()
	req.FindOnly, req.Baseline = true, &engine.Baseline{Name: func(path string) string { return path }}
	res := run(t, req)
	known := make(map[baseline.Entry]int)
	for _, f := range res.Findings {
		if f.Entry.Rule != "" {
			known[f.Entry]++
		}
	}
	return known
}

const routes = `cluster {
  name: c
  routes: [
    "nats://a:6222"
    "b:6222"
  ]
}
`

func TestABaselineSurvivesEditsAroundAndShowsWhatIsNew(t *testing.T) {
	request := func(text string) engine.Request {
		return files{"a.conf": text}.request()
	}
	known := baselineOf(t, request(routes))
	if known[baseline.Entry{File: "a.conf", Rule: "url-missing-scheme", Place: "cluster.routes"}] != 1 {
		t.Fatalf("the baseline is %v", known)
	}
	for _, c := range []struct {
		name, text string
		findings   int
		used       int
	}{
		{"as it was", routes, 0, 1},
		{"lines moved", "# new\n\nport: 4222\n" + routes, 0, 1},
		{"indented otherwise", strings.ReplaceAll(routes, "  ", "\t"), 0, 1},
		{"another server in front", strings.Replace(routes, `"nats://a`, "\"nats://x:1\"\n    \"nats://a", 1), 0, 1},
		{"one more of the kind", strings.Replace(routes, `"b:6222"`, "\"b:6222\"\n    \"c:6222\"", 1), 1, 1},
		{"at another place", routes + "gateway { name: c, gateways: [{name: d, url: \"d:7222\"}] }\n", 1, 1},
		{"cured", strings.Replace(routes, `"b:`, `"nats://b:`, 1), 0, 0},
		{"silenced by a comment, too", strings.Replace(routes, `"b:6222"`, `"b:6222" # natsfix:ignore url-missing-scheme -- x`, 1), 0, 0},
	} {
		req := request(c.text)
		req.Baseline = &engine.Baseline{Known: known, Name: func(path string) string { return path }}
		res := run(t, req)
		used := res.Baselined[baseline.Entry{File: "a.conf", Rule: "url-missing-scheme", Place: "cluster.routes"}]
		if len(about(res, "url-missing-scheme")) != c.findings || used != c.used {
			t.Errorf("%s: %d findings, %d in the baseline; want %d, %d", c.name, len(about(res, "url-missing-scheme")), used, c.findings, c.used)
		}
		for _, f := range res.Files {
			if strings.Contains(string(f.After), "nats://b:") {
				t.Errorf("%s: what is in the baseline was corrected", c.name)
			}
		}
	}
}

func TestNoBaselineHoldsWhatDoesNotParseOrMustNotBeIgnored(t *testing.T) {
	req := files{"a.conf": "port: 1]\nhost: [\n", "b.conf": routes}.request()
	req.NeverIgnore = func(path, rule string) bool { return rule == "url-missing-scheme" }
	for e := range baselineOf(t, req) {
		if e.File == "a.conf" && e.Rule == "syntax" || e.Rule == "url-missing-scheme" {
			t.Errorf("the baseline holds %v", e)
		}
	}
}

func TestFindOnlyCorrectsNothing(t *testing.T) {
	req := files{"a.conf": routes}.request()
	req.FindOnly = true
	res := run(t, req)
	if len(res.Groups) > 0 || len(res.Findings) == 0 {
		t.Errorf("%d groups, %d findings", len(res.Groups), len(res.Findings))
	}
}

func TestARuleThatIsOffForAFileDoesNotEditIt(t *testing.T) {
	req := files{"a.conf": routes, "b.conf": routes}.request()
	req.Unsafe = true
	req.Off = func(path, rule string) bool { return path == "b.conf" && rule == "url-missing-scheme" }
	res := run(t, req)
	if found := about(res, "url-missing-scheme"); len(found) != 1 || found[0].File != "a.conf" {
		t.Errorf("found %v", found)
	}
	for _, f := range res.Files {
		if changed := strings.Contains(string(f.After), "nats://b:"); changed != (f.Path == "a.conf") {
			t.Errorf("%s: changed is %v", f.Path, changed)
		}
	}
}
