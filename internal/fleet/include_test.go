package fleet

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

func TestIncludes(t *testing.T) {
	deep := files{"a.conf": "include f0"}
	for i := range maxIncludeDepth + 5 {
		deep[fmt.Sprintf("f%d", i)] = fmt.Sprintf("include f%d", i+1)
	}
	for _, tt := range []struct {
		name     string
		files    files
		want     map[string]any
		problems string
	}{
		{"relative to the including file", files{"a.conf": "include sub/b.conf", "sub/b.conf": "include c.conf", "sub/c.conf": "x: 1", "c.conf": "x: 2"},
			map[string]any{"x": int64(1)}, ""},
		{"into a map", files{"a.conf": "m { y: 1\ninclude b.conf }", "b.conf": "x: 1"},
			map[string]any{"m": map[string]any{"x": int64(1), "y": int64(1)}}, ""},
		{"later keys win over included ones and these over earlier ones", files{"a.conf": "x: 1\nz: 1\ninclude b.conf\ny: 3", "b.conf": "x: 2\ny: 2"},
			map[string]any{"x": int64(2), "y": int64(3), "z": int64(1)}, ""},
		{"blocks are replaced and not merged", files{"a.conf": "m { a: 1 }\ninclude b.conf", "b.conf": "m { b: 1 }"},
			map[string]any{"m": map[string]any{"b": int64(1)}}, ""},
		{"twice in one place", files{"a.conf": "include b.conf\nx: 2\ninclude b.conf", "b.conf": "x: 1"}, map[string]any{"x": int64(1)}, ""},
		{"at two places", files{"a.conf": "m { include b.conf }\nn { include b.conf }", "b.conf": "x: 1"},
			map[string]any{"m": map[string]any{"x": int64(1)}, "n": map[string]any{"x": int64(1)}}, ""},
		{"a diamond", files{"a.conf": "include b\ninclude c", "b": "b { include d }", "c": "c { include d }", "d": "x: 1"},
			map[string]any{"b": map[string]any{"x": int64(1)}, "c": map[string]any{"x": int64(1)}}, ""},
		{"wrapped in braces", files{"a.conf": "include b.conf", "b.conf": "{ x: 1 }"}, map[string]any{"x": int64(1)}, ""},
		{"by any spelling", files{"a.conf": "INCLUDE 'b.conf'\nInclude \"./sub/../c.conf\"", "b.conf": "x: 1", "c.conf": "y: 1"}, map[string]any{"x": int64(1), "y": int64(1)}, ""},
		{"a key named include", files{"a.conf": "include: b.conf", "b.conf": "x: 1"}, map[string]any{"include": "b.conf"}, ""},
		{"absolute paths are joined, too", files{"/etc/nats/m.conf": "include /etc/nats/x", "/etc/nats/etc/nats/x": "x: 1", "/etc/nats/x": "x: 2"},
			map[string]any{"x": int64(1)}, ""},
		{"variables of an included file are seen behind it", files{"a.conf": "include b.conf\ny: $V", "b.conf": "V: 1"},
			map[string]any{"V": int64(1), "y": int64(1)}, ""},
		{"a fresh scope", files{"a.conf": "V: 1\ninclude b.conf", "b.conf": "x: $V"}, map[string]any{"V": int64(1), "x": "$V"}, "unknown V"},
		{"missing", files{"a.conf": "x: 1\ninclude b.conf\ny: 1"}, map[string]any{"x": int64(1), "y": int64(1)}, "missing b.conf"},
		{"a directory", files{"a.conf": "include d", "d": dirText}, map[string]any{}, "unreadable d"},
		{"of itself", files{"a.conf": "x: 1\ninclude a.conf"}, map[string]any{"x": int64(1)}, "cycle a.conf"},
		{"in a cycle", files{"a.conf": "x: 1\ninclude b.conf", "b.conf": "y: 1\ninclude a.conf"}, map[string]any{"x": int64(1), "y": int64(1)}, "cycle a.conf"},
		{"with a syntax error", files{"a.conf": "include b.conf\nx: 1", "b.conf": "m { y: 1"}, nil, "syntax"},
		{"too deep", deep, map[string]any{}, "unreadable f499"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := "a.conf"
			if _, ok := tt.files[root]; !ok {
				root = "/etc/nats/m.conf"
			}
			f := Build(NewSet(tt.files.read), []string{root}, Options{})
			s := f.Servers[0]
			if got := s.Values.Plain(); tt.want != nil && !reflect.DeepEqual(got, tt.want) {
				t.Errorf("values %v, want %v", got, tt.want)
			}
			if got := kinds(s); got != tt.problems {
				t.Errorf("problems %q, want %q", got, tt.problems)
			}
			if broken := s.Broken(); broken != (tt.problems != "" && !strings.HasPrefix(tt.problems, "unknown")) {
				t.Errorf("Broken is %t", broken)
			}
		})
	}
}

