package engine_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

func hidden(res *engine.Result, rule string) string {
	for _, f := range res.Findings {
		if f.Rule == rule {
			return f.Hidden
		}
	}
	return "no such finding"
}

func TestFixThatTheServerRefusesIsFoundAmongOthers(t *testing.T) {
	judge := newJudge(t)
	good := []*fixes.Rule{setter("name", "server_name", "a", "b"), setter("host", "host", "x", "127.0.0.1")}
	// The values parse, and the official server refuses them when it starts.
	badName := setter("bad-gateway", "gateway.name", "c", "other")
	badJS := setter("bad-domain", "jetstream.domain", "d", "a.b")
	f := files{"a.conf": "server_name: a\nhost: x\ngateway { name: c, port: 7222 }\ncluster { name: c, port: 6222 }\njetstream { domain: d }\n"}
	const want = "server_name: b\nhost: 127.0.0.1\ngateway { name: c, port: 7222 }\ncluster { name: c, port: 6222 }\njetstream { domain: d }\n"
	for _, rules := range [][]*fixes.Rule{
		{badName, good[0], good[1]},
		{good[0], badName, good[1]},
		{good[0], good[1], badName},
		{good[0], badJS, good[1]},
		{badJS, good[0], badName, good[1]}, // two at fault
	} {
		res := run(t, proved(withRules(f, rules...), judge))
		if got := strings.ReplaceAll(f.after(res)["a.conf"], `"127.0.0.1"`, "127.0.0.1"); got != want {
			t.Errorf("the result is\n%s\n%s", got, states(res))
		}
		for _, r := range rules {
			why := hidden(res, r.Name)
			if bad := strings.HasPrefix(r.Name, "bad"); bad != strings.HasPrefix(why, "failed proof: the official server would refuse a.conf") {
				t.Errorf("%s: %q", r.Name, why)
			}
		}
		if len(res.Groups) != 1 || res.Groups[0].Refused != "" {
			t.Errorf("groups %v", res.Groups)
		}
	}
	res := run(t, proved(withRules(f, badName), judge))
	if len(res.Groups) != 0 || !strings.Contains(hidden(res, "bad-gateway"), "conflicts") {
		t.Errorf("alone: %d groups, %s", len(res.Groups), states(res))
	}
}

func TestOtherGroupsGoOn(t *testing.T) {
	f := files{
		"a.conf": "gateway { name: c, port: 7222 }\ncluster { name: c, port: 6222 }\n",
		"b.conf": "gateway { name: e, port: 7222 }\ncluster { name: f, port: 6222 }\n",
	}
	res := run(t, proved(withRules(f, setter("bad", "gateway.name", "c", "d"), setter("good", "gateway.name", "e", "f")), newJudge(t)))
	after := f.after(res)
	if after["a.conf"] != f["a.conf"] || !strings.Contains(after["b.conf"], "gateway { name: f,") {
		t.Errorf("%s\n%s\n%s", after["a.conf"], after["b.conf"], states(res))
	}
}

func TestWhatWasRefusedBeforeMayBeRefusedAfter(t *testing.T) {
	// The server refuses the file twice; one of the two is cured.
	f := files{"a.conf": "gateway { name: g, port: 7222 }\ncluster { name: c, port: 6222 }\njetstream { domain: \"a.b\" }\nserver_name: s\n"}
	res := run(t, proved(withRules(f, setter("name", "gateway.name", "g", "c")), newJudge(t)))
	if got := states(res); got != "name fixed" {
		t.Error(got)
	}
}

