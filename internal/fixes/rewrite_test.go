package fixes_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

type files map[string]string

func (f files) build() *fleet.Fleet {
	read := func(path string) ([]byte, error) {
		if text, ok := f[path]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
	env := map[string]string{"NAME": "from-env", "BLOCK": "{ name: x }"}
	return fleet.Build(fleet.NewSet(read), slices.Sorted(maps.Keys(f)), fleet.Options{
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
}

func value(s *fleet.Server, path string) *fleet.Value {
	var found *fleet.Value
	s.Each(func(p string, _ *fleet.Entry, v *fleet.Value) {
		if p == path {
			found = v
		}
	})
	return found
}

// rewrite asks for wants such as "a.conf gateway.name=x" and, with a plus,
// inserts such as "a.conf +jetstream.domain=x". It returns the texts after.
func rewrite(t *testing.T, f files, wants ...string) (*fixes.Fix, files, error) {
	t.Helper()
	fl := f.build()
	var sets []fixes.SetWant
	var inserts []fixes.InsertWant
	for _, w := range wants {
		root, want, _ := strings.Cut(w, " ")
		path, to, _ := strings.Cut(want, "=")
		i := slices.IndexFunc(fl.Servers, func(s *fleet.Server) bool { return s.Root.Path == root })
		if i < 0 {
			t.Fatalf("%s is no server", root)
		}
		s := fl.Servers[i]
		if path, ok := strings.CutPrefix(path, "+"); ok {
			block, key := "", path
			if dot := strings.LastIndexByte(path, '.'); dot >= 0 {
				block, key = path[:dot], path[dot+1:]
			}
			inserts = append(inserts, fixes.InsertWant{Server: s, Path: block, Value: value(s, block), Field: fixes.NewField{Key: key, Value: fixes.Text(to)}})
			continue
		}
		sets = append(sets, fixes.SetWant{Server: s, Path: path, Value: value(s, path), To: fixes.Text(to)})
	}
	p := &fixes.Pass{Fleet: fl, Rule: &fixes.Rule{Name: "test"}}
	fix, err := p.Rewrite(sets, inserts)
	if err != nil {
		return nil, f, err
	}
	out := maps.Clone(f)
	for _, d := range fl.Docs {
		var edits []ast.Edit
		for _, e := range fix.Edits {
			if e.Doc == d {
				edits = append(edits, e.Edit)
			}
		}
		text, err := ast.Apply(d.Tree.Source(), edits)
		if err != nil {
			t.Fatalf("%s: %v", d.Path, err)
		}
		out[d.Path] = string(text)
	}
	return fix, out, nil
}

func changes(fix *fixes.Fix) string {
	var out []string
	for _, c := range fix.Changes {
		out = append(out, fmt.Sprintf("%s %s %s>%s", strings.TrimSuffix(c.Server.Root.Path, ".conf"), c.Path, c.Before, c.After))
	}
	return strings.Join(out, "; ")
}

func TestValuesAreEditedWhereThatIsRightForAll(t *testing.T) {
	for _, tt := range []struct {
		name    string
		files   files
		wants   []string
		want    files // the texts that change
		changes string
	}{
		{"in place", files{"a.conf": "gateway { name: old }"}, []string{"a.conf gateway.name=new"},
			files{"a.conf": "gateway { name: new }"}, `a gateway.name "old">"new"`},
		{"at the definition of a variable", files{"a.conf": "N: old\ngateway { name: $N }"}, []string{"a.conf gateway.name=new"},
			files{"a.conf": "N: new\ngateway { name: $N }"}, `a N "old">"new"; a gateway.name "old">"new"`},
		{"at the definition, if all users want it", files{"a.conf": "N: old\ngateway { name: $N }\ncluster { name: $N }"},
			[]string{"a.conf gateway.name=new", "a.conf cluster.name=new"},
			files{"a.conf": "N: new\ngateway { name: $N }\ncluster { name: $N }"}, `a N "old">"new"; a cluster.name "old">"new"; a gateway.name "old">"new"`},
		{"at the use, if another user of the variable does not", files{"a.conf": "N: old\ngateway { name: $N }\ncluster { name: $N }"}, []string{"a.conf gateway.name=new"},
			files{"a.conf": "N: old\ngateway { name: new }\ncluster { name: $N }"}, `a gateway.name "old">"new"`},
		{"at the use, if the definition is a field of the server", files{"a.conf": "server_name: old\ngateway { name: $server_name }"}, []string{"a.conf gateway.name=new"},
			files{"a.conf": "server_name: old\ngateway { name: new }"}, `a gateway.name "old">"new"`},
		{"through a chain of variables", files{"a.conf": "A: old\nB: $A\ngateway { name: $B }"}, []string{"a.conf gateway.name=new"},
			files{"a.conf": "A: new\nB: $A\ngateway { name: $B }"}, `a A "old">"new"; a B "old">"new"; a gateway.name "old">"new"`},
		{"at the use of a variable from an include that stays in use", files{"a.conf": "include i\ngateway { name: $N }\nserver_name: $N", "b.conf": "include i\nserver_name: $N", "i": "N: old"},
			[]string{"a.conf gateway.name=new"},
			files{"a.conf": "include i\ngateway { name: \"new\" }\nserver_name: $N"}, `a gateway.name "old">"new"`},
		{"at the use of the environment", files{"a.conf": "gateway { name: $NAME }"}, []string{"a.conf gateway.name=new"},
			files{"a.conf": "gateway { name: \"new\" }"}, `a gateway.name "from-env">"new"`},
		{"in an include that all who share it want", files{"a.conf": "gateway { include i }", "b.conf": "gateway { include i }", "i": "name: old"},
			[]string{"a.conf gateway.name=new", "b.conf gateway.name=new"},
			files{"i": "name: new"}, `a gateway.name "old">"new"; b gateway.name "old">"new"`},
		{"in a list", files{"a.conf": "cluster { routes: [ \"nats://a\", \"nats://b\" ] }"}, []string{"a.conf cluster.routes[1]=nats://c"},
			files{"a.conf": "cluster { routes: [ \"nats://a\", \"nats://c\" ] }"}, `a cluster.routes[1] "nats://b">"nats://c"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fix, got, err := rewrite(t, tt.files, tt.wants...)
			if err != nil {
				t.Fatal(err)
			}
			want := maps.Clone(tt.files)
			maps.Copy(want, tt.want)
			if !maps.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			if c := changes(fix); c != tt.changes {
				t.Errorf("changes %s\nwant    %s", c, tt.changes)
			}
		})
	}
}

func TestEntriesAreInsertedWhereThatIsRightForAll(t *testing.T) {
	for _, tt := range []struct {
		name    string
		files   files
		wants   []string
		want    files
		changes string
	}{
		{"at the top", files{"a.conf": "port: 1\n"}, []string{"a.conf +server_name=x"}, files{"a.conf": "port: 1\nserver_name: \"x\"\n"}, `a server_name >"x"`},
		{"at the top of JSON", files{"a.conf": "{\"port\": 1}"}, []string{"a.conf +server_name=x"}, files{"a.conf": "{\"port\": 1, \"server_name\": \"x\"}"}, `a server_name >"x"`},
		{"in a block", files{"a.conf": "jetstream { store_dir: x }"}, []string{"a.conf +jetstream.domain=d"},
			files{"a.conf": "jetstream { domain: d, store_dir: x }"}, `a jetstream.domain >"d"`},
		{"in an empty block, which is a value itself", files{"a.conf": "server_name: x\njetstream {}"}, []string{"a.conf +jetstream.domain=d"},
			files{"a.conf": "server_name: x\njetstream { domain: d }"}, `a jetstream {}>; a jetstream.domain >"d"`},
		{"in a block that a variable stands for", files{"a.conf": "JS { store_dir: x }\njetstream: $JS"}, []string{"a.conf +jetstream.domain=d"},
			files{"a.conf": "JS { domain: d, store_dir: x }\njetstream: $JS"}, `a JS.domain >"d"; a jetstream.domain >"d"`},
		{"in a shared block that both want it in", files{"a.conf": "include i", "b.conf": "include i", "i": "jetstream { store_dir: x }"},
			[]string{"a.conf +jetstream.domain=d", "b.conf +jetstream.domain=d"},
			files{"i": "jetstream { domain: d, store_dir: x }"}, `a jetstream.domain >"d"; b jetstream.domain >"d"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fix, got, err := rewrite(t, tt.files, tt.wants...)
			if err != nil {
				t.Fatal(err)
			}
			want := maps.Clone(tt.files)
			maps.Copy(want, tt.want)
			if tt.want != nil && !maps.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			if c := changes(fix); c != tt.changes {
				t.Errorf("changes %s\nwant    %s", c, tt.changes)
			}
		})
	}
}

func TestConflictsNameWhoSharesTheText(t *testing.T) {
	for _, tt := range []struct {
		name    string
		files   files
		wants   []string
		message string
		related string
	}{
		{"an include that another does not want changed", files{"a.conf": "gateway { include i }", "b.conf": "gateway { include i }", "i": "name: old"},
			[]string{"a.conf gateway.name=new"}, "shared with gateway.name of b.conf", "i"},
		{"an include that two want changed otherwise", files{"a.conf": "gateway { include i }", "b.conf": "gateway { include i }", "i": "name: old"},
			[]string{"a.conf gateway.name=new", "b.conf gateway.name=other"}, "shared with gateway.name of b.conf", "i"},
		{"two that want different things of a variable", files{"a.conf": "N: old\ngateway { name: $N }\ncluster { name: $N }"},
			[]string{"a.conf gateway.name=new", "a.conf cluster.name=other"}, "refuses the definition of $N once nothing uses it", "a.conf"},
		{"a variable of a shared include that would be unused", files{"a.conf": "include i\ngateway { name: $N }", "b.conf": "include i\ngateway { name: $N }", "i": "N: old"},
			[]string{"a.conf gateway.name=new"}, "refuses the definition of $N once nothing uses it", "b.conf"},
		{"a block from the environment", files{"a.conf": "gateway: $BLOCK"}, []string{"a.conf gateway.name=new"}, "comes from the environment", ""},
		{"an insert into a block from the environment", files{"a.conf": "gateway: $BLOCK"}, []string{"a.conf +gateway.port=1"}, "comes from the environment", ""},
		{"an insert into a shared block", files{"a.conf": "include i", "b.conf": "include i", "i": "jetstream { store_dir: x }"},
			[]string{"a.conf +jetstream.domain=d"}, "shared with b.conf", "i"},
		{"different inserts into a shared block", files{"a.conf": "include i", "b.conf": "include i", "i": "jetstream { store_dir: x }"},
			[]string{"a.conf +jetstream.domain=d", "b.conf +jetstream.domain=e"}, "shared with b.conf", "i"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := rewrite(t, tt.files, tt.wants...)
			var c *fixes.Conflict
			if !errors.As(err, &c) || !strings.Contains(c.Message, tt.message) {
				t.Fatalf("error %v, want %q", err, tt.message)
			}
			var docs []string
			for _, r := range c.Related {
				docs = append(docs, r.Doc.Path)
			}
			if got := strings.Join(docs, " "); got != tt.related {
				t.Errorf("related places in %q, want %q", got, tt.related)
			}
		})
	}
}
