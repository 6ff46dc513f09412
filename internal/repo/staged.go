package repo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/safeio"
)

// maxIndexed bounds the files that are compared with the index; of larger ones
// the work tree counts. It is far beyond what a server reads.
const maxIndexed = 64 << 20

// Index stands for what the index of checkouts holds, as far as that is staged
// or the work tree holds something else: the next commit is made of it, whatever
// has become of the files meanwhile. Inside a hook that git commit --all or git
// commit FILE has called, the index of that commit is meant (GIT_INDEX_FILE).
// What is not tracked is in no index. It may be used by several goroutines.
type Index struct {
	git *Git
	mu  sync.Mutex
	// wanted says by the name which files are surely asked for.
	wanted func(name string) int
	roots  map[string]error // of the checkouts that were asked
	files  map[string]*indexed
	dirs   map[string]bool   // the folders of files, up to the checkout
	bases  map[string]bool   // the names of files
	real   map[string]string // folders without links, "" for what is not there
}

// indexed is a regular file in an index. Its key is the folder of the checkout,
// without links, and its name in there.
type indexed struct {
	root, id string
	staged   bool // added or changed against the last commit
	compared bool
	other    bool   // the work tree holds something else
	text     []byte // of the index, if other
	err      error
}

// Index returns an index in which no checkout was looked at. wanted says by their
// name which files will be asked for; they are read together.
func (g *Git) Index(wanted func(name string) int) *Index {
	return &Index{
		git: g, wanted: wanted, roots: map[string]error{}, files: map[string]*indexed{}, dirs: map[string]bool{},
		bases: map[string]bool{}, real: map[string]string{},
	}
}

// Open looks at the checkout that a path lies in, which need not be there. If a
// link has taken the place of one of its folders, that is the checkout with the
// link, too.
func (x *Index) Open(path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	there := false
	for dir := abs; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil && !there {
			there = true
			if err := x.load(x.git.Root(dir)); err != nil {
				return err
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return nil
		}
		if isLink(dir) {
			if err := x.load(x.git.Root(up)); err != nil {
				return err
			}
		}
	}
}

// load asks the checkout at root, once.
func (x *Index) load(root string) error {
	if root == "" {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	err, ok := x.roots[root]
	if !ok {
		err = x.ask(root)
		x.roots[root] = err
	}
	return err
}

func (x *Index) ask(root string) error {
	base, err := x.git.lastTree(root)
	if err != nil {
		return err
	}
	filters, err := x.git.noFilters(root)
	if err != nil {
		return err
	}
	found := map[string]*indexed{}
	unmerged := map[string]bool{}
	read := func(staged bool, args ...string) error {
		var raw []string
		out := &records{do: func(r string) {
			// :MODE MODE ID ID STATUS, and the path in a record of its own
			if strings.HasPrefix(r, ":") && len(raw) == 0 {
				raw = strings.Fields(r)
				return
			}
			mode, id := 0, 2
			if staged {
				mode, id = 1, 3
			}
			switch {
			case len(raw) != 5:
			case raw[4] == "U":
				unmerged[r] = true
			case strings.HasPrefix(strings.TrimPrefix(raw[mode], ":"), "100"):
				if found[r] == nil {
					found[r] = &indexed{root: root, id: raw[id]}
				}
				found[r].staged = found[r].staged || staged
			}
			raw = nil
		}}
		env := append(x.git.hookIndex(root), inside(root)...)
		_, err := x.git.run(Command{Dir: root, Env: env, Stdout: out, Args: slices.Concat(filters, args)})
		return err
	}
	raw := []string{"--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"}
	if err := read(true, slices.Concat([]string{"diff-index", "--cached"}, raw, []string{base, "--"})...); err != nil {
		return err
	}
	if err := read(false, slices.Concat([]string{"diff-files"}, raw)...); err != nil {
		return err
	}
	var now []string
	for path, f := range found {
		if unmerged[path] { // nothing of it can be committed
			continue
		}
		name := filepath.FromSlash(path)
		key := filepath.Join(root, name)
		x.files[key] = f
		x.bases[filepath.Base(name)] = true
		for dir := filepath.Dir(key); len(dir) > len(root); dir = filepath.Dir(dir) {
			x.dirs[dir] = true
		}
		if x.wanted(path) > 0 {
			now = append(now, key)
		}
	}
	slices.Sort(now)
	return x.compare(root, now)
}

// lastTree returns what a commit would be made on: the last commit, or the tree
// without files.
func (g *Git) lastTree(root string) (string, error) {
	if _, err := g.commit(root, "HEAD"); err == nil {
		return "HEAD", nil
	}
	// git knows the tree without files, whose name depends on the format, without
	// having it.
	var name strings.Builder
	_, err := g.run(Command{Dir: root, Env: inside(root), Args: []string{"hash-object", "-t", "tree", "--stdin"}, Stdout: &name})
	return strings.TrimSpace(name.String()), err
}

// compare finds out of which of the files the work tree holds something else.
func (x *Index) compare(root string, keys []string) error {
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = x.files[key].id
	}
	return x.git.blobs(root, ids, maxIndexed, func(i int, text []byte) {
		f := x.files[keys[i]]
		f.compared = true
		if text != nil && !x.onDisk(keys[i], text) {
			f.other, f.text = true, slices.Clone(text)
		}
	})
}

