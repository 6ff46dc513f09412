package edit

import (
	"strings"
	"testing"
)

func TestCommandErrorsSayWhatWasExpected(t *testing.T) {
	for text, want := range map[string]string{
		"":                   `there is no command ""`,
		"sett a 1":           "did you mean set?",
		"set":                "expected a path",
		"set . 5":            "the top level as a whole cannot be meant here",
		"set a":              "expected a value in NATS syntax",
		"set a b c":          "is not one value",
		"set a b: 5":         "is not one value",
		"set a {b: 5":        "is not one value",
		"set a[ 5":           `found the end, expected "]"`,
		"remove a b":         `there is "b" too many (usage: remove PATH)`,
		"rename a":           "expected the new key",
		"rename a[0] b":      "items of a list have no key",
		`rename a "b`:        "is not closed",
		"file:[ set a 1":     "file: needs a glob",
		"set a (\nx\n)\n":    "a block string cannot be given",
		"set a {b: 1, b: 2}": "stands there twice",
		"set a {include x}":  "cannot hold",
	} {
		_, err := ParseCommand(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestCommandsReadFromAFile(t *testing.T) {
	list, err := parseCommands("cmds", "# a comment\n\nset a 1\n  set b {\n  c: '}'\n  d: [1,\n  2]\n}\nremove c\n")
	if err != nil || len(list) != 3 {
		t.Fatalf("got %d commands, %v", len(list), err)
	}
	if got := list[1].act.(setting).value.Plain; jsonText(got) != `{"c":"}","d":[1,2]}` {
		t.Errorf("the block is %s", jsonText(got))
	}
	if _, err := parseCommands("cmds", "set a 1\n\nset b\n"); err == nil || !strings.HasPrefix(err.Error(), "cmds:3: ") {
		t.Errorf("the error does not name its line: %v", err)
	}
}

func TestCommentsInACommandOpenNoBrackets(t *testing.T) {
	list, err := parseCommands("cmds", "set b { # one { more\n  c: 1 // it's [ so\n  d: nats://x\n}\nremove c\n")
	if err != nil || len(list) != 2 {
		t.Fatalf("got %d commands, %v", len(list), err)
	}
}

func TestCommandErrorsKeepWhatStandsInBlocks(t *testing.T) {
	for _, text := range []string{
		"set a {user: u, password: hunter2",
		"set a {\n user: u\n password: hunter2\n",
		"set a {password: hunter2} b",
		"frob a {password: hunter2}",
		"file:[ set a {password: hunter2}",
		"set a[ {password: hunter2}",
		"remove a {password: hunter2}",
	} {
		if _, err := ParseCommand(text); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error is %v", text, err)
		}
	}
}

func TestFileLimitNamesTheLastPartsOfAPath(t *testing.T) {
	for _, c := range []struct {
		glob, file string
		want       bool
	}{
		{"hub*.conf", "conf/hub1.conf", true},
		{"conf/hub*.conf", "/etc/conf/hub1.conf", true},
		{"conf/hub*.conf", "hub1.conf", false},
		{"hub.conf", "conf/hub1.conf", false},
	} {
		cmd, err := ParseCommand("file:" + c.glob + " set a 1")
		if err != nil {
			t.Fatal(err)
		}
		if got := cmd.InFile(c.file); got != c.want {
			t.Errorf("file:%s and %s: %v", c.glob, c.file, got)
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, s := range []string{"set a.b {c: [1, 2k]}", "rename a \"b c\"", "file:x set-default a $b", "remove **.x[y=z]", "add a 'b'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCommand(text)
		if err == nil && c.verb == nil {
			t.Fatalf("%q is no command and no error", text)
		}
		if again, err2 := ParseCommand(text); (err == nil) != (err2 == nil) || again != nil && again.Text != c.Text {
			t.Fatalf("%q is read in two ways", text)
		}
	})
}
