package cli

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes/suite"
)

var updateDocs = flag.Bool("update", false, "write the output of the examples in the guides")

// fence finds the fenced blocks of a page: what stands behind the backquotes,
// and the text.
var fence = regexp.MustCompile("(?ms)^```(\\S+)[ ]?([^\n]*)\n(.*?)^```$")

// TestGuidesRunAsWritten runs the examples of the guides: blocks "conf NAME"
// and "yaml NAME" are files, "console" blocks hold a command and its standard output.
func TestGuidesRunAsWritten(t *testing.T) {
	for _, guide := range []string{"codemods.md", "recipes.md"} {
		t.Run(guide, func(t *testing.T) {
			path, err := filepath.Abs("../../docs/" + guide)
			if err != nil {
				t.Fatal(err)
			}
			page, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			t.Setenv("XDG_STATE_HOME", t.TempDir())
			blocks := fence.FindAllSubmatch(page, -1)
			for _, b := range blocks {
				if name := string(b[2]); name != "" {
					if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(name, b[3], 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			ran := 0
			next := fence.ReplaceAllFunc(page, func(block []byte) []byte {
				b := fence.FindSubmatch(block)
				if string(b[1]) != "console" || !strings.HasPrefix(string(b[3]), "$ natsfix ") {
					return block
				}
				text := "```console\n"
				for _, example := range strings.Split("\n"+string(b[3]), "\n$ ")[1:] {
					line, want, _ := strings.Cut(example, "\n")
					ran++
					got := runGuide(t, line)
					if strings.TrimSuffix(got, "\n") != strings.TrimSuffix(want, "\n") && !*updateDocs {
						t.Errorf("%s prints\n%s\nthe page says\n%s", line, got, want)
					}
					text += "$ " + line + "\n" + got
				}
				return []byte(text + "```")
			})
			if ran < 3 {
				t.Errorf("only %d examples were run", ran)
			}
			if *updateDocs {
				if err := os.WriteFile(path, next, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// runGuide runs a command line and returns its standard output.
func runGuide(t *testing.T, line string) string {
	t.Helper()
	var out, msg bytes.Buffer
	app := App{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &msg, Rules: suite.All(), Run: engine.Run}
	if code := app.Main(shellWords(line)); code != exitDone {
		t.Errorf("%s: exit code %d\n%s", line, code, msg.String())
	}
	return out.String()
}

// shellWords splits a command line as a shell does, without variables.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	open := false
	for _, c := range line {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, open = c, true
		case quote == 0 && c == ' ':
			if open || word.Len() > 0 {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(c)
		}
	}
	if open || word.Len() > 0 {
		words = append(words, word.String())
	}
	return words
}
