package bulk

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/repo"
)

// Undoing is what became of the branch of one repository.
type Undoing struct {
	Entry
	Removed bool   // or would be, in a dry run
	Gone    bool   // the repository is not where it was
	Why     string // why not
}

// Undo removes the branches that a run has made and that are still as it has
// made them. What was pushed stays where it is.
func Undo(ctx context.Context, state *State, branch string, dry bool) ([]Undoing, error) {
	var list []Undoing
	entries := state.Entries()
	slices.SortStableFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	for _, e := range entries {
		if e.Stage != Made && e.Stage != Branched && e.Stage != Pushed {
			continue
		}
		if ctx.Err() != nil {
			return list, ctx.Err()
		}
		u := Undoing{Entry: e}
		if err := undoOne(context.WithoutCancel(ctx), &u, branch, dry); err != nil {
			u.Why = err.Error()
		}
		if u.Why == "" && !dry {
			e.Stage = Undone
			if err := state.Record(e); err != nil {
				return list, err
			}
			if e.Summary != "" {
				_ = os.Remove(e.Summary) // it may have been moved
			}
		}
		list = append(list, u)
	}
	return list, nil
}

func undoOne(ctx context.Context, u *Undoing, branch string, dry bool) error {
	if _, err := os.Stat(u.Dir); os.IsNotExist(err) {
		u.Gone = true
		return nil // the branch with it, unless it was moved
	}
	scratch, err := os.MkdirTemp("", "natsfix-git-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	c, err := repo.OpenCheckout(repo.Exec(ctx), u.Dir, scratch)
	if err != nil {
		return err
	}
	there, err := c.Branch(branch)
	if err != nil || there == "" {
		return err
	}
	if there != u.Head {
		return fmt.Errorf("somebody has committed to the branch since; git branch -D %s removes it", branch)
	}
	out, err := c.CheckedOut(branch)
	if err != nil {
		return err
	}
	if out {
		return fmt.Errorf("the branch is checked out; switch to another one first")
	}
	u.Removed = true
	if dry {
		return nil
	}
	return c.DeleteBranch(branch, u.Head)
}
