package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/report"
)

func (a *App) evalCommand() *command {
	// No rule runs: of the flags of serverFlags and inputFlags all but
	// --target and --from decide what a configuration amounts to.
	flags := []cli.Flag{
		&cli.BoolFlag{Category: output, Name: "origins", Usage: "add where each value is written, and through which variable and include it came"},
		&cli.BoolFlag{Category: output, Name: "reveal", Usage: "show secrets"},
	}
	return &command{
		name: "eval", operands: "[PATH...]", summary: "Print the effective configuration of each server as JSON",
		about: `Includes and variables are resolved as nats-server does it; a variable that
nothing defines is printed as "$NAME". There is one object per server:
{"server": FILE, "config": {...}}. A file that another one includes is no server.`,
		examples: []string{"natsfix eval hub.conf", "natsfix eval --origins --env-file .env conf/"},
		flags:    slices.Concat(flags, serverFlags(), messageFlags(), inputFlags()),
		run:      a.eval,
	}
}

func (a *App) eval(ctx context.Context, c *call) (int, error) {
	o, err := a.options(c)
	if err != nil {
		return 0, err
	}
	return a.look(ctx, "eval", o, func(s *session, req *request) (int, error) {
		loaded := engine.Load(req.Request)
		s.loaded = loaded
		code := s.loadErrors(loaded, req)
		for _, server := range loaded.Fleet().Servers {
			if !loaded.Target(server.Root.Path) {
				continue
			}
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			for _, p := range server.Problems {
				if loaded.Elsewhere(p) {
					continue
				}
				s.warn("%s: %s", place(s, p.Doc, p.Span.Start), report.Plain(p.Message))
				if p.Kind != fleet.UnknownVariable {
					code = max(code, exitFindings)
				}
			}
			if err := s.printServer(server, c.Bool("origins")); err != nil {
				return 0, err
			}
		}
		if s.masked {
			s.warn("secrets are masked; --reveal shows them")
		}
		return code, s.flush()
	})
}

// loadErrors tells what could not be read, and returns the exit code of that.
func (s *session) loadErrors(loaded *engine.Loaded, req *request) int {
	code := exitDone
	for _, e := range req.unreadable {
		s.warn("%s: %s", s.name(e.File), report.Plain(e.Message))
		code = exitUsage
	}
	for _, e := range loaded.Fleet().LoadErrors {
		if loaded.Target(e.Path) {
			s.warn("%s", report.Plain(e.Err.Error()))
			code = exitUsage
		}
	}
	return code
}

// printServer writes one server's object.
func (s *session) printServer(server *fleet.Server, origins bool) error {
	p := evalPrinter{session: s, secrets: secretSpans(server)}
	p.out.WriteString(`{"server":`)
	p.text(s.name(server.Root.Path))
	p.out.WriteString(`,"config":`)
	p.config(server.Values)
	if origins {
		p.out.WriteString(`,"origins":`)
		p.origins(server)
	}
	p.out.WriteString("}")
	var pretty bytes.Buffer
	// What is nested too deeply for encoding/json stays on one line.
	if json.Indent(&pretty, p.out.Bytes(), "", "  ") != nil {
		pretty = p.out
	}
	pretty.WriteByte('\n')
	_, err := s.out.Write(pretty.Bytes())
	return err
}

// secretSpans finds the bytes of a server's documents that must not be shown.
func secretSpans(server *fleet.Server) map[*fleet.Doc][]engine.Span {
	marked := make(map[*fleet.Doc][]engine.Span)
	server.Each(func(path string, _ *fleet.Entry, v *fleet.Value) {
		if v.Map == nil && !v.IsList() && isSecretPath(path) {
			marked[v.Doc] = append(marked[v.Doc], engine.Span(v.Node.TextSpan()))
		}
	})
	spans := make(map[*fleet.Doc][]engine.Span, len(server.Docs))
	for _, d := range server.Docs {
		spans[d] = engine.SecretSpans(d.Tree, marked[d])
	}
	for d := range marked {
		if spans[d] == nil { // the value of a variable, which is no document of the server
			spans[d] = engine.SecretSpans(d.Tree, marked[d])
		}
	}
	return spans
}

// place is where something is written: file:line:column, or $NAME for the
// value of an environment variable.
func place(s *session, d *fleet.Doc, offset int) string {
	if d.Env != "" {
		return "$" + d.Env
	}
	file, line, column := s.loaded.Position(d, offset)
	return fmt.Sprintf("%s:%d:%d", s.name(file), line, column)
}
