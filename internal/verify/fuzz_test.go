package verify

import (
	"bytes"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// FuzzVerify has any text verified, with an include that is there: places lie
// in their files, and a server is refused if and only if an error is told or
// the judge says that it is.
func FuzzVerify(f *testing.F) {
	for _, text := range []string{
		"", "port: 4222\n", "cluster{\n  name: x\n  prot: 1\n}\n", "host: a b\nprot: 1\n", "a: $B\ninclude gone\ninclude inc/b.conf\n",
		"gateway { name: g, port: 7222 }\ncluster { name: c, port: 6222 }\n", "\ufeffport: 1", "a {\x00", "jetstream { max_mem: 5MBi }",
		"tls { cert_file: \"/c\", key_file: /k }\noperator: x\nresolver: URL(http://h)\n", "x: [1, 2]\ny: (\n", "include ../x\n", "é: é\n ä: b c\n",
	} {
		f.Add(text, "prot: 1\n")
	}
	f.Add("include inc/b.conf\n", "a: b c\nport: \"x\"\n")
	f.Add("include inc/b.conf\n", "include ../a.conf\n")
	base := request(f, map[string]string{"a.conf": ""})
	f.Fuzz(func(t *testing.T, text, part string) {
		if len(text)+len(part) > 4000 {
			return
		}
		files := map[string]string{"a.conf": text, "inc/b.conf": part}
		req := base
		req.Read = func(path string) ([]byte, error) {
			if text, ok := files[path]; ok {
				return []byte(text), nil
			}
			return base.Read(path)
		}
		res, err := Run(t.Context(), req, engine.Run, Options{})
		if err != nil {
			t.Fatal(err)
		}
		errors := 0
		for _, f := range res.Findings {
			text, ok := files[f.File]
			if !ok || f.Offset < 0 || f.End < f.Offset || f.End > len(text) {
				t.Errorf("%s:%d-%d: no place", f.File, f.Offset, f.End)
			}
			if f.Line > 0 && f.Line > strings.Count(text, "\n")+1 || f.Message == "" || len(f.Official) == 0 {
				t.Errorf("%+v", f)
			}
			if f.Severity.String() == "error" {
				errors++
			}
		}
		if (res.Accepted == res.Servers) != (errors == 0) && !strings.Contains(notes(res), "behind") {
			t.Errorf("%d of %d accepted with %d errors\n%s%s", res.Accepted, res.Servers, errors, lines(res), notes(res))
		}
	})
}

// FuzzCopy edits a copy at random: what was not edited comes back to where it
// was, and everything into the file.
func FuzzCopy(f *testing.F) {
	f.Add("port: 4222\nhost: a\n", uint(6), uint(10), "\"x\"", uint(12), uint(3), "")
	f.Fuzz(func(t *testing.T, text string, start1, len1 uint, new1 string, start2, len2 uint, new2 string) {
		d := &fleet.Doc{Path: "a", Tree: ast.Parse("a", []byte(text), ast.Latest)}
		c := &copied{doc: d, now: d.Tree}
		size := uint(len(text))
		for _, e := range []struct {
			start, length uint
			text          string
		}{{start1, len1, new1}, {start2, len2, new2}} {
			start := min(e.start, size)
			c.change(ast.Edit{Start: int(start), End: int(start + min(e.length, size-start)), New: e.text})
		}
		touched := func(off int) bool {
			for _, e := range c.edits {
				if e.Start <= off && off < e.End {
					return true
				}
			}
			return false
		}
		now := c.now.Source()
		for off := range now {
			back := c.back(off)
			if back < 0 || back > len(text) {
				t.Fatalf("%d comes back to %d", off, back)
			}
			if next := c.back(off + 1); next < back {
				t.Fatalf("%d comes back to %d, and the next to %d", off, back, next)
			}
		}
		for off := range text {
			if touched(off) {
				continue
			}
			// Each byte that was left stands in the copy somewhere.
			found := false
			for at := range now {
				if c.back(at) == off && now[at] == text[off] {
					found = true
				}
			}
			if !found {
				t.Fatalf("byte %d of %q is not in %q", off, text, now)
			}
		}
		if len(c.edits) == 0 && !bytes.Equal(now, []byte(text)) {
			t.Fatal("the copy differs without an edit")
		}
	})
}

// FuzzWords looks for the place and the rule of any message.
func FuzzWords(f *testing.F) {
	loaded := engine.Load(request(f, map[string]string{
		"a.conf": "accounts { A { users [ { user: bob } ] } }\nleafnodes { remotes [ { url: x, account: A } ] }\ncluster { name: \"a b\" }\n",
	}))
	server := loaded.Fleet().Servers[0]
	match := newMatcher(request(f, nil).Rules, nil)
	for _, a := range abouts() {
		f.Add(a.message + ` "bob" 'A'`)
	}
	f.Add(`unknown field "\xff"`)
	f.Fuzz(func(t *testing.T, message string) {
		at := placeByWords(server, message)
		if at.valid() && (at.span.Start < 0 || at.span.End > len(at.doc.Tree.Source())) {
			t.Fatalf("%+v", at.span)
		}
		p := problem{Problem: oracle.Problem{Stage: oracle.StageStart, Message: message}, place: at}
		match.find(server, p)
		if match.ruleOf(p); p.inWords() == "" {
			t.Error("no words")
		}
	})
}
