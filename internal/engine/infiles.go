package engine

import (
	"bytes"
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/host"
)

// position returns line and column of a byte; columns count characters.
func position(src []byte, off int) (line, column int) {
	start := bytes.LastIndexByte(src[:off], '\n') + 1
	return bytes.Count(src[:start], []byte("\n")) + 1, utf8.RuneCount(src[start:off]) + 1
}

// InFiles tells a result about documents inside files as one about those
// files: places, edits and texts are theirs.
func InFiles(res *Result, hosted map[string]Hosted) {
	if len(hosted) == 0 {
		return
	}
	in := &inFiles{hosted: hosted, files: make(map[*host.File]*File)}
	for _, f := range res.Findings {
		in.finding(f)
	}
	slices.SortStableFunc(res.Findings, compareFindings)
	for i := range res.Errors {
		e := &res.Errors[i]
		in.restore(e.File, &e.Message)
		in.place(&e.File, &e.Line, &e.Column, nil)
	}
	for i := range res.NotChecked {
		n := &res.NotChecked[i]
		in.restore(n.File, &n.Message)
		in.place(&n.File, &n.Line, &n.Column, nil)
	}
	byFile := make(map[*host.File][]*File)
	var files []*File
	for _, f := range res.Files {
		if h, ok := hosted[filepath.Clean(f.Path)]; ok {
			byFile[h.File] = append(byFile[h.File], f)
		} else {
			files = append(files, f)
		}
	}
	for hf, docs := range byFile {
		in.files[hf] = in.file(hf, docs)
		files = append(files, in.files[hf])
	}
	slices.SortFunc(files, func(a, b *File) int { return cmp.Compare(a.Path, b.Path) })
	res.Files = files
	for _, g := range res.Groups {
		in.group(g)
	}
}

// inFiles turns what is said about documents into what is said about the files
// that they stand in.
type inFiles struct {
	hosted map[string]Hosted
	files  map[*host.File]*File
}

// place turns a place in a document, as line and column or offset, into one in
// its file.
func (in *inFiles) place(file *string, line, column, offset *int) {
	h, ok := in.hosted[filepath.Clean(*file)]
	if !ok {
		return
	}
	d := h.Document()
	*file = h.File.Name
	at := 0
	switch {
	case offset != nil:
		at = d.Offset(*offset)
		*offset = at
	case *line > 0:
		at = d.Offset(offsetOf(d.Text, *line, *column))
	default:
		return
	}
	if *line > 0 {
		*line, *column = position(h.File.Src, at)
	}
}

// offsetOf is the inverse of position.
func offsetOf(text []byte, line, column int) int {
	off := 0
	for ; line > 1; line-- {
		i := bytes.IndexByte(text[off:], '\n')
		if i < 0 {
			return len(text)
		}
		off += i + 1
	}
	for ; column > 1 && off < len(text); column-- {
		_, size := utf8.DecodeRune(text[off:])
		off += size
	}
	return off
}

// restore puts what a template says in the place of stand-ins, and places of the
// file in that of places in the document.
func (in *inFiles) restore(path string, texts ...*string) {
	h, ok := in.hosted[filepath.Clean(path)]
	if !ok {
		return
	}
	for _, s := range texts {
		*s = stillOpen.ReplaceAllStringFunc(h.Document().Restore(*s), func(text string) string {
			at := stillOpen.FindStringSubmatch(text)
			line, _ := strconv.Atoi(at[1]) // it matches digits
			column, _ := strconv.Atoi(at[2])
			line, column = position(h.File.Src, h.Document().Offset(offsetOf(h.Document().Text, line, column)))
			return fmt.Sprintf("of line %d, column %d is still open", line, column)
		})
	}
}

// stillOpen matches the place that a syntax error speaks of beside its own.
var stillOpen = regexp.MustCompile(`of line (\d+), column (\d+) is still open`)

func (in *inFiles) changes(list []Change) {
	for i := range list {
		c := &list[i]
		in.restore(c.Server, &c.Path, &c.Before, &c.After)
	}
}

