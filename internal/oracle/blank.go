package oracle

import (
	"bytes"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// blank writes spaces over the entries that errors of ProcessConfigFile point
// at, in the child's copies, and reports whether it changed any.
//
// The server reads the entries of a block in random order and leaves the block
// at some errors, so that which errors it reports, and what it read before,
// differs from run to run. Without the entries at fault it reads the rest. A
// whole block at the top level stays: too much would look missing then.
func blank(c *Case, errors []Problem) bool {
	changed := false
	for _, p := range errors {
		text, ok := c.Files[p.File]
		if !ok || p.Line == 0 {
			continue
		}
		doc := ast.Parse(p.File, text, ast.Latest)
		entry := entryAt(doc, p.Line, p.Column)
		if !entry.Valid() || atTopLevel(entry) && entry.Value().Valid() && entry.Value().Kind() == ast.KindMap &&
			!strings.HasPrefix(p.Message, "unknown field") {
			continue
		}
		c.Files[p.File] = blankOut(text, entry.Span())
		changed = true
	}
	return changed
}

// entryAt returns the innermost entry at a position of the official parser,
// which counts bytes from 0 in the first line and from 1 in the others.
func entryAt(doc *ast.Document, line, column int) ast.Node {
	start := 0
	for range line - 1 {
		i := bytes.IndexByte(doc.Source()[start:], '\n')
		if i < 0 {
			return ast.Node{}
		}
		start += i + 1
	}
	if line > 1 {
		column--
	}
	n := doc.NodeAt(start + column)
	for n.Valid() && n.Kind() != ast.KindEntry {
		n = n.Parent()
	}
	return n
}

// blankOut returns text with spaces in the place of the span and of the comma
// or semicolon behind it. Line ends stay.
func blankOut(text []byte, span ast.Span) []byte {
	end := span.End
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++
	}
	if end == len(text) || text[end] != ',' && text[end] != ';' {
		end = span.End - 1
	}
	text = bytes.Clone(text)
	for i := span.Start; i <= end; i++ {
		if text[i] != '\n' && text[i] != '\r' {
			text[i] = ' '
		}
	}
	return text
}
