package golden

import (
	"bytes"
	"fmt"
)

// archive is a text in the txtar format: a comment, and files behind lines of
// the form -- NAME --. It is read here, and not by the package that test scripts
// use, since that ends the program at a line "-- --", and keeps no line numbers.
type archive struct {
	comment []byte
	files   []archived
}

type archived struct {
	name string
	data []byte
	line int // of the marker, from 1
}

// parseArchive reads an archive. Every text is one. A last line that lacks its
// end gets it.
func parseArchive(data []byte) *archive {
	a := &archive{}
	to := &a.comment
	for n := 1; len(data) > 0; n++ {
		var line []byte
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line, data = data[:i+1], data[i+1:]
		} else {
			line, data = append(bytes.Clone(data), '\n'), nil
		}
		if name := marker(line); name != "" {
			a.files = append(a.files, archived{name: name, line: n})
			to = &a.files[len(a.files)-1].data
			continue
		}
		*to = append(*to, line...)
	}
	return a
}

// marker returns the name in the line at which a file begins, "" for any other
// line.
func marker(line []byte) string {
	line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	rest, starts := bytes.CutPrefix(line, []byte("-- "))
	name, ends := bytes.CutSuffix(rest, []byte(" --"))
	if !starts || !ends {
		return ""
	}
	return string(bytes.TrimSpace(name))
}

// hasMarker reports whether a text, within an archive, would end where it
// should not.
func hasMarker(text []byte) bool {
	for line := range bytes.Lines(text) {
		if marker(line) != "" {
			return true
		}
	}
	return false
}

// format writes the archive.
func (a *archive) format() []byte {
	var b bytes.Buffer
	b.Write(a.comment)
	for _, f := range a.files {
		fmt.Fprintf(&b, "-- %s --\n", f.name)
		b.Write(f.data)
	}
	return b.Bytes()
}
