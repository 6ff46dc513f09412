package ast_test

import (
	"math/rand/v2"
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

// editSeeds are texts in many styles: one of each line in the tables of the
// helpers' tests, in short.
var editSeeds = []string{
	"a: 1\nb: x # c\n\n# d\nm {\n  e: 'f'\n  g: [1, 2 ]\n}\n", "# h\n\nport: 4222\ncluster {\n\tname: \"x\"\n\troutes = [\n\t\tnats://a:1\n\t\tnats://b:1\n\t]\n}\n",
	"{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\"x\", 2 ]\n  }\n}\n", `{"a":1,"b":{"c":["x",{"d":true}]},"e":{}}`, "m { a: 1, b: x; c: 2 }", "m {}\nn { }\nl []\no {\n # c\n}\n",
	"a: 1\r\n# c\r\nm {\r\n  b: 2\r\n}\r\n", "a: 1; b: 2\nc: 3, d: 4 # e\n", "m { a: 1 # x\n    b: 2 }\n", "m {\n  a: 1, # c\n  b: 2 # d\n}\n", "include x.conf\na: 1\n", "m { include x.conf; a: 1 }",
	"a: (\n x\n)\nb: 1\n", "a: (\n x\n)", "a: 'x\n# y\n'\nb: 1", "a: bar'\nb: [ x' ]\n", "a: \"x\"# c\nb {}# d\n", "\"a\"\"x\"\n\"b\"{c 1}\n", "l: [2m]\nk: [5x]\n", "a:\nb: 1", "{ a: 1 }\nb: 2\n", "{ { a: 1 } , b: 2 }", "{{ a: 1 }}",
	"users = [\n  {user: a, password: b}\n  {user: c, password: d} # e\n]\n", "a: 5#c\nb: x//y\n", "m {\n a: 1;\n b: 2;\n}\n", "m\n{\n a: 1 }\n", "x { m:\n{ a: 1 } }\n", "a = [ /y ]", "m { /a: 1 }", "l: [x / y]", "a: 1}\nb: 2", "a: 1\n}", "a:1,b:2,", "// s\na 1 // t\n", "\ufeffa: 1\n", "a: 1 \x00 b: 2\n", "a: 2016-05-04T18:53:41Z\nb: -1.5\nc: 10.0.0.1:80\n", "$SYS { a: true }\nfoo.*.> : y\n",
}

// task is one random use of a helper with what it declares.
type task struct {
	op
	path    []string // of the map, array or value that changes
	name    string
	removes ast.Span // comments that lie in it may go
	item    bool     // an array gets more or fewer items
}

// pathOf returns the keys and indexes that lead to a node.
func pathOf(n ast.Node) []string {
	var path []string
	for ; n.Kind() != ast.KindDocument; n = n.Parent() {
		switch {
		case n.Kind() == ast.KindEntry:
			path = append(path, n.Key())
		case n.Parent().Kind() == ast.KindArray:
			i := 0
			for c := n.Prev(); c.Valid(); c = c.Prev() {
				i++
			}
			path = append(path, strconv.Itoa(i))
		}
	}
	slices.Reverse(path)
	return path
}

// alterAt is alter for keys that may hold slashes.
func alterAt(tree any, path []string, f func(any) any) any {
	if len(path) == 0 {
		return f(tree)
	}
	return alter(tree, "", func(v any) any {
		switch t := v.(type) {
		case map[string]any:
			m := map[string]any{}
			for k, v := range t {
				m[k] = v
			}
			m[path[0]] = alterAt(m[path[0]], path[1:], f)
			return m
		case []any:
			t = slices.Clone(t)
			i, _ := strconv.Atoi(path[0])
			t[i] = alterAt(t[i], path[1:], f)
			return t
		}
		panic("no such path")
	})
}

func randomLit(r *rand.Rand, s string, depth int) lit {
	words := []string{s, s, "x", "5", "2m", "on", "a b", "$x", "", "/d", "it's", "a\nb", "nats://h:1", "#"}
	switch n := r.IntN(10); {
	case n < 4 || depth == 0 && n > 6:
		return str(words[r.IntN(len(words))])
	case n == 4:
		return num(int64(r.IntN(100) - 50))
	case n == 5:
		return flag(r.IntN(2) == 0)
	case n == 6:
		return float(float64(r.IntN(100)) / 4)
	case n == 7:
		return raw("2k", int64(2000))
	case n == 8:
		var items []lit
		for range r.IntN(3) {
			items = append(items, randomLit(r, s, depth-1))
		}
		return list(items...)
	}
	var fields []kv
	for i := range r.IntN(3) {
		fields = append(fields, kv{"k" + strconv.Itoa(i), randomLit(r, s, depth-1)})
	}
	return mapping(fields...)
}

// isItem reports whether a node can be deleted, or be inserted next to.
func isItem(n ast.Node) bool {
	return n.Kind() == ast.KindEntry || n.Kind() == ast.KindInclude || n.Parent().Valid() && n.Parent().Kind() == ast.KindArray
}

// commentsOf returns the span of lines whose comments a delete may take: those
// directly above, and those of the node itself.
func commentsOf(d *ast.Document, n ast.Node) ast.Span {
	start := d.LineStart(n.Start())
	for start > 0 {
		above := d.LineStart(start - 1)
		line := strings.TrimSpace(d.Text(ast.Span{Start: above, End: start}))
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "//") {
			break
		}
		start = above
	}
	return ast.Span{Start: start, End: d.LineEnd(n.End())}
}

