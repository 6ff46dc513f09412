package cli

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/golden"
)

// A run that Ctrl-C ends behind the engine writes nothing more, and says so.
func TestInterruptedRunWritesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if err := os.WriteFile("a.conf", []byte("name: OLD\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var stdout, stderr bytes.Buffer
	app := App{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Rules: fakeRules()}
	app.Run = func(ctx context.Context, req engine.Request) (*engine.Result, error) {
		defer cancel()
		return fakeRun(ctx, req)
	}
	code, err := app.dispatch(ctx, []string{"-w", "--allow-dirty", "a.conf"})
	if err != nil || code != exitInterrupted {
		t.Errorf("exit code %d, %v", code, err)
	}
	if text, _ := os.ReadFile("a.conf"); string(text) != "name: OLD\n" {
		t.Errorf("the file was written: %q", text)
	}
	if !strings.Contains(stderr.String(), "interrupted; nothing was written") {
		t.Errorf("it does not say so: %s", stderr.String())
	}
}

// A question does not keep Ctrl-C waiting for an answer.
func TestInterruptedPromptEnds(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	app := &App{Stdin: r, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
	s, err := app.newSession(ctx, "fix", &options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	p := newPrompt(&fixRun{session: s, mode: ask})
	if yes, err := p.ask(ctx, &engine.Group{}); yes || err == nil {
		t.Errorf("the answer was %v, %v", yes, err)
	}
}

// Ctrl-C between two cases leaves them as they are, and says what was written.
func TestInterruptedUpdateSaysWhatWasWritten(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	const old = "old\n"
	if err := os.WriteFile("a.txtar", []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var stderr bytes.Buffer
	app := &App{Stdout: &bytes.Buffer{}, Stderr: &stderr}
	s, err := app.newSession(ctx, "test", &options{})
	if err != nil {
		t.Fatal(err)
	}
	run := &testRun{session: s, writer: &writer{session: s}}
	defer run.writer.close()
	run.results = []*golden.Result{{File: "a.txtar", Differs: "x", Before: []byte(old), After: []byte("new\n")}}
	cancel()
	updated, err := run.update(ctx)
	s.flush()
	if err != nil || len(updated) > 0 || run.code != exitInterrupted || !strings.Contains(stderr.String(), "interrupted; 0 results updated") {
		t.Errorf("%v, %d updated, exit code %d: %s", err, len(updated), run.code, &stderr)
	}
	if text, err := os.ReadFile("a.txtar"); err != nil || string(text) != old {
		t.Errorf("%v %q", err, text)
	}
}

// stuckRun does not heed its context.
func stuckRun(context.Context, engine.Request) (*engine.Result, error) {
	if err := os.WriteFile("started", nil, 0o600); err != nil {
		return nil, err
	}
	time.Sleep(time.Minute)
	return &engine.Result{}, nil
}

// Somebody who pressed Ctrl-C learns what was written, with --quiet, too.
func TestAnInterruptedRunSaysWhatWasWritten(t *testing.T) {
	var stderr bytes.Buffer
	app := &App{Stdout: &bytes.Buffer{}, Stderr: &stderr}
	s, err := app.newSession(t.Context(), "fix", &options{quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	groups := make([]*engine.Group, 3)
	for i := range groups {
		groups[i] = &engine.Group{Files: []*engine.File{{Path: "a.conf"}}, Findings: []*engine.Finding{{}}}
	}
	s.result = &engine.Result{Groups: groups}
	f := &fixRun{session: s, mode: write, written: groups[:1], interrupted: true}
	f.summary()
	s.flush()
	if want := "natsfix: interrupted; 1 file (1 fix) written (natsfix undo takes them back), 2 more changes not looked at\n"; stderr.String() != want {
		t.Errorf("said %q, want %q", &stderr, want)
	}
}
