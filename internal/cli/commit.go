package cli

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/repo"
	"github.com/natsfix/natsfix/internal/report"
)

// committer makes the branch and the commits that --branch and --commit ask
// for, in the one checkout that holds all files.
type committer struct {
	*session
	req      *request
	checkout *repo.Checkout
	identity repo.Identity
	from     string            // the branch that is checked out
	base     string            // its commit
	rel      map[string]string // names in the repository, by clean path
	crlf     map[string]bool   // files that have CRLF in the work tree and LF in the repository
	groups   []*engine.Group   // what was to be written
	steps    []ruleStep
	scratch  string
}

// refusal is why a safety check spoke against what was asked for.
type refusal struct{ why string }

func (e *refusal) Error() string { return e.why }

// newCommitter looks whether branch and commits can be made, before anything is
// written. It returns nil if there is nothing to commit. The error is a
// *refusal if a safety check says no.
func (s *session) newCommitter(ctx context.Context, req *request) (*committer, error) {
	c := &committer{session: s, req: req, rel: make(map[string]string), crlf: make(map[string]bool)}
	root := ""
	for _, g := range s.result.Groups {
		if g.Refused != "" {
			continue
		}
		c.groups = append(c.groups, g)
		for _, f := range g.Files {
			in, rel, err := s.git.Locate(f.Path)
			switch {
			case err != nil:
				return nil, err
			case in == "":
				return nil, &refusal{fmt.Sprintf("%s is in no git checkout, so it cannot be committed", s.name(f.Path))}
			case root != "" && in != root:
				return nil, &refusal{fmt.Sprintf("the files lie in several checkouts (%s and %s); run natsfix once for each", s.name(root), s.name(in))}
			}
			root, c.rel[filepath.Clean(f.Path)] = in, rel
		}
	}
	if root == "" {
		return nil, nil
	}
	var err error
	if c.scratch, err = os.MkdirTemp("", "natsfix-git-"); err != nil {
		return nil, err
	}
	// What git has begun it ends, even if Ctrl-C was pressed: each call takes
	// some milliseconds.
	if c.checkout, err = repo.OpenCheckout(repo.Exec(context.WithoutCancel(ctx)), root, c.scratch); err == nil {
		err = c.check()
	}
	if err == nil && s.opts.commit {
		err = c.plan(ctx)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *committer) close() {
	if err := os.RemoveAll(c.scratch); err != nil {
		c.warn("%v", err)
	}
}

// check refuses what would mix with somebody's work.
func (c *committer) check() error {
	if what := c.checkout.Busy(); what != "" {
		return &refusal{"the checkout is in the middle of " + what + "; end that first"}
	}
	var err error
	if c.from, c.base, err = c.checkout.Head(); err != nil {
		return err
	}
	if c.base == "" {
		return &refusal{"the repository has no commit yet; make the first one before --commit and --branch"}
	}
	if name := c.opts.branch; name != "" {
		if err := repo.CheckBranch(repo.Exec(context.Background()), name); err != nil {
			return usage("--branch: %v", err)
		}
		there, err := c.checkout.Branch(name)
		if err != nil {
			return err
		}
		if there != "" {
			return &refusal{fmt.Sprintf("the branch %s exists already; give --branch another name", name)}
		}
	} else if c.from == "" {
		return &refusal{"no branch is checked out, so a commit would be lost easily; give --branch NAME"}
	}
	if !c.opts.commit {
		return nil
	}
	staged, err := c.checkout.AnyStaged()
	if err != nil {
		return err
	}
	if staged {
		return &refusal{"other changes are staged; commit them or take them out of the index (git restore --staged .)"}
	}
	c.identity, err = c.checkout.Identity()
	return err
}

// plan works out the commits.
func (c *committer) plan(ctx context.Context) error {
	if err := c.stored(); err != nil {
		return err
	}
	var err error
	c.steps, err = c.byRule(ctx, c.req, c.groups)
	return err
}

// stored compares files with what the repository holds of them: no filter runs
// here, so a file that one turns into something else cannot be committed.
func (c *committer) stored() error {
	entries, err := c.checkout.Files(c.base)
	if err != nil {
		return err
	}
	byPath := make(map[string]repo.Entry)
	for _, e := range entries {
		byPath[e.Path] = e
	}
	var files []*engine.File
	var want []repo.Entry
	for _, g := range c.groups {
		for _, f := range g.Files {
			e := byPath[c.rel[filepath.Clean(f.Path)]]
			if !e.Regular() {
				return &refusal{fmt.Sprintf("%s is not in the last commit, so its correction cannot be one of its own", c.name(f.Path))}
			}
			files, want = append(files, f), append(want, e)
		}
	}
	texts, err := c.checkout.Blobs(want)
	if err != nil {
		return err
	}
	for i, f := range files {
		switch {
		case bytes.Equal(texts[i], f.Before):
		case bytes.Equal(texts[i], withoutCR(f.Before)):
			c.crlf[filepath.Clean(f.Path)] = true
		default:
			return &refusal{fmt.Sprintf("%s is stored in another form than it has in the work tree (a filter), and --commit runs no filters; write without --commit, and commit by git", c.name(f.Path))}
		}
	}
	return nil
}

func withoutCR(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

// preview says which commits would be made.
func (c *committer) preview() {
	if c.opts.branch != "" {
		c.say("The branch %s would be made at %.10s.", c.opts.branch, c.base)
	}
	for _, step := range c.steps {
		line, _, _ := strings.Cut(c.message(&step), "\n")
		c.say("It would be committed: %s", line)
	}
}

func (c *committer) message(step *ruleStep) string {
	return c.commitMessage(step, func(path string) string {
		if rel := c.rel[filepath.Clean(path)]; rel != "" {
			return rel
		}
		return c.name(path)
	})
}

// start makes the branch and switches to it; files stay as they are.
func (c *committer) start() error {
	name := c.opts.branch
	if name == "" {
		return nil
	}
	if err := c.checkout.CreateBranch(name, c.base); err != nil {
		return err
	}
	if err := c.checkout.Switch(name); err != nil {
		return err
	}
	c.say("Switched to the new branch %s.", name)
	return nil
}

// finish commits the groups that were written.
func (c *committer) finish(ctx context.Context, written []*engine.Group) error {
	if !c.opts.commit || len(written) == 0 {
		return nil
	}
	if len(written) != len(c.groups) {
		c.groups = written
		var err error
		if c.steps, err = c.byRule(ctx, c.req, written); err != nil {
			return err
		}
	}
	commits := make([]repo.Commit, len(c.steps))
	paths := make(map[string]bool)
	for i, step := range c.steps {
		commits[i] = repo.Commit{Message: c.message(&step), Files: make(map[string][]byte)}
		for path, text := range step.files {
			if c.crlf[path] {
				text = withoutCR(text)
			}
			commits[i].Files[c.rel[path]] = text
			paths[c.rel[path]] = true
		}
	}
	names, err := c.checkout.Commits(c.base, c.identity, commits)
	if err != nil {
		return fmt.Errorf("the files are written, and not committed: %w", err)
	}
	branch := c.from
	if c.opts.branch != "" {
		branch = c.opts.branch
	}
	head := names[len(names)-1]
	if err := c.checkout.MoveBranch(branch, head, c.base); err != nil {
		return fmt.Errorf("the files are written, and not committed: %w", err)
	}
	if err := c.checkout.InIndex(head, slices.Sorted(maps.Keys(paths))); err != nil {
		return fmt.Errorf("the commits are made; the index could not be brought up to date (git add does): %w", err)
	}
	for i, one := range commits {
		line, _, _ := strings.Cut(one.Message, "\n")
		c.say("Committed %.10s: %s", names[i], report.Plain(line))
	}
	if len(names) == 1 {
		c.say("To take the commit back: git revert %.10s", head)
	} else {
		c.say("To take the commits back: git revert %.10s..%.10s", c.base, head)
	}
	return nil
}