func randomTask(r *rand.Rand, d *ast.Document, s, key string) task {
	var nodes []ast.Node
	for n := range d.Root().Walk() {
		nodes = append(nodes, n)
	}
	n := nodes[r.IntN(len(nodes))]
	l := randomLit(r, s, 2)
	at, before := ast.AtEnd(), ast.Node{}
	block := n
	switch r.IntN(4) {
	case 1:
		at = ast.AtStart()
		before = n.First()
	case 2:
		if isItem(n) {
			at, block, before = ast.Before(n), n.Parent(), n
		}
	case 3:
		if isItem(n) {
			at, block, before = ast.After(n), n.Parent(), n.Next()
		}
	}
	isValue := n.Kind() >= ast.KindMap && n.Parent().Kind() != ast.KindDocument
	t := task{path: pathOf(n)}
	keep := func(v any) any { return v }
	entryOp := func(edits func() ([]ast.Edit, error), change func(any) any) task {
		t.edits = func(*ast.Document) ([]ast.Edit, error) { return edits() }
		t.change = func(tree any) any { return alterAt(tree, t.path, change) }
		return t
	}
	switch r.IntN(8) {
	case 0, 1:
		if !isValue {
			break
		}
		t.name, t.removes = "SetValue", n.Span()
		return entryOp(func() ([]ast.Edit, error) { return ast.SetValue(n, l.literal) }, func(any) any { return l.value })
	case 2, 3, 4:
		if !block.Kind().IsContainer() {
			break
		}
		t.path = pathOf(block)
		if block.Kind() == ast.KindArray {
			i := 0
			for c := block.First(); c.Valid() && c != before; c = c.Next() {
				i++
			}
			t.name, t.item = "InsertItem", true
			return entryOp(func() ([]ast.Edit, error) { return ast.InsertItem(block, l.literal, at) },
				func(v any) any { return slices.Insert(slices.Clone(v.([]any)), i, l.value) })
		}
		t.name = "InsertEntry"
		return entryOp(func() ([]ast.Edit, error) { return ast.InsertEntry(block, ast.Field{Key: key, Value: l.literal}, at) },
			func(v any) any { return alterAt(v, []string{key}, func(any) any { return l.value }) })
	case 5:
		if !isItem(n) {
			break
		}
		t.name, t.removes = "DeleteEntry", commentsOf(d, n)
		last := ""
		switch {
		case n.Kind() == ast.KindInclude:
			t.path = nil
			return entryOp(func() ([]ast.Edit, error) { return ast.DeleteEntry(n) }, keep)
		default:
			last = t.path[len(t.path)-1]
			t.path = t.path[:len(t.path)-1]
			t.item = n.Kind() != ast.KindEntry
		}
		return entryOp(func() ([]ast.Edit, error) { return ast.DeleteEntry(n) }, func(v any) any {
			switch v := v.(type) {
			case []any:
				i, _ := strconv.Atoi(last)
				return slices.Delete(slices.Clone(v), i, i+1)
			case map[string]any:
				v = alterAt(v, []string{last}, keep).(map[string]any)
				delete(v, last)
				return v
			}
			return v
		})
	case 6:
		switch {
		case n.Kind() == ast.KindEntry:
			last := t.path[len(t.path)-1]
			t.path = t.path[:len(t.path)-1]
			t.name = "RenameKey"
			return entryOp(func() ([]ast.Edit, error) { return ast.RenameKey(n, key) }, func(v any) any {
				m := alterAt(v, []string{last}, keep).(map[string]any)
				value := m[last]
				delete(m, last)
				m[key] = value
				return m
			})
		case n.Kind() == ast.KindArray && n.First().Valid() && r.IntN(2) == 0:
			t.name = "Unwrap"
			return entryOp(func() ([]ast.Edit, error) { return ast.Unwrap(n) }, func(v any) any { return v.([]any)[0] })
		case isValue:
			t.name = "WrapInList"
			return entryOp(func() ([]ast.Edit, error) { return ast.WrapInList(n) }, func(v any) any { return []any{v} })
		}
	}
	t.name, t.path = "InsertComment", nil
	return entryOp(func() ([]ast.Edit, error) { return ast.InsertComment(n, "x\ny") }, keep)
}

