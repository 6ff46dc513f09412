package bulk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/repo"
)

// Planned is a commit to be made.
type Planned struct {
	Message string
	Rules   []string
	Texts   map[string][]byte // by name in the repository
}

// Plan is what Examine finds in a repository.
type Plan struct {
	Counts
	Commits []Planned // none if nothing is to be corrected
	Notes   []string  // for people
	Body    []byte    // Markdown: what is corrected, and what is left to people
	Diff    []byte    // for people, secrets masked
}

// Options say what a run does.
type Options struct {
	Branch string
	Write  bool   // make commits and branches; the other fields with State need it
	Push   bool   // and push them
	Remote string // where to, of repositories on this machine
	Jobs   int    // how many repositories at a time, at least 1
	Flags  string // a digest of all that decides about corrections
	Given  string // the same in words, without secrets
	State  *State // nil for a dry run
	Before *State // what earlier runs did, for a dry run, which only reads it; may be nil
	// Dir is a private directory of the run. What is in its folder tmp is
	// removed.
	Dir        string
	SummaryDir string // where summaries go, "" for nowhere
	// Wanted says by the name of a file whether it is worth looking into.
	Wanted func(name string) bool
	// Examine works out the corrections of the files in a tree. It is called
	// from several goroutines.
	Examine func(ctx context.Context, src Source, tree *Tree) (*Plan, error)
	// Done is told of every repository that is done with, one at a time.
	Done func(*Outcome)
}

// Status says what became of a repository.
type Status string

const (
	StatusUnchanged   Status = "unchanged"
	StatusWouldChange Status = "would-change"
	StatusChanged     Status = "changed"
	StatusRefused     Status = "refused" // a safety check spoke against it
	StatusError       Status = "error"   // it cannot be used
	StatusSkipped     Status = "skipped" // the run was interrupted before
)

// Outcome is what became of a repository.
type Outcome struct {
	Source
	Entry
	Status  Status
	Message string   // why it was refused or cannot be used
	Notes   []string // what else there is to know
	Diff    []byte
}

// HasBranch reports whether the branch is there that a run has made, even if it
// could not be pushed.
func (o *Outcome) HasBranch() bool { return o.Stage == Branched || o.Stage == Pushed }

type run struct {
	Options
	tmp   string
	read  repo.Runner // ends with ctx
	write repo.Runner // is not cut off in the middle of a change
	mu    sync.Mutex
}

// Run looks at all sources and returns what became of each, in their order. A
// source that cannot be used does not keep the others from being looked at. If
// ctx ends, the rest is skipped; what was begun is ended or can be gone on
// with.
func Run(ctx context.Context, list []Source, opts Options) ([]*Outcome, error) {
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, err
	}
	opts.Dir = dir
	if opts.SummaryDir != "" { // undo removes what is in it, wherever it is called
		if opts.SummaryDir, err = filepath.Abs(opts.SummaryDir); err != nil {
			return nil, err
		}
	}
	r := &run{Options: opts, tmp: filepath.Join(opts.Dir, "tmp"), read: repo.Exec(ctx), write: repo.Exec(context.WithoutCancel(ctx))}
	if err := os.RemoveAll(r.tmp); err != nil { // of a run that was cut off
		return nil, err
	}
	if err := os.MkdirAll(r.tmp, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(r.tmp)
	out := make([]*Outcome, len(list))
	work := make(chan int)
	var wg sync.WaitGroup
	for range min(max(opts.Jobs, 1), len(list)) {
		wg.Go(func() {
			for i := range work {
				out[i] = r.guarded(ctx, list[i])
			}
		})
	}
	for i := range list {
		work <- i
	}
	close(work)
	wg.Wait()
	return out, nil
}

// guarded is one, with its error as an outcome.
func (r *run) guarded(ctx context.Context, src Source) *Outcome {
	o := &Outcome{Source: src, Status: StatusSkipped}
	if ctx.Err() == nil {
		err := r.one(ctx, src, o)
		switch {
		case err == nil:
		case ctx.Err() != nil && o.Stage == "":
			o.Status = StatusSkipped
		case errors.Is(err, repo.ErrBranchExists):
			o.Status, o.Message = StatusRefused, r.tidy(err)
		default:
			o.Status, o.Message = StatusError, r.tidy(err)
		}
	}
	if r.Done != nil && o.Status != StatusSkipped {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.Done(o)
	}
	return o
}

// tidy returns the text of an error without directories of ours in which git was
// called: the repository is named anyway.
func (r *run) tidy(err error) string {
	text := err.Error()
	if failed, ok := errors.AsType[*repo.GitError](err); ok && strings.HasPrefix(failed.Dir, r.Dir+string(filepath.Separator)) {
		text = strings.ReplaceAll(text, failed.Dir+": ", "")
	}
	return text
}

