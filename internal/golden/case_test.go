package golden

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/oracle"
)

const whole = `What the case shows,
on two lines.
rule: a-rule other-rule
set: a-rule.prefer=x=y
env: NAME="v w"
args: --cluster_name c1 -js --name=n1
unsafe
hosts: h1=a.conf
target: a.conf
crlf: a.conf b.conf
no-final-newline: b.conf
bom: b.conf
lost: # gone
-- in/a.conf --
one
-- in/b.conf --
two
-- in/dir/c.conf --
three
-- findings --
a.conf:1:1 something
-- out/a.conf --
uno
`

func TestParseReadsEveryDirective(t *testing.T) {
	c, err := Parse("golden/a-rule/whole.txtar", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if c.About != "What the case shows, on two lines." || !c.Unsafe {
		t.Errorf("about %q, unsafe %v", c.About, c.Unsafe)
	}
	for what, lists := range map[string][2][]string{
		"rules":   {c.Rules, {"a-rule", "other-rule"}},
		"targets": {c.Targets, {"a.conf"}},
		"lost":    {c.Lost, {"# gone"}},
	} {
		if !slices.Equal(lists[0], lists[1]) {
			t.Errorf("%s: got %q, want %q", what, lists[0], lists[1])
		}
	}
	for what, pairs := range map[string][2]map[string]string{
		"params":   {c.Params, {"a-rule.prefer": "x=y"}},
		"env":      {c.Env, {"NAME": `"v w"`}},
		"hosts":    {c.Hosts, {"h1": "a.conf"}},
		"sections": {c.Sections, {"findings": "a.conf:1:1 something\n"}},
		"in":       {texts(c.In), {"a.conf": "one\r\n", "b.conf": "\ufefftwo", "dir/c.conf": "three\n"}},
		"out":      {texts(c.Out), {"a.conf": "uno\r\n"}},
	} {
		if !maps.Equal(pairs[0], pairs[1]) {
			t.Errorf("%s: got %q, want %q", what, pairs[0], pairs[1])
		}
	}
	if want := (oracle.Args{ClusterName: "c1", ServerName: "n1", JetStream: true}); c.Args != want {
		t.Errorf("args: got %+v, want %+v", c.Args, want)
	}
}

func texts(files map[string][]byte) map[string]string {
	out := make(map[string]string)
	for name, data := range files {
		out[name] = string(data)
	}
	return out
}

func TestParseDefaults(t *testing.T) {
	c, err := Parse("golden/a-rule/x.txtar", []byte("It shows.\n-- in/b --\n-- in/a --\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Rules, []string{"a-rule"}) || !slices.Equal(c.Targets, []string{"a", "b"}) {
		t.Errorf("rules %q, targets %q", c.Rules, c.Targets)
	}
}

func TestParseNamesWhatIsWrong(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"no sentence":       {"rule: r\n-- in/a --\n", "x.txtar:1: expected a sentence"},
		"no files":          {"It shows.\n", "expected a section in/PATH"},
		"unknown directive": {"It shows.\nunsafe\nunsfae\n-- in/a --\n", `x.txtar:3: unknown directive "unsfae"`},
		"no pair":           {"It shows.\nset: prefer\n-- in/a --\n", `x.txtar:2: set: expected NAME=VALUE, got "prefer"`},
		"wrong command":     {"It shows.\nedit: set port\n-- in/a --\n", `x.txtar:2: edit: "set port": expected a value`},
		"wrong condition":   {"It shows.\nedit: remove a\nwhere: port ==\n-- in/a --\n", "x.txtar:3: where: "},
		"unknown flag":      {"It shows.\nargs: --frob 1\n-- in/a --\n", `unknown flag "frob"`},
		"flag alone":        {"It shows.\nargs: --name\n-- in/a --\n", `the flag "name" needs a value`},
		"unknown section":   {"It shows.\n-- in/a --\n-- finding --\n", `unknown section "finding"`},
		"path upwards":      {"It shows.\n-- in/../a --\n", "expected a clean relative path"},
		"file twice":        {"It shows.\n-- in/a --\n-- in/a --\n", "stands there twice"},
		"target missing":    {"It shows.\ntarget: b\n-- in/a --\n", "b is named, but there is no section in/b"},
		"section twice":     {"It shows.\n-- in/a --\n-- notes --\nb\n-- notes --\n", `x.txtar:5: section "notes" stands there twice`},
		"absolute path":     {"It shows.\n-- in//a --\n", "x.txtar:2: section \"in//a\": expected a clean relative path"},
		"file and folder":   {"It shows.\n-- in/a/b --\n-- in/a --\n", "cannot be a file and a folder at once"},
		"no sections":       {"It shows.\n\x00\xff", "x.txtar:1: the case has no files"},
		"empty":             {"", "x.txtar:1: the case has no files"},
		"output of nothing": {"It shows.\n-- in/a --\n-- out/b --\n", "b is named, but there is no section in/b"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("x.txtar", []byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestFormatGivesBackWhatWasParsed(t *testing.T) {
	c, err := Parse("golden/a-rule/whole.txtar", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Format(&Outcome{Files: c.Out, Sections: c.Sections})
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != whole {
		t.Errorf("got\n%s", got)
	}
}

// A file that lost its line ends must not come out as if it had them.
func TestFormatRefusesWhatTxtarCannotHold(t *testing.T) {
	c, err := Parse("x/y.txtar", []byte("It shows.\ncrlf: a\nbom: b\n-- in/a --\n-- in/b --\n-- in/d --\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a": "one\r\ntwo\n", "b": "one\n", "d": "one",
	} {
		if _, err := c.Format(&Outcome{Files: map[string][]byte{name: []byte(text)}}); err == nil {
			t.Errorf("%s: %q was taken", name, text)
		}
	}
	if _, err := c.Format(&Outcome{Files: map[string][]byte{"d": []byte("-- in/x --\n")}}); err == nil {
		t.Error("a file with a section's marker was taken")
	}
	if _, err := c.Format(&Outcome{Sections: map[string]string{"findings": strings.Repeat("x", MaxSize) + "\n"}}); err == nil {
		t.Error("a case that could not be read again was written")
	}
}

// What somebody left out on purpose does not come in, and nothing moves.
func TestFormatKeepsTheShapeOfACase(t *testing.T) {
	const text = "It shows.\n-- out/a --\nold\n-- findings --\nold\n-- in/a --\none\n-- refused --\nno more\n"
	o := &Outcome{
		Files:    map[string][]byte{"a": []byte("new\n")},
		Sections: map[string]string{"findings": "new\n", "server": "s\n", "diff": "d\n"},
	}
	for name, tt := range map[string]struct{ text, want string }{
		"sections stay in place": {text, "It shows.\n-- out/a --\nnew\n-- findings --\nnew\n-- in/a --\none\n"},
		"a new section has its place": {"It shows.\n-- in/a --\none\n-- server --\nx\n",
			"It shows.\n-- in/a --\none\n-- findings --\nnew\n-- server --\ns\n-- out/a --\nnew\n"},
		"a case that says nothing gets all": {"It shows.\n-- in/a --\none\n",
			"It shows.\n-- in/a --\none\n-- findings --\nnew\n-- server --\ns\n-- out/a --\nnew\n"},
		"a diff takes the place of files": {"It shows.\n-- in/a --\none\n-- diff --\nx\n",
			"It shows.\n-- in/a --\none\n-- findings --\nnew\n-- diff --\nd\n"},
		"line ends of the case": {"It shows.\r\n-- in/a --\r\none\r\n-- findings --\r\n",
			"It shows.\r\n-- in/a --\r\none\r\n-- findings --\r\nnew\r\n-- out/a --\r\nnew\r\n"},
	} {
		got, err := parse(t, tt.text).Format(o)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %v, got\n%s", name, err, got)
		}
	}
	// An empty section says that there is nothing, and may stay.
	const empty = "It shows.\n-- in/a --\none\n-- findings --\n-- server --\ns\n"
	if got, err := parse(t, empty).Format(&Outcome{Sections: map[string]string{"server": "s\n"}}); err != nil || string(got) != empty {
		t.Errorf("%v, got\n%s", err, got)
	}
}

// A line of dashes begins no section, and is kept.
func TestALineOfDashesIsText(t *testing.T) {
	const text = "It shows.\n-- in/a --\n-- --\n--  --\n-- a\n--\n-- findings --\n-- --\n"
	c := parse(t, text)
	if got := string(c.In["a"]); got != "-- --\n--  --\n-- a\n--\n" {
		t.Errorf("got %q", got)
	}
	got, err := c.Format(&Outcome{Sections: c.Sections})
	if err != nil || string(got) != text {
		t.Errorf("%v, got %q", err, got)
	}
}
