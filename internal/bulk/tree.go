package bulk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/repo"
)

// Tree is the files of one commit.
type Tree struct {
	// Root is a directory that holds those of the files that are worth looking
	// into, and settings. It is private, and removed when the repository is done.
	Root string
	// Left says what was left out, for people.
	Left []string

	checkout *repo.Checkout
	entries  map[string]repo.Entry
}

// maxFile bounds the files that are looked into, and maxLinks how many links
// stand for each other.
const (
	maxFile  = 64 << 20
	maxLinks = 10
	batch    = 64 << 20 // bytes that are asked of git at a time
)

// newTree lays out the files of a commit that are wanted by their name, below
// root, which must exist and be empty.
func newTree(c *repo.Checkout, commit, root string, wanted func(name string) bool) (*Tree, error) {
	list, err := c.Files(commit)
	if err != nil {
		return nil, err
	}
	t := &Tree{Root: root, checkout: c, entries: make(map[string]repo.Entry, len(list))}
	var ask []repo.Entry
	links := 0
	for _, e := range list {
		if !sound(e.Path) {
			t.Left = append(t.Left, fmt.Sprintf("%q is no name that a file may have here", e.Path))
			continue
		}
		t.entries[e.Path] = e
		base := path.Base(e.Path)
		if base != config.Name && !wanted(base) {
			continue
		}
		switch {
		case e.Link():
			links++
		case e.Regular() && e.Size > maxFile:
			t.Left = append(t.Left, fmt.Sprintf("%s is larger than %d MB", e.Path, maxFile>>20))
		case e.Regular():
			ask = append(ask, e)
		}
	}
	switch {
	case links == 1:
		t.Left = append(t.Left, "1 symbolic link is not looked into; what it leads to is, where it stands")
	case links > 1:
		t.Left = append(t.Left, fmt.Sprintf("%d symbolic links are not looked into; what they lead to is, where it stands", links))
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	// Settings are looked for up to the folder with this.
	if err := dir.Mkdir(".git", 0o700); err != nil {
		return nil, err
	}
	for len(ask) > 0 {
		n, size := 0, int64(0)
		for n < len(ask) && (n == 0 || size+ask[n].Size < batch) {
			size += ask[n].Size
			n++
		}
		texts, err := c.Blobs(ask[:n])
		if err != nil {
			return nil, err
		}
		for i, text := range texts {
			if err := put(dir, ask[i].Path, text); err != nil {
				t.Left = append(t.Left, fmt.Sprintf("%s: %v", ask[i].Path, err))
			}
		}
		ask = ask[n:]
	}
	return t, nil
}

// sound reports whether a name from a commit leads to nowhere but a file below
// the root: git itself refuses others, if it made the commit.
func sound(name string) bool {
	bad := func(part string) bool { return strings.EqualFold(part, ".git") || part == "" }
	return filepath.IsLocal(filepath.FromSlash(name)) && path.Clean(name) == name && !slices.ContainsFunc(strings.Split(name, "/"), bad)
}

func put(dir *os.Root, name string, text []byte) error {
	name = filepath.FromSlash(name)
	if err := dir.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return dir.WriteFile(name, text, 0o600)
}

// Read returns the content of a file by its name in the repository. Links are
// followed inside of the repository. The error is fs.ErrNotExist for all that
// lies elsewhere.
func (t *Tree) Read(name string) ([]byte, error) {
	name = path.Clean(filepath.ToSlash(name))
	for range maxLinks {
		e, ok := t.entries[name]
		switch {
		case !ok || !sound(name):
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		case !e.Regular() && !e.Link():
			return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("is a submodule")}
		case e.Size > maxFile:
			return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("is too large")}
		}
		texts, err := t.checkout.Blobs([]repo.Entry{e})
		if err != nil {
			return nil, err
		}
		if e.Regular() {
			return texts[0], nil
		}
		if to := string(texts[0]); path.IsAbs(to) {
			name = "/" // outside
		} else {
			name = path.Join(path.Dir(name), to)
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("is a link that leads nowhere")}
}

// File reports whether a name is that of a file, and not of a link.
func (t *Tree) File(name string) bool {
	return t.entries[path.Clean(filepath.ToSlash(name))].Regular()
}