func TestEachFileIsReadOnce(t *testing.T) {
	reads := make(map[string]int)
	in := files{"a.conf": "m { include c }\nn { include ./c }\ninclude sub/../c", "b.conf": "include c", "c": "x: 1"}
	set := NewSet(func(path string) ([]byte, error) {
		reads[path]++
		return in.read(path)
	})
	f := Build(set, []string{"a.conf", "b.conf", "./a.conf"}, Options{Jobs: 1})
	if want := map[string]int{"a.conf": 1, "b.conf": 1, "c": 1}; !reflect.DeepEqual(reads, want) {
		t.Errorf("read %v", reads)
	}
	if a := server(t, f, "a.conf"); len(a.Docs) != 2 || len(f.Docs) != 3 || len(f.Servers) != 2 {
		t.Errorf("%d documents of a.conf, %d of the fleet, %d servers", len(a.Docs), len(f.Docs), len(f.Servers))
	}
}

func TestCycleNamesItsFiles(t *testing.T) {
	f := files{"a.conf": "include b.conf", "b.conf": "include c.conf", "c.conf": "include b.conf"}.build(Options{})
	p := server(t, f, "a.conf").Problems[0]
	if want := "b.conf -> c.conf -> b.conf"; !strings.Contains(p.Message, want) || p.Doc.Path != "c.conf" {
		t.Errorf("in %s: %s", p.Doc.Path, p.Message)
	}
}