func (in *inFiles) finding(f *Finding) {
	path := f.File
	end := f.End
	in.restore(path, &f.Message, &f.Reason)
	for i := range f.Official {
		in.restore(path, &f.Official[i].Message)
	}
	in.place(&f.File, &f.Line, &f.Column, &f.Offset)
	if h, ok := in.hosted[filepath.Clean(path)]; ok {
		f.End = max(f.Offset, h.Document().OffsetEnd(end))
	}
	for i := range f.Related {
		r := &f.Related[i]
		in.restore(path, &r.Message)
		in.place(&r.File, &r.Line, &r.Column, nil)
	}
	if f.Fix == nil {
		return
	}
	in.restore(path, &f.Fix.Title)
	in.changes(f.Fix.Changes)
	for i := range f.Fix.Group {
		in.place(&f.Fix.Group[i], new(int), new(int), nil)
	}
	slices.Sort(f.Fix.Group)
	f.Fix.Group = slices.Compact(f.Fix.Group)
	f.Fix.Edits = slices.DeleteFunc(f.Fix.Edits, func(e Edit) bool {
		h, ok := in.hosted[filepath.Clean(e.File)]
		return ok && h.Document().ReadOnly != ""
	})
	for i := range f.Fix.Edits {
		e := &f.Fix.Edits[i]
		h, ok := in.hosted[filepath.Clean(e.File)]
		if !ok {
			continue
		}
		e.File = h.File.Name
		e.Start, e.End, e.New = h.Document().Edit(ast.Edit{Start: e.Start, End: e.End, New: e.New})
		e.Secret = e.Secret || h.Document().Encoded()
	}
}

// file makes one file of the documents in it.
func (in *inFiles) file(hf *host.File, docs []*File) *File {
	out := &File{Path: hf.Name, Status: Unchanged}
	steps := make(map[int][][]ast.Edit)
	for _, f := range docs {
		if f.Status == WouldChange || f.Status == Refused {
			steps[in.hosted[filepath.Clean(f.Path)].Index] = f.steps
		}
		if out.Status == Unchanged || f.Status == Refused {
			out.Status, out.Message = f.Status, f.Message
		}
	}
	if len(steps) == 0 {
		return out
	}
	after, err := hf.Rewrite(steps)
	if err != nil {
		out.Status, out.Message = Refused, err.Error()
		return out
	}
	if out.Status != Refused {
		out.Status = WouldChange
	}
	out.Before, out.After = hf.Src, after.Src
	out.SecretsBefore, out.SecretsAfter = secretsAround(hf), secretsAround(after)
	for _, f := range docs {
		i := in.hosted[filepath.Clean(f.Path)].Index
		out.SecretsBefore = append(out.SecretsBefore, spansIn(hf.Documents[i], f.SecretsBefore)...)
		out.SecretsAfter = append(out.SecretsAfter, spansIn(after.Documents[i], f.SecretsAfter)...)
	}
	out.SecretsBefore, out.SecretsAfter = everywhere(out.Before, out.SecretsBefore), everywhere(out.After, out.SecretsAfter)
	return out
}

// spansIn returns spans of a document as spans of its file.
func spansIn(d *host.Document, spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		if s.Start < s.End {
			out = append(out, Span{d.Offset(s.Start), d.OffsetEnd(s.End)})
		}
	}
	return out
}

// group puts files in the place of documents.
func (in *inFiles) group(g *Group) {
	var files []*File
	in.changes(g.Changes)
	for _, f := range g.Files {
		for i := range g.Notes {
			in.restore(f.Path, &g.Notes[i])
		}
		in.restore(f.Path, &g.Refused)
		if h, ok := in.hosted[filepath.Clean(f.Path)]; ok {
			if f = in.files[h.File]; f.Status == Refused && g.Refused == "" {
				g.Refused = f.Message
			}
		}
		if !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	if g.Refused != "" {
		for _, f := range files {
			f.Status, f.Message = Refused, g.Refused
		}
	}
	g.Files = slices.DeleteFunc(files, func(f *File) bool { return f.After == nil && g.Refused == "" })
}
