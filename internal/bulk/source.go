package bulk

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/repo"
)

// Source is one repository to look at.
type Source struct {
	Name string // for people: as it was given, without a password
	Slug string // for file names, different for every source of a list
	Key  string // the same for the same repository, whatever password an address has
	Dir  string // of a repository on this machine, "" for an address
	URL  string // what is cloned, "" for a repository on this machine
	// Twin names another source of the list that is the same repository with
	// another work tree, "" if there is none before it: branches are shared.
	Twin string
}

// depth is how far below a directory repositories are looked for.
const depth = 3

// Sources returns the repositories that operands name, each once: addresses,
// repositories, directories with repositories in them, and files with one of
// these on a line (# begins a comment). Paths in a file start at its directory.
func Sources(operands []string) ([]Source, error) {
	var list []Source
	for _, o := range operands {
		more, err := sourcesOf(o, o, true)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	seen, slugs := make(map[string]bool), make(map[string]int)
	list = slices.DeleteFunc(list, func(s Source) bool {
		again := seen[s.Key]
		seen[s.Key] = true
		return again
	})
	for _, s := range list {
		slugs[strings.ToLower(s.Slug)]++
	}
	for i := range list {
		if s := &list[i]; slugs[strings.ToLower(s.Slug)] > 1 {
			s.Slug += "-" + s.Key[:8]
		}
	}
	twins(list)
	return list, nil
}

// twins finds the sources that are work trees of one repository. The one that
// holds the repository stands for all of them, else the first.
func twins(list []Source) {
	first := make(map[string]int)
	common := make([]string, len(list))
	for i, s := range list {
		if s.Dir == "" {
			continue
		}
		git, linked := gitDir(s.Dir)
		common[i] = git
		if _, ok := first[git]; !ok || !linked {
			first[git] = i
		}
	}
	for i := range list {
		if common[i] != "" && first[common[i]] != i {
			list[i].Twin = list[first[common[i]]].Name
		}
	}
}

// gitDir returns where a repository has its branches, without asking git, which
// may find it broken; linked says that dir is one of several work trees and not
// the first.
func gitDir(dir string) (git string, linked bool) {
	git = filepath.Join(dir, ".git")
	text, err := os.ReadFile(git)
	switch {
	case err == nil: // a submodule, or a work tree
		to, _ := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
		if !filepath.IsAbs(to) {
			to = filepath.Join(dir, to)
		}
		git = to
		if text, err := os.ReadFile(filepath.Join(to, "commondir")); err == nil {
			if git = strings.TrimSpace(string(text)); !filepath.IsAbs(git) {
				git = filepath.Join(to, git)
			}
			linked = true
		}
	case os.IsNotExist(err): // bare
		git = dir
	}
	if real, err := filepath.EvalSymlinks(git); err == nil {
		git = real
	}
	return git, linked
}

// sourcesOf is Sources for one operand; name is how it was written.
func sourcesOf(path, name string, lists bool) ([]Source, error) {
	if repo.IsURL(name) {
		if err := repo.CheckURL(name); err != nil {
			return nil, fmt.Errorf("%s: %w", repo.MaskURL(name), err)
		}
		return []Source{newSource(Source{Name: repo.MaskURL(name), URL: name}, repo.WithoutSecret(name))}, nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil && lists:
		return nil, fmt.Errorf("%s: there is no such file or directory; expected a list of repositories, a directory or an address", name)
	case err != nil:
		// The list may speak of what is gone; the run says so.
		return []Source{local(path, name)}, nil
	case info.IsDir():
		return below(path, name), nil
	case !lists:
		return nil, fmt.Errorf("%s: is no repository; lists do not hold lists", name)
	}
	return readList(path, name)
}

func readList(path, name string) ([]Source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", name, err)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, fmt.Errorf("%s: is no list of repositories", name)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var list []Source
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if i := strings.Index(line, " #"); i >= 0 {
			line = strings.TrimSpace(line[:i])
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		at := line
		if !repo.IsURL(line) && !filepath.IsAbs(line) {
			at = filepath.Join(filepath.Dir(path), line)
		}
		more, err := sourcesOf(at, line, false)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		list = append(list, more...)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

// below returns the repository that a directory is, or those in it. Links are
// not followed. A directory without any is named, so that the run says so.
func below(path, name string) []Source {
	if isRepository(path) {
		return []Source{local(path, name)}
	}
	list := search(path, name, depth)
	if len(list) == 0 {
		return []Source{local(path, name)}
	}
	return list
}

func search(path, name string, deep int) []Source {
	entries, err := os.ReadDir(path)
	if err != nil || deep == 0 {
		return nil
	}
	var list []Source
	for _, e := range entries {
		if !e.IsDir() || e.Name() == ".git" {
			continue
		}
		at, called := filepath.Join(path, e.Name()), filepath.Join(name, e.Name())
		if isRepository(at) {
			list = append(list, local(at, called))
		} else {
			list = append(list, search(at, called, deep-1)...)
		}
	}
	return list
}

// isRepository reports whether a directory is meant to be a repository, be it
// broken.
func isRepository(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
		return true
	}
	for _, name := range []string{"HEAD", "objects", "refs"} { // bare
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

func local(path, name string) Source {
	real := path
	if abs, err := filepath.Abs(path); err == nil {
		real = abs
	}
	if r, err := filepath.EvalSymlinks(real); err == nil {
		real = r
	}
	return newSource(Source{Name: filepath.ToSlash(name), Dir: real}, real)
}

var odd = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// newSource fills in slug and key.
func newSource(s Source, id string) Source {
	sum := sha256.Sum256([]byte(id))
	s.Key = hex.EncodeToString(sum[:16])
	base := strings.TrimSuffix(strings.TrimRight(filepath.ToSlash(id), "/"), ".git")
	s.Slug = strings.Trim(odd.ReplaceAllString(base[strings.LastIndexAny(base, "/:")+1:], "-"), ".-")
	if s.Slug == "" {
		s.Slug = s.Key[:8]
	}
	return s
}