func TestFragmentsAreNoServers(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		files      files
	}{
		{"included by one that was asked for", "a.conf", files{"a.conf": "include b.conf", "b.conf": "include c.conf", "c.conf": ""}},
		{"two roots share one", "a.conf b.conf", files{"a.conf": "include c.conf", "b.conf": "m { include c.conf }", "c.conf": ""}},
		{"a cycle that nothing includes", "a.conf", files{"a.conf": "include b.conf", "b.conf": "include a.conf"}},
		{"a cycle below a root", "c.conf", files{"a.conf": "include b.conf", "b.conf": "include a.conf", "c.conf": "include a.conf"}},
		{"one that includes itself", "a.conf", files{"a.conf": "include a.conf"}},
		{"a chain into a cycle", "z.conf", files{"a.conf": "include a.conf", "z.conf": "include a.conf"}},
		{"none", "a.conf b.conf", files{"a.conf": "include x.conf", "b.conf": "a: 1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(roots(tt.files.build(Options{})), " "); got != tt.want {
				t.Errorf("roots %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	f := Build(NewSet(files{"a.conf": "x: 1"}.read), []string{"a.conf", "none.conf"}, Options{})
	if len(f.LoadErrors) != 1 || f.LoadErrors[0].Path != "none.conf" || len(f.Servers) != 1 {
		t.Errorf("errors %v, servers %v", f.LoadErrors, roots(f))
	}
}

func TestWithSharesWhatItDoesNotReplace(t *testing.T) {
	set := NewSet(files{"a.conf": "include b.conf", "b.conf": "x: 1"}.read)
	Build(set, []string{"a.conf"}, Options{})
	a, _ := set.Load("a.conf")
	b, _ := set.Load("b.conf")
	b.Context = true
	next := set.With(map[string][]byte{"./b.conf": []byte("x: 2")})
	a2, _ := next.Load("a.conf")
	b2, _ := next.Load("b.conf")
	if a2 != a || b2 == b || !b2.Context || string(b2.Tree.Source()) != "x: 2" || string(b.Tree.Source()) != "x: 1" {
		t.Errorf("a kept %t, b %q context %t", a2 == a, b2.Tree.Source(), b2.Context)
	}
}

func TestDeepNestingEnds(t *testing.T) {
	s := one(strings.Repeat("a {", 100_000) + strings.Repeat("}", 100_000))
	if got := kinds(s); got != "deep" {
		t.Errorf("problems %q", got)
	}
	n := 0
	s.Each(func(string, *Entry, *Value) { n++ })
	if n == 0 || n > maxDepth+1 {
		t.Errorf("%d values", n)
	}
	if list := one("a: " + strings.Repeat("[", maxDepth+10) + strings.Repeat("]", maxDepth+10)); kinds(list) != "deep" {
		t.Errorf("problems of the list %q", kinds(list))
	}
}

func TestValuesThatRepeatVeryOftenEnd(t *testing.T) {
	var lists strings.Builder
	f := files{"f49.conf": "x: 1"}
	lists.WriteString("a0: [x, x]\n")
	for i := range 49 {
		fmt.Fprintf(&lists, "a%d: [$a%d, $a%d]\n", i+1, i, i)
		f[fmt.Sprintf("f%d.conf", i)] = fmt.Sprintf("a { include f%d.conf }\nb { include f%d.conf }\n", i+1, i+1)
	}
	f["lists.conf"], f["includes.conf"] = lists.String(), "include f0.conf\n"
	built := f.build(Options{})
	for _, root := range []string{"lists.conf", "includes.conf"} {
		s, n := server(t, built, root), 0
		s.Each(func(string, *Entry, *Value) { n++ })
		if !strings.Contains(kinds(s), "deep") || !s.Broken() || n > 3*maxRepeated {
			t.Errorf("%s: problems %s, %d values", root, kinds(s), n)
		}
	}
}

func TestManyUsersMaySharePermissions(t *testing.T) {
	text := "shared: [" + strings.Repeat("x, ", 40) + "x]\nusers: [\n" + strings.Repeat("{user: someone, permissions: $shared}\n", 10_000) + "]\n"
	s, n := one(text), 0
	s.Each(func(string, *Entry, *Value) { n++ })
	if kinds(s) != "" || n < 400_000 {
		t.Errorf("problems %q, %d values", kinds(s), n)
	}
}

func TestOriginsThroughIncludes(t *testing.T) {
	f := files{"a.conf": "m { include b.conf }\nn { include b.conf }", "b.conf": "x: 1"}.build(Options{})
	s := server(t, f, "a.conf")
	v, w := at(t, s, "m.x"), at(t, s, "n.x")
	if v.Doc.Path != "b.conf" || text(v.Node) != "1" || v.Node != w.Node || v.Use.Valid() {
		t.Errorf("origin %s %q", v.Doc.Path, text(v.Node))
	}
	if uses := f.Uses(v.Node); len(uses) != 2 || uses[0].Path != "m.x" || uses[1].Path != "n.x" || uses[0].Server != s {
		t.Errorf("uses %v", uses)
	}
	if e := s.Values.Block("m").Get("x"); e.Doc.Path != "b.conf" || e.Node.Kind() != ast.KindEntry || e.Node.Key() != "x" {
		t.Errorf("entry in %s: %v", e.Doc.Path, e.Node.Kind())
	}
}
