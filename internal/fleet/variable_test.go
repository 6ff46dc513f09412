package fleet

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
)

func TestVariables(t *testing.T) {
	type m = map[string]any
	for _, tt := range []struct {
		name, text string
		env        env
		want       m
		problems   string
	}{
		{"from around", "V: 1\na { b { c: $V } }", nil, m{"V": int64(1), "a": m{"b": m{"c": int64(1)}}}, ""},
		{"the innermost wins", "V: 1\na { V: 2, c: $V }\nd: $V", nil, m{"V": int64(1), "a": m{"V": int64(2), "c": int64(2)}, "d": int64(1)}, ""},
		{"not from a block beside", "a { V: 1 }\nb { c: $V }", nil, m{"a": m{"V": int64(1)}, "b": m{"c": "$V"}}, "unknown V"},
		{"not from below", "a: $V\nV: 1", nil, m{"a": "$V", "V": int64(1)}, "unknown V"},
		{"from inside a list", "V: 1\na: [ { b: $V }, $V, x ]", nil, m{"V": int64(1), "a": []any{m{"b": int64(1)}, int64(1), "x"}}, ""},
		{"a map", "V { x: 1 }\na: $V\nb { c: $V }", nil, m{"V": m{"x": int64(1)}, "a": m{"x": int64(1)}, "b": m{"c": m{"x": int64(1)}}}, ""},
		{"a list", "V: [1 , x]\na: $V", nil, m{"V": []any{int64(1), "x"}, "a": []any{int64(1), "x"}}, ""},
		{"a chain", "A: 1\nB: $A\nC: $B\nd: $C", nil, m{"A": int64(1), "B": int64(1), "C": int64(1), "d": int64(1)}, ""},
		{"defined twice, used between", "V: 1\na: $V\nV: 2\nb: $V", nil, m{"V": int64(2), "a": int64(1), "b": int64(2)}, ""},
		{"a field of the server", "port: 4222\nhttp_port: $port", nil, m{"port": int64(4222), "http_port": int64(4222)}, ""},
		{"names keep their letter case", "port: 4222\na: $PORT", nil, m{"port": int64(4222), "a": "$PORT"}, "unknown PORT"},
		{"quoted is no variable", "V: 1\na: \"$V\"\nb: '$V'\nc: x$V", nil, m{"V": int64(1), "a": "$V", "b": "$V", "c": "x$V"}, ""},
		{"a key is no variable", "$V: 1\na: 2", nil, m{"$V": int64(1), "a": int64(2)}, ""},
		{"bcrypt", "a: $2a$11$PWIFAL8RsWyGI3jVZtO9Nu8\nb: $2b$11$x", nil, m{"a": "$2a$11$PWIFAL8RsWyGI3jVZtO9Nu8", "b": "$2b$11$x"}, "unknown 2b$11$x"},
		{"of itself", "V: $V", nil, m{"V": "$V"}, "unknown V"},

		{"the file wins over the environment", "V: 1\na: $V", env{"V": "2"}, m{"V": int64(1), "a": int64(1)}, ""},
		{"every type", "i: $I\nf: $F\nb: $B\ns: $S\nq: $Q\nt: $T\nm: $M\nl: $L\nz: $Z", env{
			"I": "42", "F": "1.5", "B": "yes", "S": "x-1", "Q": `"a b"`, "T": "2016-05-04T18:53:41Z", "M": "{a:1}", "L": "[a, b]", "Z": "2m"},
			m{"i": int64(42), "f": 1.5, "b": true, "s": "x-1", "q": "a b", "t": time.Date(2016, 5, 4, 18, 53, 41, 0, time.UTC), "m": m{"a": int64(1)}, "l": []any{"a", "b"}, "z": int64(2000000)}, ""},
		{"one variable names another", "a: $A", env{"A": "$B", "B": "$C", "C": "1"}, m{"a": int64(1)}, ""},
		{"in a cycle", "a: $A", env{"A": "$B", "B": "$A"}, m{"a": "$A"}, "bad A"},
		{"of itself, from the environment", "a: $A", env{"A": "$A"}, m{"a": "$A"}, "bad A"},
		{"one names an unknown one", "a: $A", env{"A": "$B"}, m{"a": "$A"}, "unknown B"},
		{"junk", "a: $A", env{"A": "x y"}, m{"a": "$A"}, "bad A"},
		{"an open block", "a: $A", env{"A": "{ x: 1"}, m{"a": "$A"}, "bad A"},
		{"an empty text", "a: $A", env{"A": ""}, m{"a": ""}, ""},
		{"a second line is left out", "a: $A", env{"A": "1\nb: 2"}, m{"a": int64(1)}, ""},
		{"an include is not followed", "a: $A", env{"A": "{ include b.conf }"}, m{"a": m{}}, "unreadable b.conf"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := files{"a.conf": tt.text}.build(Options{Env: tt.env.get}).Servers[0]
			got := s.Values.Plain()
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("values %v, want %v", got, tt.want)
			}
			if got := kinds(s); got != tt.problems {
				t.Errorf("problems %q, want %q", got, tt.problems)
			}
		})
	}
}

