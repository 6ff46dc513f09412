package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/oracle"
)

// second is what another nats-server says of the same servers with -t.
type second struct {
	*oracle.Binary
	valid, refused, unasked int
	differ                  int // servers of which the two think differently
}

// validWord is what another nats-server says of a file that it takes.
const validWord = "calls the file valid"

// askBinary asks the program about a server whose case the judge has copied.
func (in *inquiry) askBinary(ctx context.Context, b *oracle.Binary, c oracle.Case) error {
	if in.copied == nil || in.filled {
		return nil
	}
	problems, err := b.Ask(ctx, c.Root, in.copied, c.Args)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	in.second = &answer{problems: problems, err: err}
	return nil
}

// answer is what another nats-server says of one server.
type answer struct {
	problems []oracle.Problem
	err      error // why it could not be asked
}

// compare tells where another nats-server thinks differently of a server than
// the official one does at the last stage of -t, and counts.
func (v *verification) compare(in *inquiry) {
	b, root := v.second, in.server.Root
	if in.second == nil || in.second.err != nil {
		why := "the judge could not prepare the configuration for it"
		switch {
		case in.filled:
			why = "a template fills in what is not known here"
		case in.second != nil:
			why = in.second.err.Error()
		}
		b.unasked++
		v.note(root.Path, place{doc: root}, fmt.Sprintf("nats-server %s of --server-bin: %s", b.Release, why))
		return
	}
	var ours []problem
	for _, p := range in.list {
		if !p.ofFile && p.Stage <= oracle.StageConfig {
			ours = append(ours, p)
		}
	}
	theirs := in.second.problems
	if len(theirs) == 0 {
		b.valid++
		if len(ours) == 0 {
			return
		}
		b.differ++
		for _, f := range in.reported {
			f.Official = append(f.Official, engine.Official{
				Release: b.Release, Stage: oracle.StageConfig.String(), Message: validWord, Servers: []string{root.Path},
			})
		}
		return
	}
	b.refused++
	differs := len(ours) == 0
	for _, p := range theirs {
		at := in.locate(p)
		i := slices.IndexFunc(ours, func(o problem) bool { return sameProblem(o, at) })
		if i >= 0 {
			continue
		}
		differs = true
		at.other = b.Release
		v.add(in, at, v.find(in, at))
	}
	if differs {
		b.differ++
	}
}

// sameProblem reports whether two releases speak of one thing: in one line, or
// in the same words.
func sameProblem(a, b problem) bool {
	if a.File == b.File && a.Line == b.Line && a.Line > 0 {
		return true
	}
	return kindOf(a.Message) == kindOf(b.Message)
}

// describe says in words what the other nats-server said, "" if none was asked.
func (s *second) describe() string {
	if s == nil {
		return ""
	}
	text := fmt.Sprintf("nats-server %s -t (%s): %d valid, %d refused", s.Release, s.Path, s.valid, s.refused)
	if s.unasked > 0 {
		text += fmt.Sprintf(", %d could not be asked about", s.unasked)
	}
	if s.valid+s.refused == 0 {
		return text
	}
	if s.differ == 0 {
		return text + "; it agrees with " + oracle.Release() + " as far as -t goes"
	}
	return text + fmt.Sprintf("; it differs from %s in %d", oracle.Release(), s.differ)
}
