package startup

import (
	"fmt"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// The server's defaults (server/const.go).
const (
	defaultLameDuckDuration = 2 * time.Minute
	defaultLameDuckGrace    = 10 * time.Second
)

// LameDuckGrace finds grace periods that are not shorter than the duration.
func LameDuckGrace() *fixes.Rule {
	return &fixes.Rule{
		Name:     "lame-duck-grace",
		Severity: fixes.Error,
		Summary:  "lame_duck_grace_period is not shorter than lame_duck_duration, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "grace", Default: "10s, as the server takes by itself",
			Doc: "the grace period",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "lame duck grace period (30s) should be strictly lower than lame duck duration (30s)",
			Since:   "2.2.0",
			What: `A server in lame duck mode waits for the grace period, then closes the connections of its clients over what is
left of the duration. Something must be left: the server refuses to start otherwise (server/server.go, validateOptions).
Where one of the two is missing the server takes 2m for the duration and 10s for the grace period.`,
			Fix:           "Shortens the grace period.",
			Applicability: `A value must be chosen: without --set lame-duck-grace.grace=DURATION the fix is unsafe and takes 10s.`,
			Effect:        "The server does not run.",
			Before: `lame_duck_duration: "30s"
lame_duck_grace_period: "30s"
`,
			After: `lame_duck_duration: "30s"
lame_duck_grace_period: "10s"
`,
		},
		Needs:       []string{"lame_duck_grace_period"},
		CheckServer: checkLameDuckGrace,
	}
}

func checkLameDuckGrace(p *fixes.Pass, s *fleet.Server) {
	grace := fixes.Top(s, "lame_duck_grace_period")
	if grace == nil || s.Broken() || !grace.Value.IsString() {
		return
	}
	wait, err := time.ParseDuration(grace.Value.Text())
	if err != nil || wait < 0 {
		return
	}
	whole := defaultLameDuckDuration
	duration := fixes.Top(s, "lame_duck_duration")
	if duration != nil {
		if whole, err = time.ParseDuration(text(duration)); err != nil || whole < 30*time.Second {
			return
		}
	}
	if wait < whole {
		return
	}
	f := grace.Finding("the grace period of %v leaves nothing of the %v in which clients are let go: the server refuses to start (%q), though nats-server -t calls the file valid",
		wait, whole, fmt.Sprintf("lame duck grace period (%v) should be strictly lower than lame duck duration (%v)", wait, whole))
	if duration != nil {
		beside(f, duration, "lame_duck_duration")
	}
	to, chose := p.Param("grace")
	if !chose {
		to = defaultLameDuckGrace.String()
	}
	if d, err := time.ParseDuration(to); err != nil || d < 0 || d >= whole {
		p.Report(f.Because(fixes.Manual, fmt.Sprintf("lame-duck-grace.grace is %q: expected a duration such as 10s, less than %v", to, whole)))
		return
	}
	f.With(p.Replace(grace, ast.String(to), "set the grace period to %s", to), "the grace period cannot be written in this file")
	p.Report(chosen(p, f, "grace", "either the grace period is shortened, or lame_duck_duration is raised"))
}
