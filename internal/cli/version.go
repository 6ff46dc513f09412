package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/natsfix/natsfix/internal/oracle"
)

func (a *App) versionCommand() *command {
	return &command{
		name: "version", summary: "Say which version this is, and which nats-server release it proves with",
		flags: messageFlags(),
		run: func(_ context.Context, c *call) (int, error) {
			if c.NArg() > 0 {
				return 0, usage("version takes no operands")
			}
			_, err := fmt.Fprintf(a.Stdout, "natsfix %s\nproves with nats-server %s\n%s %s/%s\n",
				buildVersion(), strings.TrimPrefix(oracle.Release(), "v"), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return exitDone, err
		},
	}
}

// buildVersion returns the version of the module, or the commit for a build
// from a checkout.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown version)"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "(devel) " + s.Value[:min(12, len(s.Value))]
		}
	}
	return "(devel)"
}
