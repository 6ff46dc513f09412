package fleet

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// ProblemKind says what keeps a server's configuration from being resolved.
type ProblemKind uint8

const (
	SyntaxProblem     ProblemKind = iota // a document that the official parser refuses
	MissingInclude                       // an include of a file that does not exist
	UnreadableInclude                    // an include of something that cannot be read
	IncludeCycle                         // a document that includes itself, directly or not
	UnknownVariable                      // a variable that nothing defines
	BadVariable                          // a variable whose value in the environment does not parse
	TooDeep                              // blocks nested deeper than can be followed
)

// Problem is a place at which the effective configuration could not be
// resolved. Evaluation goes on behind it.
type Problem struct {
	Kind    ProblemKind
	Doc     *Doc
	Span    ast.Span
	Name    string // the include's path or the variable's name
	Message string
}

// maxIncludeDepth bounds how deep includes may nest; the official parser has
// no bound and recurses.
const maxIncludeDepth = 500

// maxDepth bounds how deep blocks may nest in an effective configuration, so
// that code that walks it may recurse, and that the paths of its values, each
// as long as the value is deep, stay small. Real configurations nest less than
// ten deep; the official parser has no bound.
const maxDepth = 1000

// maxRepeated bounds how many values variables and includes may repeat in one
// server, and repeatedPerByte how many more for each byte of its documents, up to
// maxRepeatedMore: very many users may share permissions. A few lines in which
// each variable names the one before twice would otherwise stand for more values
// than anything can walk through.
const (
	maxRepeated     = 1 << 18
	repeatedPerByte = 2
	maxRepeatedMore = 1 << 21
)

// Env gives the value of a variable in the environment.
type Env func(name string) (string, bool)

// evaluation resolves one server.
type evaluation struct {
	set      *Set
	env      Env
	docs     []*Doc // in the order in which they were first read
	results  map[*Doc]*Map
	open     []*Doc // the chain of includes that is being read
	envOpen  []string
	envDocs  map[string]*Value
	problems []Problem
	repeated int // values, by variables and includes
	size     int // of docs, in bytes
	tooMany  bool

	values  pool[Value]
	entries pool[Entry]
	maps    pool[Map]
	servers pool[Server]
	stack   []scope // room for that of a reader
}

func (ev *evaluation) newValue(v Value) *Value {
	p := ev.values.take()
	*p = v
	return p
}

func (ev *evaluation) newEntry(e Entry) *Entry {
	p := ev.entries.take()
	*p = e
	return p
}

func (ev *evaluation) newMap() *Map {
	m := ev.maps.take()
	m.Entries, m.index = m.Entries[:0], nil
	return m
}

func newEvaluation(set *Set, env Env) *evaluation {
	return &evaluation{set: set, env: env}
}

// next makes the evaluation ready for another server, which is kept as those
// before are.
func (ev *evaluation) next() {
	*ev = evaluation{
		set: ev.set, env: ev.env, open: ev.open[:0], stack: ev.stack,
		values: ev.values, entries: ev.entries, maps: ev.maps, servers: ev.servers,
	}
}

// reset makes the evaluation ready for another server, in the memory of the last
// one.
func (ev *evaluation) reset(env Env) {
	docs := ev.docs[:0]
	ev.next()
	ev.env, ev.docs = env, docs
	ev.values.reset()
	ev.entries.reset()
	ev.maps.reset()
}

// document returns the effective map of a document by itself, as the official
// parser does for a file and for an included file: a fresh scope.
func (ev *evaluation) document(d *Doc) *Map {
	if m := ev.results[d]; m != nil {
		return m
	}
	if d.Env == "" {
		ev.docs = append(ev.docs, d)
		ev.size += len(d.Tree.Source())
		if errs := d.Tree.Errors(); len(errs) > 0 {
			ev.problems = append(ev.problems, Problem{
				Kind: SyntaxProblem, Doc: d, Span: errs[0].Span, Message: errs[0].Message(),
			})
		}
	}
	ev.open = append(ev.open, d)
	r := reader{ev: ev, doc: d, exact: len(d.Tree.LostNodes()) > 0}
	m := r.run()
	ev.open = ev.open[:len(ev.open)-1]
	if len(ev.open) > 0 { // only an included document is asked for again
		if ev.results == nil {
			ev.results = make(map[*Doc]*Map)
		}
		ev.results[d] = m
	}
	return m
}

// reader evaluates one document. It keeps its own stack, so that nesting is
// bounded by memory.
type reader struct {
	ev    *evaluation
	doc   *Doc
	stack []scope
	// exact makes the reader follow the official parser's key stack, which
	// misplaces values behind an entry without a value (facts G4, G5). keys is
	// that stack.
	exact bool
	keys  []pendingKey
}

// scope is a map or an array that is being filled.
type scope struct {
	node  ast.Node // the container in the tree
	next  ast.Node // its next child to read
	m     *Map
	list  *Value
	entry ast.Node // the entry whose value the container is, none in arrays
}

