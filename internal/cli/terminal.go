package cli

import (
	"os"

	"golang.org/x/term"
)

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// useColor decides about colours on a stream: as asked for, else on terminals
// unless NO_COLOR (no-color.org) or TERM=dumb speaks against it.
func useColor(always, never bool, stream any) bool {
	switch {
	case always:
		return true
	case never, os.Getenv("NO_COLOR") != "", os.Getenv("TERM") == "dumb":
		return false
	}
	return isTerminal(stream)
}
