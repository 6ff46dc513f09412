package oracle

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDelta(t *testing.T) {
	type m = map[string]any
	type l = []any
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name          string
		before, after m
		want          []Change
	}{
		{"nothing", m{"a": l{int64(1), m{"t": day}}}, m{"a": l{int64(1), m{"t": day.Local()}}}, nil},
		{"scalar", m{"gateway": m{"name": "a"}}, m{"gateway": m{"name": "b"}}, []Change{{"gateway.name", "a", "b"}}},
		{"type", m{"port": "4222"}, m{"port": int64(4222)}, []Change{{"port", "4222", int64(4222)}}},
		{"int and float", m{"a": int64(1)}, m{"a": 1.0}, []Change{{"a", int64(1), 1.0}}},
		{"added block", m{}, m{"a": m{"b": m{"c": int64(1)}, "d": l{"x"}}}, []Change{{"a.b.c", nil, int64(1)}, {"a.d[0]", nil, "x"}}},
		{"removed block", m{"a": m{"b": true}}, m{}, []Change{{"a.b", true, nil}}},
		{"empty block", m{}, m{"a": m{}}, []Change{{"a", nil, m{}}}},
		{"emptied block", m{"a": m{"b": true}}, m{"a": m{}}, []Change{{"a", nil, m{}}, {"a.b", true, nil}}},
		{"filled list", m{"a": l{}}, m{"a": l{"x"}}, []Change{{"a[0]", nil, "x"}, {"a", l{}, nil}}},
		{"wrapped", m{"routes": "x"}, m{"routes": l{"x"}}, []Change{{"routes", "x", l{"x"}}}},
		{"first of a list", m{"a": l{"x", "y", "z"}}, m{"a": l{"y", "z"}}, []Change{{"a[0]", "x", nil}}},
		{"inside a list", m{"a": l{m{"u": "x"}, m{"u": "y"}}}, m{"a": l{m{"u": "x"}, m{"u": "z"}}}, []Change{{"a[1].u", "y", "z"}}},
		{"inserted", m{"a": l{"x", "z"}}, m{"a": l{"x", "y", "z"}}, []Change{{"a[1]", nil, "y"}}},
		{"strange keys", m{}, m{"$SYS": m{"a.b": "1", "": "2"}}, []Change{{`$SYS.""`, nil, "2"}, {`$SYS."a.b"`, nil, "1"}}},
		{"letter case", m{"Port": int64(1)}, m{"port": int64(1)}, []Change{{"Port", int64(1), nil}, {"port", nil, int64(1)}}},
	} {
		if got := Delta(c.before, c.after); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		if same := c.want == nil; Equal(c.before, c.after) != same {
			t.Errorf("%s: Equal is not %v", c.name, same)
		}
		back, err := readTree(appendTree(nil, c.after))
		if err != nil || !Equal(back, c.after) {
			t.Errorf("%s: the pipe makes %v of %v (%v)", c.name, back, c.after, err)
		}
	}
}

func FuzzDamagedTree(f *testing.F) {
	f.Add(appendTree(nil, map[string]any{"a": []any{int64(1), 1.5, true, "x", time.Unix(0, 0)}, "b": map[string]any{}}))
	f.Add([]byte{tagMap, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := readTree(data)
		if err != nil {
			return
		}
		// What can be read survives the pipe.
		if back, err := readTree(appendTree(nil, tree)); err != nil || len(Delta(tree, back)) > 0 && !hasNaN(data) {
			t.Errorf("%v became %v (%v)", tree, back, err)
		}
	})
}

// hasNaN reports whether an encoding may hold a float that differs from itself.
func hasNaN(data []byte) bool { return strings.Contains(string(data), string(tagFloat)) }

func TestNewProblems(t *testing.T) {
	start := func(messages ...string) Verdict {
		v := Verdict{Reached: StageStart}
		for _, m := range messages {
			v.Problems = append(v.Problems, Problem{Stage: StageStart, Message: m})
		}
		return v
	}
	parse := Verdict{Reached: StageParse, Problems: []Problem{{Stage: StageParse, Message: "Parse error on line 3: 'x'", Line: 3}}}
	moved := Verdict{Reached: StageParse, Problems: []Problem{{Stage: StageParse, Message: "Parse error on line 4: 'y'", Line: 4}}}
	partial := start("a")
	partial.Partial = true
	warned := start("a")
	warned.Problems[0].Warning = true
	for _, c := range []struct {
		name            string
		before, after   Verdict
		fresh, revealed string
	}{
		{"cured", start("a", "b"), start("a"), "", ""},
		{"another name", start(`cannot find local account "A" specified`), start(`cannot find local account "B" specified`), "", ""},
		{"another number", start("max_payload (104857600) cannot"), start("max_payload (200) cannot"), "", ""},
		{"one more of a kind", start(`account "A"`), start(`account "A"`, `account "B"`), `account "B"`, ""},
		{"another kind", start("a"), start("b"), "b", ""},
		{"a warning", start(), warned, "", ""},
		{"moved", parse, moved, "", ""},
		{"hidden by a parse error", parse, start("a"), "", "a"},
		{"hidden by a configuration error", partial, start("a", "b"), "", "b"},
		{"now refused by the parser", start("a"), parse, "Parse error on line 3: 'x'", ""},
	} {
		fresh, revealed := NewProblems(c.before, c.after)
		if got := texts(fresh); got != c.fresh {
			t.Errorf("%s: fresh is %q, want %q", c.name, got, c.fresh)
		}
		if got := texts(revealed); got != c.revealed {
			t.Errorf("%s: revealed is %q, want %q", c.name, got, c.revealed)
		}
	}
}

func texts(list []Problem) string {
	var all []string
	for _, p := range list {
		all = append(all, p.Message)
	}
	return strings.Join(all, "\n")
}
