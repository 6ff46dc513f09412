package edit

import (
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// FuzzEditDeclaresWhatItDoes carries out commands on any text and compares what
// the official parser sees with what is declared.
func FuzzEditDeclaresWhatItDoes(f *testing.F) {
	for _, text := range []string{
		"port: 4222\nA: 5 # c\nb: $A\nlist: [1, $A, {x: y}]\n", "{\"a\": {\"b\": [\"x\", \"y\"]}}", "a { b: c; d: e }\r\n", "a: (\nx\n)\n", "a: 1\na: 2\nA: 3\n",
		"# top\na: 'x'\n\n# b\nb: \"y\" // z\n{ c: d }\n", "accounts { A { users: [ {user: a} ] } }",
	} {
		for _, command := range []string{
			"set **.b 7", "set a.new {x: [y]}", "add list x", "remove a", "remove **[-1]", "rename a z", "move a b", "copy a z", "replace ** x y", "quote a",
			"unquote a", "comment a c", "wrap a", "wrap a k", "sort list", "inline b", "extract a NAMED", "new-block p.q", "set-default n 1",
		} {
			f.Add(text, command)
		}
	}
	f.Fuzz(func(t *testing.T, text, commands string) {
		if strings.Contains(text, "include") || strings.Contains(commands, "include") || len(text) > 2000 {
			return
		}
		before, err := conf.Parse(text)
		if err != nil {
			return
		}
		s := sample{"fuzz", map[string]string{"nats.conf": text}}
		fl := s.fleet()
		if len(fl.Servers) != 1 || !oracle.Equal(before, fl.Servers[0].Values.Plain()) {
			return // what the parser makes of it is tested elsewhere
		}
		r := NewRunner(fl, func(*fleet.Server) bool { return true })
		for line := range strings.Lines(commands) {
			if c, err := ParseCommand(line); err == nil {
				r.Do(c, nil)
			}
		}
		for _, u := range r.Units() {
			if u.Fix == nil {
				continue
			}
			var edits []ast.Edit
			for _, e := range u.Fix.Edits {
				edits = append(edits, e.Edit)
			}
			next, err := ast.Apply([]byte(text), edits)
			if err != nil {
				t.Fatalf("%q: %v", commands, err)
			}
			after, err := conf.Parse(string(next))
			if err != nil {
				t.Fatalf("%q makes %q of %q: %v", commands, next, text, err)
			}
			want, got := u.Fix.Changes, oracle.Delta(before, after)
			if len(want) != len(got) {
				t.Fatalf("%q makes %q of %q: declared are %v, the official parser sees %v", commands, next, text, want, got)
			}
			for i, c := range got {
				if same := fixes.NewChange(nil, c.Path, c.Before, c.After); same.Path != want[i].Path || same.Before != want[i].Before || same.After != want[i].After {
					t.Fatalf("%q makes %q of %q: declared is %v, the official parser sees %v", commands, next, text, want[i], c)
				}
			}
		}
	})
}
