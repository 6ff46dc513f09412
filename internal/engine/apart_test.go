package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
)

// together returns the request with a rule that keeps the engine from looking at
// servers one by one.
func together(req engine.Request) engine.Request {
	req.Rules = append(slices.Clone(req.Rules), rule("compares-all", func(*fixes.Pass) {}))
	return req
}

// shown returns all of a result as text.
func shown(t *testing.T, res *engine.Result) string {
	t.Helper()
	text, err := json.MarshalIndent([]any{res.Files, res.Findings, res.Groups, res.Errors, res.Ignored, res.Documents, res.Servers}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + fmt.Sprint(res.Baselined)
}

// sameApart fails if servers that are looked at one by one are told otherwise than
// those that are looked at together.
func sameApart(t *testing.T, what string, req engine.Request) {
	t.Helper()
	want, got := run(t, together(req)), run(t, req)
	if w, g := shown(t, want), shown(t, got); w != g {
		at := 0
		for at < min(len(w), len(g)) && w[at] == g[at] {
			at++
		}
		from := max(0, at-400)
		t.Errorf("%s: one by one\n%s\ntogether\n%s", what, g[from:min(len(g), at+400)], w[from:min(len(w), at+400)])
	}
}

func TestServersApartAreToldAsTogether(t *testing.T) {
	all := make(files)
	for _, folder := range folders(t, moduleDir(t), ".conf") {
		maps.Copy(all, folder)
	}
	sets := map[string]files{
		"nats-server's own":       all,
		"a part found later":      {"a.conf": "include b.conf\nport: 4222\n", "b.conf": "debug: true\n", "c.conf": "debug: true\n"},
		"a part of a part":        {"a.conf": "include x/part\n", "x/b.conf": "debug: true\n", "x/part": "include b.conf\n"},
		"one directory for two":   {"a.conf": "port: 4222\njetstream { store_dir: /data }\n", "b.conf": "port: 4223\njetstream { store_dir: /data }\n"},
		"a linked server's store": {"a.conf": "port: 4222\njetstream { store_dir: /data }\n", "b.conf": "port: 4223\ncluster { name: c, port: 6222 }\njetstream { store_dir: /data }\n"},
		"an include that is near": {"a.conf": "include user.conf\n", "users.conf": "debug: true\n", "x/auth.conf": "debug: true\n", "y.conf": "include auth.conf\n"},
		"absolute includes":       {"a.conf": "include \"/etc/nats/users.conf\"\n", "users.conf": "debug: true\n"},
		"comments":                {"a.conf": "debug: true # natsfix:ignore debug-logging -- known\n", "b.conf": "debug: false # natsfix:ignore debug-logging -- known\n"},
		"secrets":                 {"a.conf": "authorization { user: u, password: hunter2hunter2, timeout: hunter2hunter2 }\n", "b.conf": "port: 1\n"},
		"variables":               {"a.conf": "port: $PORT\nOLD: 5\n", "b.conf": "port: $PORT\n", "c.conf": "password: $PW\n"},
		"broken":                  {"a.conf": "a {", "b.conf": "port: 4222\nmax_payload: 5MBi\n", "c.conf": "\x00\x01", "d.conf": ""},
		"leaf and hub":            {"hub.conf": "server_name: hub\njetstream: enabled\nleafnodes { port: 7422 }\n", "leaf.conf": "server_name: l\njetstream: enabled\nleafnodes { remotes: [{url: \"nats://hub:7422\"}] }\n", "c.conf": "server_name: c\njetstream: enabled\n"},
	}
	if dir := os.Getenv("NATSFIX_CORPUS"); dir != "" {
		for name, folder := range folders(t, dir, "") {
			sets[name] = folder
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		in := sets[name]
		for _, unsafe := range []bool{false, true} {
			for _, findOnly := range []bool{false, true} {
				req := in.request()
				req.Rules = onByDefault()
				req.Unsafe, req.FindOnly = unsafe, findOnly
				req.Baseline = &engine.Baseline{Name: filepath.ToSlash}
				sameApart(t, fmt.Sprintf("%s, unsafe %t, findOnly %t", name, unsafe, findOnly), req)
				if len(req.Targets) > 1 {
					req.Targets, req.Context = req.Targets[:1], req.Targets[1:]
					sameApart(t, fmt.Sprintf("the first of %s, unsafe %t, findOnly %t", name, unsafe, findOnly), req)
				}
			}
		}
	}
}

func TestAFileIsLookedAtOnceWhateverItIsNamed(t *testing.T) {
	in := files{"a.conf": "debug: true\n", "b.conf": "port: 4222\n"}
	req := in.request()
	req.Targets = []string{"a.conf", "gone.conf", "./b.conf", "x/../a.conf", "./gone.conf"}
	req.Context = []string{"gone.conf", "b.conf"}
	sameApart(t, "names that lead to one file", req)
	if res := run(t, together(req)); len(res.Files) != 3 || len(res.Errors) != 1 {
		t.Errorf("%d files and %d errors, expected 3 and 1: %s", len(res.Files), len(res.Errors), shown(t, res))
	}
}

// The memory that servers are looked at in is used again.
func TestWhatIsSaidOfAServerDoesNotDependOnThoseBefore(t *testing.T) {
	in := make(files)
	for i, text := range []string{
		"port: 4222\n",
		"debug: true\nping_interval: 30\n",
		"accounts { A { users: [{user: a, password: abcdefgh}] } }\n",
		"prot: 4222\n",
		strings.Repeat("mappings { a: b, c: d }\n", 3) + "max_payload: \"1MB\"\n",
		"authorization { users: [ {user: a, password: b}, {user: a, password: b} ] }\n",
		strings.Repeat("x: [1, 2, {a: 1, b: [3]}]\n", 400),
	} {
		for n := range 9 {
			in[fmt.Sprintf("%d-%d.conf", n, i)] = text
		}
	}
	req := in.request()
	req.Rules = onByDefault()
	sameApart(t, "mixed", req)
	req.Jobs = 1
	sameApart(t, "mixed, one after the other", req)
}

func onByDefault() []*fixes.Rule {
	return slices.DeleteFunc(suite.All(), func(r *fixes.Rule) bool { return r.Off })
}
