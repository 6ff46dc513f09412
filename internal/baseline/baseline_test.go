package baseline

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestABaselineReadsBackAsItWasWritten(t *testing.T) {
	entries := map[Entry]int{
		{File: "b.conf", Rule: "r"}:                                       1,
		{File: "a.conf", Rule: "s", Place: "cluster.routes"}:              3,
		{File: "a.conf", Rule: "r", Place: `accounts."a.b".users`}:        1,
		{File: "k8s.yaml#cm/nats.conf", Rule: "r", Place: "0x1F"}:         1,
		{File: "true", Rule: "no", Place: "1.5"}:                          1,
		{File: "- x: {y}, #z", Rule: "r", Place: "ä\u2028\t\x01'\"\\ :"}:  2,
		{File: "../caf\u00e9.conf", Rule: "r", Place: "include ./x.conf"}: 1,
	}
	text := Format(entries)
	got, err := Parse("b", text)
	if err != nil || !maps.Equal(got, entries) {
		t.Errorf("%v %v\n%s", err, got, text)
	}
	if lines := strings.Count(string(text), "\n"); lines != 3+len(entries) {
		t.Errorf("%d lines for %d entries:\n%s", lines, len(entries), text)
	}
	if got, err := Parse("b", Format(nil)); err != nil || len(got) != 0 {
		t.Errorf("empty: %v %v", got, err)
	}
}

func TestWhatIsWrongInABaselineHasAPlace(t *testing.T) {
	const head = "schema: natsfix/baseline/1\nfindings:\n"
	for _, c := range []struct{ text, want string }{
		{"", "b:1:1: the file is empty"},
		{"findings: []\n", "b:1:1: there is no schema"},
		{"schema: natsfix/baseline/9\n", "b:1:9: schema is \"natsfix/baseline/9\""},
		{head + "- {file: a, rulez: r}\n", "b:3:13: unknown key \"rulez\"; did you mean rule?"},
		{head + "- {file: a}\n", "b:3:3: the entry lacks file or rule"},
		{head + "- {file: /a, rule: r}\n", "b:3:3: file is \"/a\""},
		{head + "- {file: a, rule: r}\n- {file: a, rule: r}\n", "b:4:3: the entry stands in the list twice"},
		{head + "- {file: a, rule: r, count: 0}\n", "b:3:29: count is \"0\""},
		{head + "- {file: a, rule: [r]}\n", "b:3:19: rule is a list"},
		{head + "  x\n", "b:3:3: findings is \"x\""},
		{"- a\n", "b:1:1: the baseline is a list"},
		{"schema: [\n", "b:1:1: did not find"},
	} {
		if _, err := Parse("b", []byte(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

func TestWriteKeepsLinksAndModesAndLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "b"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("b", link); runtime.GOOS == "windows" && err != nil {
		t.Skip("Windows lets only some users make links")
	} else if err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", info, err)
	}
	text, err := os.ReadFile(file)
	if err != nil || string(text) != "new" {
		t.Errorf("%q %v", text, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := Write(filepath.Join(dir, "no", "such"), nil); err == nil {
		t.Error("wrote into a directory that is not there")
	}
	if err := Write(dir, nil); err == nil {
		t.Error("wrote over a directory")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("%v %v", left, err)
	}
}
