package edit

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/query"
)

// replacing is replace: it edits texts by a regular expression.
type replacing struct {
	path query.Path
	re   *regexp.Regexp
	with string
}

func parseReplace(args *arguments) (_ action, err error) {
	var a replacing
	if a.path, err = args.path(); err != nil {
		return nil, err
	}
	expr, err := args.word("a regular expression")
	if err != nil {
		return nil, err
	}
	if a.re, err = regexp.Compile(expr); err != nil {
		return nil, fmt.Errorf("%q is no regular expression: %s", expr, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	a.with, err = args.word("the replacement, in which ${1} stands for the first group")
	return a, err
}

func (a replacing) do(st *step, _ int) bool {
	var list []*query.Match
	seen := make(map[place]bool)
	add := func(m *query.Match) {
		at := place{m.Server.Root.Path, m.Path}
		if m.Value != nil && m.Value.IsString() && a.re.MatchString(m.Value.Text()) && !seen[at] {
			seen[at] = true
			list = append(list, m)
			st.want(m, a.replaced(m))
		}
	}
	for _, m := range st.find(a.path) {
		add(m)
		for _, item := range m.Below(query.Step{Kind: query.Each}) {
			add(item)
		}
	}
	for _, m := range list {
		if _, doc := m.Value.Place(); st.count(m, doc) {
			text := a.replaced(m)
			st.setValue(m, "replace in "+m.Path, Value{Literal: ast.String(text), Plain: text, kind: ast.KindString}, text)
		}
	}
	return true
}

func (a replacing) replaced(m *query.Match) string {
	return a.re.ReplaceAllString(m.Value.Text(), a.with)
}

// quoting is quote and unquote.
type quoting struct {
	path  query.Path
	verb  string
	quote ast.Quote // Bare for unquote
	force bool      // change other quotes, too
}

func parseQuote(args *arguments) (_ action, err error) {
	a := quoting{verb: "quote", quote: ast.Double}
	if a.path, err = args.below(); err != nil || args.rest == "" {
		return a, err
	}
	word, err := args.word("double or single")
	a.force = true
	switch {
	case err != nil || word == "double":
	case word == "single":
		a.quote = ast.Single
	default:
		err = fmt.Errorf("expected double or single, found %q", word)
	}
	return a, err
}

func parseUnquote(args *arguments) (_ action, err error) {
	a := quoting{verb: "unquote"}
	a.path, err = args.below()
	return a, err
}

func (a quoting) do(st *step, _ int) bool {
	var list []*query.Match
	for _, m := range st.find(a.path) {
		if m.Value == nil || m.Value.IsMap() || m.Value.IsList() {
			continue
		}
		list = append(list, m)
		st.want(m, a.verb)
	}
	for _, m := range list {
		if _, doc := m.Value.Place(); !st.count(m, doc) {
			continue
		}
		v, err := a.quoted(m.Value.Node)
		if err != nil {
			st.refuse(m, m.Value.Doc, m.Value.Node.Span(), refusal{why: err.Error()})
			continue
		}
		if v.Plain != nil {
			st.writeValue(m, a.verb+" "+m.Path, v, a.verb)
		}
	}
	return true
}

// quoted returns a value in other quotes, the zero Value if it has them.
func (a quoting) quoted(n ast.Node) (Value, error) {
	has := n.Kind() == ast.KindString && n.Quote() != ast.Bare
	switch {
	case n.Kind() == ast.KindVariable:
		return Value{}, fmt.Errorf("$%s is not known here", n.Text())
	case a.quote == ast.Bare:
		if !has {
			return Value{}, nil
		}
		bare, err := parseValue(n.Text())
		if err != nil || bare.Kind() < ast.KindString || bare.Kind() == ast.KindVariable || bare.Kind() == ast.KindString && bare.Text() != n.Text() {
			return Value{}, fmt.Errorf("%s cannot be written without quotes", n.Raw())
		}
		v, err := valueOf(bare, 0)
		v.Literal = ast.Raw(n.Text())
		return v, err
	case has && (!a.force || n.Quote() == a.quote):
		return Value{}, nil
	}
	text := n.Text()
	written := ast.QuoteString(text, a.quote)
	if written == n.Raw() {
		return Value{}, nil // it cannot be written in single quotes
	}
	return Value{Literal: ast.Raw(written), Plain: text, kind: ast.KindString}, nil
}

// commenting is comment.
type commenting struct {
	path query.Path
	text string
}

func parseComment(args *arguments) (_ action, err error) {
	var a commenting
	if a.path, err = args.below(); err != nil {
		return nil, err
	}
	if a.text = strings.TrimSpace(args.rest); a.text == "" {
		return nil, fmt.Errorf("expected the text of the comment")
	}
	if q := a.text[0]; len(a.text) > 1 && (q == '"' || q == '\'') && a.text[len(a.text)-1] == q {
		if v, err := ParseValue(a.text); err == nil {
			a.text, _ = v.Plain.(string)
		}
	}
	args.rest = ""
	return a, nil
}

func (a commenting) do(st *step, _ int) bool {
	for _, m := range st.find(a.path) {
		if m.Value == nil || !st.count(m, textDoc(m)) {
			continue
		}
		n, doc := m.Value.Place()
		if m.Entry != nil {
			n, doc = m.Entry.Node, m.Entry.Doc
		}
		if st.done[edited{node: n}] || doc.Env != "" || ast.HasCommentAbove(n, a.text) {
			continue
		}
		st.done[edited{node: n}] = true
		edits, err := ast.InsertComment(n, a.text)
		st.edit(m, target{node: n, doc: doc}, edits, err, "comment %s", m.Path)
	}
	return true
}
