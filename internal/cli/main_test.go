package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/host"
	"github.com/natsfix/natsfix/internal/oracle"
)

// TestMain makes the test binary the program: as it is under the name
// natsfix, with made-up rules as fakefix, and the judge.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == oracle.ChildArgument {
		os.Exit(oracle.Serve(os.Stdin, os.Stdout))
	}
	testscript.Main(m, map[string]func(){
		"natsfix": func() {
			app := App{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Rules: suite.All(), Run: engine.Run, Wanted: host.Wanted, Judge: host.Judge}
			os.Exit(app.Main(os.Args))
		},
		"nats-server": natsServer,
		"old-server":  oldServer,
		"stuckfix": func() {
			app := App{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Rules: fakeRules(), Run: stuckRun}
			os.Exit(app.Main(os.Args))
		},
		"fakefix": func() {
			app := App{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Rules: fakeRules(), Run: fakeRun}
			os.Exit(app.Main(os.Args))
		},
	})
}

// natsServer does what nats-server does with --version and -t.
func natsServer() {
	if slices.Contains(os.Args, "--version") {
		fmt.Println("nats-server: v" + server.VERSION)
		return
	}
	o, err := server.ConfigureOptions(flag.NewFlagSet("nats-server", flag.ContinueOnError), os.Args[1:], nil, nil, nil)
	if err != nil {
		fmt.Fprintf(os.Stderr, "nats-server: %v\n", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "nats-server: configuration file %s is valid\n", o.ConfigFile)
}

// oldServer takes everything but feature flags.
func oldServer() {
	if slices.Contains(os.Args, "--version") {
		fmt.Println("nats-server: v2.10.18")
		return
	}
	path := os.Args[slices.Index(os.Args, "-c")+1]
	text, err := os.ReadFile(path)
	if err != nil || bytes.HasPrefix(text, []byte("feature_flags")) {
		fmt.Fprintf(os.Stderr, "nats-server: %s:1:0: unknown field \"feature_flags\"\n", path)
		os.Exit(1)
	}
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_STATE_HOME", e.WorkDir+"/.state")
			e.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			e.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			e.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector would wait a second at every exit
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exit": exitCommand, "checkjson": jsonCommand},
	})
}
