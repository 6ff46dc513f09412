package oracle

import (
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
)

// CasePath is where a document stands in a case: its absolute path without the
// root.
func CasePath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(filepath.VolumeName(path)))
	return strings.TrimLeft(path, "/")
}

// NewCase makes the case of a server as it is: its documents, and those of the
// given variables that it refers to. A nil env has none.
func NewCase(s *fleet.Server, env fleet.Env, args Args) Case {
	c := Case{Root: CasePath(s.Root.Path), Files: make(map[string][]byte, len(s.Docs)), Env: make(map[string]string), Args: args}
	for _, d := range s.Docs {
		c.Files[CasePath(d.Path)] = d.Tree.Source()
		if env != nil {
			c.addVariables(d.Tree, env)
		}
	}
	return c
}

// addVariables adds the variables that a document refers to, and those that
// their values refer to.
func (c *Case) addVariables(tree *ast.Document, env fleet.Env) {
	for n := range tree.Root().Walk() {
		if n.Kind() != ast.KindVariable {
			continue
		}
		name := n.Text()
		if _, known := c.Env[name]; known {
			continue
		}
		if value, ok := env(name); ok {
			c.Env[name] = value
			if strings.Contains(value, "$") {
				// The official parser reads the value as if it stood in a document.
				c.addVariables(ast.Parse("$"+name, []byte("pk="+value), ast.Latest), env)
			}
		}
	}
}

// quoting writes a text so that the official parser reads it back.
var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// StandInFor gives a variable its own name as its value, a text.
func (c *Case) StandInFor(variable string) { c.Env[variable] = `"$` + quoting.Replace(variable) + `"` }

// StandIn puts stand-ins into the case of a server where nothing says what a
// variable or an included file holds: the variable's own name as a text, and
// an empty file. It returns what is not known, "" if nothing is: what the
// official server says of such a case beyond its syntax may be due to that.
func (c *Case) StandIn(s *fleet.Server) (unknown string) {
	for _, n := range []fleet.Name{s.ServerName, s.ClusterName} {
		if n.Flag != "" && n.Unknown() {
			unknown = "the value of " + n.Flag + " is not known"
		}
	}
	for _, p := range s.Problems {
		switch p.Kind {
		case fleet.UnknownVariable:
			c.StandInFor(p.Name)
			unknown = "variable $" + p.Name + " is not known"
		case fleet.MissingInclude:
			if at := CasePath(filepath.Join(filepath.Dir(p.Doc.Path), p.Name)); !c.isFolder(at) {
				c.Files[at] = nil
			}
			unknown = "included file " + p.Name + " is absent"
		}
	}
	return unknown
}

// isFolder reports whether a document of the case stands below a path: an
// include of it cannot be a file.
func (c *Case) isFolder(at string) bool {
	for name := range c.Files {
		if strings.HasPrefix(name, at+"/") {
			return true
		}
	}
	return false
}
