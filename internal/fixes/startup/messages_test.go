package startup_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
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

// refusal is a configuration that the official server refuses at the start.
type refusal struct {
	says  string // how the server's message begins
	text  string // the place at fault stands between « and »
	rule  string
	set   string // a parameter, NAME=VALUE
	args  oracle.Args
	stays bool // no edit cures it
}

// TestEveryRefusalIsFoundAndCured holds the rules to the messages of the
// official server: each configuration is refused with the message, one rule
// finds it at the place at fault, and after the fix the server starts.
func TestEveryRefusalIsFoundAndCured(t *testing.T) {
	judge := sync.OnceValues(func() (*oracle.Judge, error) {
		j, err := oracle.Start(context.Background(), oracle.Options{Jobs: 2})
		if err == nil {
			t.Cleanup(j.Close)
		}
		return j, err
	})
	j, err := judge()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range refusals() {
		t.Run(r.rule+"/"+r.says, func(t *testing.T) { r.check(t, j) })
	}
}

func (r refusal) check(t *testing.T, judge *oracle.Judge) {
	before, rest, marked := strings.Cut(r.text, "«")
	fault, after, _ := strings.Cut(rest, "»")
	text := before + fault + after
	if !marked {
		t.Fatal("no place is marked")
	}
	if got := r.ask(t, judge, text); !strings.Contains("\n"+got, "\n"+r.says) {
		t.Fatalf("the server says\n%swant %s", got, r.says)
	}
	res, err := engine.Run(t.Context(), engine.Request{
		Targets: []string{"nats.conf"},
		Read: func(path string) ([]byte, error) {
			if path == "nats.conf" {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
		Args: r.args, Rules: suite.All(), Unsafe: true, Params: r.params(), Prove: true,
		Judge: func() (*oracle.Judge, error) { return judge, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	fired := map[string]bool{}
	for _, f := range res.Findings {
		if f.Severity.String() != "error" {
			continue
		}
		fired[f.Rule] = true
		if got := text[f.Offset:f.End]; f.Offset != len(before) && got != fault && !f.Fixed {
			t.Errorf("%s points at %q, want %q", f.Rule, got, fault)
		}
	}
	if len(fired) != 1 || !fired[r.rule] {
		t.Errorf("rules of severity error that fire: %v, want only %s", fired, r.rule)
	}
	if r.stays {
		return
	}
	for _, f := range res.Files {
		if f.After == nil {
			t.Fatalf("nothing is written: %v", notes(res))
		}
		if got := r.ask(t, judge, string(f.After)); got != "" {
			t.Errorf("the server still refuses\n%s\n%s", f.After, got)
		}
	}
}

// notes returns what was found and why nothing was written.
func notes(res *engine.Result) string {
	var b strings.Builder
	for _, f := range res.Findings {
		fmt.Fprintln(&b, f.Rule, f.Message, f.Reason, f.Hidden)
	}
	for _, g := range res.Groups {
		fmt.Fprintln(&b, g.Refused, g.Notes)
	}
	return b.String()
}

func (r refusal) params() map[string]string {
	name, value, ok := strings.Cut(r.set, "=")
	if !ok {
		return nil
	}
	return map[string]string{r.rule + "." + name: value}
}

// ask returns the errors of the official server, one a line.
func (r refusal) ask(t *testing.T, judge *oracle.Judge, text string) string {
	t.Helper()
	v, err := judge.Ask(t.Context(), oracle.Case{Root: "nats.conf", Files: map[string][]byte{"nats.conf": []byte(text)}, Args: r.args})
	if err != nil || v.NotJudged != "" {
		t.Fatal(err, v.NotJudged)
	}
	var b strings.Builder
	for _, p := range v.Problems {
		if !p.Warning {
			fmt.Fprintln(&b, p.Message)
		}
	}
	return b.String()
}