// isPlain reports whether the official values follow from the tree alone: no
// key comes twice in a map, nothing is lost, and there are no variables.
func isPlain(d *ast.Document) bool {
	seen := map[ast.Node]map[string]bool{}
	for n := range d.Root().Walk() {
		switch n.Kind() {
		case ast.KindVariable:
			return false
		case ast.KindEntry:
			m := n.Parent()
			for m.Kind() == ast.KindBraces {
				m = m.Parent()
			}
			if seen[m] == nil {
				seen[m] = map[string]bool{}
			}
			if seen[m][n.Key()] {
				return false
			}
			seen[m][n.Key()] = true
		}
	}
	return len(d.Errors()) == 0 && len(d.LostNodes()) == 0
}

func commentTexts(d *ast.Document, without ast.Span) map[string]int {
	texts := map[string]int{}
	for tok := range d.Tokens() {
		if tok.Kind == ast.TokenComment && (tok.Start < without.Start || tok.Start > without.End) {
			texts[d.Text(tok.Span)]++
		}
	}
	return texts
}

// FuzzEdit uses one or two random helpers at random nodes, and checks with the
// official parser that what they declare is what they do.
func FuzzEdit(f *testing.F) {
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.conf"), nil, 0o600); err != nil {
		f.Fatal(err)
	}
	read := func(text string) (map[string]any, error) {
		if !strings.Contains(strings.ToLower(text), "include") {
			return conf.Parse(text)
		}
		path := filepath.Join(dir, "main.conf")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			f.Fatal(err)
		}
		return conf.ParseFile(path)
	}
	for i, s := range editSeeds {
		for seed := range uint64(20) {
			f.Add(s, seed*100+uint64(i), "it's")
		}
	}
	for i, in := range serverConfigs(f) {
		f.Add(string(in.text), uint64(i), "x")
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64, s string) {
		r := rand.New(rand.NewPCG(seed, 1))
		d := ast.Parse("f.conf", []byte(text), ast.Latest)
		values, err := read(text)
		if err != nil || !isPlain(d) {
			// The values are not known; the edits must still fit.
			edits, err := randomTask(r, d, s, "new").edits(d)
			if err == nil {
				_, err = ast.Apply(d.Source(), edits)
				if err != nil {
					t.Fatalf("%q: %v", text, err)
				}
			}
			return
		}
		var tree any = values
		var edits []ast.Edit
		var done []task
		for i := range 1 + r.IntN(2) {
			k := randomTask(r, d, s, "new key"[:3+i*4])
			if _, taken := child2(values, k, "new key"[:3+i*4]); taken {
				return
			}
			if i > 0 && (done[0].name != "InsertEntry" && done[0].name != "DeleteEntry" && done[0].name != "InsertComment" ||
				k.name != "InsertEntry" && k.name != "InsertComment" || done[0].item) {
				break
			}
			more, err := k.edits(d)
			if err != nil {
				break
			}
			both := append(slices.Clone(edits), more...)
			if _, err := ast.Apply(d.Source(), both); err != nil {
				if i == 0 {
					t.Fatalf("%s on %q: %v", k.name, text, err)
				}
				break
			}
			edits = both
			tree = k.change(tree)
			done = append(done, k)
		}
		if len(done) == 0 {
			return
		}
		out, err := ast.Apply(d.Source(), edits)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, k := range done {
			names = append(names, k.name)
		}
		got, err := read(string(out))
		if err != nil {
			t.Fatalf("%v: the official parser refuses the result: %v\nbefore %q\nafter  %q\nedits %+v", names, err, text, out, edits)
		}
		if !reflect.DeepEqual(any(got), tree) {
			t.Fatalf("%v: values %v, want %v\nbefore %q\nafter  %q\nedits %+v", names, got, tree, text, out, edits)
		}
		after := commentTexts(ast.Parse("f.conf", out, ast.Latest), ast.Span{Start: -1, End: -1})
		for c, n := range commentTexts(d, done[0].removes) {
			if after[c] < n {
				t.Fatalf("%v: comment %q is gone\nbefore %q\nafter  %q\nedits %+v", names, c, text, out, edits)
			}
		}
		if len(ast.Parse("f.conf", []byte(text), ast.Syntax214).Errors()) == 0 {
			if errs := ast.Parse("f.conf", out, ast.Syntax214).Errors(); len(errs) > 0 {
				t.Fatalf("%v: refused by the syntax of 2.14: %v\nbefore %q\nafter  %q", names, errs, text, out)
			}
		}
	})
}

// child2 reports whether a task's map has the key that it would insert.
func child2(tree any, k task, key string) (any, bool) {
	for _, name := range k.path {
		switch t := tree.(type) {
		case map[string]any:
			tree = t[name]
		case []any:
			i, _ := strconv.Atoi(name)
			tree = t[i]
		}
	}
	m, _ := tree.(map[string]any)
	v, ok := m[key]
	return v, ok
}
