package cli

import (
	"os"
	"testing"

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
