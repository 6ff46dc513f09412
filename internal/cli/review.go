package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/golden"
	"github.com/natsfix/natsfix/internal/report"
)

// review walks through the cases that fail and asks about each. What came out
// is kept beside the cases first, so that whatever is not decided can be
// decided later; every decision is written at once.
func (t *testRun) review(ctx context.Context) error {
	if !isTerminal(t.app.Stdin) || !isTerminal(t.app.Stderr) {
		e := usage("--review needs a terminal to ask on")
		e.hint = "Without one: --pending lists the differences, --accept PATTERN and --reject PATTERN decide."
		return e
	}
	var err error
	if t.results, err = t.runner.CheckAll(ctx, t.found.Cases, t.opts.jobs); err != nil {
		return err
	}
	t.keepAll()
	r := &review{testRun: t, input: lineReader{from: t.app.Stdin}}
	var list []*golden.Result
	for _, res := range t.results {
		if !res.Passed() {
			list = append(list, res)
		}
	}
	for _, p := range t.found.Pending {
		if p.Orphan {
			r.orphans = append(r.orphans, p)
		}
	}
	r.total = len(list) + len(r.orphans)
	for _, res := range list {
		if r.over() {
			break
		}
		r.number++
		r.one(ctx, res)
	}
	for _, p := range r.orphans {
		if r.over() {
			break
		}
		r.number++
		r.orphan(ctx, p)
	}
	r.sumUp()
	return r.err
}

// review is the state of a walk.
type review struct {
	*testRun
	input             lineReader
	orphans           []golden.Pending
	number, total     int
	accepted          int
	rejected          int
	repaired          int // pass since they were edited
	removed           int // results whose case is gone
	quit, interrupted bool
	err               error // that ended the walk
}

func (r *review) over() bool { return r.quit || r.interrupted || r.err != nil }

const reviewAnswers = `a - accept: what came out is right; it goes into the case
r - reject: what came out is wrong; forget it and leave the case as it is
s - skip: decide later; the result stays beside the case
e - edit: open the case in $VISUAL or $EDITOR, then run it again
q - stop here
? - show this help
`

// one asks about one case until it is decided.
func (r *review) one(ctx context.Context, res *golden.Result) {
	for !r.over() {
		r.show(res)
		question, letters := "Accept this result?", "arseq?"
		if !res.Acceptable() {
			question, letters = "This cannot be accepted.", "seq?"
		}
		switch r.ask(ctx, question, letters) {
		case 'a':
			before := r.code
			done, err := r.accept(ctx, res)
			switch {
			case err != nil:
				r.end(ctx, err)
				return
			case done:
				r.accepted++
				return
			}
			// Somebody else may have written the case meanwhile: then there is
			// something new to decide about.
			next := r.again(ctx, res.File)
			if next == nil || bytes.Equal(next.Before, res.Before) {
				return
			}
			r.code, res = before, next
		case 'r':
			if r.drop(golden.Pending{Case: res.File}) {
				r.rejected++
			}
			return
		case 's':
			return
		case 'e':
			if err := r.edit(res.File); err != nil {
				fmt.Fprintln(r.msg, report.Plain(err.Error()))
			}
			if res = r.again(ctx, res.File); res == nil {
				return
			}
		}
	}
}

// again runs a case once more; nil if that leaves nothing to decide.
func (r *review) again(ctx context.Context, file string) *golden.Result {
	res := r.runner.Check(ctx, file)
	if ctx.Err() != nil {
		r.end(ctx, ctx.Err())
		return nil
	}
	r.keep(res)
	if res.Passed() {
		fmt.Fprintf(r.msg, "%s passes now.\n", report.Plain(r.name(file)))
		r.repaired++
		return nil
	}
	return res
}

// orphan asks about a result whose case is gone.
func (r *review) orphan(ctx context.Context, p golden.Pending) {
	fmt.Fprintf(r.msg, "\n[%d/%d] %s\nThe case is gone; its result is still there.\n", r.number, r.total, report.Plain(r.name(p.File())))
	if r.ask(ctx, "Remove this result?", "rsq?") == 'r' && r.drop(p) {
		r.removed++
	}
}

// show prints what came out otherwise, and what cannot be accepted.
func (r *review) show(res *golden.Result) {
	fmt.Fprintf(r.msg, "\n[%d/%d] %s\n", r.number, r.total, report.Plain(r.name(res.File)))
	if res.Err != nil {
		fmt.Fprintf(r.msg, "    %s\n", report.Plain(res.Err.Error()))
		return
	}
	fmt.Fprintf(r.msg, "%s\n", report.Plain(res.About))
	r.writeProblems(r.msg, res)
	if res.After == nil {
		fmt.Fprint(r.msg, res.Differs)
		return
	}
	d := diff.Compute(diff.Change{Name: r.diffName(res.File), Old: res.Before, New: res.After}, r.opts.context)
	r.msg.Write(d.Terminal(useColor(r.opts.alwaysColor, r.opts.noColor, r.app.Stderr)))
}

// ask asks for one of some letters, or a word that begins with one. At the end
// of the input and after Ctrl-C it is q.
func (r *review) ask(ctx context.Context, question, letters string) byte {
	for {
		fmt.Fprintf(r.msg, "%s [%s] ", question, strings.Join(strings.Split(letters, ""), ","))
		if err := r.flush(); err != nil {
			r.end(ctx, err)
			return 'q'
		}
		line, ok, err := r.input.line(ctx)
		if err != nil || !ok {
			fmt.Fprintln(r.msg)
			r.end(ctx, err)
			return 'q'
		}
		answer := strings.ToLower(strings.TrimSpace(line))
		known := slices.Contains([]string{"accept", "reject", "skip", "edit", "quit"}, answer) || len(answer) == 1
		switch {
		case !known || answer == "?" || !strings.Contains(letters, answer[:1]):
			for help := range strings.Lines(reviewAnswers) {
				if strings.Contains(letters, help[:1]) {
					fmt.Fprint(r.msg, help)
				}
			}
		case answer[0] == 'q':
			r.quit = true
			return 'q'
		default:
			return answer[0]
		}
	}
}

// end ends the walk: by Ctrl-C, at the end of the input (nil), or for an error.
func (r *review) end(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
		r.interrupted = true
	case err == nil:
		r.quit = true
	default:
		r.err = err
	}
}

// sumUp says what was decided and what is left.
func (r *review) sumUp() {
	left := r.total - r.accepted - r.rejected - r.repaired - r.removed
	var done []string
	for _, part := range []struct {
		n    int
		what string
	}{{r.accepted, "accepted"}, {r.rejected, "rejected"}, {r.repaired, "passing now"}, {r.removed, "removed"}, {left, "left"}} {
		if part.n > 0 {
			done = append(done, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	switch {
	case r.interrupted:
		r.warn("interrupted; %s", strings.Join(done, ", "))
		r.fail(exitInterrupted)
	case r.total == 0:
		r.say("%s: all passed, nothing to review.", report.Count(len(r.results), "case"))
	default:
		r.say("%s.", strings.Join(done, ", "))
	}
	if left > 0 {
		r.say("To go on: %s", r.repeatTest("--review"))
	}
	if r.accepted > 0 {
		r.say("To take this back: natsfix undo")
	}
	if r.rejected+left > 0 {
		r.fail(exitFindings)
	}
}
