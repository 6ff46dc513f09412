package cli

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

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/baseline"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/report"
	"github.com/natsfix/natsfix/internal/safeio"
)

// known is the baseline of a run.
type known struct {
	file    string // as it is named in messages
	dir     string // absolute and without links; names of files in it start there
	entries map[baseline.Entry]int
	rules   map[string]bool // that ran
	read    func() ([]byte, error)
	real    func(dir string) string // a folder without links
	// repository is that of the files, "" for files on this machine, name gives
	// the name of a file in entries, and gone reports whether there is no such
	// file, as far as the run can know.
	repository string
	name       func(path string) string
	gone       func(e baseline.Entry) bool
}

// forEngine returns the baseline as the engine takes it.
func (k *known) forEngine() *engine.Baseline {
	return &engine.Baseline{Known: k.entries, Name: k.name, Repository: k.repository}
}

// baselineFile returns the baseline that flags or settings name, nil for none:
// only reports and corrections of what the suite finds have one.
func (s *session) baselineFile(req *request) *known {
	file := s.opts.baseline
	if file == "" && req.settings != nil {
		file = req.settings.baseline.Text
	}
	if file == "" || s.rules != nil || s.command != "check" && s.command != "fix" {
		return nil
	}
	k := &known{file: s.name(file), rules: make(map[string]bool), real: realDir}
	k.read = func() ([]byte, error) {
		f, err := safeio.Read(k.file, safeio.Limits{MaxSize: ast.MaxSize})
		return f.Data, err
	}
	if s.tree != nil { // nothing outside of a visited repository is read
		k.real = filepath.Clean
		k.read = func() ([]byte, error) { return s.tree.Read(k.file) }
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(s.dir, file)
	}
	k.dir = k.real(filepath.Dir(file))
	k.name = k.nameFrom(s.dir)
	k.gone = func(e baseline.Entry) bool {
		if e.Repository != "" {
			return false
		}
		_, err := os.Lstat(filepath.Join(k.dir, filepath.FromSlash(e.OnDisk())))
		return errors.Is(err, fs.ErrNotExist)
	}
	for _, r := range req.Rules {
		k.rules[r.Name] = true
	}
	return k
}

// load reads the entries; the error is fs.ErrNotExist if there is no file.
func (k *known) load() error {
	text, err := k.read()
	if err == nil {
		k.entries, err = baseline.Parse(k.file, text)
	}
	return err
}

// readBaseline gives the engine the findings that are known.
func (s *session) readBaseline(req *request) error {
	if req.Baseline != nil {
		return nil
	}
	if s.known != nil { // that of a run over many repositories
		req.Baseline = s.known.forEngine()
		return nil
	}
	k := s.baselineFile(req)
	if k == nil {
		return nil
	}
	if err := k.load(); errors.Is(err, fs.ErrNotExist) {
		e := usage("%s: there is no such baseline", k.file)
		e.hint = "To make it: natsfix check --update-baseline --baseline " + shellQuote(k.file)
		return e
	} else if err != nil {
		return err
	}
	s.known = k
	req.Baseline = k.forEngine()
	return nil
}

// nameFrom returns how files are named in the baseline; relative paths start at
// cwd. Several goroutines may ask.
func (k *known) nameFrom(cwd string) func(path string) string {
	var mu sync.Mutex
	dirs := make(map[string]string) // without links, by folder
	return func(path string) string {
		path, doc, inside := strings.Cut(path, "#")
		if !filepath.IsAbs(path) {
			path = filepath.Join(cwd, path)
		}
		mu.Lock()
		dir, ok := dirs[filepath.Dir(path)]
		if !ok {
			dir = k.real(filepath.Dir(path))
			dirs[filepath.Dir(path)] = dir
		}
		mu.Unlock()
		path = filepath.Join(dir, filepath.Base(path))
		if rel, err := filepath.Rel(k.dir, path); err == nil {
			path = rel
		}
		if path = filepath.ToSlash(path); inside {
			path += "#" + doc
		}
		return path
	}
}

// stale returns the entries that are found less often than they say, with how
// often that is, as far as the run could have found them, and those of files
// that are no more.
func (k *known) stale(res *engine.Result, found map[baseline.Entry]int) map[baseline.Entry]int {
	looked := make(map[string]bool, len(res.Files))
	for _, f := range res.Files {
		looked[k.name(f.Path)] = f.Status != engine.Failed
	}
	for _, e := range res.Errors {
		looked[k.name(e.File)] = false // rules may not have seen all
	}
	stale := make(map[baseline.Entry]int)
	for e, n := range k.entries {
		seen := e.Repository == k.repository && looked[e.OnDisk()] && (k.rules[e.Rule] || engine.IsProblem(e.Rule))
		if (seen || k.gone(e)) && found[e] < n {
			stale[e] = found[e]
		}
	}
	return stale
}

