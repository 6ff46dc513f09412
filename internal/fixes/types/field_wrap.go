package types

import (
	"bytes"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// wrapLines returns the fix that puts an entry of several lines into a block of
// its own, where it stands: its lines are indented by two blanks more. It is nil
// if other things stand on its lines, or a text in it has lines of its own.
func wrapLines(v *fixes.Visit, to target) *fixes.Fix {
	n, t := v.Entry.Node, v.Entry.Doc.Tree
	src := t.Source()
	start, end := t.LineStart(n.Start()), t.LineEnd(n.End())
	if len(bytes.TrimSpace(src[start:n.Start()])) > 0 || len(bytes.Trim(src[n.End():end], " \t\r")) > 0 || v.Entry.Used || v.Entry.Doc.Env != "" {
		return nil
	}
	for w := range n.Walk() {
		if w.Kind() == ast.KindString && strings.Contains(w.Raw(), "\n") {
			return nil
		}
	}
	indent, step, newline := string(src[start:n.Start()]), "  ", "\n"
	if strings.HasPrefix(indent, "\t") {
		step = "\t"
	}
	if bytes.Contains(src[start:end], []byte("\r")) {
		newline = "\r\n"
	}
	edits := []ast.Edit{{Start: start, End: start, New: indent + to.child + " {" + newline + step}}
	for at := t.LineEnd(n.Start()) + 1; at < n.End(); at = t.LineEnd(at) + 1 {
		if len(bytes.TrimSpace(src[at:t.LineEnd(at)])) > 0 {
			edits = append(edits, ast.Edit{Start: at, End: at, New: step})
		}
	}
	edits = append(edits, ast.Edit{Start: n.End(), End: n.End(), New: newline + indent + "}"})
	fix := fixes.NewFix(v.Entry.Doc, edits, "put %s into a block %s", v.Entry.Key, to)
	if fix != nil {
		fix.Within = []fixes.Within{{Server: v.Server, Path: v.Path()}, {Server: v.Server, Path: to.String()}}
	}
	return fix
}