// one does all that is to be done for a repository.
func (r *run) one(ctx context.Context, src Source, o *Outcome) error {
	if src.Twin != "" {
		o.Status = StatusUnchanged
		o.Notes = append(o.Notes, "it is a work tree of the same repository as "+src.Twin+", where the branch is made")
		return nil
	}
	scratch, err := os.MkdirTemp(r.tmp, "repo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	before := r.before(src)
	if src.URL != "" && own(before) {
		if done, err := r.remoteBefore(ctx, src, before, scratch, o); done || err != nil {
			return err
		}
	}
	dir, err := r.place(src, before, scratch)
	if err != nil {
		return err
	}
	c, err := repo.OpenCheckout(r.read, dir, scratch)
	if err != nil {
		return err
	}
	_, base, err := c.Head()
	if err != nil {
		return err
	}
	if base == "" {
		o.Status = StatusUnchanged
		o.Notes = append(o.Notes, "it has no commit yet")
		return nil
	}
	there, err := c.Branch(r.Branch)
	if err != nil {
		return err
	}
	if !r.Write {
		return r.look(ctx, src, c, before, base, there, scratch, o)
	}
	next, err := r.earlier(c, before, base, there)
	if err != nil {
		return err
	}
	if next.Stage == "" {
		next, err = r.examine(ctx, src, c, base, scratch, o)
	} else if src.URL == "" && there == next.Head && base != next.Base {
		var done bool
		if done, err = r.moved(ctx, src, c, next, base, scratch, o); done {
			return err
		}
	}
	if err != nil || next.Stage == "" {
		return err
	}
	o.Entry = next
	// From here on git is not cut off: each call takes some milliseconds.
	return r.finish(ctx, src, c.With(r.write), o)
}

// place returns where the repository is, and clones it if need be.
func (r *run) place(src Source, before Entry, scratch string) (string, error) {
	if src.URL == "" {
		if _, err := os.Stat(src.Dir); errors.Is(err, fs.ErrNotExist) {
			return "", errors.New("there is no such directory")
		}
		return src.Dir, nil
	}
	dir := filepath.Join(scratch, "clone")
	if r.Write {
		dir = filepath.Join(r.Dir, "clones", src.Slug+"-"+src.Key[:8])
		if before.Stage == Undone { // it may be behind by now
			if err := os.RemoveAll(dir); err != nil {
				return "", err
			}
		}
		if _, err := os.Stat(dir); err == nil {
			return dir, nil
		}
	}
	return dir, repo.Clone(r.read, src.URL, dir)
}

// otherFlags says how the run that made a branch was another one.
func (r *run) otherFlags(before Entry) string {
	how := fmt.Sprintf("from a run with other flags (%s; now %s)", before.Given, r.Given)
	if before.Given == r.Given {
		how = "from a run in which the files or variables that its flags name held something else"
	}
	return fmt.Sprintf("the branch %s is there %s; natsfix undo --bulk %s removes such branches, --branch makes others", r.Branch, how, r.Branch)
}

// earlier returns where a run that was there before has come to, or an entry
// without a stage if there is nothing to go on with. An error says that the
// branch is not the run's own.
func (r *run) earlier(c *repo.Checkout, before Entry, base, there string) (Entry, error) {
	switch {
	case there != "" && own(before) && before.Flags != r.Flags:
		return Entry{}, fmt.Errorf("%w: %s", repo.ErrBranchExists, r.otherFlags(before))
	case there != "" && own(before) && there == before.Head:
		return before, nil
	case there != "" && own(before):
		on, err := c.Contains(there, before.Head)
		if err == nil && on {
			return before, nil
		}
		fallthrough
	case there != "":
		return Entry{}, fmt.Errorf("%s: %w; give --branch another name", r.Branch, repo.ErrBranchExists)
	case before.Stage == Made && before.Base == base && before.Flags == r.Flags:
		if on, err := c.Contains(before.Head, base); err == nil && on { // git may have removed the commits
			return before, nil
		}
	case before.Stage == Unchanged && before.Base == base && before.Flags == r.Flags:
		return before, nil
	}
	return Entry{}, nil
}

// plan works out what is to be corrected.
func (r *run) plan(ctx context.Context, src Source, c *repo.Checkout, base, scratch string, o *Outcome) (Entry, *Plan, error) {
	root := filepath.Join(scratch, "tree")
	if err := os.Mkdir(root, 0o700); err != nil {
		return Entry{}, nil, err
	}
	tree, err := newTree(c, base, root, r.Wanted)
	if err != nil {
		return Entry{}, nil, err
	}
	plan, err := r.Examine(ctx, src, tree)
	if err != nil {
		return Entry{}, nil, err
	}
	e := Entry{Key: src.Key, Name: src.Name, Dir: c.Top, Stage: Unchanged, Flags: r.Flags, Given: r.Given, Base: base, Counts: plan.Counts}
	if e.Dir == "" {
		e.Dir = c.Common
	}
	o.Notes = append(append(o.Notes, tree.Left...), plan.Notes...)
	o.Diff = plan.Diff
	for _, p := range plan.Commits {
		e.Commits = append(e.Commits, planned(p))
	}
	e.Texts = plan.digests()
	if len(plan.Commits) > 0 {
		r.noteDirty(c, plan, o)
	}
	return e, plan, nil
}

// examine works out what is to be corrected, and makes the commits, but no
// branch yet.
func (r *run) examine(ctx context.Context, src Source, c *repo.Checkout, base, scratch string, o *Outcome) (Entry, error) {
	e, plan, err := r.plan(ctx, src, c, base, scratch, o)
	if err != nil {
		return Entry{}, err
	}
	if len(plan.Commits) == 0 {
		return e, r.State.Record(e)
	}
	commits := make([]repo.Commit, len(plan.Commits))
	for i, p := range plan.Commits {
		commits[i] = repo.Commit{Message: p.Message, Files: p.Texts}
	}
	id, err := c.Identity()
	if err != nil {
		return Entry{}, err
	}
	if ctx.Err() != nil {
		return Entry{}, ctx.Err()
	}
	// Nobody sees these commits until there is a branch. Cut off, git would leave
	// half a pack behind.
	made, err := c.With(r.write).Commits(base, id, commits)
	if err != nil {
		return Entry{}, err
	}
	for i := range made {
		e.Commits[i].ID = made[i]
	}
	e.Stage, e.Head = Made, made[len(made)-1]
	e.Markdown = string(plan.Body)
	return e, r.State.Record(e)
}

// noteDirty tells that what is corrected is being worked on in the checkout.
func (r *run) noteDirty(c *repo.Checkout, plan *Plan, o *Outcome) {
	if c.Top == "" {
		return
	}
	var paths []string
	for _, p := range plan.Commits {
		for name := range p.Texts {
			paths = append(paths, filepath.Join(c.Top, filepath.FromSlash(name)))
		}
	}
	slices.Sort(paths)
	paths = slices.DeleteFunc(slices.Compact(paths), func(path string) bool {
		_, err := os.Lstat(path)
		return err != nil
	})
	dirty, err := repo.NewGit(r.read).Dirty(paths)
	if err == nil && len(dirty) > 0 {
		o.Notes = append(o.Notes, fmt.Sprintf("%d of the corrected files have uncommitted changes in the checkout, which stay as they are; the branch starts at the last commit", len(dirty)))
	}
}

// finish makes branch and summary, and pushes, as far as that is not done.
func (r *run) finish(ctx context.Context, src Source, c *repo.Checkout, o *Outcome) error {
	e := &o.Entry
	if e.Stage == Unchanged {
		o.Status = StatusUnchanged
		return r.forget(src, true)
	}
	there, err := c.Branch(r.Branch)
	if err != nil {
		return err
	}
	if there == "" {
		if err := r.free(c); err != nil {
			return err
		}
		if err := c.CreateBranch(r.Branch, e.Head); err != nil {
			return err
		}
		there = e.Head
	} else if e.Stage != Made {
		o.Notes = append(o.Notes, "an earlier run did it")
	}
	o.Status = StatusChanged
	if e.Stage == Made {
		if err := r.summarise(o, []byte(e.Markdown)); err != nil {
			return err
		}
		e.Stage, e.Markdown = Branched, ""
		if err := r.State.Record(*e); err != nil {
			return err
		}
	}
	if there != e.Head {
		o.Notes = append(o.Notes, "the branch has other commits by now, and was left alone")
		return nil
	}
	if !r.Push || e.Stage == Pushed {
		return nil
	}
	if ctx.Err() != nil {
		return nil
	}
	address := src.URL
	if address == "" {
		if address, err = c.RemoteURL(r.Remote); err != nil {
			return err
		}
		if address == "" {
			return fmt.Errorf("there is no remote %s to push to", r.Remote)
		}
	}
	if err := c.Push(address, r.Branch, e.Head); err != nil {
		return fmt.Errorf("not pushed: %w", err)
	}
	e.Stage, e.Pushed = Pushed, repo.MaskURL(address)
	if err := r.State.Record(*e); err != nil {
		return err
	}
	return r.forget(src, false)
}

// forget removes a clone that nobody needs any more: nothing was corrected, or
// the branch is where it came from.
func (r *run) forget(src Source, always bool) error {
	if src.URL == "" || !always && !r.Push {
		return nil
	}
	return os.RemoveAll(filepath.Join(r.Dir, "clones", src.Slug+"-"+src.Key[:8]))
}
