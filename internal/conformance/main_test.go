package conformance

import (
	"os"
	"testing"

	"github.com/natsfix/natsfix/internal/oracle"
)

// TestMain makes the test binary the judge's child, and the child that starts
// real servers.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case oracle.ChildArgument:
			os.Exit(oracle.Serve(os.Stdin, os.Stdout))
		case startArgument:
			os.Exit(serveStarts(os.Stdin, os.Stdout))
		}
	}
	os.Exit(m.Run())
}
