package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// server is the part of nats-server's source that decides about configuration fields.
type server struct {
	fset    *token.FileSet
	funcs   map[string]*ast.FuncDecl
	structs map[string]*ast.StructType
	vars    map[string]ast.Expr

	// reload.go: the cases of diffOptions, by lower-cased option, and whether the case may refuse the change.
	reloadCases map[string]bool
	// reload.go: the leaf node options, and those of a remote, that a reload may change.
	leafReload, remoteReload map[string]bool
}

// keySet is the keys that one place of the server reads.
type keySet struct {
	lines  map[string]int // line of each key
	exact  bool           // compared byte for byte
	noVars bool           // a used variable is an unknown field too
}

func readServer(dir string) (*server, error) {
	s := &server{
		fset:    token.NewFileSet(),
		funcs:   map[string]*ast.FuncDecl{},
		structs: map[string]*ast.StructType{},
		vars:    map[string]ast.Expr{},
	}
	for _, name := range []string{"opts.go", "ocsp.go", "ocsp_peer.go", "ocsp_responsecache.go", "reload.go"} {
		file, err := parser.ParseFile(s.fset, filepath.Join(dir, "server", name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				s.funcs[d.Name.Name] = d
			case *ast.GenDecl:
				s.addSpecs(d.Specs)
			}
		}
	}
	return s, s.readReload()
}

func (s *server) addSpecs(specs []ast.Spec) {
	for _, spec := range specs {
		switch sp := spec.(type) {
		case *ast.TypeSpec:
			if st, ok := sp.Type.(*ast.StructType); ok {
				s.structs[sp.Name.Name] = st
			}
		case *ast.ValueSpec:
			for i, name := range sp.Names {
				if i < len(sp.Values) {
					s.vars[name.Name] = sp.Values[i]
				}
			}
		}
	}
}

// at returns the file and line of pos as in "server/opts.go:12".
func (s *server) at(pos token.Pos) (file string, line int) {
	p := s.fset.Position(pos)
	return "server/" + filepath.Base(p.Filename), p.Line
}

// switchKeys reads the cases of the one "switch key" or "switch strings.ToLower(key)" of a function.
func (s *server) switchKeys(fn, key string) (*keySet, error) {
	decl := s.funcs[fn]
	if decl == nil {
		return nil, fmt.Errorf("nats-server has no func %s", fn)
	}
	var found []*ast.SwitchStmt
	ks := &keySet{lines: map[string]int{}, exact: true, noVars: true}
	ast.Inspect(decl, func(n ast.Node) bool {
		if sw, ok := n.(*ast.SwitchStmt); ok && isKey(sw.Tag, key) {
			found = append(found, sw)
		}
		return true
	})
	if len(found) != 1 {
		return nil, fmt.Errorf("func %s has %d switches over %s, want 1", fn, len(found), key)
	}
	_, isIdent := found[0].Tag.(*ast.Ident)
	ks.exact = isIdent
	for _, stmt := range found[0].Body.List {
		clause := stmt.(*ast.CaseClause)
		for _, expr := range clause.List {
			if name, ok := stringLit(expr); ok {
				_, ks.lines[name] = s.at(expr.Pos())
			}
		}
		if clause.List == nil && mentions(clause, "IsUsedVariable") {
			ks.noVars = false
		}
	}
	return ks, nil
}

// lookupKeys reads the constant keys with which a function indexes a map.
func (s *server) lookupKeys(fn, mapName string) (*keySet, error) {
	decl := s.funcs[fn]
	if decl == nil {
		return nil, fmt.Errorf("nats-server has no func %s", fn)
	}
	ks := &keySet{lines: map[string]int{}, exact: true}
	ast.Inspect(decl, func(n ast.Node) bool {
		ix, ok := n.(*ast.IndexExpr)
		if !ok || !isKey(ix.X, mapName) {
			return true
		}
		if name, ok := stringLit(ix.Index); ok {
			_, ks.lines[name] = s.at(ix.Pos())
		}
		return true
	})
	if len(ks.lines) == 0 {
		return nil, fmt.Errorf("func %s looks nothing up in %s", fn, mapName)
	}
	return ks, nil
}

// mapKeys reads the keys of a package-level map literal.
func (s *server) mapKeys(name string) (map[string]bool, error) {
	lit, ok := s.vars[name].(*ast.CompositeLit)
	if !ok {
		return nil, fmt.Errorf("nats-server has no map literal %s", name)
	}
	keys := map[string]bool{}
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if key, ok := stringLit(kv.Key); ok {
				keys[key] = true
			}
		}
	}
	return keys, nil
}

// isKey reports whether e is the variable name, or strings.ToLower(name).
func isKey(e ast.Expr, name string) bool {
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 {
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "ToLower" {
			return false
		}
		e = call.Args[0]
	}
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func stringLit(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func mentions(n ast.Node, name string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
		return !found
	})
	return found
}

// checkOption finds a dotted option such as LeafNode.Remotes.Hub below the struct Options and reports whether it is exported.
func (s *server) checkOption(option string) (exported bool, err error) {
	st := s.structs["Options"]
	exported = true
	for _, name := range strings.Split(option, ".") {
		field := structField(st, name)
		if field == nil {
			return false, fmt.Errorf("server.Options has no %s", option)
		}
		exported = exported && ast.IsExported(name)
		st = s.structOf(field.Type)
	}
	return exported, nil
}

func structField(st *ast.StructType, name string) *ast.Field {
	if st == nil {
		return nil
	}
	for _, f := range st.Fields.List {
		for _, id := range f.Names {
			if id.Name == name {
				return f
			}
		}
	}
	return nil
}

// structOf returns the struct behind a type, through pointers and slices, or nil.
func (s *server) structOf(e ast.Expr) *ast.StructType {
	switch t := e.(type) {
	case *ast.StarExpr:
		return s.structOf(t.X)
	case *ast.ArrayType:
		return s.structOf(t.Elt)
	case *ast.StructType:
		return t
	case *ast.Ident:
		return s.structs[t.Name]
	}
	return nil
}
