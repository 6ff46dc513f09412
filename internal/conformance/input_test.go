package conformance

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// input is one configuration, judged alone.
type input struct {
	name string
	text string
	// What a case of our own says in its header, "" for others.
	part, cure, rule, message string
}

// moduleInputs returns the configurations of the nats-server module.
func moduleInputs(tb testing.TB) []input {
	tb.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nats-io/nats-server/v2").Output()
	if err != nil {
		tb.Fatal(err)
	}
	return folderInputs(tb, strings.TrimSpace(string(out)), "module", func(name string) bool { return filepath.Ext(name) == ".conf" })
}

// folderInputs reads the files below a folder that keep says. A file of cases
// is as many inputs as it has cases.
func folderInputs(tb testing.TB, dir, label string, keep func(name string) bool) []input {
	tb.Helper()
	var list []input
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || !keep(e.Name()) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		name := label + "/" + filepath.ToSlash(rel)
		if filepath.Ext(path) == ".cases" {
			list = append(list, parseCases(tb, name, string(text))...)
		} else {
			list = append(list, input{name: name, text: string(text)})
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// ownInputs returns the cases of one of the files in testdata.
func ownInputs(tb testing.TB, file string) []input {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		tb.Fatal(err)
	}
	list := parseCases(tb, file, string(text))
	for i := range list {
		in := &list[i]
		_, header, _ := strings.Cut(in.name, ": ")
		head, message, _ := strings.Cut(header, " | ")
		in.message = message
		if f := strings.Fields(head); len(f) == 3 {
			in.part, in.cure, in.rule = f[0], f[1], f[2]
		}
	}
	return list
}

// parseCases splits a file of cases: each starts with a line "=== name", and
// its text is a JSON string if the name ends in [esc].
func parseCases(tb testing.TB, file, text string) []input {
	tb.Helper()
	var list []input
	for block := range strings.SplitSeq("\n"+text, "\n=== ") {
		title, body, ok := strings.Cut(block, "\n")
		if !ok || title == "" {
			continue
		}
		name, escaped := strings.CutSuffix(title, "[esc]")
		if escaped {
			var plain string
			body = strings.TrimSpace(body)
			if !strings.HasPrefix(body, `"`) {
				body = `"` + body + `"`
			}
			if err := json.Unmarshal([]byte(body), &plain); err != nil {
				tb.Fatalf("%s: %s: %v", file, title, err)
			}
			body = plain
		} else if !strings.HasSuffix(body, "\n") {
			body += "\n"
		}
		list = append(list, input{name: file + ": " + strings.TrimSpace(name), text: body})
	}
	return list
}

// corpusInputs returns what NATSFIX_CORPUS names: folders or files, separated
// as in PATH.
func corpusInputs(tb testing.TB) []input {
	tb.Helper()
	var list []input
	for _, dir := range filepath.SplitList(os.Getenv("NATSFIX_CORPUS")) {
		list = append(list, folderInputs(tb, dir, filepath.Base(dir), func(name string) bool {
			return !slices.Contains([]string{".md", ".out", ".tsv", ".json", ".go"}, filepath.Ext(name))
		})...)
	}
	return list
}
