package golden

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// servers tells what the official server says of every root document before
// and after the run, a line each:
//
//	nats.conf: refused at start (cluster name conflicts ...) -> starts
func (r *Runner) servers(ctx context.Context, c *Case, changed map[string][]byte) (string, error) {
	judge, err := r.Judge()
	if err != nil {
		return "", err
	}
	after := maps.Clone(c.In)
	maps.Copy(after, changed)
	names := slices.Sorted(maps.Keys(c.In))
	built := fleet.Build(fleet.NewSet(reader(c.In)), names, fleet.Options{Env: c.lookup, Jobs: 1})
	var b strings.Builder
	for _, s := range built.Servers {
		root := s.Root.Path
		was, err := c.verdict(ctx, judge, root, c.In)
		if err != nil {
			return "", err
		}
		is, err := c.verdict(ctx, judge, root, after)
		if err != nil {
			return "", err
		}
		if was != is {
			was += " -> " + is
		}
		fmt.Fprintf(&b, "%s: %s\n", root, was)
	}
	return b.String(), nil
}

// verdict returns the official server's word on one root document.
func (c *Case) verdict(ctx context.Context, judge *oracle.Judge, root string, files map[string][]byte) (string, error) {
	v, err := judge.Ask(ctx, oracle.Case{Root: root, Files: files, Env: c.Env, Args: c.Args})
	switch {
	case err != nil:
		return "", err
	case v.NotJudged != "":
		return "not judged (" + v.NotJudged + ")", nil
	case v.Accepted():
		return "starts", nil
	}
	var list []string
	stage := oracle.StageNone
	for _, p := range v.Problems {
		// The server may say a thing more than once, as its random order has it.
		if !p.Warning && !slices.Contains(list, p.Message) {
			list = append(list, p.Message)
			if stage == oracle.StageNone {
				stage = p.Stage
			}
		}
	}
	if stage == oracle.StageConfig {
		// Which of several errors the server reports there depends on the random
		// order in which it reads a map; some of its messages hold addresses.
		return "refused at config", nil
	}
	return fmt.Sprintf("refused at %s (%s)", stage, strings.Join(list, "; ")), nil
}
