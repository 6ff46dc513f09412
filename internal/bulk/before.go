package bulk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/natsfix/natsfix/internal/repo"
)

// own reports whether a run has made the branch, or was about to.
func own(e Entry) bool { return e.Stage == Made || e.Stage == Branched || e.Stage == Pushed }

// before returns what an earlier run has done with a repository.
func (r *run) before(src Source) Entry {
	state := r.State
	if state == nil {
		state = r.Before
	}
	if state == nil {
		return Entry{}
	}
	e, _ := state.Entry(src.Key)
	return e
}

// digests stands for what the corrected files hold in the end, by name.
func (p *Plan) digests() map[string]string {
	var texts map[string]string
	for _, c := range p.Commits {
		for name, text := range c.Texts {
			if texts == nil {
				texts = make(map[string]string)
			}
			sum := sha256.Sum256(text)
			texts[name] = hex.EncodeToString(sum[:16])
		}
	}
	return texts
}

// remoteBefore looks at the branch that an earlier run has made of an address,
// and reports whether nothing is left to do, so that nothing need be cloned.
func (r *run) remoteBefore(ctx context.Context, src Source, before Entry, scratch string, o *Outcome) (done bool, err error) {
	if before.Stage == Made {
		return false, nil // its commits are there, and are gone on with
	}
	head := before.Head
	if before.Stage == Pushed {
		if head, err = repo.RemoteBranch(r.read, scratch, src.URL, r.Branch); err != nil || head == "" {
			return false, err
		}
	}
	switch {
	case before.Stage == Branched && (before.Flags != r.Flags && r.Write || !r.has(src)):
		return false, nil // the clone says more, or is gone
	case before.Flags != r.Flags:
		o.Entry, o.Status, o.Message = before, StatusRefused, r.otherFlags(before)
		return true, nil
	case head != before.Head:
		o.Entry, o.Status = before, StatusChanged
		o.Notes = append(o.Notes, "the branch has other commits by now, and was left alone")
		return true, nil
	}
	base, err := repo.RemoteHead(r.read, scratch, src.URL)
	switch {
	case err != nil && before.Stage == Pushed:
		return false, err
	case err != nil:
		o.Notes = append(o.Notes, fmt.Sprintf("whether it has new commits cannot be asked: %s", r.tidy(err)))
	case base != "" && base != before.Base:
		apart := filepath.Join(scratch, "moved")
		dir := filepath.Join(apart, "clone")
		if err := repo.Clone(r.read, src.URL, dir); err != nil {
			return false, err
		}
		c, err := repo.OpenCheckout(r.read, dir, apart)
		if err != nil {
			return false, err
		}
		if done, err := r.moved(ctx, src, c, before, base, apart, o); done || err != nil {
			return done, err
		}
	}
	if before.Stage == Branched && r.Write {
		return false, nil // it may be to be pushed
	}
	o.Entry, o.Status = before, StatusChanged
	o.Notes = append(o.Notes, "an earlier run did it")
	return true, nil
}

// has reports whether the clone of an address is there in which a run has made
// the branch.
func (r *run) has(src Source) bool {
	e := r.before(src)
	_, err := os.Stat(e.Dir)
	return err == nil
}

// moved compares the branch that an earlier run has made with what is to be
// corrected in the commit that is there now, and reports whether that is the end
// of it: the branch lacks something, or nothing is to be corrected any more.
func (r *run) moved(ctx context.Context, src Source, c *repo.Checkout, before Entry, base, scratch string, o *Outcome) (bool, error) {
	now := &Outcome{}
	e, _, err := r.plan(ctx, src, c, base, scratch, now)
	if err != nil {
		return true, err
	}
	if r.settled(before, e, base, o) {
		o.Notes, o.Diff = append(o.Notes, now.Notes...), now.Diff
		return true, nil
	}
	return false, nil
}

// settled is moved when it is known what is to be corrected.
func (r *run) settled(before, now Entry, base string, o *Outcome) bool {
	missing := 0
	for name, text := range now.Texts {
		if before.Texts[name] != text {
			missing++
		}
	}
	if missing == 0 && len(now.Texts) > 0 {
		return false
	}
	now.Stage, now.Commits = "", nil // the branch is not that of now
	o.Entry = now
	if len(now.Texts) == 0 {
		o.Status = StatusUnchanged
		o.Notes = append(o.Notes, fmt.Sprintf("nothing would be corrected any more, and the branch %s is there from an earlier run; natsfix undo --bulk %s removes it", r.Branch, r.Branch))
		return true
	}
	what := "1 file is to be corrected that it leaves as it is, or corrects otherwise"
	if missing > 1 {
		what = fmt.Sprintf("%d files are to be corrected that it leaves as they are, or corrects otherwise", missing)
	}
	o.Status = StatusRefused
	o.Message = fmt.Sprintf("the branch %s is there for an earlier commit (%.10s; now %.10s): %s; natsfix undo --bulk %s removes such branches, --branch makes others",
		r.Branch, before.Base, base, what, r.Branch)
	return true
}

// look works out what is to be corrected, and what would keep a run that writes
// from it.
func (r *run) look(ctx context.Context, src Source, c *repo.Checkout, before Entry, base, there, scratch string, o *Outcome) error {
	e, plan, err := r.plan(ctx, src, c, base, scratch, o)
	if err != nil {
		return err
	}
	e.Stage = ""
	o.Entry, o.Status = e, StatusUnchanged
	if len(plan.Commits) == 0 {
		return r.summarise(o, plan.Body)
	}
	o.Status = StatusWouldChange
	var why error
	if there == "" {
		why = r.free(c)
	} else if _, why = r.earlier(c, before, base, there); why == nil {
		switch {
		case there == before.Head && base != before.Base && r.settled(before, e, base, o):
		default:
			o.Status, o.Stage, o.Head = StatusChanged, before.Stage, before.Head
			o.Notes = append(o.Notes, "an earlier run did it")
		}
	}
	if why != nil {
		o.Status, o.Message = StatusRefused, "--write would not: "+r.tidy(why)
	}
	return r.summarise(o, plan.Body)
}

// free returns an error if git can have no branch of that name beside those that
// are there.
func (r *run) free(c *repo.Checkout) error {
	other, err := c.InTheWay(r.Branch)
	if err != nil || other == "" {
		return err
	}
	return fmt.Errorf("%w: %s, and git can have none that is called %s beside it; give --branch another name", repo.ErrBranchExists, other, r.Branch)
}
