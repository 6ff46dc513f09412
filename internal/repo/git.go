package repo

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// State says in which way a file is somebody's uncommitted work.
type State string

const (
	Modified   State = "modified"   // differs from what is staged or committed
	Staged     State = "staged"     // as it is staged, but not committed
	Untracked  State = "untracked"  // neither tracked nor ignored
	Conflicted State = "conflicted" // in an unfinished merge
	// Hidden: git was told not to look (assume-unchanged, skip-worktree), so
	// nobody can say whether something would be lost.
	Hidden State = "hidden"
)

// literal says that file names are no patterns.
const literal = "--literal-pathspecs"

// maxArgs bounds the bytes of file names on one command line (Windows allows
// 32,767 characters in all), maxBatches the number of command lines.
const (
	maxArgs    = 24 << 10
	maxBatches = 4
)

// Git asks git about files, of any number of repositories. It changes nothing
// and runs no program that a repository names. It may be used by several
// goroutines.
type Git struct {
	run   Runner
	mu    sync.Mutex
	roots map[string]string // by directory
}

// NewGit returns a Git that calls run.
func NewGit(run Runner) *Git { return &Git{run: run, roots: map[string]string{}} }

// Root returns the top folder of the checkout that the path lies in, absolute
// and without links, or "" if there is none. The path need not exist.
func (g *Git) Root(path string) string {
	real, err := realPath(path)
	if err != nil {
		return ""
	}
	if info, err := os.Lstat(real); err != nil || !info.IsDir() {
		real = filepath.Dir(real)
	}
	return g.rootOf(real)
}

// rootOf is Root for a directory from realPath.
func (g *Git) rootOf(dir string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.root(dir)
}

func (g *Git) root(dir string) string {
	if root, ok := g.roots[dir]; ok {
		return root
	}
	root := ""
	if hasGit(dir) {
		root = dir
	} else if up := filepath.Dir(dir); up != dir {
		root = g.root(up)
	}
	g.roots[dir] = root
	return root
}

// hasGit reports whether dir is the top of a checkout. In a worktree and a
// submodule, .git is a file. A folder of that name that holds nothing of a
// repository is none to git, which looks further up; one that is only damaged
// is a repository here, so that git says what is wrong.
func hasGit(dir string) bool {
	name := filepath.Join(dir, ".git")
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		_, err := os.Lstat(name)
		return err == nil
	}
	return slices.ContainsFunc([]string{"HEAD", "objects", "refs"}, func(part string) bool {
		return exists(filepath.Join(name, part))
	})
}

// inside returns what keeps git to the checkout at root: it neither looks
// further up if it does not take root for one, nor compares another folder that
// core.worktree names.
func inside(root string) []string {
	if root == "" {
		return nil
	}
	return []string{"GIT_CEILING_DIRECTORIES=" + filepath.Dir(root), "GIT_WORK_TREE=" + root}
}

// realPath returns the absolute path without links. Of a file that does not
// exist the directory is resolved.
func realPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if err == nil {
		return real, nil
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(abs))
	return filepath.Join(dir, filepath.Base(abs)), err
}

// realFile is realPath for many files in few directories, which are resolved
// once and kept in dirs.
func realFile(name string, dirs map[string]string) (string, error) {
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return realPath(name)
	}
	dir, base := filepath.Split(name)
	real, ok := dirs[dir]
	if !ok {
		var err error
		if real, err = realPath(filepath.Clean(dir)); err != nil {
			return "", err
		}
		dirs[dir] = real
	}
	return filepath.Join(real, base), nil
}

// group is the part of the files that lies in one checkout.
type group struct {
	root  string
	names map[string][]string // the caller's names of each path, which is relative to root, with slashes
}

