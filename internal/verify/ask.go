package verify

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// maxRefusals bounds how many refusals of the parser are looked for in one
// server: it stops at each.
const maxRefusals = 100

// inquiry is what is asked about one server.
type inquiry struct {
	server  *fleet.Server
	loaded  *engine.Loaded
	copy    scratch
	missing map[string]bool // variables that nothing defines
	absent  bool            // an included file is not there
	behind  bool            // the parser refuses it even without what it refused before
	guessed bool            // a line was left out for what it holds
	filled  bool            // a template, or who uses it, fills in parts of it
	verdict oracle.Verdict  // the last one
	list    []problem
	later   *matcher     // of findings in the copy, nil if it is the original
	copied  *oracle.Copy // the case as it is, for another nats-server
	second  *answer
	// reported are the findings for what nats-server -t refuses.
	reported []*engine.Finding
}

// problem is what the official server says, with the copy that it speaks of.
type problem struct {
	oracle.Problem
	place  place
	placed bool // the place is known
	// block is the entry that the server names, empty if it names none, and
	// container says that its value is a block or a list.
	block     ast.Span
	container bool
	// words and rule say it, and known is the finding that is about it, where
	// that is known beforehand.
	words, rule string
	known       *engine.Finding
	ofFile      bool   // of a file that the configuration names, not of the server
	other       string // the release that says so, if it is not the linked one
}

// ask asks the judge about a server until the parser accepts it: what it
// refuses is cured in a scratch copy, and the judge asked again.
func ask(ctx context.Context, judge *oracle.Judge, s *fleet.Server, req engine.Request, loaded *engine.Loaded, match *matcher, opts Options) (*inquiry, error) {
	in := &inquiry{server: s, loaded: loaded, missing: make(map[string]bool), copy: newScratch(s)}
	in.fillIn()
	c := oracle.NewCase(s, req.Env, oracle.Args(s.Args))
	c.Boot = opts.Boot
	var files *filesCheck
	if opts.StrictFiles {
		files = &filesCheck{read: opts.Read, env: req.Env, now: time.Now()}
		in.inlineOperators(files)
	}
	c.Copy = opts.Binary != nil
	for range maxRefusals {
		c.Files = in.copy.files()
		for name := range in.missing {
			c.StandInFor(name)
		}
		var err error
		if in.verdict, err = judge.Ask(ctx, c); err != nil {
			return nil, err
		}
		if c.Copy {
			in.copied, c.Copy = in.verdict.Copy, false
			in.verdict.Copy = nil
		}
		refusal, ok := refusalOf(in.verdict)
		if !ok {
			break
		}
		if !in.cure(refusal, match) {
			break
		}
	}
	_, in.behind = refusalOf(in.verdict)
	for _, p := range in.verdict.Problems {
		if p.Stage != oracle.StageParse && in.believe(p) {
			in.list = append(in.list, in.locate(p))
		}
	}
	if opts.StrictFiles {
		in.strict(files)
	}
	if opts.Binary != nil {
		if err := in.askBinary(ctx, opts.Binary, c); err != nil {
			return nil, err
		}
	}
	in.verdict.Values, in.copied = nil, nil // a run may have very many servers
	return in, nil
}

// fillIn puts stand-ins where a template fills something in, and for files
// that are put beside a document where it is used: no problems of the server.
func (in *inquiry) fillIn() {
	for _, p := range in.server.Problems {
		if !in.loaded.Elsewhere(p) {
			continue
		}
		in.filled = true
		switch p.Kind {
		case fleet.UnknownVariable:
			in.missing[p.Name] = true
		case fleet.MissingInclude:
			in.copy.addEmpty(oracle.CasePath(p.Doc.Path), p.Name)
			in.absent = true
		}
	}
}

// refusalOf returns what the parser stopped at.
func refusalOf(v oracle.Verdict) (oracle.Problem, bool) {
	for _, p := range v.Problems {
		if p.Stage == oracle.StageParse {
			return p, true
		}
	}
	return oracle.Problem{}, false
}

var (
	undefined   = regexp.MustCompile(`variable reference for '(.*)' on line \d+ can not be found`)
	unreachable = regexp.MustCompile(`error parsing include file '([^']*)', (?:open|read) `)
)

// cure notes a refusal of the parser, and changes the copy so that the parser
// gets further. It returns false if that is not possible.
func (in *inquiry) cure(p oracle.Problem, match *matcher) bool {
	if m := undefined.FindStringSubmatch(p.Message); m != nil {
		in.add(p, in.problemAt(fleet.UnknownVariable, m[1]))
		again := in.missing[m[1]]
		in.missing[m[1]] = true
		return !again
	}
	if m := unreachable.FindAllStringSubmatch(p.Message, -1); m != nil {
		name := m[len(m)-1][1]
		in.add(p, in.includeAt(p.File, name))
		in.absent = true
		return in.copy.addEmpty(p.File, name)
	}
	doc := in.copy.doc(p.File)
	if doc == nil {
		in.add(p, place{})
		return false
	}
	at := in.refusedAt(p, doc)
	if at.valid() && in.loaded.FilledIn(at.doc, at.span) {
		in.filled = true
		return false
	}
	if in.guessed && !refusedThere(at) {
		return false // this may be due to what was left out
	}
	q := problem{Problem: p, place: at}
	f := match.find(in.server, q)
	if f != nil && !in.tells(f) {
		q.known = f
	} else if errs := doc.tree().Errors(); len(errs) > 0 {
		q.words, q.rule = engine.SyntaxMessage(doc.tree(), errs[0]), "syntax"
	}
	in.list = append(in.list, q)
	if !at.valid() {
		return false
	}
	if q.known != nil && f.Round == 1 && f.Fix != nil && match.isSyntax(f) && in.copy.apply(f.Fix.Edits) {
		return true
	}
	in.guessed = true
	return in.copy.leaveOut(at)
}

