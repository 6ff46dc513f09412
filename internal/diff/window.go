package diff

import "bytes"

// A line is one line of a text, with its ending, and where it stands in that text.
type line struct {
	text  []byte
	start int
}

// A window is the part of two texts that a diff can show: from some lines before the first change to some lines after
// the last one. In a large file with a small change nothing else is split into lines.
type window struct {
	line       int // how many lines precede it, on both sides
	old, new   []line
	head, tail int // how many lines it begins and ends with that are the same on both sides
}

func newWindow(old, new []byte, context int) *window {
	head, tail := trim(old, new)
	from := back(old, head, context)
	// Moving the last edit down must not cost it context: git takes a hunk that lacks some for the end of the file.
	to := forward(old, len(old)-tail, context+maxSlide)
	return &window{
		line: bytes.Count(old[:from], newline),
		old:  split(old, from, to),
		new:  split(new, from, to-len(old)+len(new)),
		head: countLines(old[from:head]),
		tail: countLines(old[len(old)-tail : to]),
	}
}

var newline = []byte("\n")

// countLines counts the lines of text. The last one may lack its ending.
func countLines(text []byte) int {
	n := bytes.Count(text, newline)
	if len(text) > 0 && !terminated(text) {
		n++
	}
	return n
}

// trim returns the number of bytes in the lines that both texts begin with, and in those that both end with.
func trim(old, new []byte) (head, tail int) {
	if bytes.Equal(old, new) {
		return len(old), 0
	}
	head = commonPrefix(old, new)
	head = bytes.LastIndexByte(old[:head], '\n') + 1

	a, b := old[head:], new[head:]
	tail = commonSuffix(a, b)
	if atLineStart(a, len(a)-tail) && atLineStart(b, len(b)-tail) {
		return head, tail
	}
	// The suffix begins inside a line, which then is a changed one.
	if i := bytes.IndexByte(a[len(a)-tail:], '\n'); i >= 0 {
		return head, tail - i - 1
	}
	return head, 0
}

func atLineStart(text []byte, i int) bool {
	return i == 0 || text[i-1] == '\n'
}

// chunk is how many bytes are compared at a time, which is much quicker than one by one.
const chunk = 4096

func commonPrefix(a, b []byte) int {
	n, i := min(len(a), len(b)), 0
	for i+chunk <= n && bytes.Equal(a[i:i+chunk], b[i:i+chunk]) {
		i += chunk
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

func commonSuffix(a, b []byte) int {
	n, i := min(len(a), len(b)), 0
	for i+chunk <= n && bytes.Equal(a[len(a)-i-chunk:len(a)-i], b[len(b)-i-chunk:len(b)-i]) {
		i += chunk
	}
	for i < n && a[len(a)-1-i] == b[len(b)-1-i] {
		i++
	}
	return i
}

// back returns where the line begins that stands n lines before pos, itself the start of a line.
func back(text []byte, pos, n int) int {
	for ; n > 0 && pos > 0; n-- {
		pos = bytes.LastIndexByte(text[:pos-1], '\n') + 1
	}
	return pos
}

// forward returns where the line begins that stands n lines after pos, itself the start of a line.
func forward(text []byte, pos, n int) int {
	for ; n > 0 && pos < len(text); n-- {
		pos = lineEnd(text, pos)
	}
	return pos
}

// lineEnd returns where the line that begins at pos ends, with its line ending.
func lineEnd(text []byte, pos int) int {
	if i := bytes.IndexByte(text[pos:], '\n'); i >= 0 {
		return pos + i + 1
	}
	return len(text)
}

// split returns the lines of text[from:to], which begins and ends with whole lines.
func split(text []byte, from, to int) []line {
	lines := make([]line, 0, countLines(text[from:to]))
	for pos := from; pos < to; {
		end := lineEnd(text, pos)
		lines = append(lines, line{text[pos:end:end], pos})
		pos = end
	}
	return lines
}
