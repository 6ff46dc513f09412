package oracle

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// checkIncludes returns why the official parser must not see the case, or "":
// an include that leaves the case's directory or stands in a variable, or a cycle, in which the parser
// overflows its stack. Documents that cannot be reached do not count.
func checkIncludes(c *Case) string {
	for name, value := range c.Env {
		// A variable's value is read as if it stood in a document, but its
		// includes start from the working directory.
		if len(includesOf(name, []byte("pk="+value))) > 0 {
			return fmt.Sprintf("the value of the variable %s holds an include", name)
		}
	}
	if !needsFiles(c) {
		return ""
	}
	const (
		open   = 1
		closed = 2
	)
	state := map[string]int{}
	var trail []string
	var visit func(name string) string
	visit = func(name string) string {
		text, ok := c.Files[name]
		if !ok || state[name] == closed {
			return ""
		}
		trail = append(trail, name)
		if state[name] == open {
			from := slices.Index(trail, name)
			return "the documents include each other in a circle: " + strings.Join(trail[from:], " -> ")
		}
		state[name] = open
		for _, include := range includesOf(name, text) {
			to := joinInclude(name, include)
			if to == ".." || strings.HasPrefix(to, "../") {
				return fmt.Sprintf("%s includes %q, which leaves the directory of the case", name, include)
			}
			if why := visit(to); why != "" {
				return why
			}
		}
		state[name] = closed
		trail = trail[:len(trail)-1]
		return ""
	}
	return visit(c.Root)
}

// includesOf returns the include paths of a document.
func includesOf(name string, text []byte) []string {
	if !mentionsInclude(text) {
		return nil
	}
	var list []string
	for n := range ast.Parse(name, text, ast.Latest).Root().Walk() {
		if n.Kind() == ast.KindInclude {
			list = append(list, n.Path())
		}
	}
	return list
}

// joinInclude resolves an include as the official parser does (conf/parse.go):
// always below the directory of the including document, absolute paths too.
func joinInclude(file, include string) string {
	return path.Join(path.Dir(file), filepath.ToSlash(include))
}
