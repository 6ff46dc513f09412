package main

import (
	"fmt"
	"strings"
)

// typeSpec is the type column of a field.
type typeSpec struct {
	flags, elem []string // Go names of schema.Type flags
	values      []string
	exactValues bool
	secret      bool
	child       string // path of the child block; "." and ".[]" until link: the one below the field
	block       *block
}

// words maps a word of the type column to flags.
var words = map[string][]string{
	"string": {"String"}, "int": {"Int"}, "bool": {"Bool"}, "path": {"String", "Path"}, "url": {"String", "URL"},
	"hostport": {"String", "HostPort"}, "subject": {"String", "Subject"}, "account": {"String", "Account"},
	"cluster": {"String", "Cluster"}, "nkey": {"String", "NKey"}, "seed": {"String", "Seed"}, "jwt": {"String", "JWT"},
	"duration": {"String", "Duration"}, "size": {"Int", "Size"}, "sizestring": {"String", "Size"}, "port": {"Int", "Port"},
	"oldseconds": {"Int", "Seconds", "DeprecatedInt"}, "intseconds": {"Int", "Seconds"}, "seconds": {"Int", "Float", "Seconds"},
	"percent": {"String", "Int", "Percent"}, "enum": {"String", "Enum"}, "unusable": {"Unusable"}, "silent": {"Silent"},
	"any": {"String", "Int", "Float", "Bool", "List", "Map", "Ignored"},
}

var effectNames = map[string]string{
	"none": "None", "reload": "Reload", "restart": "Restart", "coordinated-restart": "CoordinatedRestart",
}

// parseTypes reads the type column.
func parseTypes(s string) (typeSpec, error) {
	var t typeSpec
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		word := s
		if i := strings.IndexAny(s, " ("); i >= 0 {
			word = s[:i]
		}
		s = s[len(word):]
		var args []string
		if strings.HasPrefix(s, "(") {
			inside, rest, ok := strings.Cut(s[1:], ")")
			if !ok {
				return t, fmt.Errorf("%s( is not closed", word)
			}
			args, s = strings.Fields(inside), rest
		}
		if err := t.add(word, args); err != nil {
			return t, err
		}
	}
	if len(t.flags) == 0 {
		return t, fmt.Errorf("a field without a type")
	}
	return t, nil
}

func (t *typeSpec) add(word string, args []string) error {
	kind, path, explicit := strings.Cut(word, ":")
	switch kind {
	case "secret":
		t.secret = true
	case "-string":
		t.flags = remove(t.flags, "String")
	case "enum", "enum!":
		t.values, t.exactValues = args, kind == "enum!"
		t.flags = union(t.flags, words["enum"])
	case "list":
		t.flags = union(t.flags, []string{"List"})
		for _, arg := range args {
			if words[arg] == nil {
				return fmt.Errorf("unknown type %q in list()", arg)
			}
			t.elem = union(t.elem, words[arg])
		}
	case "map":
		t.flags = union(t.flags, []string{"Map"})
		if t.child = "."; explicit {
			t.child = path
		}
	case "maps":
		t.flags, t.elem = union(t.flags, []string{"List"}), union(t.elem, []string{"Map"})
		if t.child = ".[]"; explicit {
			t.child = path
		}
	default:
		if words[word] == nil {
			return fmt.Errorf("unknown type %q", word)
		}
		t.flags = union(t.flags, words[word])
	}
	return nil
}

// below returns the path of the child block of a field.
func (t *typeSpec) below(b *block, name string) string {
	if !strings.HasPrefix(t.child, ".") {
		return t.child
	}
	path := name + t.child[1:]
	if b.path != "" {
		path = b.path + "." + path
	}
	return path
}

// pinned returns t for use in another block, with the child that it has in b.
func (t typeSpec) pinned(b *block, name string) typeSpec {
	t.child = t.below(b, name)
	return t
}

// link finds the child block.
func (t *typeSpec) link(b *block, name string, byPath map[string]*block) error {
	if t.child == "" {
		return nil
	}
	path := t.below(b, name)
	if t.block = byPath[path]; t.block == nil {
		return fmt.Errorf("%s: there is no section [%s]", name, path)
	}
	return nil
}

func union(a, b []string) []string {
	for _, x := range b {
		a = append(remove(a, x), x)
	}
	return a
}

func remove(a []string, x string) []string {
	var out []string
	for _, y := range a {
		if y != x {
			out = append(out, y)
		}
	}
	return out
}
