package syntax

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ByteOrderMark finds files that start with a byte order mark, and takes it
// out.
func ByteOrderMark() *fixes.Rule {
	return &fixes.Rule{
		Name:     "byte-order-mark",
		Severity: fixes.Error,
		Summary:  "the file starts with a byte order mark, which becomes a part of the first key",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "-t; parse if the first line is a comment or a brace",
			Message: `unknown field "\ufeffport"; Unexpected EOF. (UTF-16)`,
			What: `Some editors and shells of Windows write three invisible bytes (EF BB BF) in front of UTF-8 text. The server knows no
such mark: it takes it for the first letter of the first key, or of the comment that stands there. A file in UTF-16, as Windows
PowerShell's > writes it, has a NUL byte beside every letter and cannot be read at all.`,
			Fix: `The mark is taken out. A file in UTF-16 must be written anew as UTF-8.`,
			Applicability: `Safe: no key of the server starts with the mark, so that the server refuses the file as it is. Manual for
UTF-16.`,
			Effect: `None: the server does not start with the file as it is.`,
			Before: "\ufeffport: 4222\n",
			After:  "port: 4222\n",
		},
		CheckDoc: checkByteOrderMark,
	}
}

const byteOrderMark = "\ufeff"

func checkByteOrderMark(p *fixes.Pass, d *fleet.Doc) {
	src := d.Tree.Source()
	for _, order := range []string{"little endian", "big endian"} {
		mark := "\xff\xfe"
		if order == "big endian" {
			mark = "\xfe\xff"
		}
		if !bytes.HasPrefix(src, []byte(mark)) {
			continue
		}
		f := &fixes.Finding{
			Doc: d, Span: ast.Span{Start: 0, End: 2},
			Message: fmt.Sprintf("the file is text in UTF-16 (%s), which the server cannot read", order),
		}
		if e := firstError(d.Tree); e != nil && d.Tree.LineStart(e.Span.Start) > 0 {
			f.Related = append(f.Related, fixes.Related{Doc: d, Span: e.Span, Message: "here the server stops reading"})
		}
		p.Report(f.Because(fixes.Manual, "write the file anew as UTF-8 without a byte order mark, for instance with iconv -f UTF-16 -t UTF-8"))
		return
	}
	if bytes.Contains(src, []byte(byteOrderMark)) {
		mendAll(p, d, findByteOrderMark)
	}
}

func findByteOrderMark(t *ast.Document) *mend {
	start := -1
	if t.HasBOM() {
		start = 0
	} else {
		e := firstError(t)
		for n := range t.Root().Walk() { // files that were joined
			if e != nil && n.Start() > e.Span.Start {
				break
			}
			if n.Kind() == ast.KindEntry && n.Quote() == ast.Bare && strings.HasPrefix(n.Key(), byteOrderMark) {
				start = n.Start()
				break
			}
		}
	}
	if start < 0 {
		return nil
	}
	where := "the file starts with a byte order mark (EF BB BF)"
	if start > 0 {
		where = "a byte order mark (EF BB BF) stands here"
	}
	return &mend{
		span:    ast.Span{Start: start, End: start + len(byteOrderMark)},
		message: where + ": the server takes it for a part of the key or comment behind it and refuses the file",
		title:   "take out the byte order mark",
		edits:   []ast.Edit{{Start: start, End: start + len(byteOrderMark)}},
		cause:   true,
	}
}