func TestContextIsNotChanged(t *testing.T) {
	f := files{"a.conf": "cluster { include sub/c.conf }\ngateway { name: g, port: 7222 }\n", "sub/c.conf": "name: c\nport: 6222\n"}
	for _, tt := range []struct {
		targets, dirs []string
		want          string
	}{
		{[]string{"a.conf"}, nil, "left (outside the paths: sub/c.conf)"},
		{[]string{"a.conf"}, []string{"."}, "fixed"},
		{[]string{"a.conf"}, []string{"other"}, "left (outside the paths: sub/c.conf)"},
		{[]string{"a.conf", "sub/c.conf"}, nil, "fixed"},
	} {
		req := withRules(f, setter("r", "cluster.name", "c", "d"))
		req.Targets, req.Dirs = tt.targets, tt.dirs
		res := run(t, req)
		var got []string
		for _, f := range res.Findings {
			state := "fixed"
			if !f.Fixed {
				state = "left (" + f.Hidden + ")"
			}
			got = append(got, state)
		}
		// The finding stands in a file that was not asked for; then it is left out.
		if tt.want != "fixed" {
			if len(res.Groups) != 0 {
				t.Errorf("targets %v below %v: %v", tt.targets, tt.dirs, got)
			}
			continue
		}
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("targets %v below %v: %v, want %s", tt.targets, tt.dirs, got, tt.want)
		}
	}
	// A finding in a target whose fix reaches out names the file.
	req := files{"a.conf": "N: x\ninclude sub/c.conf\n", "sub/c.conf": "cluster { name: c }\n"}.request()
	req.Targets = []string{"a.conf"}
	req.Rules = []*fixes.Rule{rule("r", func(p *fixes.Pass) {
		s := p.Fleet.Servers[0]
		v := find(s, "cluster.name")
		fix, err := p.Rewrite([]fixes.SetWant{{Server: s, Path: "cluster.name", Value: v, To: fixes.Text("d")}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		p.Report(&fixes.Finding{Message: "m", Doc: s.Root, Fix: fix})
	})}
	if res := run(t, req); states(res) != "r left (outside the paths: sub/c.conf)" || len(res.Files) != 1 {
		t.Errorf("%s; %d files", states(res), len(res.Files))
	}
}

func TestLargeFilesAreNotRewritten(t *testing.T) {
	f := files{"a.conf": "a: x\n" + strings.Repeat("# padding\n", 20), "b.conf": "a: x\n"}
	req := withRules(f, setter("r", "a", "x", "y"))
	req.MaxSize = 100
	res := run(t, req)
	after := f.after(res)
	if after["a.conf"] != f["a.conf"] || after["b.conf"] != "a: y\n" {
		t.Errorf("results %q, %q", after["a.conf"][:5], after["b.conf"])
	}
	if len(res.Findings) != 2 || !strings.Contains(res.Findings[0].Hidden, "--max-size") || res.Files[0].Message == "" {
		t.Errorf("%s; %q", states(res), res.Files[0].Message)
	}
}

func TestFindingsOfLaterRoundsPointIntoTheFileAsRead(t *testing.T) {
	f := files{"a.conf": "# ü\na: short\nb: gone\nc: x\nd: \"end\"\n"}
	rules := []*fixes.Rule{
		setter("late-d", "d", "end", "finis"), // runs again after the others
		setter("last", "c", "z", "w"),
		setter("grow", "a", "short", strings.Repeat("long", 20)),
		setter("shrink", "b", "gone", "g"),
		setter("first", "c", "x", "z"),
		adder("top", "e", "new"),
		setter("inside", "e", "new", "newer"),
	}
	res := run(t, withRules(f, rules...))
	src := f["a.conf"]
	want := map[string]string{"grow": "short", "shrink": "gone", "first": "x", "last": "x", "late-d": `"end"`}
	for _, finding := range res.Findings {
		if !finding.Fixed {
			t.Errorf("%s is not fixed: %s", finding.Rule, finding.Hidden)
		}
		if text, ok := want[finding.Rule]; ok {
			if got := src[finding.Offset:finding.End]; got != text {
				t.Errorf("%s points at %q, want %q", finding.Rule, got, text)
			}
			line := 1 + strings.Count(src[:finding.Offset], "\n")
			if finding.Line != line {
				t.Errorf("%s is in line %d, want %d", finding.Rule, finding.Line, line)
			}
		}
		if finding.Rule == "inside" && (finding.Offset < 0 || finding.Offset > len(src) || finding.End > len(src)) {
			t.Errorf("a finding in new text points at %d-%d of %d", finding.Offset, finding.End, len(src))
		}
	}
}

func TestGroups(t *testing.T) {
	f := files{
		"root1.conf": "cluster { include shared.conf }\nx: 1\n", "root2.conf": "cluster { include shared.conf }\n", "shared.conf": "name: old\n",
		"alone.conf": "x: 1\n", "pair1.conf": "y: 1\n", "pair2.conf": "y: 1\n", "quiet.conf": "z: 1\n",
	}
	pair := rule("pair", func(p *fixes.Pass) {
		var sets []fixes.SetWant
		for _, s := range p.Fleet.Servers {
			if v := s.Values.Value("y"); v.Text() == "1" {
				sets = append(sets, fixes.SetWant{Server: s, Path: "y", Value: v, To: fixes.Text("two")})
			}
		}
		if len(sets) == 0 {
			return
		}
		fix, err := p.Rewrite(sets, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sets {
			report(p, s.Value, fixes.Safe, fix)
		}
	})
	shared := rule("shared", func(p *fixes.Pass) {
		var sets []fixes.SetWant
		for _, s := range p.Fleet.Servers {
			if v := find(s, "cluster.name"); v != nil && v.Text() == "old" {
				sets = append(sets, fixes.SetWant{Server: s, Path: "cluster.name", Value: v, To: fixes.Text("new")})
			}
		}
		if len(sets) == 0 {
			return
		}
		fix, err := p.Rewrite(sets, nil)
		if err != nil {
			t.Fatal(err)
		}
		report(p, sets[0].Value, fixes.Safe, fix)
	})
	for _, judged := range []bool{false, true} {
		req := withRules(f, setter("x", "x", "1", "two"), pair, shared)
		if judged {
			req = proved(req, newJudge(t))
		}
		res := run(t, req)
		var got []string
		for _, g := range res.Groups {
			var names []string
			for _, file := range g.Files {
				names = append(names, strings.TrimSuffix(file.Path, ".conf"))
			}
			servers := make(map[string]bool)
			for _, c := range g.Changes {
				servers[c.Server] = true
			}
			got = append(got, fmt.Sprintf("%s %d %d %d", strings.Join(names, "+"), len(g.Findings), len(g.Changes), len(servers)))
		}
		// Files, findings, changes, servers. Both roots contain shared.conf, of
		// which one changes itself: includes stand before roots.
		want := []string{"alone 1 1 1", "pair1+pair2 2 2 2", "shared+root1 2 3 2"}
		if !slices.Equal(got, want) {
			t.Errorf("groups %q, want %q", got, want)
		}
	}
}

func TestUnknownVariablesAreNotJudged(t *testing.T) {
	judge := newJudge(t)
	f := files{
		"var.conf": "a: x\nserver_name: $POD\n",
		"inc.conf": "a: x\ninclude none.conf\n",
		"ok.conf":  "server_name: x\n",
	}
	rules := []*fixes.Rule{setter("a", "a", "x", "y"), setter("n", "server_name", "x", "y")}
	res := run(t, proved(withRules(f, rules...), judge))
	after := f.after(res)
	if !strings.HasPrefix(after["var.conf"], "a: y") || !strings.HasPrefix(after["inc.conf"], "a: y") {
		t.Errorf("%s", states(res))
	}
	notes := make(map[string]string)
	for _, g := range res.Groups {
		notes[g.Files[0].Path] = strings.Join(g.Notes, "; ")
	}
	if !strings.Contains(notes["var.conf"], "not judged") || !strings.Contains(notes["var.conf"], "$POD") ||
		!strings.Contains(notes["inc.conf"], "none.conf") || notes["ok.conf"] != "" {
		t.Errorf("notes %q", notes)
	}
	req := proved(withRules(f, rules...), judge)
	req.RequireProof = true
	res = run(t, req)
	after = f.after(res)
	if after["var.conf"] != f["var.conf"] || after["inc.conf"] != f["inc.conf"] || after["ok.conf"] != "server_name: y\n" {
		t.Errorf("with RequireProof: %s", states(res))
	}
	for _, finding := range res.Findings {
		if finding.Rule == "a" && !strings.Contains(finding.Hidden, "--require-proof") {
			t.Errorf("the reason is %q", finding.Hidden)
		}
	}
	// With the value given the file is judged.
	req.Env = func(name string) (string, bool) { return "pod-1", name == "POD" }
	if got := f.after(run(t, req)); !strings.HasPrefix(got["var.conf"], "a: y") {
		t.Error("a known variable is not judged")
	}
}

func TestResultDoesNotDependOnJobs(t *testing.T) {
	f := make(files)
	for i := range 12 {
		f[fmt.Sprintf("g%d.conf", i)] = fmt.Sprintf("gateway { name: g%d, port: 7222, gateways: [ { name: g%d, url: \"nats://x%d:7222\" } ] }\ncluster { include c%d.inc }\n", i, (i+1)%12, i, i%3)
		f[fmt.Sprintf("c%d.inc", i%3)] = fmt.Sprintf("name: c%d\nport: 6222\n", i%3)
		f[fmt.Sprintf("l%d.conf", i)] = fmt.Sprintf("server_name: l%d\njetstream {}\nleafnodes { remotes: [ { url: \"nats://hub:7422\" } ] }\n", i)
	}
	f["hub.conf"] = "server_name: hub\njetstream: enabled\nleafnodes { port: 7422 }\n"
	for _, unsafe := range []bool{false, true} {
		req := proved(f.request(), newJudge(t))
		req.Unsafe = unsafe
		req.Jobs = 1
		want := run(t, req)
		if len(want.Groups) == 0 || len(want.Findings) < 12 {
			t.Fatalf("%d groups, %d findings", len(want.Groups), len(want.Findings))
		}
		for _, jobs := range []int{2, 8} {
			req.Jobs = jobs
			if got := run(t, req); !reflect.DeepEqual(got, want) {
				t.Errorf("%d jobs give another result than one", jobs)
			}
		}
	}
}

func TestFixThatNeedsALaterOneIsGivenBack(t *testing.T) {
	f := files{"a.conf": "lame_duck_grace_period: \"10s\"\nlame_duck_duration: \"2m\"\njetstream { domain: d }\n"}
	res := run(t, proved(withRules(f,
		setter("grace", "lame_duck_grace_period", "10s", "4m"), // must be less than the duration
		setter("duration", "lame_duck_duration", "2m", "5m"),
		setter("bad-domain", "jetstream.domain", "d", "a.b"),
	), newJudge(t)))
	expect(t, f, res, "lame_duck_grace_period: \"4m\"\nlame_duck_duration: \"5m\"\njetstream { domain: d }\n")
	if why := hidden(res, "bad-domain"); !strings.HasPrefix(why, "failed proof: ") {
		t.Errorf("bad-domain: %q", why)
	}
}

// Groups that are not proved are mended together: one attempt tries a fix of each,
// so that a big fleet costs no more attempts than its worst group.
func TestTheSearchForWhatFailedTakesNoLongerInABigFleet(t *testing.T) {
	judge := newJudge(t)
	attempts := func(servers int) (count int) {
		f := make(files)
		for i := range servers {
			f[fmt.Sprintf("%d.conf", i)] = fmt.Sprintf("server_name: a\nhost: x\nport: %d\njetstream { domain: d }\n", 4222+i)
		}
		counted := rule("counted", func(*fixes.Pass) { count++ })
		res := run(t, proved(withRules(f,
			setter("bad-domain", "jetstream.domain", "d", "a.b"),
			setter("host", "host", "x", "y"),
			setter("name", "server_name", "a", "b"),
			counted,
		), judge))
		for path, text := range f.after(res) {
			if want := strings.NewReplacer("server_name: a", "server_name: b", "host: x", "host: y").Replace(f[path]); text != want {
				t.Errorf("%s of %d is\n%s", path, servers, text)
			}
		}
		return count
	}
	if one, many := attempts(1), attempts(7); many != one {
		t.Errorf("the rules ran %d times for one server and %d times for seven", one, many)
	}
}
