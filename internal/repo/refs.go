package repo

import (
	"errors"
	"fmt"
	"strings"
)

// branches is where the names of branches begin.
const branches = "refs/heads/"

// ErrBranchExists says that a branch is there already.
var ErrBranchExists = errors.New("the branch exists already")

// CheckBranch returns an error if a branch cannot have that name.
func CheckBranch(run Runner, name string) error {
	if strings.HasPrefix(name, "-") || strings.HasPrefix(name, "@") || name == "HEAD" {
		return fmt.Errorf("%q cannot be the name of a branch", name)
	}
	_, err := run(Command{Args: []string{"check-ref-format", branches + name}})
	var failed *GitError
	if errors.As(err, &failed) {
		return fmt.Errorf("%q cannot be the name of a branch (git help check-ref-format)", name)
	}
	return err
}

// Branch returns the commit of a branch, or "" if there is no such branch.
func (c *Checkout) Branch(name string) (string, error) {
	out, err := c.ask("rev-parse", "-q", "--verify", branches+name)
	var failed *GitError
	if errors.As(err, &failed) && failed.Code == 1 {
		return "", nil
	}
	return strings.TrimSpace(out), err
}

// InTheWay returns a branch beside which there can be none of that name: git
// keeps a/b in a folder a, so that a and a/b exclude each other.
func (c *Checkout) InTheWay(name string) (string, error) {
	ask := []string{"for-each-ref", "--format=%(refname)", branches + name}
	for i, r := range name {
		if r == '/' {
			ask = append(ask, branches+name[:i])
		}
	}
	out, err := c.ask(ask...)
	for line := range strings.Lines(out) {
		other := strings.TrimPrefix(strings.TrimRight(line, "\n"), branches)
		if strings.HasPrefix(other, name+"/") || strings.HasPrefix(name, other+"/") {
			return other, err
		}
	}
	return "", err
}

// CreateBranch makes a branch that must not be there. It is there with that
// commit or not at all, whatever happens. The error is ErrBranchExists if it is
// there with another commit.
func (c *Checkout) CreateBranch(name, commit string) error {
	err := c.setRef(branches+name, commit, c.zero())
	if err == nil {
		return nil
	}
	switch now, e := c.Branch(name); {
	case e != nil:
		return err
	case now == commit:
		return nil // by a git that a run which was cut off had called
	case now != "":
		return fmt.Errorf("%s: %w", name, ErrBranchExists)
	}
	return err
}

// MoveBranch sets a branch to a commit, if it is at another one still.
func (c *Checkout) MoveBranch(name, commit, from string) error {
	return c.setRef(branches+name, commit, from)
}

func (c *Checkout) setRef(ref, commit, from string) error {
	_, err := c.ask("update-ref", "-m", "natsfix", ref, commit, from)
	return err
}

// DeleteBranch removes a branch if it is at that commit still.
func (c *Checkout) DeleteBranch(name, commit string) error {
	_, err := c.ask("update-ref", "-d", branches+name, commit)
	return err
}

// Switch makes a branch the one that is checked out. Files and index are left
// as they are.
func (c *Checkout) Switch(name string) error {
	_, err := c.ask("symbolic-ref", "-m", "natsfix: switch", "HEAD", branches+name)
	return err
}

// CheckedOut reports whether a branch is checked out in any work tree of the
// repository.
func (c *Checkout) CheckedOut(name string) (bool, error) {
	out, err := c.ask("worktree", "list", "--porcelain")
	return strings.Contains("\n"+out, "\nbranch "+branches+name+"\n"), err
}

// Contains reports whether a commit is among those of another one.
func (c *Checkout) Contains(commit, ancestor string) (bool, error) {
	_, err := c.run(c.apart("merge-base", "--is-ancestor", ancestor, commit))
	var failed *GitError
	if errors.As(err, &failed) && failed.Code == 1 {
		return false, nil
	}
	return err == nil, err
}
