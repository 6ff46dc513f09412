package ast_test

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/ast"
)

// lit is a literal with the value that the official parser gives it.
type lit struct {
	literal ast.Literal
	value   any
}

func str(s string) lit        { return lit{ast.String(s), s} }
func num(i int64) lit         { return lit{ast.Int(i), i} }
func flag(b bool) lit         { return lit{ast.Bool(b), b} }
func float(f float64) lit     { return lit{ast.Float(f), f} }
func raw(s string, v any) lit { return lit{ast.Raw(s), v} }

type kv struct {
	key string
	lit lit
}

func (f kv) field() ast.Field { return ast.Field{Key: f.key, Value: f.lit.literal} }

func mapping(fields ...kv) lit {
	m := map[string]any{}
	var all []ast.Field
	for _, f := range fields {
		all = append(all, f.field())
		m[f.key] = f.lit.value
	}
	return lit{ast.Map(all...), m}
}

func list(items ...lit) lit {
	values := []any{}
	var all []ast.Literal
	for _, item := range items {
		all = append(all, item.literal)
		values = append(values, item.value)
	}
	return lit{ast.List(all...), values}
}

// op is one use of a helper, and what it changes in the official parser's
// values.
type op struct {
	edits  func(d *ast.Document) ([]ast.Edit, error)
	change func(tree any) any
}

// editCase is a text before and after some helpers, each of which gets the text
// as it was before.
type editCase struct {
	name   string
	before string
	ops    []op
	after  string
}

// child returns the entry, include or item of a container that is named by a
// key, by "include", or by an index.
func child(n ast.Node, name string) ast.Node {
	i := 0
	for c := range n.Children() {
		switch {
		case c.Kind() == ast.KindBraces:
			if found := child(c, name); found.Valid() {
				return found
			}
		case c.Kind() == ast.KindEntry && c.Key() == name,
			c.Kind() == ast.KindInclude && name == "include",
			n.Kind() == ast.KindArray && strconv.Itoa(i) == name:
			return c
		}
		i++
	}
	return ast.Node{}
}

// find returns the node at a path such as cluster/routes/0; "" is the document.
func find(d *ast.Document, path string) ast.Node {
	n := d.Root()
	if path == "" {
		return n
	}
	for _, name := range strings.Split(path, "/") {
		if n.Kind() == ast.KindEntry {
			n = n.Value()
		}
		if n = child(n, name); !n.Valid() {
			panic("no " + path + " in " + string(d.Source()))
		}
	}
	return n
}

func findValue(d *ast.Document, path string) ast.Node {
	n := find(d, path)
	if n.Kind() == ast.KindEntry {
		return n.Value()
	}
	return n
}

// alter applies f to the value at a path.
func alter(tree any, path string, f func(any) any) any {
	if path == "" {
		return f(tree)
	}
	name, rest, _ := strings.Cut(path, "/")
	switch t := tree.(type) {
	case map[string]any:
		t = maps.Clone(t)
		t[name] = alter(t[name], rest, f)
		return t
	case []any:
		t = slices.Clone(t)
		i, _ := strconv.Atoi(name)
		t[i] = alter(t[i], rest, f)
		return t
	}
	panic("no " + path)
}

func splitPath(path string) (dir, name string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)], path[i+1:]
}

func set(path string, l lit) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) { return ast.SetValue(findValue(d, path), l.literal) },
		func(tree any) any { return alter(tree, path, func(any) any { return l.value }) },
	}
}

// where reads start, end, before NAME or after NAME.
func where(block ast.Node, s string) ast.Where {
	place, name, _ := strings.Cut(s, " ")
	switch place {
	case "start":
		return ast.AtStart()
	case "before":
		return ast.Before(child(block, name))
	case "after":
		return ast.After(child(block, name))
	}
	return ast.AtEnd()
}

func insert(path, at string, fields ...kv) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) {
			block := findValue(d, path)
			if at != "start" && at != "end" && block.First().Kind() == ast.KindBraces {
				block = block.First()
			}
			var all []ast.Field
			for _, f := range fields {
				all = append(all, f.field())
			}
			return ast.InsertEntries(block, all, where(block, at))
		},
		func(tree any) any {
			return alter(tree, path, func(v any) any {
				m := maps.Clone(v.(map[string]any))
				for _, f := range fields {
					m[f.key] = f.lit.value
				}
				return m
			})
		},
	}
}

