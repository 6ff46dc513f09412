package ast_test

import (
	"slices"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

// reorder puts the items of a list in another order.
func reorder(path string, order ...int) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) { return ast.ReorderItems(findValue(d, path), order) },
		func(tree any) any {
			return alter(tree, path, func(v any) any {
				var out []any
				for _, i := range order {
					out = append(out, v.([]any)[i])
				}
				return out
			})
		},
	}
}

// copyTo inserts a copy of a value under another key at the top level.
func copyTo(path, key string) op {
	return op{
		func(d *ast.Document) ([]ast.Edit, error) {
			return ast.InsertEntry(d.Root(), ast.Field{Key: key, Value: ast.CopyOf(findValue(d, path))}, ast.AtEnd())
		},
		func(tree any) any {
			var v any
			alter(tree, path, func(have any) any { v = have; return have })
			tree.(map[string]any)[key] = v
			return tree
		},
	}
}

func TestReorderItemsTakesCommentsAlong(t *testing.T) {
	runEditCases(t, []editCase{
		{"on one line", "a: [x, y, z]\n", do(reorder("a", 2, 0, 1)), "a: [z, x, y]\n"},
		{"a number at the end", "a: [5, x]\n", do(reorder("a", 1, 0)), "a: [x, 5 ]\n"},
		{"nothing moves", "a: [x, y]\n", do(reorder("a", 0, 1)), "a: [x, y]\n"},
		{"on lines", "a: [\n  x\n  y # yes\n]\n", do(reorder("a", 1, 0)), "a: [\n  y # yes\n  x\n]\n"},
		{"commas stay where they are", "a: [\n  x, # ex\n  y\n]\n", do(reorder("a", 1, 0)), "a: [\n  y,\n  x # ex\n]\n"},
		{"comments above", "a: [\n  # ex\n  x\n  # why\n  y\n  # end\n]\n", do(reorder("a", 1, 0)), "a: [\n  # why\n  y\n  # ex\n  x\n  # end\n]\n"},
		{"CRLF", "a: [\r\n  x # ex\r\n  y\r\n]\r\n", do(reorder("a", 1, 0)), "a: [\r\n  y\r\n  x # ex\r\n]\r\n"},
		{"maps", "a: [\n  {b: 1}\n  {\n    b: 2\n  }\n]\n", do(reorder("a", 1, 0)), "a: [\n  {\n    b: 2\n  }\n  {b: 1}\n]\n"},
	})
	d := ast.Parse("", []byte("a: [x, # ex\n y, z]\n"), ast.Latest)
	if edits, err := ast.ReorderItems(findValue(d, "a"), []int{1, 0, 2}); err == nil {
		t.Errorf("comments go to other items: %v", edits)
	}
	if _, err := ast.ReorderItems(findValue(d, "a"), []int{0}); err == nil {
		t.Error("an order of one item is taken for three")
	}
}

func TestCopyOfKeepsTheTextAndTakesTheIndentation(t *testing.T) {
	runEditCases(t, []editCase{
		{"a scalar", "a: \"x\"\nb: y\n", do(copyTo("a", "c")), "a: \"x\"\nb: y\nc: \"x\"\n"},
		{"a map with comments", "m {\n  n {\n    x: 1 # one\n    # two\n    y: 2\n  }\n}\n", do(copyTo("m/n", "c")),
			"m {\n  n {\n    x: 1 # one\n    # two\n    y: 2\n  }\n}\nc {\n  x: 1 # one\n  # two\n  y: 2\n}\n"},
		{"a text over lines stays", "m {\n  n {\n    x: \"a\n  b\"\n  }\n}\n", do(copyTo("m/n", "c")), "m {\n  n {\n    x: \"a\n  b\"\n  }\n}\nc {\n  x: \"a\n  b\"\n}\n"},
		{"to CRLF", "m {\r\n\tn [\r\n\t\tx\r\n\t]\r\n}\r\n", do(copyTo("m/n", "c")), "m {\r\n\tn [\r\n\t\tx\r\n\t]\r\n}\r\nc [\r\n\tx\r\n]\r\n"},
	})
}

func TestInsertIncludeIsReadAsOne(t *testing.T) {
	for _, c := range []struct{ before, path, after string }{
		{"a: 1\n", "b.conf", "a: 1\ninclude \"b.conf\"\n"},
		{"include 'a.conf'\n", "b.conf", "include 'a.conf'\ninclude 'b.conf'\n"},
		{"m { a: 1 }\n", "b.conf", "m { a: 1, include \"b.conf\" }\n"},
		{"m {}\n", "b.conf", "m { include \"b.conf\" }\n"},
		{"", "b\"c.conf", "include 'b\"c.conf'\n"},
	} {
		d := ast.Parse("", []byte(c.before), ast.Latest)
		block := d.Root()
		if e := block.First(); e.Valid() && e.Kind() == ast.KindEntry && e.Value().Kind() == ast.KindMap {
			block = e.Value()
		}
		edits, err := ast.InsertInclude(block, c.path, ast.AtEnd())
		if err != nil {
			t.Errorf("%q: %v", c.before, err)
			continue
		}
		text, err := ast.Apply([]byte(c.before), edits)
		if err != nil || string(text) != c.after {
			t.Errorf("%q becomes %q (%v), want %q", c.before, text, err, c.after)
		}
		found := false
		for n := range ast.Parse("", text, ast.Latest).Root().Walk() {
			found = found || n.Kind() == ast.KindInclude && n.Path() == c.path
		}
		if !found {
			t.Errorf("%q includes no %s", text, c.path)
		}
	}
	if _, err := ast.InsertInclude(ast.Parse("", nil, ast.Latest).Root(), "a\"b'c", ast.AtEnd()); err == nil {
		t.Error("a path with both kinds of quotes is written")
	}
}

func TestCommentsAreThoseThatGoWithAnEntry(t *testing.T) {
	d := ast.Parse("", []byte("# head\na: 1\n\n# about b\nb: 2 # two\nc: 3; d: 4 # four\n"), ast.Latest)
	for key, want := range map[string][]string{"a": nil, "b": {"# about b", "# two"}, "c": nil, "d": nil} {
		if got := ast.Comments(find(d, key)); !slices.Equal(got, want) {
			t.Errorf("those of %s are %q, want %q", key, got, want)
		}
	}
	for text, want := range map[string]bool{"about b": true, "// about b\n": true, "about": false, "head\nabout b": false} {
		if got := ast.HasCommentAbove(find(d, "b"), text); got != want {
			t.Errorf("%q stands above b: %v", text, got)
		}
	}
}
