package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// target follows an alias. Nothing here descends further than the file's fixed
// shape goes, so aliases can neither loop nor multiply.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// kind names what a node is, for messages.
func kind(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "empty"
	}
	return fmt.Sprintf("%q", n.Value)
}

// mapping calls do for each entry. A key that is given twice, or is not a
// plain word, is an error; no value at all is an empty mapping.
func (d *decoder) mapping(n *yaml.Node, name, of string, do func(k, v *yaml.Node)) {
	at := n
	if n = target(n); isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.fail(at, fmt.Sprintf("%s is %s", name, kind(n)), "it must be a mapping of "+of)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := target(n.Content[i])
		switch {
		case k.Kind != yaml.ScalarNode || isNull(k):
			d.fail(n.Content[i], fmt.Sprintf("a key of %s is %s", name, kind(k)), "it must be a text")
		case seen[k.Value]:
			d.fail(n.Content[i], fmt.Sprintf("%s has the key %q twice", name, k.Value), "give it once")
		default:
			seen[k.Value] = true
			do(k, n.Content[i+1])
		}
	}
}

// list calls do for each item; no value at all is an empty list.
func (d *decoder) list(n *yaml.Node, name, of string, do func(*yaml.Node)) {
	at := n
	if n = target(n); isNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.fail(at, fmt.Sprintf("%s is %s", name, kind(n)), "it must be a list of "+of)
		return
	}
	for _, item := range n.Content {
		do(target(item))
	}
}

// text returns a scalar as it is written: 2.10 stays 2.10, off stays off.
func (d *decoder) text(n *yaml.Node, name string) (Value, bool) {
	at := n
	if n = target(n); n.Kind != yaml.ScalarNode || isNull(n) {
		d.fail(at, fmt.Sprintf("%s is %s", name, kind(n)), `it must be a text ("" for an empty one)`)
		return Value{}, false
	}
	return Value{n.Value, d.pos(at)}, true
}

func (d *decoder) bool(n *yaml.Node, name string, to *bool) {
	at := n
	n = target(n)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		d.fail(at, fmt.Sprintf("%s is %s", name, kind(n)), "it must be true or false")
		return
	}
	*to = n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
}

func (d *decoder) globs(n *yaml.Node, name string) (globs []Glob) {
	d.list(n, name, "globs", func(n *yaml.Node) {
		t, ok := d.text(n, "a glob")
		if !ok {
			return
		}
		g, err := ParseGlob(t.Text)
		if err != nil {
			d.fail(n, fmt.Sprintf("glob %q", t.Text), err.Error())
			return
		}
		globs = append(globs, g)
	})
	return globs
}
