package golden

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// Recording says what a new case is made of.
type Recording struct {
	Roots []string // files; what they include comes along
	Read  fleet.Read
	Rules []string
	// Directives are further lines for the head of the case, as in "unsafe".
	Directives []string
	Args       fleet.Args
	Env        fleet.Env
	// SecretEnv are the variables whose values must not be shown.
	SecretEnv map[string]bool
}

// Recorded is a new case.
type Recorded struct {
	Text   []byte
	Masked []Masked
	// Notes say what the case lacks, for people.
	Notes []string
	// Broken are promises that the rules do not keep in this case.
	Broken []string
}

// Masked is a place at which a stand-in took the place of a secret.
type Masked struct {
	File         string // as in the case; $NAME for a variable
	Line, Column int    // 0 for a variable
	Length       int    // in bytes, before and after
}

// Record makes a case of real files with their includes, and runs it. Secrets
// are replaced by stand-ins of the same length.
func (r *Runner) Record(ctx context.Context, rec Recording) (*Recorded, error) {
	w := &recorder{Recording: rec, standins: newStandins(), env: make(map[string]string), out: &Recorded{}}
	if err := w.load(); err != nil {
		return nil, err
	}
	original := maps.Clone(w.files)
	w.mask()
	text, err := w.text(w.files)
	if err != nil {
		return nil, err
	}
	c, err := Parse("case", text)
	if err != nil {
		return nil, err
	}
	o, err := r.Run(ctx, c)
	if err != nil {
		return nil, err
	}
	w.out.Broken = o.Broken
	if len(w.out.Masked) > 0 {
		if err := r.compare(ctx, c, original, w); err != nil {
			return nil, err
		}
	}
	w.out.Text, err = c.Format(o)
	return w.out, err
}

type recorder struct {
	Recording
	standins *standins
	fleet    *fleet.Fleet
	names    map[string]string // in the case, by path
	files    map[string][]byte // by name in the case
	env      map[string]string // the variables that are used
	real     map[string]string // the same with their real values
	out      *Recorded
}

// load reads the files and gives them names below the folder that holds all.
func (w *recorder) load() error {
	given := w.Env
	w.real = make(map[string]string)
	w.Env = func(name string) (string, bool) {
		if given == nil {
			return "", false
		}
		value, ok := given(name)
		if ok {
			w.real[name] = value
		}
		return value, ok
	}
	w.fleet = fleet.Build(fleet.NewSet(w.Read), w.Roots, fleet.Options{Env: w.Env, Args: w.Args, Jobs: 1})
	for _, e := range w.fleet.LoadErrors {
		return e.Err
	}
	absolute := make(map[string]string)
	base := ""
	for _, d := range w.fleet.Docs {
		abs, err := filepath.Abs(d.Path)
		if err != nil {
			return err
		}
		absolute[d.Path] = abs
		if base == "" {
			base = filepath.Dir(abs)
		}
		for !isBelow(base, abs) {
			base = filepath.Dir(base)
		}
	}
	w.names, w.files = make(map[string]string), make(map[string][]byte)
	for path, abs := range absolute {
		rel, err := filepath.Rel(base, abs)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if strings.TrimSpace(name) != name || strings.ContainsAny(name, "\r\n") {
			return fmt.Errorf("%s: a case cannot hold a file of that name", path)
		}
		w.names[path] = name
	}
	for _, d := range w.fleet.Docs {
		w.files[w.names[d.Path]] = d.Tree.Source()
	}
	for _, s := range w.fleet.Servers {
		for _, p := range s.Problems {
			if p.Kind == fleet.MissingInclude || p.Kind == fleet.UnknownVariable {
				w.note("%s:%d: %s", p.Doc.Path, p.Doc.Tree.Position(p.Span.Start).Line, p.Message)
			}
		}
	}
	return nil
}

func isBelow(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func (w *recorder) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(w.out.Notes, text) {
		w.out.Notes = append(w.out.Notes, text)
	}
}

// mask puts stand-ins in the place of secrets, in files and variables.
func (w *recorder) mask() {
	spans, variables := engine.Secrets(w.fleet)
	for _, d := range w.fleet.Docs {
		for _, span := range spans[d.Path] {
			w.standins.used[string(d.Tree.Source()[span.Start:span.End])] = true
		}
	}
	own := w.ownKeys()
	for _, d := range slices.SortedFunc(slices.Values(w.fleet.Docs), func(a, b *fleet.Doc) int { return strings.Compare(w.names[a.Path], w.names[b.Path]) }) {
		kinds := make(map[engine.Span]ast.Kind)
		for n := range d.Tree.Root().Walk() {
			if k := n.Kind(); k == ast.KindEntry || k == ast.KindInclude || k.IsContainer() {
				continue
			}
			kinds[engine.Span(n.TextSpan())] = n.Kind()
		}
		text := bytes.Clone(d.Tree.Source())
		for _, span := range spans[d.Path] {
			if own[d][span] {
				continue // it is the key of a field, whoever has it as a password
			}
			kind, ok := kinds[span]
			if !ok {
				kind = ast.KindString
			}
			secret := string(text[span.Start:span.End])
			if copy(text[span.Start:span.End], w.standins.replace(secret, kind)); string(text[span.Start:span.End]) == secret {
				continue
			}
			pos := d.Tree.Position(span.Start)
			w.out.Masked = append(w.out.Masked, Masked{w.names[d.Path], pos.Line, pos.Column, len(secret)})
			if strings.HasPrefix(secret, "eyJ") {
				w.note("%s:%d: the stand-in of a JWT is none that the server accepts", d.Path, pos.Line)
			}
		}
		w.files[w.names[d.Path]] = text
	}
	for _, name := range slices.Sorted(maps.Keys(w.real)) {
		value := w.real[name]
		w.env[name] = w.maskVariable(name, value, variables[name] || w.SecretEnv[name])
		if w.env[name] != value {
			w.out.Masked = append(w.out.Masked, Masked{File: "$" + name, Length: len(value)})
		}
	}
}

