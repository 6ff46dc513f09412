package diff

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// noNewline follows a line without a line ending, as diff, git and patch have it.
const noNewline = "\\ No newline at end of file"

// Unified returns the diff in the form of git diff, with every byte of the texts as it is, for git apply and patch -p1
// (git apply --unidiff-zero for a diff without context lines). It is empty if there is nothing to say. The diffs of
// several files, one after the other, are one patch. If f is Masked, it does not apply.
func (f *File) Unified() []byte {
	var out []byte
	for _, l := range f.header() {
		out = append(append(out, l...), '\n')
	}
	for _, h := range f.Hunks {
		out = append(append(out, h.Header()...), '\n')
		for _, l := range h.Lines {
			out = append(append(out, byte(l.Kind)), l.Text...)
			if !terminated(l.Text) {
				out = append(append(out, '\n'), noNewline+"\n"...)
			}
		}
	}
	return out
}

func terminated(text []byte) bool {
	return len(text) > 0 && text[len(text)-1] == '\n'
}

// header returns the lines before the first hunk.
func (f *File) header() []string {
	if len(f.Hunks) == 0 && f.Status == Modified {
		return nil
	}
	a, b := quoteName("a/"+f.Name), quoteName("b/"+f.Name)
	if len(f.Hunks) == 0 && strings.Contains(f.Name, " ") && a[0] != '"' {
		// No --- and +++ lines will follow, and in the first line patch ends a name at a blank unless it is quoted.
		a, b = `"`+a+`"`, `"`+b+`"`
	}
	lines := []string{"diff --git " + a + " " + b}
	// git and patch want a mode for a file that comes or goes. An ordinary one is right for configuration files; git
	// warns about another one when it deletes, and deletes all the same.
	switch f.Status {
	case Created:
		lines = append(lines, "new file mode 100644")
	case Deleted:
		lines = append(lines, "deleted file mode 100644")
	}
	if len(f.Hunks) == 0 {
		return lines
	}
	// Here a tab keeps patch from ending the name at a blank.
	if strings.Contains(f.Name, " ") {
		a, b = a+"\t", b+"\t"
	}
	switch f.Status {
	case Created:
		a = "/dev/null"
	case Deleted:
		b = "/dev/null"
	}
	return append(lines, "--- "+a, "+++ "+b)
}

// Header returns the line that begins the hunk, "@@ -1,3 +1,4 @@", without a line ending.
func (h *Hunk) Header() string {
	return "@@ -" + lineRange(h.OldStart, h.OldLines) + " +" + lineRange(h.NewStart, h.NewLines) + " @@"
}

func lineRange(start, lines int) string {
	if lines == 1 {
		return strconv.Itoa(start)
	}
	return strconv.Itoa(start) + "," + strconv.Itoa(lines)
}

// quoteName quotes a name the way git does if it holds a quote, a backslash, a control character, or bytes that are
// not UTF-8. Other names stay as they are: git also quotes letters beyond ASCII, but only its core.quotePath wants that.
func quoteName(name string) string {
	plain := func(r rune) bool { return !unicode.IsControl(r) && r != '"' && r != '\\' && r != utf8.RuneError }
	if strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range name {
		_, size := utf8.DecodeRuneInString(name[i:])
		switch {
		case plain(r):
			b.WriteRune(r)
		case strings.ContainsRune("\a\b\t\n\v\f\r\"\\", r):
			b.WriteByte('\\')
			b.WriteByte("abtnvfr\"\\"[strings.IndexRune("\a\b\t\n\v\f\r\"\\", r)])
		default:
			for _, c := range []byte(name[i : i+size]) {
				fmt.Fprintf(&b, "\\%03o", c)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
