package golden

import "bytes"

// form is how a file differs from what a txtar file can hold.
type form struct{ crlf, noNewline, bom bool }

var bom = []byte("\ufeff")

func (f form) encode(data []byte) []byte {
	data = bytes.Clone(data)
	if f.noNewline {
		data = bytes.TrimSuffix(data, []byte("\n"))
	}
	if f.crlf {
		data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	}
	if f.bom {
		data = append(bytes.Clone(bom), data...)
	}
	return data
}

// decode is the inverse of encode. It reports whether there is one: a file
// that lost its line ends or its byte order mark has none.
func (f form) decode(data []byte) ([]byte, bool) {
	text := data
	if f.bom {
		text = bytes.TrimPrefix(text, bom)
	}
	if f.crlf {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	if f.noNewline {
		text = append(bytes.Clone(text), '\n')
	}
	canonical := len(text) == 0 || text[len(text)-1] == '\n'
	return text, canonical && !hasMarker(text) && bytes.Equal(f.encode(text), data)
}

// formOf returns the form of a file.
func formOf(data []byte) form {
	lines := bytes.Count(data, []byte("\n"))
	f := form{
		bom:       bytes.HasPrefix(data, bom),
		noNewline: len(data) > 0 && !bytes.HasSuffix(data, []byte("\n")),
		crlf:      lines > 0 && bytes.Count(data, []byte("\r\n")) == lines,
	}
	if _, ok := f.decode(data); !ok && f.crlf {
		// A lone carriage return does not survive the way there and back.
		f.crlf = false
	}
	return f
}

// directives returns the directives that say so.
func (f form) directives() []string {
	var list []string
	for _, d := range []struct {
		on   bool
		name string
	}{{f.crlf, "crlf"}, {f.noNewline, "no-final-newline"}, {f.bom, "bom"}} {
		if d.on {
			list = append(list, d.name)
		}
	}
	return list
}
