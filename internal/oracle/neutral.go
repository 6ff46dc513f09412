package oracle

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// errNotNeutral is reported when a path would be left in the copy that the
// server must not open.
var errNotNeutral = errors.New("a path to a certificate, an operator or a resolver's directory stands where no stand-in can take its place")

// neutralise replaces the paths that ProcessConfigFile would open, in the
// child's copies of the documents and in the case's variables, by stand-ins of
// the same length. It then has the official parser read the copies again: its
// tree must hold nothing but stand-ins, whatever this code understood of the
// documents.
func (e *examiner) neutralise(c *Case) error {
	if err := replacePaths(c); err != nil {
		return err
	}
	for name, value := range c.Env {
		os.Setenv(name, value)
	}
	if err := e.write(c); err != nil {
		return err
	}
	tokens, err := e.parse(c)
	if err != nil {
		return errNotNeutral
	}
	if again, err := readValues(tokens); err != nil || again.unsafe {
		return errNotNeutral
	}
	return nil
}

// replacePaths puts stand-ins into the documents and variables of a case.
func replacePaths(c *Case) error {
	n := neutraliser{c: c, docs: map[string]*ast.Document{}, edits: map[string][]ast.Edit{}, seen: map[string]bool{}}
	n.collect()
	for name, edits := range n.edits {
		text, err := ast.Apply(c.Files[name], edits)
		if err != nil {
			return err
		}
		c.Files[name] = text
	}
	return nil
}

// neutraliser collects the edits that neutralise a case.
type neutraliser struct {
	c     *Case
	docs  map[string]*ast.Document
	edits map[string][]ast.Edit
	seen  map[string]bool // variables
}

func (n *neutraliser) collect() {
	for name, text := range n.c.Files {
		n.docs[name] = ast.Parse(name, text, ast.Latest)
	}
	for name, doc := range n.docs {
		for node := range doc.Root().Walk() {
			if node.Kind() == ast.KindEntry && isCertKey(node.Key()) {
				n.replace(name, node.Value(), certStandin)
			}
		}
	}
	n.topLevel(n.c.Root, map[string]bool{})
}

// topLevel handles the entries of the server's top level, includes followed.
func (n *neutraliser) topLevel(name string, visited map[string]bool) {
	doc, ok := n.docs[name]
	if !ok || visited[name] {
		return
	}
	visited[name] = true
	for node := range doc.Root().Walk() {
		if !atTopLevel(node) {
			continue
		}
		switch {
		case node.Kind() == ast.KindInclude:
			n.topLevel(joinInclude(name, node.Path()), visited)
		case node.Kind() != ast.KindEntry || !node.Value().Valid():
		default:
			n.topEntry(name, node)
		}
	}
}

// atTopLevel reports whether a node stands in no block.
func atTopLevel(n ast.Node) bool {
	for p := n.Parent(); p.Valid(); p = p.Parent() {
		if p.Kind() != ast.KindDocument && p.Kind() != ast.KindBraces {
			return false
		}
	}
	return true
}

func (n *neutraliser) topEntry(name string, node ast.Node) {
	switch strings.ToLower(node.Key()) {
	case "operator", "operators", "roots", "root", "root_operators", "root_operator":
		if node.Value().Kind() != ast.KindArray {
			n.replace(name, node.Value(), operatorStandin)
			return
		}
		for e := range node.Value().Children() {
			n.replace(name, e, operatorStandin)
		}
	case "resolver", "account_resolver", "accounts_resolver":
		for e := range node.Value().Children() {
			if e.Kind() == ast.KindEntry && e.Key() == "dir" {
				n.replace(name, e.Value(), resolverStandin)
			}
		}
	}
}

// replace puts a stand-in in the place of a string, or of what a variable
// stands for. Values of other types stay: the server refuses them.
func (n *neutraliser) replace(name string, value ast.Node, kind standin) {
	if !value.Valid() {
		return
	}
	switch value.Kind() {
	case ast.KindVariable:
		n.variable(value.Text(), kind)
	case ast.KindString:
		span := value.TextSpan()
		text := value.Text()
		if span.Len() == 0 || strings.Contains(text, "\n") || kind == operatorStandin && isInlineJWT(text) {
			return
		}
		edit := ast.Edit{Start: span.Start, End: span.End, New: kind.of(span.Len())}
		if !slices.Contains(n.edits[name], edit) {
			n.edits[name] = append(n.edits[name], edit)
		}
	}
}

// variable replaces a variable's value wherever it may be written: in the
// environment and in every entry that bears its name.
func (n *neutraliser) variable(variable string, kind standin) {
	if n.seen[variable] {
		return
	}
	n.seen[variable] = true
	if text, ok := n.c.Env[variable]; ok {
		// The official parser reads the value as if it stood in a document.
		for node := range ast.Parse("", []byte("pk="+text), ast.Latest).Root().Walk() {
			if node.Kind() == ast.KindVariable {
				n.variable(node.Text(), kind)
			}
			if node.Kind() == ast.KindString && !(kind == operatorStandin && isInlineJWT(node.Text())) {
				n.c.Env[variable] = `"` + kind.of(3) + `"`
			}
		}
	}
	for name, doc := range n.docs {
		for node := range doc.Root().Walk() {
			if node.Kind() == ast.KindEntry && node.Key() == variable {
				n.replace(name, node.Value(), kind)
			}
		}
	}
}
