package oracle

import (
	"context"
	"os"
	"strings"
	"testing"
)

// TestMain makes the test binary its own child, as main does for the program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ChildArgument {
		os.Exit(Serve(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

func newJudge(t testing.TB, opts Options) *Judge {
	t.Helper()
	if opts.Jobs == 0 {
		opts.Jobs = 1
	}
	j, err := Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

func ask(t testing.TB, j *Judge, c Case) Verdict {
	t.Helper()
	v, err := j.Ask(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// askText has one document judged that needs no other.
func askText(t testing.TB, j *Judge, text string) Verdict {
	t.Helper()
	return ask(t, j, Case{Root: "nats.conf", Files: map[string][]byte{"nats.conf": []byte(text)}})
}

// messages returns the errors of a verdict, one a line.
func messages(v Verdict) string {
	var list []string
	for _, p := range v.Problems {
		if !p.Warning {
			list = append(list, p.Stage.String()+": "+p.Message)
		}
	}
	return strings.Join(list, "\n")
}
