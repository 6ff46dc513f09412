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
	docs := map[string]*ast.Document{}
	spans := map[string][]ast.Span{}
	for _, p := range errors {
		text, ok := c.Files[p.File]
		if !ok || p.Line == 0 {
			continue
		}
		if docs[p.File] == nil {
			docs[p.File] = ast.Parse(p.File, text, ast.Latest)
		}
		entry := entryAt(docs[p.File], p.Line, p.Column)
		if entry.Valid() && (!isTopBlock(entry) || strings.HasPrefix(p.Message, "unknown field")) {
			spans[p.File] = append(spans[p.File], entry.Span())
		}
	}
	for name, list := range spans {
		text := bytes.Clone(c.Files[name])
		for _, span := range list {
			blankOut(text, span)
		}
		c.Files[name] = text
	}
	return len(spans) > 0
}

// isTopBlock reports whether an entry is a block of the server's top level.
func isTopBlock(entry ast.Node) bool {
	value := entry.Value()
	return value.Valid() && value.Kind() == ast.KindMap && atTopLevel(entry)
}

// entryAt returns the innermost entry at a position of the official parser.
func entryAt(doc *ast.Document, line, column int) ast.Node {
	n := doc.NodeAt(offsetOf(doc, line, column))
	for n.Valid() && n.Kind() != ast.KindEntry {
		n = n.Parent()
	}
	return n
}

// offsetOf returns the byte at a position of the official parser, which counts
// bytes from 0 in the first line and from 1 in the others.
func offsetOf(doc *ast.Document, line, column int) int {
	start := 0
	for range line - 1 {
		i := bytes.IndexByte(doc.Source()[start:], '\n')
		if i < 0 {
			return len(doc.Source())
		}
		start += i + 1
	}
	if line > 1 {
		column--
	}
	return start + column
}

// Entry returns the entry that the problem names in its document, none if it
// names no place there.
func (p Problem) Entry(doc *ast.Document) ast.Node {
	if p.Line == 0 {
		return ast.Node{}
	}
	return entryAt(doc, p.Line, p.Column)
}

// blankOut writes spaces over the span and the comma or semicolon behind it.
// Line ends stay.
func blankOut(text []byte, span ast.Span) {
	end := span.End
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++
	}
	if end < len(text) && (text[end] == ',' || text[end] == ';') {
		text[end] = ' '
	}
	for i := span.Start; i < span.End; i++ {
		if text[i] != '\n' && text[i] != '\r' {
			text[i] = ' '
		}
	}
}