// ownKeys returns the places of keys that are the server's own, by document.
func (w *recorder) ownKeys() map[*fleet.Doc]map[engine.Span]bool {
	own := make(map[*fleet.Doc]map[engine.Span]bool)
	for _, s := range w.fleet.Servers {
		s.Each(func(path string, e *fleet.Entry, _ *fleet.Value) {
			if e == nil || !e.Node.Valid() || schema.Root().Find(fleet.SplitPath(path)...) == nil {
				return
			}
			if own[e.Doc] == nil {
				own[e.Doc] = make(map[engine.Span]bool)
			}
			span := engine.Span(e.Node.KeySpan())
			own[e.Doc][span] = true
			own[e.Doc][engine.Span{Start: span.Start + 1, End: span.End - 1}] = true // without quotes
		})
	}
	return own
}

// maskVariable returns the value of a variable without secrets: another one if
// it is secret as a whole.
func (w *recorder) maskVariable(name, value string, whole bool) string {
	if !whole {
		text := []byte(value)
		for _, span := range schema.SecretSpans(value) {
			copy(text[span.Start:span.End], w.standins.replace(value[span.Start:span.End], ast.KindString))
		}
		return string(text)
	}
	// A value is read as if it stood in the file.
	tree := ast.Parse("$"+name, []byte("v="+value), ast.Latest)
	kind := ast.KindString
	if e := tree.Root().First(); e.Valid() && e.Kind() == ast.KindEntry && e.Value().Valid() {
		kind = e.Value().Kind()
	}
	return w.standins.replace(value, kind)
}

// text returns the case without what must come of it.
func (w *recorder) text(files map[string][]byte) ([]byte, error) {
	var names []string
	for _, root := range w.Roots {
		names = append(names, w.names[filepath.Clean(root)])
	}
	head := []string{fmt.Sprintf("Recorded from %s.", strings.Join(names, ", "))}
	head = append(head, "rule: "+strings.Join(w.Rules, " "))
	head = append(head, w.Directives...)
	args, err := formatArgs(w.Args)
	if err != nil {
		return nil, err
	}
	if args != "" {
		head = append(head, "args: "+args)
	}
	for _, name := range slices.Sorted(maps.Keys(w.env)) {
		head = append(head, "env: "+name+"="+w.env[name])
	}
	var body bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := formOf(files[name])
		data, ok := f.decode(files[name])
		if !ok {
			return nil, fmt.Errorf("%s: a line of it would be taken for the beginning of a section; a case cannot hold it", name)
		}
		for _, d := range f.directives() {
			if strings.ContainsFunc(name, func(r rune) bool { return r == ' ' || r == '\t' }) {
				return nil, fmt.Errorf("%s: the line %s: FILE of a case takes no name with a blank; rename the file, or end it in a line feed", name, d)
			}
			head = append(head, d+": "+name)
		}
		fmt.Fprintf(&body, "-- in/%s --\n%s", name, data)
	}
	for _, line := range head {
		if strings.ContainsAny(line, "\r\n") || strings.TrimSpace(line) != line {
			return nil, fmt.Errorf("%q cannot be a line in the head of a case", line)
		}
	}
	return append([]byte(strings.Join(head, "\n")+"\n"), body.Bytes()...), nil
}

// compare notes if the rules find something else in the files as they are.
func (r *Runner) compare(ctx context.Context, c *Case, original map[string][]byte, w *recorder) error {
	rules, err := r.rules(c)
	if err != nil {
		return err
	}
	places := func(files map[string][]byte, env map[string]string) (string, error) {
		other := *c
		other.In, other.Env = files, env
		res, err := engine.Run(ctx, r.request(&other, rules, files))
		if err != nil {
			return "", err
		}
		var b strings.Builder
		for _, f := range res.Findings {
			fmt.Fprintf(&b, "%s %s %v %v\n", place(f.File, f.Line, f.Column), f.Rule, f.Applicability, f.Fixed)
		}
		for _, g := range res.Groups {
			for _, ch := range g.Changes {
				fmt.Fprintln(&b, ch.Server, ch.Path)
			}
			fmt.Fprintln(&b, g.Refused != "")
		}
		return b.String(), nil
	}
	before, err := places(original, w.real)
	if err != nil {
		return err
	}
	after, err := places(w.files, w.env)
	if err != nil {
		return err
	}
	if before != after {
		w.note("with the stand-ins something else comes out than with the secrets: the case may not show what you want")
	}
	return nil
}
