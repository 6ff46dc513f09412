package main

import (
	"fmt"
	"go/ast"
	"strings"
)

// readReload reads what server/reload.go can change in a running server.
func (s *server) readReload() error {
	diff, leaf := s.funcs["diffOptions"], s.funcs["getLeafNodeOptionsChanges"]
	if diff == nil || leaf == nil {
		return fmt.Errorf("server/reload.go lacks diffOptions or getLeafNodeOptionsChanges")
	}
	s.reloadCases = map[string]bool{}
	ast.Inspect(diff, func(n ast.Node) bool {
		sw, ok := n.(*ast.SwitchStmt)
		if !ok || !isKey(sw.Tag, "optName") {
			return true
		}
		for _, stmt := range sw.Body.List {
			clause := stmt.(*ast.CaseClause)
			for _, expr := range clause.List {
				if name, ok := stringLit(expr); ok {
					s.reloadCases[name] = mayRefuse(clause)
				}
			}
		}
		return false
	})
	var lists []map[string]bool
	ast.Inspect(leaf, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !isKey(call.Fun, "checkConfigsEqual") || len(call.Args) != 3 {
			return true
		}
		list := map[string]bool{}
		if lit, ok := call.Args[2].(*ast.CompositeLit); ok {
			for _, elt := range lit.Elts {
				if name, ok := stringLit(elt); ok {
					list[name] = true
				}
			}
		}
		lists = append(lists, list)
		return true
	})
	if len(s.reloadCases) == 0 || len(lists) != 2 {
		return fmt.Errorf("server/reload.go: diffOptions has %d cases, getLeafNodeOptionsChanges %d lists: the reader of gen/reload.go has to follow",
			len(s.reloadCases), len(lists))
	}
	s.leafReload, s.remoteReload = lists[0], lists[1]
	return nil
}

// mayRefuse reports whether a case of diffOptions can end the reload with an error, or hand over to one that can: the server
// refuses some changes of the option then, or all. The rest it applies.
func mayRefuse(clause *ast.CaseClause) bool {
	refuses := false
	ast.Inspect(clause, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			refuses = true
		}
		return !refuses
	})
	return refuses
}

// checkEffect compares the effect that fields.txt claims for an option with server/reload.go, and returns the place that decides.
// Where the server refuses only some changes, or a remark tells why a reload is not advisable, the claim stands.
func (s *server) checkEffect(option, effect, remark string) (source string, err error) {
	exported, err := s.checkOption(option)
	if err != nil {
		return "", err
	}
	if !exported {
		// diffOptions skips fields that are not exported; the server reads them afresh.
		if effect == "restart" {
			return "", fmt.Errorf("%s is not exported, so that a reload never refuses it", option)
		}
		return "server/reload.go diffOptions (not compared)", nil
	}
	parts := strings.Split(option, ".")
	refusable, known := s.reloadCases[strings.ToLower(parts[0])]
	if parts[0] == "LeafNode" && len(parts) > 1 {
		source = "server/reload.go getLeafNodeOptionsChanges"
		known = s.leafReload[parts[1]]
		if parts[1] == "Remotes" && len(parts) > 2 {
			known = s.remoteReload[parts[2]]
		}
	} else {
		source = "server/reload.go diffOptions"
	}
	switch {
	case !known && effect == "reload":
		return "", fmt.Errorf("%s refuses a change of %s, so that its effect is a restart", source, option)
	case known && !refusable && effect == "restart" && remark == "":
		return "", fmt.Errorf("%s applies a change of %s, so that its effect is a reload", source, option)
	}
	return source + " " + option, nil
}