// onDisk reports whether a file of the work tree holds a text. That it may have
// CRLF where the index has LF is as git means it.
func (x *Index) onDisk(key string, text []byte) bool {
	dir := filepath.Dir(key)
	if x.without(dir) != dir {
		return false // a link has taken the place of a folder
	}
	if info, err := os.Lstat(key); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := safeio.Read(key, safeio.Limits{MaxSize: 2 * maxIndexed})
	return err == nil && (string(f.Data) == string(text) || strings.ReplaceAll(string(f.Data), "\r\n", "\n") == string(text))
}

// without returns a folder without links, or "" if it is not there.
func (x *Index) without(dir string) string {
	real, ok := x.real[dir]
	if !ok {
		real, _ = filepath.EvalSymlinks(dir)
		x.real[dir] = real
	}
	return real
}

// locate returns the key that a path stands for, or "". A name in an index has
// no link in front of it, so what is a link in the work tree by now is followed
// only if the index knows nothing of that name.
func (x *Index) locate(path string, known func(key string) bool) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	for i := range len(abs) {
		if !os.IsPathSeparator(abs[i]) {
			continue
		}
		if real := x.without(abs[:i+1]); real != "" {
			if key := filepath.Join(real, abs[i+1:]); known(key) {
				return key
			}
		}
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil && known(real) {
		return real
	}
	return ""
}

// Key returns the absolute path without links of a file of which the index holds
// something else than the work tree, or "".
func (x *Index) Key(path string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if key := x.file(path); key != "" && x.other(key).other {
		return key
	}
	return ""
}

// holds is whether Key returns the key itself.
func (x *Index) holds(key string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.files[key] != nil && x.other(key).other
}

// file returns the key of the file that a path stands for, or "".
func (x *Index) file(path string) string {
	if !x.bases[filepath.Base(path)] && !isLink(path) {
		return "" // as most
	}
	return x.locate(path, func(key string) bool { return x.files[key] != nil })
}

// Dir returns the absolute path without links of a folder that the index has
// and the work tree has not, or "".
func (x *Index) Dir(path string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := x.locate(path, func(key string) bool { return x.dirs[key] })
	if info, err := os.Lstat(key); key == "" || err == nil && info.IsDir() {
		return ""
	}
	return key
}

// Staged reports whether a file is added or changed against the last commit.
func (x *Index) Staged(path string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := x.file(path)
	return key != "" && x.files[key].staged
}

// Text returns what the index holds of a file; ok is false if the work tree holds
// the same, or the index nothing. The text must not be changed.
func (x *Index) Text(path string) (text []byte, ok bool, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := x.file(path)
	if key == "" {
		return nil, false, nil
	}
	f := x.other(key)
	return f.text, f.other, f.err
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

// other returns a file after its comparison.
func (x *Index) other(key string) *indexed {
	f := x.files[key]
	if !f.compared {
		f.err = x.compare(f.root, []string{key})
		f.compared = true
	}
	return f
}

// under returns the files in a folder, and below it if deep, of which the index
// holds something else than the work tree.
func (x *Index) under(dir string, deep bool) []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var keys []string
	for key := range x.files {
		in := filepath.Dir(key) == dir || deep && strings.HasPrefix(key, dir+separator)
		if in && x.wanted(key) > 0 && x.other(key).other {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// hookIndex returns the variable that names the index of the commit for which a
// hook runs, if it is one of the checkout in the current directory.
func (g *Git) hookIndex(root string) []string {
	index := os.Getenv("GIT_INDEX_FILE")
	cwd, err := os.Getwd()
	if index == "" || err != nil || g.Root(cwd) != root {
		return nil
	}
	if !filepath.IsAbs(index) {
		// git runs hooks in the top folder of the checkout.
		index = filepath.Join(root, index)
	}
	if _, err := os.Stat(index); err != nil {
		return nil
	}
	return []string{"GIT_INDEX_FILE=" + index}
}
