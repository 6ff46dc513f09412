package engine_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

// moduleDir returns the folder of the nats-server module.
func moduleDir(tb testing.TB) string {
	tb.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nats-io/nats-server/v2").Output()
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// folders reads all files below dir whose names end in suffix, by folder.
func folders(tb testing.TB, dir, suffix string) map[string]files {
	tb.Helper()
	out := make(map[string]files)
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || !strings.HasSuffix(path, suffix) {
			return err
		}
		text, err := os.ReadFile(path)
		folder := filepath.Dir(path)
		if out[folder] == nil {
			out[folder] = make(files)
		}
		out[folder][path] = string(text)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// TestRealConfigurations runs the whole suite with proofs over the
// configurations of the nats-server module, and over those in the folder that
// NATSFIX_CORPUS names: each file alone, and all files of a folder together.
func TestRealConfigurations(t *testing.T) {
	all := folders(t, moduleDir(t), ".conf")
	if len(all) < 5 {
		t.Fatalf("found configurations in %d folders of the nats-server module only", len(all))
	}
	if dir := os.Getenv("NATSFIX_CORPUS"); dir != "" {
		maps.Copy(all, folders(t, dir, ""))
	}
	judge := newJudge(t)
	var n, findings, changed int
	for _, folder := range slices.Sorted(maps.Keys(all)) {
		in := all[folder]
		sets := [][]string{slices.Sorted(maps.Keys(in))}
		if len(in) > 1 {
			for _, path := range sets[0] {
				sets = append(sets, []string{path})
			}
		}
		for _, targets := range sets {
			for _, unsafe := range []bool{false, true} {
				req := in.request()
				req.Targets, req.Unsafe = targets, unsafe
				res := checkRun(t, judge, in, req)
				n, findings = n+len(targets), findings+len(res.Findings)
				changed += logFindings(t, res)
			}
		}
	}
	t.Logf("%d files looked at, %d findings, %d files would change", n, findings, changed)
}

// logFindings logs what is worth a person's look and counts the files that would
// change.
func logFindings(t *testing.T, res *engine.Result) (changed int) {
	for _, f := range res.Findings {
		if f.Rule == "syntax" || strings.HasPrefix(f.Rule, "include-") {
			continue
		}
		t.Logf("%s:%d:%d: %s %s fixed=%t hidden=%q %s", f.File, f.Line, f.Column, f.Rule, f.Applicability, f.Fixed, f.Hidden, f.Reason)
	}
	for _, f := range res.Files {
		if f.Status == engine.WouldChange {
			changed++
		}
	}
	return changed
}

// FuzzFix runs the two rules that see a whole fleet with proofs over two files
// of arbitrary text, of which one may include the other.
func FuzzFix(f *testing.F) {
	fuzzRules(f, func(r *fixes.Rule) bool { return r.Name == "gateway-cluster-name" || r.Name == "jetstream-domain" })
}

// FuzzAllRules does the same with the whole suite.
func FuzzAllRules(f *testing.F) {
	fuzzRules(f, func(*fixes.Rule) bool { return true })
}

func fuzzRules(f *testing.F, take func(*fixes.Rule) bool) {
	for _, in := range folders(f, moduleDir(f), ".conf") {
		for _, text := range in {
			f.Add(text, "")
		}
	}
	for _, pair := range fuzzSeeds {
		f.Add(pair[0], pair[1])
	}
	judge := newJudge(f)
	f.Fuzz(func(t *testing.T, a, b string) {
		in := files{"a.conf": a, "b.conf": b}
		req := in.request()
		req.Rules = slices.DeleteFunc(slices.Clone(req.Rules), func(r *fixes.Rule) bool { return !take(r) })
		checkRun(t, judge, in, req)
		req.Unsafe = true
		checkRun(t, judge, in, req)
	})
}

var fuzzSeeds = [][2]string{
	{"gateway {\nname: \"gateway\"\nlisten: \"0.0.0.0:5421\"\n}\ncluster {\nname: \"cluster\"\nlisten: \"0.0.0.0:4242\"\n}\n", ""},
	{"N: old\ngateway { name: $N, port: 7222, gateways: [ { name: $N, url: nats://a:7222 } ] }\ncluster { include b.conf }\n", "name = new, port = 6222"},
	{"gateway { name: A, listen: \"a:7222\" }\ncluster { name: B, port: 6222, routes: [nats://a:6222] }\nmappings { x: { destination: y, cluster: A, weight: 100% } }", "gateway { name: C, port: 7222, gateways: [ { name: A, urls: [nats://a:7222] } ] }"},
	{"server_name: hub\njetstream: enabled\nleafnodes { port: 7422, advertise: hub }\n", "server_name: l\njetstream {}\nleafnodes { remotes: [ { url: nats://hub:7422 } ] }\n"},
	{"{\"jetstream\": {\"store_dir\": \"/d\"}, \"server_name\": \"h\", \"leafnodes\": {\"port\": 7422, \"host\": \"h\"}}", "jetstream: true\r\nserver_name: l1\r\nleafnodes { remotes [ { urls: [\"nats://h:7422\"] } ] }"},
	{"include b.conf\nserver_name: leaf\nleafnodes { remotes: [ { url: \"nats://hub:7422\" } ] }", "jetstream {\n # only a comment\n}\n"},
	{"\nmonitoriOg_port = (222\n\ninclude ", ""}, // what is cured ends in an include of the folder
	{"jetstream: $JS\nJS: enabled\nleaf { listen: 7422 }", "JS { store_dir: x }\njetstream: $JS\nserver_name: $POD\nleaf { remotes: [ { url: ws://h } ] }"},
}
