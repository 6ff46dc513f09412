package ast_test

import (
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

func TestRenameKeyKeepsTheQuotes(t *testing.T) {
	runEditCases(t, []editCase{
		{"bare", "a: 1 # c\n", do(rename("a", "b")), "b: 1 # c\n"},
		{"double", "\"a\": 1\n", do(rename("a", "b")), "\"b\": 1\n"},
		{"single", "'a' = 1\n", do(rename("a", "b")), "'b' = 1\n"},
		{"needs quotes", "m { a {b: 1} }\n", do(rename("m/a", "x y")), "m { \"x y\" {b: 1} }\n"},
		{"include needs quotes", "a 1\n", do(rename("a", "Include")), "\"Include\" 1\n"},
		{"a double quote needs single quotes", "\"a\": 1\n", do(rename("a", `b"c`)), "'b\"c': 1\n"},
		{"touching its value", "\"a\"{ b: 1 }\n", do(rename("a", "c")), "\"c\"{ b: 1 }\n"},
	})
}

func TestWrapInListAndUnwrap(t *testing.T) {
	runEditCases(t, []editCase{
		{"string", "a: x\n", do(wrap("a")), "a: [x]\n"},
		{"quoted", "a: \"x y\" # c\n", do(wrap("a")), "a: [\"x y\"] # c\n"},
		{"int", "a: 5\n", do(wrap("a")), "a: [5 ]\n"},
		{"size", "a: 2m\n", do(wrap("a")), "a: [2m ]\n"},
		{"float", "a: 1.5\n", do(wrap("a")), "a: [1.5]\n"},
		{"bool", "a: true\n", do(wrap("a")), "a: [true]\n"},
		{"variable", "x: 1\na: $x\n", do(wrap("a")), "x: 1\na: [$x]\n"},
		{"path", "a: /data\n", do(wrap("a")), "a: [\"/data\"]\n"},
		{"address", "a: 127.0.0.1:4222\n", do(wrap("a")), "a: [127.0.0.1:4222]\n"},
		{"map on lines", "a {\n  b: 1\n}\n", do(wrap("a")), "a [{\n  b: 1\n}]\n"},
		{"item", "a: [x, 5 ]\n", do(wrap("a/1")), "a: [x, [5 ] ]\n"},
		{"a string that a quote ends", "a: x'\n", do(wrap("a")), "a: [x']\n"},
		{"a block string", "a: (\n x\n)\n", do(wrap("a")), "a: [\"\\n x\\n\"]\n"},
		{"an empty value", "a:", do(wrap("a")), "a: [\"\"]"},
		{"in JSON", "{\"a\":\"x\"}", do(wrap("a")), "{\"a\":[\"x\"]}"},
		{"unwrap a string", "a: [x]\n", do(unwrap("a")), "a: x\n"},
		{"unwrap on lines", "a: [\n  \"x\",\n]\n", do(unwrap("a")), "a: \"x\"\n"},
		{"unwrap an int", "a: [5 ]\n", do(unwrap("a")), "a: 5\n"},
		{"unwrap before a comment that touches", "a: [5 ]# c\n", do(unwrap("a")), "a: 5 # c\n"},
		{"unwrap what the bracket makes a string", "a: [2m]\n", do(unwrap("a")), "a: \"2m\"\n"},
		{"unwrap what would be a separator", "a [=x]\n", do(unwrap("a")), "a \"=x\"\n"},
		{"unwrap a map", "a [{b: 1}]\n", do(unwrap("a")), "a {b: 1}\n"},
	})
}

func TestInsertCommentStandsOnItsOwnLines(t *testing.T) {
	runEditCases(t, []editCase{
		{"above an entry", "a: 1\nb: 2\n", do(comment("b", "why")), "a: 1\n# why\nb: 2\n"},
		{"indented, two lines", "m {\n\ta: 1\n}\n", do(comment("m/a", "one\n\ntwo\n")), "m {\n\t# one\n\t#\n\t# two\n\ta: 1\n}\n"},
		{"slashes", "// c\na: 1\n", do(comment("a", "why")), "// c\n// why\na: 1\n"},
		{"marked already", "a: 1\n", do(comment("a", "# why")), "# why\na: 1\n"},
		{"CRLF", "a: 1\r\nb: 2\r\n", do(comment("b", "why\nnot")), "a: 1\r\n# why\r\n# not\r\nb: 2\r\n"},
		{"below other comments", "a: 1\n# b\nb: 2\n", do(comment("b", "why")), "a: 1\n# b\n# why\nb: 2\n"},
		{"above a line that is shared", "  m { a: 1, b: 2 }\n", do(comment("m/b", "why")), "  # why\n  m { a: 1, b: 2 }\n"},
		{"above an item", "a: [\n  x\n  y\n]\n", do(comment("a/1", "why")), "a: [\n  x\n  # why\n  y\n]\n"},
		{"not between a key and its map", "a: 1\nm\n{ b: 1 }\n", do(comment("m/b", "why")), "a: 1\n# why\nm\n{ b: 1 }\n"},
		{"not inside a string of lines", "a: 'x\ny', b: 2\n", do(comment("b", "why")), "# why\na: 'x\ny', b: 2\n"},
	})
}

func TestHelpersRefuseWhatTheyCannotEdit(t *testing.T) {
	value := func(path string) func(d *ast.Document) ([]ast.Edit, error) {
		return func(d *ast.Document) ([]ast.Edit, error) { return ast.SetValue(findValue(d, path), ast.Int(1)) }
	}
	add := func(path string) func(d *ast.Document) ([]ast.Edit, error) {
		return func(d *ast.Document) ([]ast.Edit, error) {
			return ast.InsertEntry(findValue(d, path), ast.Field{Key: "k", Value: ast.Int(1)}, ast.AtEnd())
		}
	}
	for _, c := range []struct {
		name, text string
		edits      func(d *ast.Document) ([]ast.Edit, error)
		want       string
	}{
		{"a lost size", "a: 8MBi\n", value("a"), "f.conf:1:4: cannot edit here: the official parser drops or misplaces"},
		{"an open map", "m {\n a: 1\n", value("m/a"), "not closed"},
		{"an open map, insert", "m {\n a: 1\n", add("m"), "not closed"},
		{"a syntax error on the line", "a: 1 b: 2\nc: 3\n", value("a"), "syntax error"},
		{"an array gets no entry", "a: [x]\n", add("a"), "holds no entries"},
		{"an entry is no value", "a: 1\n", func(d *ast.Document) ([]ast.Edit, error) { return ast.SetValue(find(d, "a"), ast.Int(1)) }, "no value"},
		{"no node", "a: 1\n", func(d *ast.Document) ([]ast.Edit, error) { return ast.SetValue(ast.Node{}, ast.Int(1)) }, "no such node"},
		{"a key that cannot be written", "a: 1\n", func(d *ast.Document) ([]ast.Edit, error) { return ast.RenameKey(find(d, "a"), `'"`) }, "cannot be written"},
		{"text that is no value", "a: 1\n", func(d *ast.Document) ([]ast.Edit, error) { return ast.SetValue(findValue(d, "a"), ast.Raw("1 2")) }, "not one value"},
		{"a list of two", "a: [x, y]\n", func(d *ast.Document) ([]ast.Edit, error) { return ast.Unwrap(findValue(d, "a")) }, "one item"},
		{"a comment in a list", "a: [x # c\n]\n", func(d *ast.Document) ([]ast.Edit, error) { return ast.Unwrap(findValue(d, "a")) }, "would be lost"},
		{"a neighbour of another block", "m { a: 1 }\n", func(d *ast.Document) ([]ast.Edit, error) {
			return ast.InsertEntry(d.Root(), ast.Field{Key: "k", Value: ast.Int(1)}, ast.After(find(d, "m/a")))
		}, "not a direct part"},
		{"behind a number that its bracket makes a string", "a: [2m]\n", func(d *ast.Document) ([]ast.Edit, error) {
			return ast.InsertItem(findValue(d, "a"), ast.Int(1), ast.AtEnd())
		}, "put it in quotes"},
	} {
		edits, err := c.edits(ast.Parse("f.conf", []byte(c.text), ast.Latest))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: edits %v, error %v, want %q", c.name, edits, err, c.want)
		}
	}
}
