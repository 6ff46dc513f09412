package ast

import "strings"

// fail records that the official parser refuses the text from start to end,
// and skips so far that reading can go on.
func (p *parser) fail(start, end int, official, expected string) state {
	open := -1
	for id := p.cur; id != 0; id = p.nodes[id].parent {
		if n := &p.nodes[id]; n.kind != KindEntry {
			open = int(n.start)
			break
		}
	}
	return p.failOpen(start, end, official, expected, open)
}

// failRune is fail at the character at p.pos, which takes the place of %v in
// the official message; the text at fault reaches to the next separator.
func (p *parser) failRune(official, expected string) state {
	r, w := runeAt(p.src, p.pos)
	got := string(r)
	if r == '\n' {
		got = `\n`
	}
	end := max(p.pos+w, p.tokenEnd(p.pos))
	return p.fail(p.pos, end, strings.Replace(official, "%v", got, 1), expected)
}

// failOpen is fail with the offset of the bracket or quote that is open.
func (p *parser) failOpen(start, end int, official, expected string, open int) state {
	end = min(end, len(p.src))
	p.doc.errs = append(p.doc.errs, &SyntaxError{
		Doc: p.doc, Span: Span{start, end}, Official: official, Expected: expected, Open: open,
	})
	if len(p.doc.errs) == maxErrors {
		return stDone
	}
	return p.resync(start)
}

// resync skips to the next place at which an entry or value may start or a
// container may end, and puts what it skips into an error node.
func (p *parser) resync(start int) state {
	i := max(start, p.pos)
	if i < len(p.src) && (p.src[i] == ']' || p.src[i] == '}') && p.pos == i {
		i++ // a closing bracket that does not fit
	}
	for i < len(p.src) && !p.syncs(p.src[i]) {
		i++
	}
	if i == p.pos && i < len(p.src) && p.src[i] != '\n' && p.src[i] != '\r' && p.src[i] != '}' && p.src[i] != ']' {
		i++ // a separator or a NUL byte where none may stand: take it along, so that reading gets on
	}
	from := min(start, i)
	if last := p.nodes[p.cur].last; last != 0 {
		from = max(from, int(p.nodes[last].end))
	}
	if i > from {
		id := p.add(p.cur, KindError, from)
		p.nodes[id].end = int32(i)
	}
	p.pos = i
	if i == len(p.src) {
		return stDone
	}
	return p.afterValue()
}

// syncs reports whether reading may go on at c in the current container.
func (p *parser) syncs(c byte) bool {
	switch c {
	case '\n', '\r':
		return true
	case ',':
		return true
	case ';':
		return p.kind() != KindArray
	case '}':
		return p.kind() == KindMap || p.kind() == KindBraces
	case ']':
		return p.kind() == KindArray
	}
	return false
}
