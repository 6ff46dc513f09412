package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/baseline"
	"github.com/natsfix/natsfix/internal/bulk"
	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/repo"
	"github.com/natsfix/natsfix/internal/report"
	"github.com/natsfix/natsfix/internal/safeio"
)

// bulkBaseline is the one baseline of a run over many repositories. It names
// files of repositories on this machine as natsfix check would, and those of
// others by address. Its methods may be called by several goroutines.
type bulkBaseline struct {
	known
	update bool
	owners []owner
	git    *repo.Git

	mu    sync.Mutex
	used  int                    // findings that it hides
	found map[baseline.Entry]int // with update
	stale map[baseline.Entry]int
	rest  int // findings that no baseline holds
}

// owner is a repository on this machine.
type owner struct{ key, prefix string }

// openBaseline returns the baseline that --baseline or the file of --config
// names, nil for none.
func (r *bulkRun) openBaseline(list []bulk.Source) (*bulkBaseline, error) {
	file := r.opts.baseline
	if file == "" && r.opts.config != "" {
		cfg, err := config.NewLoader(r.knownRules()).File(r.opts.config)
		if err != nil {
			return nil, err
		}
		file = cfg.Baseline.Text
	}
	switch {
	case file == "" && r.opts.updateBaseline:
		return nil, &usageError{text: "--update-baseline needs to know which file", hint: "Give --baseline FILE."}
	case file == "":
		return nil, nil
	}
	b := &bulkBaseline{update: r.opts.updateBaseline, git: r.git, found: make(map[baseline.Entry]int), stale: make(map[baseline.Entry]int)}
	b.file = r.name(file)
	if !filepath.IsAbs(file) {
		file = filepath.Join(r.dir, file)
	}
	b.dir = realDir(filepath.Dir(file))
	b.read = func() ([]byte, error) {
		f, err := safeio.Read(b.file, safeio.Limits{MaxSize: ast.MaxSize})
		return f.Data, err
	}
	switch err := b.load(); {
	case err == nil || b.update && errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, fs.ErrNotExist):
		e := usage("%s: there is no such baseline", b.file)
		e.hint = "To make it: natsfix bulk --update-baseline --baseline " + shellQuote(b.file) + " with the same repositories"
		return nil, e
	default:
		return nil, err
	}
	for _, src := range list {
		if src.URL == "" {
			b.owners = append(b.owners, owner{src.Key, b.prefix(src)})
		}
	}
	return b, nil
}

// prefix returns what the names of the files of a repository on this machine
// begin with.
func (b *bulkBaseline) prefix(src bulk.Source) string {
	dir := src.Dir
	if rel, err := filepath.Rel(b.dir, dir); err == nil {
		dir = rel
	}
	return filepath.ToSlash(dir)
}

// of returns the part of the baseline that is about one repository.
func (b *bulkBaseline) of(src bulk.Source, tree *bulk.Tree, req *request) *known {
	k := &known{file: b.file, rules: make(map[string]bool), entries: make(map[baseline.Entry]int)}
	for _, rule := range req.Rules {
		k.rules[rule.Name] = true
	}
	prefix := ""
	if src.URL != "" {
		k.repository = repo.WithoutSecret(src.URL)
	} else {
		prefix = b.prefix(src)
	}
	k.name = func(name string) string { return path.Join(prefix, filepath.ToSlash(name)) }
	k.gone = func(e baseline.Entry) bool {
		name := e.OnDisk()
		if prefix != "" && prefix != "." {
			name = strings.TrimPrefix(name, prefix+"/")
		}
		return !tree.File(name) && !(src.Dir != "" && b.inInner(src.Dir, name))
	}
	for e, n := range b.entries {
		if e.Repository == k.repository && (src.URL != "" || b.ownerOf(e) == src.Key) {
			k.entries[e] = n
		}
	}
	return k
}

// inInner reports whether a file of a repository on this machine lies in another
// one inside of it.
func (b *bulkBaseline) inInner(dir, name string) bool {
	rel, err := filepath.Rel(dir, b.git.Root(filepath.Join(dir, filepath.FromSlash(name))))
	return err == nil && rel != "." && filepath.IsLocal(rel)
}

// ownerOf returns the key of the repository on this machine that an entry is
// about, that of the inner one if they lie in each other.
func (b *bulkBaseline) ownerOf(e baseline.Entry) string {
	best := owner{}
	for _, o := range b.owners {
		if (o.prefix == "." || strings.HasPrefix(e.File, o.prefix+"/")) && (best.key == "" || len(o.prefix) > len(best.prefix)) {
			best = o
		}
	}
	return best.key
}

// add takes over what was found in one repository.
func (b *bulkBaseline) add(s *session, k *known) {
	found, rest := s.result.Baselined, []*engine.Finding(nil)
	if b.update {
		found, rest = s.entries()
	}
	stale := k.stale(s.result, found)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rest += len(rest)
	maps.Copy(b.stale, stale)
	if b.update {
		maps.Copy(b.found, found)
	} else {
		b.used += sum(found)
	}
}

// tellBaseline says what the baseline hides, or writes it anew: entries about
// repositories that could not be looked at stay.
func (r *bulkRun) tellBaseline(complete bool) error {
	b := r.listed
	switch {
	case b == nil:
		return nil
	case !b.update:
		r.sayBaseline(b.file, b.used, b.stale)
		return nil
	case !complete:
		r.warn("interrupted; %s was left as it is", b.file)
		return nil
	}
	next, fresh, gone := b.merge(b.found, b.stale)
	if err := b.write(next); err != nil {
		return err
	}
	r.say("%s: %s (%d new, %d gone).", b.file, report.Count(sum(next), "finding"), fresh, gone)
	if b.rest > 0 {
		r.say("%s cannot be in a baseline: what does not parse, and rules that are not ignorable.", report.Count(b.rest, "further finding"))
	}
	return nil
}

// ownBaseline says how many findings the baseline of a visited repository
// hides.
func (s *session) ownBaseline() string {
	if n := sum(s.result.Baselined); n > 0 && s.known != nil {
		return fmt.Sprintf("%s in its baseline %s, and left alone", is(n, "finding"), s.known.file)
	}
	return ""
}
