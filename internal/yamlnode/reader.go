package yamlnode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/suggest"
	"go.yaml.in/yaml/v3"
)

// Reader reads the nodes of one file and collects everything that is wrong.
type Reader struct {
	Name string // of the file, for messages
	Errs []error
}

// Document returns the root of the one document in a file, nil if it is empty,
// or why it cannot be read.
func (r *Reader) Document(data []byte) (*yaml.Node, error) {
	yd := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	if err := yd.Decode(&doc); err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, r.Syntax(err)
	}
	if err := yd.Decode(&next); err == nil {
		r.Fail(&next, "a second document", "the file holds one; remove the line ---")
	} else if err != io.EOF {
		return nil, r.Syntax(err)
	}
	return doc.Content[0], nil
}

// Err returns everything that is wrong, one error a line, or nil.
func (r *Reader) Err() error { return errors.Join(r.Errs...) }

// Syntax gives an error of the yaml package ("yaml: line 3: what") its place.
// The package does not tell the column.
func (r *Reader) Syntax(err error) error {
	what := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(what, "line "); ok {
		if number, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				line, what = n, text
			}
		}
	}
	what = strings.Join(strings.Fields(what), " ")
	return &Problem{Pos{r.Name, line, 1}, what, "the file must be YAML"}
}

// Pos returns where a node stands.
func (r *Reader) Pos(n *yaml.Node) Pos { return Pos{r.Name, n.Line, n.Column} }

// Fail notes what is wrong at a node, and what could be there.
func (r *Reader) Fail(n *yaml.Node, what, want string) {
	r.Errs = append(r.Errs, &Problem{r.Pos(n), what, want})
}

// Unknown reports a word that is not among those allowed.
func (r *Reader) Unknown(n *yaml.Node, kind, word string, allowed []string) {
	want := "allowed are " + strings.Join(allowed, ", ")
	if s := suggest.Suggest(word, allowed); s != "" {
		want = fmt.Sprintf("did you mean %s? %s", s, want)
	}
	r.Fail(n, fmt.Sprintf("unknown %s %q", kind, word), want)
}

// Target follows an alias. Nothing here descends further than the file's fixed
// shape goes, so aliases can neither loop nor multiply.
func Target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func IsNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// Kind names what a node is, for messages.
func Kind(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case IsNull(n):
		return "empty"
	}
	return fmt.Sprintf("%q", n.Value)
}

// Mapping calls do for each entry. A key that is given twice, or is not a
// plain word, is an error; no value at all is an empty mapping.
func (r *Reader) Mapping(n *yaml.Node, name, of string, do func(k, v *yaml.Node)) {
	at := n
	if n = Target(n); IsNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.Fail(at, fmt.Sprintf("%s is %s", name, Kind(n)), "it must be a mapping of "+of)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := Target(n.Content[i])
		switch {
		case k.Kind != yaml.ScalarNode || IsNull(k):
			r.Fail(n.Content[i], fmt.Sprintf("a key of %s is %s", name, Kind(k)), "it must be a text")
		case seen[k.Value]:
			r.Fail(n.Content[i], fmt.Sprintf("%s has the key %q twice", name, k.Value), "give it once")
		default:
			seen[k.Value] = true
			do(k, n.Content[i+1])
		}
	}
}

// List calls do for each item; no value at all is an empty list.
func (r *Reader) List(n *yaml.Node, name, of string, do func(*yaml.Node)) {
	at := n
	if n = Target(n); IsNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.Fail(at, fmt.Sprintf("%s is %s", name, Kind(n)), "it must be a list of "+of)
		return
	}
	for _, item := range n.Content {
		do(Target(item))
	}
}

// Text returns a scalar as it is written: 2.10 stays 2.10, off stays off.
func (r *Reader) Text(n *yaml.Node, name string) (Value, bool) {
	at := n
	if n = Target(n); n.Kind != yaml.ScalarNode || IsNull(n) {
		r.Fail(at, fmt.Sprintf("%s is %s", name, Kind(n)), `it must be a text ("" for an empty one)`)
		return Value{}, false
	}
	return Value{n.Value, r.Pos(at)}, true
}

// Bool reads true or false.
func (r *Reader) Bool(n *yaml.Node, name string, to *bool) {
	at := n
	n = Target(n)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		r.Fail(at, fmt.Sprintf("%s is %s", name, Kind(n)), "it must be true or false")
		return
	}
	*to = n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
}
