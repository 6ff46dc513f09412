package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitSortsFlagsFromPaths(t *testing.T) {
	commands := (&App{}).commands()
	for _, c := range []struct {
		line     string
		command  string
		flags    string
		operands string
	}{
		{"", "fix", "", ""},
		{"x.conf --dry-run", "fix", "--dry-run", "x.conf"},
		{"x.conf -n y.conf", "fix", "--dry-run", "x.conf y.conf"},
		{"check x.conf --only a,b", "check", "--only=a,b", "x.conf"},
		{"--only a check x.conf", "check", "--only=a", "x.conf"},
		{"x.conf check", "fix", "", "x.conf check"},
		{"fix check", "fix", "", "check"},
		{"-- check", "fix", "", "check"},
		{"-nqU0 -", "fix", "--dry-run --quiet --unified=0", "-"},
		{"-U=5 x", "fix", "--unified=5", "x"},
		{"--set a.b=c=d x", "fix", "--set=a.b=c=d", "x"},
		{"--set=a.b=c x", "fix", "--set=a.b=c", "x"},
		{"--env-file -n x", "fix", "--env-file=-n", "x"},
		{"--unsafe=false x", "fix", "--unsafe=false", "x"},
		{"undo -n", "undo", "--dry-run", ""},
		{"x -v", "fix", "--verbose", "x"},
	} {
		got, err := split(commands, strings.Fields(c.line))
		if err != nil {
			t.Errorf("%q: %v", c.line, err)
			continue
		}
		if got.command.name != c.command || strings.Join(got.flags, " ") != c.flags || strings.Join(got.operands, " ") != c.operands {
			t.Errorf("%q: %s, flags %q, operands %q", c.line, got.command.name, got.flags, got.operands)
		}
	}
}

func TestSplitFindsHelpAnywhere(t *testing.T) {
	commands := (&App{}).commands()
	for line, command := range map[string]string{"-h": "fix", "check x --help": "check", "--nonsense undo -h": "undo"} {
		got, err := split(commands, strings.Fields(line))
		if err != nil || !got.help || got.command.name != command {
			t.Errorf("%q: %v, help %v, %v", line, got.command.name, got.help, err)
		}
	}
	// What stands behind a flag that takes a value is the value.
	if got, err := split(commands, []string{"--config", "-h", "x"}); err != nil || got.help {
		t.Errorf("a value was taken for a flag: %v", err)
	}
}

// Flags are sorted out before the command is known, so a flag must take a
// value in all commands or in none.
func TestFlagsOfOneNameTakeTheSame(t *testing.T) {
	commands := (&App{}).commands()
	table := flagTable(commands)
	for _, cmd := range commands {
		for _, f := range cmd.flags {
			for _, name := range f.Names() {
				if takesValue(table[name]) != takesValue(f) || !slices.Equal(table[name].Names(), f.Names()) {
					t.Errorf("natsfix %s: -%s differs from other commands", cmd.name, name)
				}
			}
		}
	}
}

func TestEveryFlagIsExplained(t *testing.T) {
	for _, cmd := range (&App{}).commands() {
		if cmd.summary == "" {
			t.Errorf("natsfix %s has no summary", cmd.name)
		}
		for _, f := range cmd.flags {
			placeholder, text := describe(f)
			if text == "" || takesValue(f) != (placeholder != "") {
				t.Errorf("natsfix %s --%s: placeholder %q, text %q", cmd.name, f.Names()[0], placeholder, text)
			}
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("check x --only a -- -n")
	f.Add("-nqU3 - --set=a.b=c -h")
	f.Add("- -\xff --= -=")
	commands := (&App{}).commands()
	f.Fuzz(func(t *testing.T, line string) {
		got, err := split(commands, strings.Split(line, " "))
		if err != nil || got.help {
			return
		}
		before, _, _ := strings.Cut(" "+line+" ", " -- ")
		for _, o := range got.operands {
			if strings.HasPrefix(o, "-") && o != "-" && strings.Contains(before, " "+o+" ") && !strings.Contains(line, " -- ") {
				t.Errorf("%q: %q was taken for a path", line, o)
			}
		}
	})
}
