package repo

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// StagedFile is a file whose staged content differs from the last commit.
type StagedFile struct {
	// Text is the staged content if the work tree has another, nil if they are
	// the same.
	Text []byte
	// Gone says that the file is not in the work tree any more.
	Gone bool
}

// Staged returns those of the files that are staged: added or changed against
// the last commit. Inside a hook that git commit --all or git commit FILE has
// called, the index of that commit is meant (GIT_INDEX_FILE). Every file must
// lie in a checkout.
func (g *Git) Staged(paths []string) (map[string]StagedFile, error) {
	groups, err := g.groups(paths)
	if err != nil {
		return nil, err
	}
	staged := map[string]StagedFile{}
	for _, in := range groups {
		if in.root == "" {
			return nil, fmt.Errorf("%s: is in no git checkout, so nothing is staged", in.names[in.paths()[0]][0])
		}
		if err := g.stagedIn(in, staged); err != nil {
			return nil, err
		}
	}
	return staged, nil
}

func (g *Git) stagedIn(in *group, staged map[string]StagedFile) error {
	env := append(g.hookIndex(in.root), inside(in.root)...)
	ids := map[string]string{}
	raw := ""
	read := &records{do: func(r string) {
		switch {
		case strings.HasPrefix(r, ":"):
			raw = r
		default:
			if f := strings.Fields(raw); len(f) == 5 && strings.HasPrefix(f[1], "100") && in.names[r] != nil {
				ids[r] = f[3]
			}
		}
	}}
	base := "HEAD"
	if _, err := g.commit(in.root, base); err != nil {
		// There is no commit yet. git knows the tree without files, whose name
		// depends on the format, without having it.
		var name strings.Builder
		if _, err := g.run(Command{Dir: in.root, Env: inside(in.root), Args: []string{"hash-object", "-t", "tree", "--stdin"}, Stdout: &name}); err != nil {
			return err
		}
		base = strings.TrimSpace(name.String())
	}
	_, err := g.run(Command{Dir: in.root, Env: env, Stdout: read, Args: []string{
		"diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--diff-filter=AMT", "--ignore-submodules=all", base, "--",
	}})
	if err != nil {
		return err
	}
	for path, id := range ids {
		var text bytes.Buffer
		if _, err := g.run(Command{Dir: in.root, Env: env, Args: []string{"cat-file", "blob", id}, Stdout: &text}); err != nil {
			return err
		}
		f := StagedFile{}
		now, err := os.ReadFile(filepath.Join(in.root, filepath.FromSlash(path)))
		switch {
		case err != nil:
			f.Gone = true
			f.Text = text.Bytes()
		case !bytes.Equal(now, text.Bytes()) && !bytes.Equal(bytes.ReplaceAll(now, []byte("\r\n"), []byte("\n")), text.Bytes()):
			f.Text = append([]byte{}, text.Bytes()...)
		}
		for _, name := range in.names[path] {
			staged[name] = f
		}
	}
	return nil
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
