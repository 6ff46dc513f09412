package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/report"
)

// fakeRules are made-up rules over words in a text; see fakeRun.
func fakeRules() []*fixes.Rule {
	return []*fixes.Rule{
		{Name: "old-name", Severity: fixes.Error, Summary: "A name is old.", Params: []fixes.Param{
			{Name: "prefer", Default: "new", Values: []string{"new", "newer"}, Doc: "Which name is taken."},
		}, Doc: fixes.Doc{
			What: "The server refuses the old name.", Fix: "The new name takes its place.",
			Before: "name: OLD\n", After: "name: NEW\n", References: []string{"issue 1"},
		}},
		{Name: "no-domain", Severity: fixes.Warning, Summary: "There is no domain.", Params: []fixes.Param{{Name: "hub", Doc: "The domain."}}},
		{Name: "style", Severity: fixes.Info, Summary: "It could be nicer."},
	}
}

// fakeRun finds words: OLD becomes NEW (safe), CHOICE needs a choice, RISKY is
// unsafe, FAIL fails its proof, BAD is a syntax error, STYLE is an info. What
// stands behind "pass=" is secret.
func fakeRun(_ context.Context, req engine.Request) (*engine.Result, error) {
	res := &engine.Result{Judge: "v2.15.2"}
	has := func(rule string) bool { return ruleNamed(req.Rules, rule) != nil }
	for _, path := range req.Targets {
		text, err := req.Read(path)
		file := &engine.File{Path: path, Status: engine.Unchanged}
		res.Files = append(res.Files, file)
		if err != nil {
			file.Status, file.Message = engine.Failed, err.Error()
			res.Errors = append(res.Errors, engine.Error{File: path, Message: err.Error()})
			continue
		}
		res.Documents++
		res.Servers++
		find := func(word, rule string, severity fixes.Severity, f engine.Finding) *engine.Finding {
			i := bytes.Index(text, []byte(word))
			if i < 0 || !has(rule) {
				return nil
			}
			line := 1 + bytes.Count(text[:i], []byte("\n"))
			f.Rule, f.Severity, f.File, f.Offset, f.End, f.Round = rule, severity, path, i, i+len(word), 1
			f.Line, f.Column = line, i-bytes.LastIndexByte(text[:i], '\n')
			res.Findings = append(res.Findings, &f)
			return &f
		}
		if i := bytes.Index(text, []byte("BAD")); i >= 0 {
			res.Errors = append(res.Errors, engine.Error{
				File: path, Line: 1 + bytes.Count(text[:i], []byte("\n")), Column: 1,
				Message: "expected a value", Kind: engine.Syntax,
			})
		}
		find("STYLE", "style", fixes.Info, engine.Finding{Message: "this could be nicer"})
		find("RISKY", "style", fixes.Warning, engine.Finding{
			Message: "this is risky", Applicability: fixes.ChangesBehaviour, Reason: "it changes something", Hidden: "unsafe",
		})
		if req.Params["no-domain.hub"] == "" {
			find("CHOICE", "no-domain", fixes.Warning, engine.Finding{
				Message: "there is no domain", Applicability: fixes.NeedsChoice, Reason: "somebody must name it", Hidden: "needs a choice",
			})
		}
		find("FAIL", "style", fixes.Warning, engine.Finding{Message: "this cannot be proved", Hidden: "failed proof: the server sees more"})
		f := find("OLD", "old-name", fixes.Error, engine.Finding{
			Message: "the name is old", Fixed: true,
			Related: []engine.Related{{File: path, Line: 1, Column: 1, Message: "it is used here"}},
		})
		if f == nil {
			continue
		}
		name := "NEW"
		if req.Params["old-name.prefer"] == "newer" {
			name = "NEWER"
		}
		change := engine.Change{Server: path, Path: "name", Before: `"OLD"`, After: strconv.Quote(name), Effect: "restart"}
		f.Fix = &engine.Fix{
			Title: "take the new name", Group: []string{path}, Changes: []engine.Change{change},
			Edits: []engine.Edit{{File: path, Start: f.Offset, End: f.End, New: name}},
		}
		file.Before, file.After = text, bytes.Replace(text, []byte("OLD"), []byte(name), 1)
		file.SecretsBefore, file.SecretsAfter = fakeSecrets(file.Before), fakeSecrets(file.After)
		file.Status = engine.WouldChange
		g := &engine.Group{Files: []*engine.File{file}, Findings: []*engine.Finding{f}, Changes: []engine.Change{change}}
		if bytes.Contains(text, []byte("REFUSE")) {
			g.Refused = "the server would see something else"
			file.Status, file.Message = engine.Refused, g.Refused
		}
		res.Groups = append(res.Groups, g)
	}
	return res, nil
}

func fakeSecrets(text []byte) []engine.Span {
	i := bytes.Index(text, []byte("pass="))
	if i < 0 {
		return nil
	}
	end := i + bytes.IndexByte(text[i:], '\n')
	return []engine.Span{{Start: i + 5, End: end}}
}

// exitCommand is "exit CODE COMMAND ARGS...": it runs a command and checks its
// exit code. Its streams are in the files out and err.
func exitCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE COMMAND ARGS...")
	}
	path := ts.Getenv("PATH")
	bin, err := lookPath(path, args[1])
	if err != nil {
		ts.Fatalf("%v", err)
	}
	cmd := exec.Command(bin, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "XDG_STATE_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "NO_COLOR", "GORACE"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	ts.Check(os.WriteFile(ts.MkAbs("out"), stdout.Bytes(), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("err"), stderr.Bytes(), 0o666))
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		ts.Fatalf("%v", err)
	}
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[0] {
		ts.Fatalf("exit code %s, want %s\n%s%s", got, args[0], stdout.Bytes(), stderr.Bytes())
	}
}

func lookPath(path, name string) (string, error) {
	for dir := range strings.SplitSeq(path, string(os.PathListSeparator)) {
		if p, err := exec.LookPath(dir + string(os.PathSeparator) + name); err == nil {
			return p, nil
		}
	}
	return "", exec.ErrNotFound
}

// jsonCommand is "checkjson FILE": the file must hold one report and nothing
// that the documented shape does not have.
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: checkjson FILE")
	}
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	dec.DisallowUnknownFields()
	var doc report.Document
	ts.Check(dec.Decode(&doc))
	if dec.More() {
		ts.Fatalf("there is something behind the report")
	}
	if doc.Schema != "natsfix/report/1" || doc.Findings == nil || doc.Files == nil || doc.Errors == nil {
		ts.Fatalf("the report lacks schema, findings, files or errors")
	}
}