// baselineSummary says what the baseline hides, and what it holds in vain.
func (s *session) baselineSummary() {
	if s.known == nil {
		return
	}
	s.sayBaseline(s.known.file, sum(s.result.Baselined), s.known.stale(s.result, s.result.Baselined))
}

// sum returns how many findings entries stand for.
func sum(entries map[baseline.Entry]int) int {
	n := 0
	for _, times := range entries {
		n += times
	}
	return n
}

// sayBaseline says how many findings a baseline hides, and which of its entries
// are stale.
func (s *session) sayBaseline(file string, n int, stale map[baseline.Entry]int) {
	if n > 0 {
		s.say("%s in the baseline %s.", is(n, "finding"), file)
	}
	list := baseline.Sorted(stale)
	if len(list) == 0 {
		return
	}
	what, verb := "entries", "match"
	if len(list) == 1 {
		what, verb = "entry", "matches"
	}
	s.say("note: %d %s of %s %s nothing any more, or less than it was; --update-baseline drops that:", len(list), what, file, verb)
	for i, e := range list {
		if i == maxListed && !s.opts.verbose && len(list) > maxListed+1 {
			s.say("  and %d more (--verbose lists them)", len(list)-i)
			return
		}
		s.say("  %s", report.Plain(entryText(e)))
	}
}

func entryText(e baseline.Entry) string {
	text := e.File + ": " + e.Rule
	if e.Repository != "" {
		text = e.Repository + ": " + text
	}
	if e.Place != "" {
		text += " at " + e.Place
	}
	return text
}

// updateBaseline writes what is found now. Of files and rules that the run was
// not about the entries stay.
func (s *session) updateBaseline(ctx context.Context, req *request) (int, error) {
	k := s.baselineFile(req)
	if k == nil {
		return 0, &usageError{text: "--update-baseline needs to know which file", hint: "Give --baseline FILE, or baseline: FILE in " + ".natsfix.yaml."}
	}
	if err := k.load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	req.FindOnly = true
	req.Baseline = &engine.Baseline{Name: k.name, Repository: k.repository}
	if err := s.run(ctx, req); err != nil {
		return 0, err
	}
	found, rest := s.entries()
	next, fresh, gone := k.merge(found, k.stale(s.result, found))
	if err := k.write(next); err != nil {
		return 0, err
	}
	s.errors(true)
	s.say("%s: %s (%d new, %d gone).", k.file, report.Count(sum(next), "finding"), fresh, gone)
	if len(rest) > 0 {
		s.say("%s cannot be in a baseline:", report.Count(len(rest), "finding"))
		r := s.messages()
		for _, f := range rest {
			r.WriteFinding(s.msg, f, nil)
		}
	}
	code := exitDone
	if s.failing(rest) {
		code = exitFindings
	}
	if slices.ContainsFunc(s.result.Errors, func(e engine.Error) bool { return e.Kind == engine.Unreadable }) {
		code = exitUsage
	}
	return code, s.flush()
}

// write writes entries to the file, if it does not hold them already.
func (k *known) write(entries map[baseline.Entry]int) error {
	text := baseline.Format(entries)
	if old, err := os.ReadFile(k.file); err == nil && string(old) == string(text) {
		return nil
	}
	if err := baseline.Write(k.file, text); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", k.file, err)
	}
	return nil
}

// entries counts the findings of a run by what a baseline calls them. A place
// counts once, whatever is said about it. Rest is what no baseline holds.
func (s *session) entries() (found map[baseline.Entry]int, rest []*engine.Finding) {
	type place struct {
		entry         baseline.Entry
		offset, inDoc int
	}
	found = make(map[baseline.Entry]int)
	seen := make(map[place]bool)
	for _, f := range s.result.Findings {
		at := place{f.Entry, f.Offset, f.DocOffset}
		switch {
		case f.Entry.Rule == "":
			rest = append(rest, f)
		case !seen[at]:
			seen[at] = true
			found[f.Entry]++
		}
	}
	return found, rest
}

// merge returns the entries to be written: those found, and those of before
// that the run was not about. It counts the findings that are new and gone.
func (k *known) merge(found, stale map[baseline.Entry]int) (next map[baseline.Entry]int, fresh, gone int) {
	next = make(map[baseline.Entry]int, len(found))
	for e, n := range found {
		next[e] = n
		fresh += max(0, n-k.entries[e])
	}
	for e, n := range k.entries {
		left, isStale := stale[e]
		switch {
		case isStale:
			gone += n - left
		default:
			next[e] = max(n, found[e])
		}
	}
	return next, fresh, gone
}