func TestUnknownVariablesBreakNothing(t *testing.T) {
	s := one("a: $V\nb: $V\nport: 4222")
	if s.Broken() || !at(t, s, "a").Unknown() || at(t, s, "a").Text() != "$V" || at(t, s, "port").Unknown() {
		t.Errorf("broken %t, a %v", s.Broken(), at(t, s, "a").Plain())
	}
	if len(s.Problems) != 2 || s.Problems[1].Doc != s.Root || !strings.Contains(s.Problems[0].Message, "$V is not defined before this line") {
		t.Errorf("problems %v", s.Problems)
	}
	if text(at(t, s, "a").Node) != "$V" {
		t.Errorf("node %q", text(at(t, s, "a").Node))
	}
}

func TestOriginsThroughVariables(t *testing.T) {
	f := files{"a.conf": "N: \"x\"\nM: $N\ninclude b.conf\ncluster { name: $M }\ng: $OUT\nh: $ENV", "b.conf": "OUT: y"}.
		build(Options{Env: env{"ENV": `"z"`}.get})
	s := server(t, f, "a.conf")
	name := at(t, s, "cluster.name")
	if text(name.Node) != `"x"` || name.Doc.Path != "a.conf" || text(name.Use) != "$M" || name.UseDoc.Path != "a.conf" || name.Def.Key != "M" {
		t.Errorf("name: %q by %q, defined by %q", text(name.Node), text(name.Use), name.Def.Key)
	}
	if n, d := name.Place(); n != name.Use || d != name.UseDoc {
		t.Errorf("place %q", text(n))
	}
	g := at(t, s, "g")
	if text(g.Node) != "y" || g.Doc.Path != "b.conf" || g.UseDoc.Path != "a.conf" || g.Def.Doc.Path != "b.conf" {
		t.Errorf("g: %q in %s by %s", text(g.Node), g.Doc.Path, g.UseDoc.Path)
	}
	h := at(t, s, "h")
	if h.Doc.Env != "ENV" || h.Def != nil || text(h.Use) != "$ENV" || text(h.Node) != `"z"` {
		t.Errorf("h: %q from %q by %q", text(h.Node), h.Doc.Env, text(h.Use))
	}
	for _, d := range f.Docs {
		if d.Env != "" {
			t.Errorf("%s is listed as a document", d.Path)
		}
	}
	if e := s.Values.Get("N"); !e.Used || s.Values.Get("g").Used {
		t.Error("what is used is not marked")
	}
	// The text of N takes effect at N, at M and at the cluster's name.
	var paths []string
	for _, u := range f.Uses(name.Node) {
		paths = append(paths, u.Path)
	}
	if got := strings.Join(paths, " "); got != "N M cluster.name" {
		t.Errorf("uses %s", got)
	}
	if uses := f.Uses(name.Use); len(uses) != 1 || uses[0].Path != "cluster.name" {
		t.Errorf("uses of the variable %v", uses)
	}
}

func TestShadowedEntries(t *testing.T) {
	s := one("name: 1\nname: 2\nname: 3")
	e := s.Values.Get("name")
	if e.Value.Text() != "3" || e.Shadowed.Value.Text() != "2" || e.Shadowed.Shadowed.Value.Text() != "1" || e.Shadowed.Shadowed.Shadowed != nil {
		t.Error("entries that later ones replace are not kept")
	}
	var b strings.Builder
	for i := range 3 * indexedFrom {
		b.WriteString(strings.Repeat("k", i+1) + ": 1\n")
	}
	big := one(b.String() + "k: 2\nkk: 3").Values
	if len(big.Entries) != 3*indexedFrom || big.Get("k").Value.Text() != "2" || big.Entries[1].Value.Text() != "3" || big.Get("none") != nil {
		t.Error("a large map is filled otherwise than a small one")
	}
}

func TestFieldsCompareInAnyCase(t *testing.T) {
	s := one("JetStream: enabled\nJETSTREAM: disabled\njet: 1")
	if e := s.Values.Field("jetstream"); e.Key != "JETSTREAM" {
		t.Errorf("of two spellings %s is taken", e.Key)
	}
	if s.Values.Get("jetstream") != nil || s.Values.Field("jetstrea") != nil || (*Map)(nil).Field("x") != nil || (*Map)(nil).Get("x") != nil {
		t.Error("Get and Field find what is not there")
	}
}

func TestNilValues(t *testing.T) {
	var v *Value
	if v.Unknown() || v.IsString() || v.IsMap() || v.IsList() || v.Text() != "" {
		t.Error("an absent value is something")
	}
	if s := one("a: []\nb {}"); at(t, s, "a").Text() != "" || at(t, s, "b").Text() != "" || !at(t, s, "a").IsList() || at(t, s, "a").Kind() != ast.KindArray {
		t.Error("containers have a text")
	}
}
