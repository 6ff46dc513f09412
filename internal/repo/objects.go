package repo

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Entry is one file of a commit.
type Entry struct {
	Path string // with slashes
	Mode string // 100644, 100755, 120000 (a link) or 160000 (a submodule)
	ID   string
	Size int64 // in bytes, -1 for a submodule
}

// Regular reports whether the entry is a file with content.
func (e Entry) Regular() bool { return strings.HasPrefix(e.Mode, "100") }

// Link reports whether the entry is a symbolic link.
func (e Entry) Link() bool { return e.Mode == "120000" }

// Files returns all files of a commit, or only those of the paths.
func (c *Checkout) Files(commit string, paths ...string) ([]Entry, error) {
	var list []Entry
	var odd error
	cmd := c.apart(append([]string{literal, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--"}, paths...)...)
	cmd.Stdout = &records{do: func(r string) {
		head, path, ok := strings.Cut(r, "\t")
		f := strings.Fields(head)
		if !ok || len(f) != 4 {
			odd = fmt.Errorf("%s: git ls-tree says %q", c.at, r)
			return
		}
		e := Entry{Path: path, Mode: f[0], ID: f[2], Size: -1}
		if n, err := strconv.ParseInt(f[3], 10, 64); err == nil {
			e.Size = n
		}
		list = append(list, e)
	}}
	_, err := c.run(cmd)
	return list, errors.Join(err, odd)
}

// Blobs returns the contents of files as they are stored.
func (c *Checkout) Blobs(entries []Entry) ([][]byte, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	var in, out bytes.Buffer
	for _, e := range entries {
		in.WriteString(e.ID + "\n")
	}
	cmd := c.apart("cat-file", "--batch")
	cmd.Stdin, cmd.Stdout = in.Bytes(), &out
	if _, err := c.run(cmd); err != nil {
		return nil, err
	}
	texts, bad := splitBlobs(out.Bytes(), len(entries))
	if i := len(texts); i < len(entries) {
		return nil, fmt.Errorf("%s: %s cannot be read: git says %q; is the repository complete?", c.at, shown(entries[i].Path), bad)
	}
	return texts, nil
}

// splitBlobs takes apart what git cat-file --batch says of n blobs. If there are
// fewer, bad is the line in the place of the next.
func splitBlobs(rest []byte, n int) (texts [][]byte, bad string) {
	texts = make([][]byte, 0, n)
	for range n {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		f := strings.Fields(string(line))
		if !ok || len(f) != 3 || f[1] != "blob" {
			return texts, string(line)
		}
		size, err := strconv.Atoi(f[2])
		if err != nil || size < 0 || size >= len(after) {
			return texts, string(line)
		}
		texts, rest = append(texts, after[:size:size]), after[size+1:]
	}
	return texts, ""
}

// blobs hands on the contents of blobs as they are stored, nil for one larger
// than max.
func (g *Git) blobs(root string, ids []string, max int, do func(i int, text []byte)) error {
	if len(ids) == 0 {
		return nil
	}
	ask := func(how string, ids []string) ([]byte, error) {
		var out bytes.Buffer
		_, err := g.run(Command{Dir: root, Env: inside(root), Args: []string{"cat-file", how}, Stdin: []byte(strings.Join(ids, "\n") + "\n"), Stdout: &out})
		return out.Bytes(), err
	}
	text, err := ask("--batch-check", ids)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var small []string
	var at []int
	sum := 0
	flush := func() error {
		if len(small) == 0 {
			return nil
		}
		out, err := ask("--batch", small)
		if err != nil {
			return err
		}
		texts, bad := splitBlobs(out, len(small))
		if len(texts) < len(small) {
			return fmt.Errorf("%s: %s cannot be read: git says %q; is the repository complete?", root, small[len(texts)], bad)
		}
		for i, text := range texts {
			do(at[i], text)
		}
		small, at, sum = nil, nil, 0
		return nil
	}
	for i, id := range ids {
		size := -1
		if f := strings.Fields(lines[min(i, len(lines)-1)]); len(f) == 3 {
			size, _ = strconv.Atoi(f[2]) // of one that is missing the other call tells
		}
		if size > max {
			do(i, nil)
			continue
		}
		if sum += size; sum > max {
			if err := flush(); err != nil {
				return err
			}
			sum = size
		}
		small, at = append(small, id), append(at, i)
	}
	return flush()
}

// Commit is a commit to be made: files that get other content.
type Commit struct {
	Message string
	Files   map[string][]byte // by path, with slashes
}

// Commits makes commits, one on top of the other and the first on top of base,
// and returns their names. No ref and no file changes. The files must be in
// base; they keep their modes.
func (c *Checkout) Commits(base string, id Identity, list []Commit) ([]string, error) {
	var paths []string
	for _, one := range list {
		for p := range one.Files {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	modes := make(map[string]string, len(paths))
	for _, batch := range batches(paths) {
		entries, err := c.Files(base, batch...)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Regular() {
				modes[e.Path] = e.Mode
			}
		}
	}
	for _, p := range paths {
		if modes[p] == "" {
			return nil, fmt.Errorf("%s: %s is no file of the commit %s", c.at, shown(p), base)
		}
	}
	var in, out bytes.Buffer
	in.WriteString("feature done\n") // what is cut off makes nothing
	for i, one := range list {
		fmt.Fprintf(&in, "commit refs/natsfix/new\nmark :%d\nauthor %s\ncommitter %s\n", i+1, id.Author, id.Committer)
		writeData(&in, []byte(one.Message))
		if i == 0 {
			fmt.Fprintf(&in, "from %s\n", base)
		}
		for _, p := range paths {
			if text, ok := one.Files[p]; ok {
				fmt.Fprintf(&in, "M %s inline %s\n", modes[p], quotePath(p))
				writeData(&in, text)
			}
		}
		fmt.Fprintf(&in, "get-mark :%d\n", i+1)
	}
	in.WriteString("done\n")
	cmd := c.apart("fast-import", "--quiet", "--force", "--date-format=raw")
	cmd.Stdin, cmd.Stdout = in.Bytes(), &out
	if _, err := c.run(cmd); err != nil {
		return nil, err
	}
	names := strings.Fields(out.String())
	if len(names) != len(list) {
		return nil, fmt.Errorf("%s: git fast-import says %q; %d commits were expected", c.at, out.String(), len(list))
	}
	return names, nil
}

func writeData(b *bytes.Buffer, text []byte) {
	fmt.Fprintf(b, "data %d\n", len(text))
	b.Write(text)
	b.WriteByte('\n')
}

// quotePath writes a path as git fast-import reads it.
func quotePath(p string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(p) + `"`
}

// InIndex tells the index that files are as in a commit, so that they do not
// count as changed against it.
func (c *Checkout) InIndex(commit string, paths []string) error {
	var in bytes.Buffer
	for _, batch := range batches(paths) {
		entries, err := c.Files(commit, batch...)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if slices.Contains(paths, e.Path) {
				fmt.Fprintf(&in, "%s %s\t%s\x00", e.Mode, e.ID, e.Path)
			}
		}
	}
	return c.tell(in.Bytes(), "update-index", "-z", "--index-info")
}