func (g *group) paths() []string {
	paths := make([]string, 0, len(g.names))
	for p := range g.names {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

// groups sorts files by checkout. Those outside of any are under the root "".
func (g *Git) groups(paths []string) ([]*group, error) {
	byRoot := map[string]*group{}
	var groups []*group
	dirs := map[string]string{} // without links
	for _, name := range paths {
		real, err := realFile(name, dirs)
		if err != nil {
			return nil, fmt.Errorf("%s: its directory cannot be found: %w", shown(name), err)
		}
		root := g.rootOf(filepath.Dir(real))
		in := byRoot[root]
		if in == nil {
			in = &group{root: root, names: map[string][]string{}}
			byRoot[root] = in
			groups = append(groups, in)
		}
		rel := real
		if root != "" {
			if rel, err = filepath.Rel(root, real); err != nil {
				return nil, err
			}
		}
		rel = filepath.ToSlash(rel)
		in.names[rel] = append(in.names[rel], name)
	}
	slices.SortFunc(groups, func(a, b *group) int { return strings.Compare(a.root, b.root) })
	return groups, nil
}

// Locate returns the top folder of the checkout that a file lies in, as Root
// does, and the name of the file in it, with slashes.
func (g *Git) Locate(path string) (root, rel string, err error) {
	real, err := realPath(path)
	if err != nil {
		return "", "", err
	}
	if root = g.rootOf(filepath.Dir(real)); root == "" {
		return "", "", nil
	}
	rel, err = filepath.Rel(root, real)
	return root, filepath.ToSlash(rel), err
}

// Dirty returns those of the files that hold uncommitted work: tracked with
// changes, or untracked and not ignored. A link stands for the file it leads
// to. Outside of a checkout nothing is dirty. If git cannot say, the error is
// a [*GitError] or [ErrNoGit], and no file may be taken for clean.
func (g *Git) Dirty(paths []string) (map[string]State, error) {
	dirty := map[string]State{}
	groups, err := g.groups(paths)
	if err != nil {
		return nil, err
	}
	for _, in := range groups {
		if in.root == "" {
			continue
		}
		mark := func(path string, s State) {
			for _, name := range in.names[path] {
				dirty[name] = s
			}
		}
		batches := batches(in.paths())
		// Hidden ones first: status does not mention them.
		for _, batch := range batches {
			err := g.call(in.root, append([]string{literal, "ls-files", "-z", "-v", "--full-name", "--"}, batch...), func(r string) {
				// The tag of a file that is assumed unchanged is in lower
				// case, that of a skipped one is S.
				if len(r) > 2 && (r[0] >= 'a' && r[0] <= 'z' || r[0] == 'S') {
					mark(r[2:], Hidden)
				}
			})
			if err != nil {
				return nil, err
			}
		}
		noFilters, err := g.noFilters(in.root)
		if err != nil {
			return nil, err
		}
		status := append(noFilters, literal, "status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignored=no",
			"--ignore-submodules=all", "--no-renames", "--")
		for _, batch := range batches {
			err := g.call(in.root, slices.Concat(status, batch), func(r string) {
				if path, s := parseStatus(r); s != "" {
					mark(path, s)
				}
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return dirty, nil
}

// parseStatus reads a record of git status --porcelain=v2 -z without renames.
// It returns no state for records of another kind.
func parseStatus(r string) (path string, s State) {
	field := func(n int) string {
		if f := strings.SplitN(r, " ", n); len(f) == n {
			return f[n-1]
		}
		return ""
	}
	switch {
	case strings.HasPrefix(r, "1 ") && len(r) > 4:
		if r[3] == '.' {
			return field(9), Staged
		}
		return field(9), Modified
	case strings.HasPrefix(r, "u "):
		return field(11), Conflicted
	case strings.HasPrefix(r, "? "):
		return r[2:], Untracked
	}
	return "", ""
}

// noFilters returns options that switch off all clean and smudge filters.
// status and diff run them on files whose times differ from the index, and the
// repository's configuration says which program that is. There is no one
// switch, but a driver without a program passes files through. The price: a
// file under a filter (git-lfs, git-crypt) that was touched counts as changed.
func (g *Git) noFilters(root string) ([]string, error) {
	var options []string
	var odd string
	err := g.call(root, []string{"config", "-z", "--name-only", "--get-regexp", `^filter\..*\.(clean|smudge|process|required)$`}, func(key string) {
		value := ""
		if strings.HasSuffix(key, ".required") {
			value = "false"
		}
		if strings.Contains(key, "=") { // cannot be said with -c
			odd = key
		}
		options = append(options, "-c", key+"="+value)
	})
	var failed *GitError
	if errors.As(err, &failed) && failed.Code == 1 { // no such key
		return nil, nil
	}
	if err == nil && odd != "" {
		err = &GitError{Dir: root, Verb: "config", Code: -1, Text: fmt.Sprintf("the filter %q cannot be switched off; rename it without =", odd)}
	}
	return options, err
}

// ChangedSince returns those of the files that differ from the commit ref,
// committed or not, and those that are untracked and not ignored, in the order
// given. The commit itself is compared, not where the branches parted. Every
// file must lie in a checkout that knows ref.
func (g *Git) ChangedSince(ref string, paths []string) ([]string, error) {
	groups, err := g.groups(paths)
	if err != nil {
		return nil, err
	}
	changed := map[string]bool{}
	for _, in := range groups {
		if in.root == "" {
			return nil, fmt.Errorf("%s: is in no git checkout, so nobody knows what changed since %q", in.names[in.paths()[0]][0], ref)
		}
		commit, err := g.commit(in.root, ref)
		if err != nil {
			return nil, err
		}
		noFilters, err := g.noFilters(in.root)
		if err != nil {
			return nil, err
		}
		mark := func(path string) {
			for _, name := range in.names[path] {
				changed[name] = true
			}
		}
		diff := append(noFilters, "diff", "--name-only", "-z", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-relative",
			"--ignore-submodules=all", commit, "--")
		if err := g.call(in.root, diff, mark); err != nil {
			return nil, err
		}
		if err := g.call(in.root, []string{"ls-files", "-z", "-o", "--exclude-standard", "--full-name"}, mark); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(slices.Clone(paths), func(name string) bool { return !changed[name] }), nil
}

// commit returns the name of the commit that ref means.
func (g *Git) commit(root, ref string) (string, error) {
	if ref == "" || strings.HasPrefix(ref, "-") { // git would take it for an option
		return "", fmt.Errorf("%s: no commit %q; write a branch, a tag or a commit", root, ref)
	}
	var out strings.Builder
	_, err := g.run(Command{Dir: root, Env: inside(root), Args: []string{"rev-parse", "--verify", ref + "^{commit}"}, Stdout: &out})
	var failed *GitError
	if errors.As(err, &failed) && !strings.Contains(failed.Text, "not a git repository") && !strings.Contains(failed.Text, "dubious ownership") {
		return "", fmt.Errorf("%s: no commit %q; fetch it first (a shallow clone knows few commits): %w", root, ref, err)
	}
	return strings.TrimSpace(out.String()), err
}

// ignored returns those of the paths that git ignores. They are relative to
// dir, with slashes. Tracked files are never ignored.
func (g *Git) ignored(dir string, paths []string) (map[string]bool, error) {
	var in []byte
	for _, p := range paths {
		in = append(in, "./"+p+"\x00"...) // check-ignore has no literal mode: :(glob)x would be a pattern
	}
	found := map[string]bool{}
	_, err := g.run(Command{
		Dir: dir, Env: inside(g.rootOf(dir)), Args: []string{"check-ignore", "-z", "--stdin"}, Stdin: in,
		Stdout: &records{do: func(p string) { found[strings.TrimPrefix(p, "./")] = true }},
	})
	var failed *GitError
	if errors.As(err, &failed) && failed.Code == 1 { // none
		err = nil
	}
	return found, err
}

// call runs git in the checkout at root and hands on the records that it writes.
func (g *Git) call(root string, args []string, do func(record string)) error {
	var out io.Writer = &records{do: do}
	_, err := g.run(Command{Dir: root, Env: inside(root), Args: args, Stdout: out})
	return err
}

// batches parts paths into as many as one command line takes. git status
// reads no paths from standard input. If there are too many, one call without
// paths, which looks at the whole checkout, costs less than many calls.
func batches(paths []string) [][]string {
	var all [][]string
	start, size := 0, 0
	for i, p := range paths {
		if size+len(p) >= maxArgs && i > start {
			all, start, size = append(all, paths[start:i]), i, 0
		}
		size += len(p) + 1
	}
	if len(all) >= maxBatches {
		return [][]string{nil}
	}
	return append(all, paths[start:])
}
