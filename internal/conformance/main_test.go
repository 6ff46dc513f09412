package conformance

import (
	"os"
	"testing"

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