// tells reports whether a finding is about a refusal that came before: the
// parser does not stop twice at one thing.
func (in *inquiry) tells(f *engine.Finding) bool {
	return slices.ContainsFunc(in.list, func(p problem) bool { return p.known == f })
}

// refusedThere reports whether natsfix's own parser, which reads on behind an
// error, has one in the same line of the file as it was read.
func refusedThere(at place) bool {
	if !at.valid() {
		return false
	}
	tree := at.doc.Tree
	line := tree.Position(at.span.Start).Line
	return slices.ContainsFunc(tree.Errors(), func(e *ast.SyntaxError) bool { return tree.Position(e.Span.Start).Line == line })
}

// refusedAt returns the place of a refusal of the parser: natsfix's own parser
// stops at the same spot, and knows it better.
func (in *inquiry) refusedAt(p oracle.Problem, doc *copied) place {
	if p.Column > 0 || strings.HasPrefix(p.Message, "config is invalid") {
		if e := p.Entry(doc.tree()); e.Valid() {
			return doc.place(e.KeySpan())
		}
	}
	if errs := doc.tree().Errors(); len(errs) > 0 {
		return doc.place(errs[0].Span)
	}
	if p.Line == 0 {
		return place{doc: doc.doc}
	}
	start := doc.lineStart(p.Line)
	return doc.place(ast.Span{Start: start, End: doc.tree().LineEnd(start)})
}

// includeAt returns where a document of the copy includes a file.
func (in *inquiry) includeAt(file, name string) place {
	if d := in.copy.doc(file); d != nil {
		for n := range d.tree().Root().Walk() {
			if n.Kind() == ast.KindInclude && n.Path() == name {
				return d.place(n.TextSpan())
			}
		}
	}
	return place{}
}

// problemAt returns the place of what keeps a server from being resolved.
func (in *inquiry) problemAt(kind fleet.ProblemKind, name string) place {
	for _, p := range in.server.Problems {
		if p.Kind == kind && p.Name == name && p.Doc.Env == "" {
			return place{p.Doc, p.Span}
		}
	}
	return place{}
}

func (in *inquiry) add(p oracle.Problem, at place) {
	in.list = append(in.list, problem{Problem: p, place: at})
}

// aboutOthers matches messages about a thing that stands elsewhere in the
// configuration, and may stand in a file that is not there.
var aboutOthers = regexp.MustCompile(`not defined|not found|not present|not authorized|missing|require|cannot find|resolv`)

// believe reports whether what the judge says of the copy holds for the
// original: not if it may be due to a stand-in.
func (in *inquiry) believe(p oracle.Problem) bool {
	if p.Stage >= oracle.StageStart && (in.absent || in.guessed) || p.Warning && (in.absent || in.guessed) {
		return false
	}
	if (in.absent || in.guessed) && aboutOthers.MatchString(p.Message) {
		return false
	}
	if len(in.missing) == 0 {
		return true
	}
	for name := range in.missing {
		if strings.Contains(p.Message, "$"+name) {
			return false
		}
	}
	if p.Stage >= oracle.StageStart {
		// Where the server cannot read a stand-in it leaves parts out.
		return !in.verdict.Partial
	}
	doc := in.copy.doc(p.File)
	if doc == nil {
		return true
	}
	entry := p.Entry(doc.tree())
	return !entry.Valid() || !in.usesMissing(entry)
}

// usesMissing reports whether the value of an entry, or what is in it, comes
// from a variable that nothing defines.
func (in *inquiry) usesMissing(entry ast.Node) bool {
	for n := range entry.Walk() {
		if n.Kind() == ast.KindVariable && in.missing[n.Text()] {
			return true
		}
	}
	return false
}

// notes says which parts of the judgement are left out, by why.
func (in *inquiry) notes() []string {
	var list []string
	switch {
	case in.behind:
		list = append(list, "what comes behind the place at which the parser stops")
	case in.guessed:
		list = append(list, "the start-up validation, since the parser stops before")
	case in.absent:
		list = append(list, "the start-up validation, since an included file is absent")
	case len(in.missing) > 0 && in.verdict.Partial:
		names := slices.Sorted(maps.Keys(in.missing))
		if in.filled {
			return append(list, "the start-up validation, since a template fills in what is not known here")
		}
		list = append(list, "the start-up validation, since the value of $"+strings.Join(names, ", $")+" is not known")
	}
	if in.verdict.Incomplete {
		list = append(list, "what the server checks behind the last of these problems")
	}
	return list
}
