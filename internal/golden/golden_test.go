package golden

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/oracle"
)

var update = flag.Bool("update", false, "rewrite the sections of the cases; read every one of them afterwards")

// TestMain makes the test binary the judge's child, as main does for the
// program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == oracle.ChildArgument {
		os.Exit(oracle.Serve(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

func newRunner(t *testing.T) *Runner {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Log("git is not installed: the patches are not tried")
	}
	judge := sync.OnceValues(func() (*oracle.Judge, error) {
		j, err := oracle.Start(context.Background(), oracle.Options{})
		if err == nil {
			t.Cleanup(j.Close)
		}
		return j, err
	})
	return &Runner{Rules: suite.All(), Judge: judge, Git: git}
}

func caseFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "golden", "*", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases found: %v", err)
	}
	return files
}

func TestGolden(t *testing.T) {
	runner := newRunner(t)
	for _, file := range caseFiles(t) {
		name := filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := runner.Check(t.Context(), file)
			if res.Err != nil {
				t.Fatal(res.Err)
			}
			for _, broken := range res.Broken {
				t.Error(broken)
			}
			switch {
			case res.Differs == "":
			case *update && res.After != nil:
				if err := os.WriteFile(file, res.After, 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("%s came out otherwise (natsfix test --review testdata/golden shows and accepts that):\n%s%v", res.About, res.Differs, res.Unfit)
			}
		})
	}
}

func TestGoldenDoesNotDependOnJobs(t *testing.T) {
	if *update {
		t.Skip("the cases are being rewritten")
	}
	runner := newRunner(t)
	runner.Jobs, runner.Git = 8, ""
	results, err := runner.CheckAll(t.Context(), caseFiles(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range results {
		if !res.Passed() {
			t.Errorf("%s with 8 jobs: %v\n%s", res.File, res.Err, res.Differs)
		}
	}
}
