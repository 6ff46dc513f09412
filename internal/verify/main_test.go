package verify

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/oracle"
)

// TestMain makes the test binary the judge's child, as main does for the
// program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == oracle.ChildArgument {
		os.Exit(oracle.Serve(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// request is about files that are not on disk; those whose name starts with
// "inc/" are no targets.
func request(tb testing.TB, files map[string]string, change ...func(*engine.Request)) engine.Request {
	tb.Helper()
	judge, err := oracle.Start(tb.Context(), oracle.Options{Jobs: 2})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(judge.Close)
	release, err := fixes.ParseRelease(oracle.Release())
	if err != nil {
		tb.Fatal(err)
	}
	req := engine.Request{
		Read: func(path string) ([]byte, error) {
			if text, ok := files[path]; ok {
				return []byte(text), nil
			}
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		},
		Rules:  suite.All(),
		Window: fixes.Window{From: release, To: release},
		Judge:  func() (*oracle.Judge, error) { return judge, nil },
	}
	for name := range files {
		if !strings.HasPrefix(name, "inc/") {
			req.Targets = append(req.Targets, name)
		}
	}
	for _, f := range change {
		f(&req)
	}
	return req
}

func env(pairs ...string) func(*engine.Request) {
	values := make(map[string]string)
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(req *engine.Request) {
		req.Env = func(name string) (string, bool) { v, ok := values[name]; return v, ok }
	}
}

func run(tb testing.TB, req engine.Request, opts Options) *Result {
	tb.Helper()
	res, err := Run(tb.Context(), req, engine.Run, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

// lines shows findings as "file:line:column severity rule: stage, stage".
func lines(res *Result) string {
	var b strings.Builder
	for _, f := range res.Findings {
		var stages []string
		for _, o := range f.Official {
			stages = append(stages, o.Stage)
		}
		fmt.Fprintf(&b, "%s:%d:%d %s %s: %s\n", f.File, f.Line, f.Column, f.Severity, f.Rule, strings.Join(stages, ", "))
	}
	return b.String()
}

func notes(res *Result) string {
	var b strings.Builder
	for _, n := range res.NotChecked {
		fmt.Fprintf(&b, "%s:%d:%d %s\n", n.File, n.Line, n.Column, n.Message)
	}
	return b.String()
}
