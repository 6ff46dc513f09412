package query

import (
	"regexp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
)

// Condition says which servers are meant. The nil Condition holds for all.
//
//	jetstream.domain exists and leafnodes.remotes[*].url contains "ngs"
//	not (cluster.name == prod or server_name =~ "^test-")
//
// A test holds if one of the values that its path names passes it; != and !~
// hold if == and =~ do not. A path alone asks whether something is there.
type Condition struct {
	text string
	root node
}

// node is a part of a condition: one of and, or, not, test.
type node struct {
	op   nodeOp
	kids []node
	path Path
	test Op
	to   operand
}

type nodeOp uint8

const (
	isTest nodeOp = iota
	isAnd
	isOr
	isNot
)

// ParseCondition reads a condition; the empty text is nil.
func ParseCondition(text string) (*Condition, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	c := conditions{scanner: scanner{text: text}}
	root, err := c.or(0)
	if err != nil {
		return nil, err
	}
	if c.skip(); c.pos < len(text) {
		return nil, c.fail("and, or, or the end of the condition")
	}
	return &Condition{text, root}, nil
}

func (c *Condition) String() string {
	if c == nil {
		return ""
	}
	return c.text
}

// Holds reports whether the condition holds for a server.
func (c *Condition) Holds(s *fleet.Server) bool { return c == nil || c.root.holds(s) }

func (n node) holds(s *fleet.Server) bool {
	holds := func(kid node) bool { return kid.holds(s) }
	switch n.op {
	case isAnd:
		return !slices.ContainsFunc(n.kids, func(kid node) bool { return !kid.holds(s) })
	case isOr:
		return slices.ContainsFunc(n.kids, holds)
	case isNot:
		return !n.kids[0].holds(s)
	}
	return test(Find(s, n.path), n.test, n.to)
}

// conditions parses conditions.
type conditions struct{ scanner }

// maxDepth bounds how deep parentheses nest.
const maxDepth = 200

func (c *conditions) or(depth int) (node, error) { return c.chain(isOr, "or", c.and, depth) }

func (c *conditions) and(depth int) (node, error) { return c.chain(isAnd, "and", c.not, depth) }

// chain reads parts with a word between them.
func (c *conditions) chain(op nodeOp, word string, part func(int) (node, error), depth int) (node, error) {
	first, err := part(depth)
	if err != nil {
		return first, err
	}
	kids := []node{first}
	for c.word(word) {
		next, err := part(depth)
		if err != nil {
			return next, err
		}
		kids = append(kids, next)
	}
	if len(kids) == 1 {
		return first, nil
	}
	return node{op: op, kids: kids}, nil
}

func (c *conditions) not(depth int) (node, error) {
	if depth > maxDepth {
		return node{}, c.fail("fewer parentheses")
	}
	if c.word("not") {
		kid, err := c.not(depth + 1)
		return node{op: isNot, kids: []node{kid}}, err
	}
	c.skip()
	if !c.at("(") {
		return c.test()
	}
	kid, err := c.or(depth + 1)
	if err != nil {
		return kid, err
	}
	if c.skip(); !c.at(")") {
		return kid, c.fail(`and, or, or ")"`)
	}
	return kid, nil
}

// word reads one of the words of the language, if it stands here by itself.
func (c *conditions) word(word string) bool {
	start := c.pos
	c.skip()
	if !c.at(word) || c.pos < len(c.text) && !isBlank(c.text[c.pos]) && c.text[c.pos] != '(' && c.text[c.pos] != ')' {
		c.pos = start
		return false
	}
	return true
}

// comparisons are the tests with a value, the longer text before its prefix.
var comparisons = []Op{Equal, NotEqual, AtMost, AtLeast, Matches, NotMatches, Less, More}

func (c *conditions) test() (node, error) {
	c.skip()
	p, err := c.path()
	if err != nil {
		return node{}, err
	}
	n := node{path: p}
	switch {
	case c.word("exists"):
		return n, nil
	case c.word("absent"):
		n.test = Absent
		return n, nil
	case c.word("contains"):
		n.test = Contains
	case c.word("is"):
		n.test = Is
	default:
		c.skip()
		found := false
		for _, op := range comparisons {
			if found = c.at(op.String()); found {
				n.test = op
				break
			}
		}
		if !found && c.at("=") {
			n.test, found = Equal, true
		}
		if !found {
			return n, nil
		}
	}
	n.to, err = c.operand(n.test)
	return n, err
}

// operand reads the value of a comparison: a text in quotes, or a word.
func (c *conditions) operand(op Op) (operand, error) {
	var to operand
	c.skip()
	start := c.pos
	if c.pos < len(c.text) && (c.text[c.pos] == '"' || c.text[c.pos] == '\'') {
		text, err := c.quoted()
		if err != nil {
			return to, err
		}
		to.text = text
	} else {
		for c.pos < len(c.text) && !isBlank(c.text[c.pos]) && c.text[c.pos] != '(' && c.text[c.pos] != ')' {
			c.pos++
		}
		if c.pos == start {
			return to, c.fail("a value")
		}
		to.text = c.text[start:c.pos]
		to.literal = literal(to.text)
	}
	switch op {
	case Matches, NotMatches:
		re, err := regexp.Compile(to.text)
		if err != nil {
			c.pos = start
			return to, c.fail("a regular expression: " + regexpProblem(err))
		}
		to.re = re
	case Equal, NotEqual, Contains:
		if to.literal == nil && (c.text[start] == '[' || c.text[start] == '{') {
			c.pos = start
			return to, c.fail("a number, a bool or a text, which stands in quotes if it begins with a bracket")
		}
	case Is:
		if !slices.Contains(kinds, to.text) {
			c.pos = start
			return to, c.fail(strings.Join(kinds[:len(kinds)-1], ", ") + " or " + kinds[len(kinds)-1])
		}
	case Less, AtMost, More, AtLeast:
		if to.literal == nil {
			to.literal = literal(to.text)
		}
		if to.literal == nil {
			c.pos = start
			return to, c.fail("a number, a size or a duration")
		}
		if _, ok := number(to.literal); !ok {
			c.pos = start
			return to, c.fail("a number, a size or a duration")
		}
	}
	return to, nil
}

// literal reads a word as a value in NATS syntax, nil if it is no scalar.
func literal(word string) *fleet.Value {
	d := ast.Parse("", []byte("x: "+word+"\n"), ast.Latest)
	e := d.Root().First()
	if len(d.Errors()) > 0 || len(d.LostNodes()) > 0 || !e.Valid() || e.Kind() != ast.KindEntry || e.Next().Valid() || !e.Value().Valid() {
		return nil
	}
	v := e.Value()
	if v.Kind().IsContainer() || v.Raw() != word {
		return nil
	}
	return &fleet.Value{Node: v, Doc: &fleet.Doc{Tree: d}}
}