type pendingKey struct {
	key  string
	node ast.Node
}

func (r *reader) run() *Map {
	top := r.ev.newMap()
	root := r.doc.Tree.Root()
	r.stack, r.ev.stack = r.ev.stack[:0], nil
	defer func() { r.ev.stack = r.stack }()
	r.stack = append(r.stack, scope{node: root, next: root.First(), m: top})
	for len(r.stack) > 0 {
		s := &r.stack[len(r.stack)-1]
		if n := s.next; n.Valid() {
			s.next = n.Next()
			r.node(n)
			continue
		}
		done := *s
		r.stack = r.stack[:len(r.stack)-1]
		if len(r.stack) > 0 {
			r.leave(done)
		}
	}
	return top
}

// node reads one child of the innermost container.
func (r *reader) node(n ast.Node) {
	switch n.Kind() {
	case ast.KindBraces:
		s := r.stack[len(r.stack)-1]
		r.stack = append(r.stack, scope{node: n, next: n.First(), m: s.m})
	case ast.KindInclude:
		r.include(n)
	case ast.KindEntry:
		if r.exact {
			r.keys = append(r.keys, pendingKey{n.Key(), n})
		}
		if v := n.Value(); v.Valid() {
			r.value(v, n)
		}
	case ast.KindError:
	default:
		r.value(n, ast.Node{})
	}
}

// value reads a value; entry is none in an array.
func (r *reader) value(n, entry ast.Node) {
	if len(r.stack) > maxDepth {
		if len(r.stack) == maxDepth+1 {
			r.ev.problems = append(r.ev.problems, Problem{
				Kind: TooDeep, Doc: r.doc, Span: ast.Span{Start: n.Start(), End: n.Start() + 1},
				Message: fmt.Sprintf("blocks are nested more than %d deep", maxDepth),
			})
		}
		return
	}
	switch n.Kind() {
	case ast.KindMap:
		r.stack = append(r.stack, scope{node: n, next: n.First(), m: r.ev.newMap(), entry: entry})
	case ast.KindArray:
		r.stack = append(r.stack, scope{node: n, next: n.First(), list: r.ev.newValue(Value{Node: n, Doc: r.doc}), entry: entry})
	case ast.KindVariable:
		r.put(r.variable(n), entry)
	case ast.KindError:
	case ast.KindInt:
		if !n.Lost() { // a size with an unknown suffix is dropped
			r.put(r.ev.newValue(Value{Node: n, Doc: r.doc}), entry)
		}
	default:
		r.put(r.ev.newValue(Value{Node: n, Doc: r.doc}), entry)
	}
}

// leave puts a container that was read into the one around it.
func (r *reader) leave(s scope) {
	switch {
	case s.node.Kind() == ast.KindBraces:
	case s.node.Unclosed() && len(r.doc.Tree.Errors()) == 0:
		// The official parser drops what the text does not close.
	case s.list != nil:
		r.put(s.list, s.entry)
	default:
		r.put(r.ev.newValue(Value{Node: s.node, Doc: r.doc, Map: s.m}), s.entry)
	}
}

// put sets a value in the innermost container.
func (r *reader) put(v *Value, entry ast.Node) {
	s := &r.stack[len(r.stack)-1]
	if s.list != nil {
		s.list.List = append(s.list.List, v)
		return
	}
	e := r.ev.newEntry(Entry{Node: entry, Doc: r.doc, Value: v})
	if r.exact {
		if len(r.keys) == 0 {
			return
		}
		last := r.keys[len(r.keys)-1]
		r.keys = r.keys[:len(r.keys)-1]
		e.Key, e.Node = last.key, last.node
	} else {
		e.Key = entry.Key()
	}
	s.m.set(e)
}

func (r *reader) include(n ast.Node) {
	ev := r.ev
	path := n.Path()
	if path == "" && len(r.doc.Tree.Errors()) > 0 {
		return // the parser stops before the path, and says so
	}
	problem := Problem{Doc: r.doc, Span: n.TextSpan(), Name: path}
	if r.doc.Env != "" {
		problem.Kind, problem.Message = UnreadableInclude, fmt.Sprintf("the value of $%s includes %q, which is not followed", r.doc.Env, path)
		ev.problems = append(ev.problems, problem)
		return
	}
	target := filepath.Join(filepath.Dir(r.doc.Path), path)
	d, err := ev.set.Load(target)
	if err == nil {
		for _, open := range ev.open {
			if open == d {
				problem.Kind, problem.Message = IncludeCycle, ev.cycle(d)
				ev.problems = append(ev.problems, problem)
				return
			}
		}
		if len(ev.open) >= maxIncludeDepth {
			err = fmt.Errorf("includes nest deeper than %d", maxIncludeDepth)
		}
	}
	if err != nil {
		problem.Kind, problem.Message = UnreadableInclude, fmt.Sprintf("cannot include %s: %v", target, err)
		if isMissing(err) {
			problem.Kind, problem.Message = MissingInclude, fmt.Sprintf("included file %s does not exist", target)
		}
		ev.problems = append(ev.problems, problem)
		return
	}
	_, again := ev.results[d]
	m := ev.document(d)
	s := r.stack[len(r.stack)-1]
	if s.m == nil || again && !r.mayRepeat(&Value{Map: m}, n) {
		return
	}
	for _, e := range m.Entries {
		shared := *e
		s.m.set(&shared)
	}
}

