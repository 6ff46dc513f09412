package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is a fenced block of a Markdown page.
type block struct {
	kind, name string // the info string: ```kind name
	text       string
	line       int
}

func blocksOf(t *testing.T, page string) []block {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	inside := false
	for i, line := range strings.SplitAfter(string(data), "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && !inside:
			kind, name, _ := strings.Cut(strings.TrimSpace(info), " ")
			blocks = append(blocks, block{kind: kind, name: name, line: i + 1})
			inside = true
		case fence:
			inside = false
		case inside:
			blocks[len(blocks)-1].text += line
		}
	}
	return blocks
}

// The examples of a page are run from top to bottom in an empty directory: a
// block with the name of a file makes that file; in a console block each line
// that begins with $ is a command, and what follows is all that it writes. A
// line of three dots stands for any number of lines.
func TestPagesShowWhatHappens(t *testing.T) {
	for _, page := range []string{"bulk.md", "golden-files.md", "ignoring.md"} {
		blocks := blocksOf(t, filepath.Join("..", "..", "docs", page))
		t.Run(page, func(t *testing.T) {
			if _, err := exec.LookPath("git"); err != nil && page == "bulk.md" {
				t.Skip("git is not installed")
			}
			t.Chdir(t.TempDir())
			t.Setenv("XDG_STATE_HOME", t.TempDir())
			setGit(t)
			commands := 0
			for _, b := range blocks {
				if b.name != "" {
					if err := os.MkdirAll(filepath.Dir(b.name), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(b.name, []byte(b.text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if b.kind != "console" {
					continue
				}
				for _, example := range regexp.MustCompile(`(?m)^\$ `).Split(b.text, -1)[1:] {
					command, want, _ := strings.Cut(example, "\n")
					out, err := exec.Command("sh", "-c", command).CombinedOutput()
					if errors.Is(err, exec.ErrNotFound) {
						t.Skip("the examples are for sh, which is not installed")
					}
					if _, ok := err.(*exec.ExitError); err != nil && !ok {
						t.Fatal(err)
					}
					if !sameButDots(string(out), want) {
						t.Errorf("%s:%d: %s writes\n%s", page, b.line, command, out)
					}
					commands++
				}
			}
			if commands == 0 {
				t.Error("the page has no examples")
			}
		})
	}
}

// setGit keeps the user's settings of git out, and says who commits.
func setGit(t *testing.T) {
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com",
		"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000",
	} {
		t.Setenv(name, value)
	}
}

// sameButDots reports whether a text is what a page shows, in which ... stands
// for any number of lines.
func sameButDots(text, shown string) bool {
	var b strings.Builder
	for line := range strings.Lines(shown) {
		if strings.TrimSpace(line) == "..." {
			b.WriteString(`(?s:.*\n)?`)
			continue
		}
		b.WriteString(regexp.QuoteMeta(line))
	}
	return regexp.MustCompile(`\A` + b.String() + `\z`).MatchString(text)
}
