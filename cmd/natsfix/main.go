// Natsfix finds what is wrong in nats-server configuration files, shows the
// correction as a diff, proves it with the official server, and writes it.
package main

import (
	"os"
	"runtime/debug"

	"github.com/natsfix/natsfix/internal/cli"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/host"
)

// gcPercent is what GOGC is unless the environment says otherwise. A run keeps
// most of what it allocates, so that collecting at each doubling finds little.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	app := cli.App{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Rules: suite.All(), Run: engine.Run, Wanted: host.Wanted, Judge: host.Judge}
	os.Exit(app.Main(os.Args))
}