func insertItem(path, at string, items ...lit) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) {
			block := findValue(d, path)
			var all []ast.Literal
			for _, item := range items {
				all = append(all, item.literal)
			}
			return ast.InsertItems(block, all, where(block, at))
		},
		func(tree any) any {
			return alter(tree, path, func(v any) any {
				l := v.([]any)
				i := len(l)
				place, name, _ := strings.Cut(at, " ")
				switch n, _ := strconv.Atoi(name); place {
				case "start":
					i = 0
				case "before":
					i = n
				case "after":
					i = n + 1
				}
				var values []any
				for _, item := range items {
					values = append(values, item.value)
				}
				return slices.Insert(slices.Clone(l), i, values...)
			})
		},
	}
}

func without(tree any, path string) any {
	dir, name := splitPath(path)
	return alter(tree, dir, func(v any) any {
		switch t := v.(type) {
		case map[string]any:
			t = maps.Clone(t)
			delete(t, name)
			return t
		case []any:
			i, _ := strconv.Atoi(name)
			return slices.Delete(slices.Clone(t), i, i+1)
		}
		return v
	})
}

func del(paths ...string) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) {
			var nodes []ast.Node
			for _, p := range paths {
				nodes = append(nodes, find(d, p))
			}
			return ast.DeleteEntries(nodes...)
		},
		func(tree any) any {
			for _, p := range slices.Backward(paths) {
				tree = without(tree, p)
			}
			return tree
		},
	}
}

func rename(path, key string) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) { return ast.RenameKey(find(d, path), key) },
		func(tree any) any {
			dir, name := splitPath(path)
			return alter(tree, dir, func(v any) any {
				m := maps.Clone(v.(map[string]any))
				value := m[name]
				delete(m, name)
				m[key] = value
				return m
			})
		},
	}
}

func wrap(path string) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) { return ast.WrapInList(findValue(d, path)) },
		func(tree any) any { return alter(tree, path, func(v any) any { return []any{v} }) },
	}
}

func unwrap(path string) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) { return ast.Unwrap(findValue(d, path)) },
		func(tree any) any { return alter(tree, path, func(v any) any { return v.([]any)[0] }) },
	}
}

func comment(path, text string) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) { return ast.InsertComment(find(d, path), text) },
		func(tree any) any { return tree },
	}
}

func do(ops ...op) []op { return ops }

// official reads a text with the official parser, from a folder with an empty
// x.conf that can be included.
func official(tb testing.TB, dir, text string) map[string]any {
	tb.Helper()
	path := filepath.Join(dir, "main.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	m, err := conf.ParseFile(path)
	if err != nil {
		tb.Fatalf("the official parser refuses %q: %v", text, err)
	}
	return m
}

func runEditCases(t *testing.T, cases []editCase) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.conf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := ast.Parse("x.conf", []byte(c.before), ast.Latest)
			var tree any = official(t, dir, c.before)
			var edits []ast.Edit
			for _, o := range c.ops {
				more, err := o.edits(d)
				if err != nil {
					t.Fatal(err)
				}
				edits = append(edits, more...)
				tree = o.change(tree)
			}
			got, err := ast.Apply(d.Source(), edits)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.after {
				t.Errorf("before %q\ngot    %q\nwant   %q", c.before, got, c.after)
			}
			if values := official(t, dir, string(got)); !reflect.DeepEqual(values, tree) {
				t.Errorf("official values %v, want %v\nof %q", values, tree, got)
			}
			checkUntouched(t, c.before, string(got), edits)
		})
	}
}

// checkUntouched checks that the lines that no edit touches are still there,
// in their order.
func checkUntouched(tb testing.TB, before, after string, edits []ast.Edit) {
	tb.Helper()
	lines := strings.SplitAfter(after, "\n")
	at := 0
	for line := range strings.Lines(before) {
		start, end := at, at+len(line)
		at = end
		if slices.ContainsFunc(edits, func(e ast.Edit) bool {
			return e.Start < end && e.End > start || e.Start == e.End && start < e.Start && e.Start <= end
		}) {
			continue
		}
		i := slices.Index(lines, line)
		if i < 0 {
			tb.Errorf("line %q was touched by %v\nbefore %q\nafter  %q", line, edits, before, after)
			return
		}
		lines = lines[i+1:]
	}
}
