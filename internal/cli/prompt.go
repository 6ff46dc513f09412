package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/report"
)

// prompt asks about groups, one after the other.
type prompt struct {
	run   *fixRun
	input lineReader
	all   bool // "a" was answered
}

func newPrompt(f *fixRun) *prompt { return &prompt{run: f, input: lineReader{from: f.app.Stdin}} }

const answers = `y - write this change
n - leave it as it is
a - write this change and all that follow
q - stop here
e - show the effective change: what the server will see
? - show this help
`

// ask asks whether a group is to be written.
func (p *prompt) ask(ctx context.Context, g *engine.Group) (bool, error) {
	if p.all {
		return true, nil
	}
	for {
		fmt.Fprint(p.run.msg, "Apply this change? [y,n,a,q,e,?] ")
		if err := p.run.flush(); err != nil {
			return false, err
		}
		line, ok, err := p.input.line(ctx)
		if err != nil {
			fmt.Fprintln(p.run.msg)
			return false, err
		}
		if !ok {
			fmt.Fprintln(p.run.msg)
			p.run.stopped = true
			return false, nil
		}
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		case "a", "all":
			p.all = true
			return true, nil
		case "q", "quit":
			p.run.stopped = true
			return false, nil
		case "e":
			p.effective(g)
		default:
			fmt.Fprint(p.run.msg, answers)
		}
	}
}

// effective shows what a change means to the servers.
func (p *prompt) effective(g *engine.Group) {
	changes := effectiveChanges(g)
	if len(changes) == 0 {
		fmt.Fprintln(p.run.msg, "No server sees a difference.")
	}
	for _, c := range changes {
		fmt.Fprintf(p.run.msg, "  %s: %s\n", report.Plain(p.run.name(c.Server)), report.Words(c))
	}
}
