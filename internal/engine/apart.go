package engine

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/baseline"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// apart holds what was found in the servers that stand alone and in which
// nothing is to be changed. Their trees are not kept, so that a run over very many
// files needs memory for what it found, and for the servers that are linked.
type apart struct {
	req    Request
	suite  *fixes.Suite
	lineup *lineup
	files  []*settled // sorted by path
	// left are the documents that are planned together, and docs those of them that
	// were read.
	left []string
	docs []*fleet.Doc
}

// settled is one server that stands alone, and all that is to be said about it.
type settled struct {
	path      string // clean
	file      *File  // nil if nobody asked for the file
	findings  []*Finding
	errors    []Error
	ignored   int
	baselined map[baseline.Entry]int
	ties      []string // see [fixes.Rule]
}

// largestApart is the size in bytes up to which a document is looked at in
// memory that is used again and again.
const largestApart = 1 << 20

// lookApart looks at each document by itself, on all processors.
func lookApart(ctx context.Context, req Request, suite *fixes.Suite) (*apart, error) {
	a := &apart{req: req, suite: suite, lineup: newLineup(req.Rules)}
	most := len(req.Targets) + len(req.Context)
	paths, looks := make([]string, 0, most), make([]look, 0, most)
	seen := make(map[string]bool, most)
	for i, list := range [][]string{req.Targets, req.Context} {
		for _, path := range list {
			if clean := filepath.Clean(path); !seen[clean] {
				seen[clean] = true
				paths, looks = append(paths, path), append(looks, look{path: clean, target: i == 0})
			}
		}
	}
	if !suite.Separable() || len(paths) < 2 {
		a.left = paths
		return a, nil
	}
	fleet.ParallelWith(len(looks), req.jobs(), func() func(int) {
		w := a.worker()
		return func(i int) {
			if ctx.Err() == nil {
				w.look(&looks[i])
			}
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i := range looks {
		if l := &looks[i]; l.settled != nil {
			a.files = append(a.files, l.settled)
		} else {
			a.left = append(a.left, paths[i])
			if l.doc != nil {
				a.docs = append(a.docs, l.doc)
			}
		}
	}
	slices.SortFunc(a.files, func(x, y *settled) int { return cmp.Compare(x.path, y.path) })
	return a, nil
}

// look is one document to look at.
type look struct {
	path    string // clean
	target  bool
	settled *settled   // nil if it has to do with others, or is to be changed
	doc     *fleet.Doc // if it was read and is not settled
}

// worker looks at one document after the other.
type worker struct {
	apart     *apart
	read      fleet.Read
	opts      fleet.Options
	workspace fleet.Workspace
	looker    *fixes.Looker
	loaded    Loaded
	run       run
	plan      *plan
}

func (a *apart) worker() *worker {
	w := &worker{
		apart: a, read: a.req.read(), opts: a.req.fleet(), looker: a.suite.Looker(),
		loaded: Loaded{req: a.req, targets: make(map[string]bool, 1)},
	}
	w.loaded.req.Jobs = 1 // there is a worker for each processor
	w.run = run{Loaded: &w.loaded, lineup: a.lineup, nodes: make(map[*fleet.Doc][]ast.Node), spare: newMasker()}
	w.plan = w.run.newPlan(nil)
	w.plan.alone = true
	return w
}

func (w *worker) look(l *look) {
	if _, hosted := w.apart.req.Hosted[l.path]; hosted {
		return
	}
	text, err := w.read(l.path)
	if err != nil || len(text) > largestApart {
		return // told when it is read again
	}
	if l.settled = w.settle(l, text); l.settled == nil {
		l.doc = w.workspace.Keep()
	}
}

// settle returns all that is to be said about a document, nil if it has to do
// with others or is to be changed.
func (w *worker) settle(l *look, text []byte) *settled {
	f, ok := w.workspace.Alone(l.path, text, w.opts)
	if !ok {
		return nil
	}
	out := &settled{path: l.path, ties: w.apart.ties(f.Servers[0])}
	if !l.target {
		f.Docs[0].Context = true
		return out
	}
	clear(w.loaded.targets)
	w.loaded.first, w.loaded.targets[l.path] = f, true
	w.run.ignores = readIgnores(f)
	clear(w.run.nodes)
	p := w.plan
	p.start(&w.run, w.looker.Look(f))
	for _, i := range w.apart.lineup.every {
		if p.step(i, 1); p.wants {
			return nil
		}
	}
	res := w.run.result(p)
	out.file, out.findings, out.errors, out.ignored, out.baselined = res.Files[0], res.Findings, res.Errors, res.Ignored, res.Baselined
	return out
}

// ties returns what a server has in common with others to which it is not linked.
func (a *apart) ties(s *fleet.Server) []string {
	var ties []string
	for _, rule := range a.req.Rules {
		if rule.Ties != nil {
			if tie := rule.Ties(s); tie != "" {
				ties = append(ties, rule.Name+"\x00"+tie)
			}
		}
	}
	return ties
}

// rest returns a run over all documents that have to do with others, or are to
// be changed. What turns out to be tied to one of them, or included by it, is
// taken back.
func (a *apart) rest(ctx context.Context) (*run, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a.untie()
	loaded := newLoaded(a.req, a.left)
	for _, d := range a.docs {
		loaded.base.Add(d)
	}
	loaded.apart = a.names()
	loaded.load(a.takeBack)
	return newRun(loaded, a.suite, a.lineup), nil
}

func (a *apart) names() []string {
	names := make([]string, len(a.files))
	for i, s := range a.files {
		names[i] = s.path
	}
	return names
}

// untie takes back servers that have something in common.
func (a *apart) untie() {
	first := make(map[string]*settled)
	both := make(map[*settled]bool)
	for _, s := range a.files {
		for _, tie := range s.ties {
			if other := first[tie]; other != nil {
				both[s], both[other] = true, true
			} else {
				first[tie] = s
			}
		}
	}
	a.remove(both)
}

// takeBack takes back what a fleet includes, or has something in common with, and
// returns it.
func (a *apart) takeBack(f *fleet.Fleet) []string {
	if len(a.files) == 0 {
		return nil
	}
	reached := make(map[*settled]bool)
	at := func(path string) {
		if i, ok := slices.BinarySearchFunc(a.files, path, func(s *settled, path string) int { return cmp.Compare(s.path, path) }); ok {
			reached[a.files[i]] = true
		}
	}
	for _, d := range f.Docs {
		at(d.Path)
		for path := range d.Includes() {
			at(path)
		}
	}
	ties := make(map[string]bool)
	for _, s := range f.Servers {
		for _, tie := range a.ties(s) {
			ties[tie] = true
		}
	}
	if len(ties) > 0 {
		for _, s := range a.files {
			if slices.ContainsFunc(s.ties, func(tie string) bool { return ties[tie] }) {
				reached[s] = true
			}
		}
	}
	return a.remove(reached)
}

// remove takes documents back: they are looked at with all others. It returns
// their paths.
func (a *apart) remove(list map[*settled]bool) []string {
	if len(list) == 0 {
		return nil
	}
	before := len(a.left)
	a.files = slices.DeleteFunc(a.files, func(s *settled) bool {
		if list[s] {
			a.left = append(a.left, s.path)
		}
		return list[s]
	})
	return a.left[before:]
}

// add puts what was found into a result.
func (a *apart) add(res *Result) {
	var files []*File
	var findings []*Finding
	var errors []Error
	for _, s := range a.files {
		if s.file == nil {
			continue
		}
		res.Documents++
		res.Servers++
		files = append(files, s.file)
		findings = append(findings, s.findings...)
		errors = append(errors, s.errors...)
		res.Ignored += s.ignored
		for e, n := range s.baselined {
			if res.Baselined == nil {
				res.Baselined = make(map[baseline.Entry]int)
			}
			res.Baselined[e] += n
		}
	}
	res.Files = merge(res.Files, files, compareFiles)
	res.Findings = merge(res.Findings, findings, compareFindings)
	res.Errors = merge(res.Errors, errors, compareErrors)
}

// merge joins two sorted lists.
func merge[T any](a, b []T, compare func(a, b T) int) []T {
	if len(b) == 0 {
		return a
	}
	all := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(b[0], a[0]) < 0 {
			all, b = append(all, b[0]), b[1:]
		} else {
			all, a = append(all, a[0]), a[1:]
		}
	}
	return append(append(all, a...), b...)
}
