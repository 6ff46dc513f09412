package oracle

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// TestMain makes the test binary its own child, as main does for the program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case ChildArgument:
			os.Exit(Serve(os.Stdin, os.Stdout))
		case crashingChild:
			fmt.Fprintln(os.Stderr, "fatal error: stack overflow\nand secrets")
			os.Exit(2)
		case hangingChild:
			io.Copy(io.Discard, os.Stdin)
			time.Sleep(time.Hour)
		case dyingParent:
			dieAsParent(false)
		case dyingTogether:
			dieAsParent(true)
		case "--version":
			fmt.Println("nats-server: v" + server.VERSION)
			os.Exit(0)
		case "-t":
			os.Exit(checkAsServer(os.Args[1:]))
		}
	}
	os.Setenv("FROM_THE_PARENT", "1")
	os.Exit(m.Run())
}

// Arguments that make the test binary something else.
const (
	crashingChild = "__crash"
	hangingChild  = "__hang"
	dyingParent   = "__parent"
	dyingTogether = "__both"
)

// checkAsServer does what nats-server does with -t.
func checkAsServer(args []string) int {
	if slices.Contains(args, "hang") {
		time.Sleep(time.Hour)
	}
	flags := flag.NewFlagSet("nats-server", flag.ContinueOnError)
	o, err := server.ConfigureOptions(flags, args, nil, nil, nil)
	if err != nil {
		fmt.Fprintf(os.Stderr, "nats-server: %v\n", err)
		return 1
	}
	fmt.Fprintf(os.Stderr, "nats-server: configuration file %s is valid\n", o.ConfigFile)
	return 0
}

// dieAsParent starts a child in the directory that the second argument names,
// and ends without closing it, or kills it first.
func dieAsParent(together bool) {
	j, err := Start(context.Background(), Options{Jobs: 1, Dir: os.Args[2]})
	if err == nil {
		_, err = j.Ask(context.Background(), Case{Root: "a", Files: map[string][]byte{"a": []byte("port: 1\n")}})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if together {
		j.idle[0].cmd.Process.Kill()
		j.idle[0].cmd.Wait()
	}
	entries, _ := os.ReadDir(os.Args[2])
	fmt.Println(len(entries))
	os.Exit(0)
}

// newJudge makes the test a parallel one: ending a child takes its time.
func newJudge(t testing.TB, opts Options) *Judge {
	t.Helper()
	if p, ok := t.(*testing.T); ok {
		p.Parallel()
	}
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
