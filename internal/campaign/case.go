package campaign

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Root is the path of a case's root document.
const Root = "nats.conf"

// Case is one server made up: its documents and what its variables may find in
// the environment.
type Case struct {
	Files map[string]string // by path relative to the root's directory
	Env   map[string]string
}

// Size is the number of bytes in the documents and the environment.
func (cs Case) Size() int {
	n := 0
	for _, text := range cs.Files {
		n += len(text)
	}
	for name, value := range cs.Env {
		n += len(name) + len(value)
	}
	return n
}

// String shows the case: its environment and its files, the root first. Bytes
// that a terminal would not show are escaped.
func (cs Case) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(cs.Env)) {
		fmt.Fprintf(&b, "$%s=%q\n", name, cs.Env[name])
	}
	for _, path := range cs.paths() {
		if len(cs.Files) > 1 {
			fmt.Fprintf(&b, "-- %s --\n", path)
		}
		text := cs.Files[path]
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0xfffd || r == 0xfeff }) {
			text = fmt.Sprintf("%q\n", text)
		}
		b.WriteString(text)
		if !strings.HasSuffix(text, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// paths returns the paths of the files, the root first.
func (cs Case) paths() []string {
	list := slices.Sorted(maps.Keys(cs.Files))
	slices.SortStableFunc(list, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == Root:
			return -1
		case b == Root:
			return 1
		}
		return strings.Compare(a, b)
	})
	return list
}

// with returns a copy in which one file has another text.
func (cs Case) with(path, text string) Case {
	cs.Files = maps.Clone(cs.Files)
	cs.Files[path] = text
	return cs
}