// cycle describes the chain of includes from d to d.
func (ev *evaluation) cycle(d *Doc) string {
	var b strings.Builder
	b.WriteString("files include each other in a cycle: ")
	on := false
	for _, open := range ev.open {
		if on = on || open == d; on {
			b.WriteString(open.Path + " -> ")
		}
	}
	b.WriteString(d.Path + "; the server would crash")
	return b.String()
}

// variable resolves a reference: block scoping over the keys seen so far in
// this document, then the environment (conf/parse.go, lookupVariable).
func (r *reader) variable(n ast.Node) *Value {
	name := n.Text()
	v := r.ev.newValue(Value{Node: n, Doc: r.doc})
	if strings.HasPrefix(name, bcryptPrefix) {
		return v
	}
	for i := len(r.stack) - 1; i >= 0; i-- {
		if e := r.stack[i].m.Get(name); e != nil {
			e.Used = true
			if !r.mayRepeat(e.Value, n) {
				return v
			}
			return through(e.Value, n, r.doc, e)
		}
	}
	if found := r.ev.environment(name, r.doc, n); found != nil && r.mayRepeat(found, n) {
		return through(found, n, r.doc, nil)
	}
	return v
}

// mayRepeat counts the values in one that stands in another place, too, and
// reports whether the server can still be walked through with them.
func (r *reader) mayRepeat(v *Value, use ast.Node) bool {
	if v.Map == nil && v.List == nil {
		return true
	}
	ev := r.ev
	if ev.tooMany {
		return false
	}
	most := maxRepeated + min(repeatedPerByte*ev.size, maxRepeatedMore)
	if ev.repeated += v.count(most + 1 - ev.repeated); ev.repeated <= most {
		return true
	}
	ev.tooMany = true
	ev.problems = append(ev.problems, Problem{
		Kind: TooDeep, Doc: r.doc, Span: use.Span(),
		Message: fmt.Sprintf("variables and includes repeat so much that there are more than %d values", most),
	})
	return false
}

// count returns how many values there are in v, up to most.
func (v *Value) count(most int) int {
	n := 1
	for i := 0; i < len(v.List) && n < most; i++ {
		n += v.List[i].count(most - n)
	}
	if v.Map != nil {
		for i := 0; i < len(v.Map.Entries) && n < most; i++ {
			n += v.Map.Entries[i].Value.count(most - n)
		}
	}
	return n
}

// through returns the value that a variable at use stands for.
func through(found *Value, use ast.Node, doc *Doc, def *Entry) *Value {
	v := *found
	v.Use, v.UseDoc, v.Def = use, doc, def
	return &v
}

// environment returns the value of a variable from the environment, whose text
// the official parser reads as the value of a key, or nil.
func (ev *evaluation) environment(name string, doc *Doc, use ast.Node) *Value {
	if v, ok := ev.envDocs[name]; ok {
		return v
	}
	problem := Problem{Kind: UnknownVariable, Doc: doc, Span: use.Span(), Name: name}
	var v *Value
	text, ok := "", false
	if ev.env != nil {
		text, ok = ev.env(name)
	}
	switch {
	case !ok:
		problem.Message = fmt.Sprintf("variable $%s is not defined before this line, nor in the environment that was given", name)
	case contains(ev.envOpen, name):
		problem.Kind, problem.Message = BadVariable, fmt.Sprintf("variable $%s refers to itself", name)
	default:
		d := &Doc{Path: "$" + name, Env: name, Tree: ast.Parse("$"+name, []byte("pk="+text), ast.Latest)}
		if errs := d.Tree.Errors(); len(errs) > 0 {
			problem.Kind = BadVariable
			problem.Message = fmt.Sprintf("the value of $%s does not parse as a configuration value", name)
			break
		}
		ev.envOpen = append(ev.envOpen, name)
		e := ev.document(d).Get("pk")
		ev.envOpen = ev.envOpen[:len(ev.envOpen)-1]
		if e != nil {
			v = e.Value
		} else {
			problem.Message = fmt.Sprintf("the value of $%s is empty", name)
		}
	}
	if v == nil || v.Unknown() {
		if v == nil {
			ev.problems = append(ev.problems, problem)
		}
		return nil
	}
	if ev.envDocs == nil {
		ev.envDocs = make(map[string]*Value)
	}
	ev.envDocs[name] = v
	return v
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
