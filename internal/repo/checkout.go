package repo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Checkout is one repository in which commits and branches are made.
//
// Objects are read and written by a git that works in an empty repository of
// our own and shares the objects only, so that nothing in the configuration of
// the repository (filters, drivers, aliases, signing programs, remotes) has any
// effect. In the repository itself nothing is called but what reads and sets
// refs, reads settings, and, for InIndex, the index; hooks and file system
// monitors are off.
type Checkout struct {
	Top    string // the folder of the work tree, "" if there is none
	Dir    string // the git directory, which names HEAD
	Common string // the git directory that holds branches and objects
	Format string // the hash of its objects, sha1 or sha256

	run     Runner
	at      string // where git is called
	ceiling string
	scratch string // the repository of our own
}

// zero is the name of no object, of any format.
func (c *Checkout) zero() string {
	if c.Format == "sha256" {
		return strings.Repeat("0", 64)
	}
	return strings.Repeat("0", 40)
}

// OpenCheckout opens the repository whose top folder, or whose git directory if
// it is bare, dir is. The repository of our own is made in scratch, a directory
// that must exist and that the caller removes.
func OpenCheckout(run Runner, dir, scratch string) (*Checkout, error) {
	real, err := realPath(dir)
	if err != nil {
		return nil, err
	}
	c := &Checkout{run: run, at: real, ceiling: filepath.Dir(real)}
	// Without a ceiling a broken repository would be taken for a folder of the one around it.
	out, err := c.ask("rev-parse", "--is-bare-repository", "--absolute-git-dir", "--git-common-dir", "--show-object-format")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	last := len(lines) - 1
	switch {
	case last < 3:
		return nil, fmt.Errorf("%s: git rev-parse says %q; four lines were expected", real, out)
	case last == 3:
		c.Dir, c.Common = lines[1], lines[2]
	default: // a name has a line break in it, and it is not known whose it is
		for option, to := range map[string]*string{"--absolute-git-dir": &c.Dir, "--git-common-dir": &c.Common} {
			one, err := c.ask("rev-parse", option)
			if err != nil {
				return nil, err
			}
			*to = strings.TrimSuffix(one, "\n")
		}
	}
	c.Format = lines[last]
	if !filepath.IsAbs(c.Common) {
		c.Common = filepath.Join(real, c.Common)
	}
	if lines[0] != "true" {
		top, err := c.ask("rev-parse", "--show-toplevel")
		if err != nil {
			return nil, err
		}
		if c.Top = filepath.FromSlash(strings.TrimSuffix(top, "\n")); c.Top != real {
			return nil, fmt.Errorf("%s: its work tree is %s (core.worktree); that is not supported", real, c.Top)
		}
	}
	c.scratch, err = makeScratch(scratch, c.Format)
	return c, err
}

// With returns the same repository, in which git is called by another runner.
func (c *Checkout) With(run Runner) *Checkout {
	other := *c
	other.run = run
	return &other
}

// makeScratch makes an empty bare repository in dir.
func makeScratch(dir, format string) (string, error) {
	dir, err := filepath.Abs(filepath.Join(dir, "git"))
	if err != nil {
		return "", err
	}
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	if format == "sha256" {
		config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
	}
	for _, sub := range []string{"objects/info", "refs/heads"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(sub)), 0o700); err != nil {
			return "", err
		}
	}
	for name, text := range map[string]string{"HEAD": "ref: refs/heads/none\n", "config": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// ask calls git in the repository and returns what it says.
func (c *Checkout) ask(args ...string) (string, error) {
	var out bytes.Buffer
	_, err := c.run(Command{Dir: c.at, Args: args, Stdout: &out, Env: []string{"GIT_CEILING_DIRECTORIES=" + c.ceiling}})
	return out.String(), err
}

// tell is ask with standard input.
func (c *Checkout) tell(stdin []byte, args ...string) error {
	_, err := c.run(Command{Dir: c.at, Args: args, Stdin: stdin, Env: []string{"GIT_CEILING_DIRECTORIES=" + c.ceiling}})
	return err
}

// apart returns a call of git in the repository of our own, over the objects of
// this one.
func (c *Checkout) apart(args ...string) Command {
	env := []string{
		"GIT_DIR=" + c.scratch,
		"GIT_OBJECT_DIRECTORY=" + filepath.Join(c.Common, "objects"),
		"GIT_NO_REPLACE_OBJECTS=1",
	}
	// In a shallow clone, where the history ends.
	if shallow := filepath.Join(c.Common, "shallow"); exists(shallow) {
		env = append(env, "GIT_SHALLOW_FILE="+shallow)
	}
	return Command{Dir: c.scratch, Args: args, Env: env}
}

// Config returns a value of the repository's configuration, or "".
func (c *Checkout) Config(key string) (string, error) {
	out, err := c.ask("config", "--get", key)
	var failed *GitError
	if errors.As(err, &failed) && failed.Code == 1 {
		return "", nil
	}
	return strings.TrimRight(out, "\n"), err
}

// Head returns the branch that is checked out, "" if none is, and its commit, ""
// if there is none yet.
func (c *Checkout) Head() (branch, commit string, err error) {
	out, err := c.ask("symbolic-ref", "-q", "HEAD")
	var failed *GitError
	if err != nil && (!errors.As(err, &failed) || failed.Code != 1) {
		return "", "", err
	}
	branch = strings.TrimPrefix(strings.TrimSpace(out), branches)
	out, err = c.ask("rev-parse", "-q", "--verify", "HEAD^{commit}")
	if errors.As(err, &failed) && failed.Code == 1 {
		return branch, "", nil
	}
	return branch, strings.TrimSpace(out), err
}

// Busy says what somebody is in the middle of, such as a merge, or "".
func (c *Checkout) Busy() string {
	for _, s := range []struct{ file, what string }{
		{"MERGE_HEAD", "a merge"}, {"CHERRY_PICK_HEAD", "a cherry-pick"}, {"REVERT_HEAD", "a revert"},
		{"rebase-merge", "a rebase"}, {"rebase-apply", "a rebase"}, {"BISECT_LOG", "a bisect"},
		{"index.lock", "another git command (or one that crashed: remove " + filepath.Join(c.Dir, "index.lock") + " then)"},
	} {
		if exists(filepath.Join(c.Dir, s.file)) {
			return s.what
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// AnyStaged reports whether the index holds changes that are not committed.
func (c *Checkout) AnyStaged() (bool, error) {
	_, err := c.ask("diff-index", "--cached", "--quiet", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "HEAD", "--")
	var failed *GitError
	if errors.As(err, &failed) && failed.Code == 1 {
		return true, nil
	}
	return false, err
}

// Identity is who commits, and when.
type Identity struct{ Author, Committer string } // as in "A <a@example.com> 1700000000 +0000"

// Identity returns whom git takes the user for in this repository.
func (c *Checkout) Identity() (Identity, error) {
	var id Identity
	for _, v := range []struct {
		name string
		to   *string
	}{{"GIT_AUTHOR_IDENT", &id.Author}, {"GIT_COMMITTER_IDENT", &id.Committer}} {
		out, err := c.ask("var", v.name)
		if err != nil {
			return id, fmt.Errorf("%s: git does not know who commits; set user.name and user.email (git config --global)", c.at)
		}
		*v.to = strings.TrimRight(out, "\n")
	}
	return id, nil
}
