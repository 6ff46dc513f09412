package engine

import (
	"fmt"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/host"
)

// Hosted is a document that stands inside a file.
type Hosted struct {
	File  *host.File
	Index int // in File.Documents
	// Reading is another reading of the document ([host.Document.Readings]), nil
	// for the one that is rewritten.
	Reading *host.Document
}

// Document returns the document.
func (h Hosted) Document() *host.Document {
	if h.Reading != nil {
		return h.Reading
	}
	return h.File.Documents[h.Index]
}

// read returns the texts of documents inside files under their own paths.
func (req *Request) read() fleet.Read {
	if len(req.Hosted) == 0 {
		return req.Read
	}
	return func(path string) ([]byte, error) {
		if h, ok := req.Hosted[path]; ok {
			return h.Document().Text, nil
		}
		return req.Read(path)
	}
}

// unknown reports whether a place is one that a template fills in, so that
// nothing can be said about it.
func (l *Loaded) unknown(path string, start, end int) bool {
	h, ok := l.req.Hosted[path]
	return ok && h.Document().Unknown(ast.Span{Start: start, End: end})
}

// templated reports whether a template fills in parts of a server.
func (l *Loaded) templated(s *fleet.Server) bool {
	return slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool {
		h, ok := l.req.Hosted[d.Path]
		return ok && len(h.Document().Masked) > 0
	})
}

// Elsewhere reports whether a problem of a document inside a file is none: what
// a template fills in is not known, and what is included may be put beside the
// document where it is used.
func (l *Loaded) Elsewhere(p fleet.Problem) bool {
	return l.elsewhere(p.Kind, p.Doc.Path, p.Span.Start, p.Span.End)
}

// FilledIn reports whether a place in a document is one that a template fills
// in, so that nothing can be said about it.
func (l *Loaded) FilledIn(d *fleet.Doc, span ast.Span) bool {
	return l.unknown(d.Path, span.Start, span.End)
}

func (l *Loaded) elsewhere(kind fleet.ProblemKind, path string, start, end int) bool {
	_, ok := l.req.Hosted[path]
	return ok && (kind == fleet.MissingInclude || l.unknown(path, start, end))
}

// known leaves out what is about places that a template fills in, and about
// files that may be put beside a document where it is used.
func (p *plan) known(found []*fixes.Finding) []*fixes.Finding {
	if len(p.run.req.Hosted) == 0 {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(f *fixes.Finding) bool {
		if _, ok := p.run.req.Hosted[f.Doc.Path]; ok && f.Rule == problemRules[fleet.MissingInclude] {
			return true
		}
		return p.run.unknown(f.Doc.Path, p.back(f.Doc.Path, f.Span.Start), p.back(f.Doc.Path, f.Span.End))
	})
}

// notThere says why an edit cannot be made inside the file that the document
// stands in, or "".
func (p *plan) notThere(e fixes.Edit) string {
	h, ok := p.run.req.Hosted[e.Doc.Path]
	if !ok {
		return ""
	}
	if most := p.run.req.MaxSize; most > 0 && int64(len(h.File.Src)) > most {
		return fmt.Sprintf("%s is larger than %d bytes (--max-size)", h.File.Name, most)
	}
	why := h.Document().MayEdit(p.back(e.Doc.Path, e.Start), p.back(e.Doc.Path, e.End), e.New)
	if why != "" {
		why = NotHere + why
	}
	return why
}

// NotHere begins the reason (Finding.Hidden) for which a fix cannot be made
// where the document stands.
const NotHere = "not rewritten here: "

// joinHosted joins the edited documents that stand in one file, which is
// written once.
func (p *plan) joinHosted(join func(paths []string)) {
	in := make(map[*host.File][]string)
	for path := range p.texts {
		if h, ok := p.run.req.Hosted[path]; ok {
			in[h.File] = append(in[h.File], path)
		}
	}
	for _, paths := range in {
		join(paths)
	}
}

// Position returns where a byte of a document that was read stands: file, line
// and column for people.
func (l *Loaded) Position(d *fleet.Doc, off int) (file string, line, column int) {
	if h, ok := l.req.Hosted[d.Path]; ok {
		off = h.Document().Offset(off)
		line, column = position(h.File.Src, off)
		return h.File.Name, line, column
	}
	pos := d.Tree.Position(off)
	return d.Path, pos.Line, pos.Column
}
