package diff

import (
	"slices"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// maxWork bounds the exact comparison of two texts: the product of the numbers of lines to be compared, summed over
// the parts that are compared separately. At worst the time grows in proportion to it, about 10 ns for each unit.
const maxWork = 10_000_000

// A token is a line or a word with its bytes replaced by a number: the same number means the same bytes.
type token struct {
	id int
	at int // index in the text's list of lines or words
}

// A numbering gives out the ids, from 0 up.
type numbering map[string]int

func (n numbering) token(text []byte, at int) token {
	id, ok := n[string(text)]
	if !ok {
		id = len(n)
		n[string(text)] = id
	}
	return token{id, at}
}

// compareLines tells which old lines are deleted and which new ones are added. The others are the same on both sides,
// in the same order.
func compareLines(old, new []line) (deleted, added []bool) {
	ids := make(numbering, len(old))
	tokens := func(lines []line) []token {
		list := make([]token, len(lines))
		for i, l := range lines {
			list[i] = ids.token(l.text, i)
		}
		return list
	}
	a, b := tokens(old), tokens(new)
	return compare(a, b, len(ids))
}

// A comparison collects the tokens that have no partner on the other side.
type comparison struct {
	deleted, added []bool
	work           int // what is left of maxWork
}

// compare does what compareLines says, for tokens whose ids are below ids.
func compare(old, new []token, ids int) (deleted, added []bool) {
	c := comparison{make([]bool, len(old)), make([]bool, len(new)), maxWork}

	// What only one side has is changed for certain. Setting it aside costs no exactness and is what keeps large
	// rewrites quick.
	inOld, inNew := count(old, ids), count(new, ids)
	old = setAside(old, inNew, c.deleted)
	new = setAside(new, inOld, c.added)

	old, new = trimTokens(old, new)
	if c.exact(old, new) {
		return c.deleted, c.added
	}
	// Too much for an exact comparison: hold fast to the lines that each side has just once, and compare what lies
	// between them.
	i, j := 0, 0
	for _, a := range anchors(old, new, ids) {
		c.part(old[i:a.i], new[j:a.j])
		i, j = a.i+1, a.j+1
	}
	c.part(old[i:], new[j:])
	return c.deleted, c.added
}

// part compares exactly if that is affordable; otherwise everything in it is replaced.
func (c *comparison) part(old, new []token) {
	old, new = trimTokens(old, new)
	if !c.exact(old, new) {
		mark(c.deleted, old)
		mark(c.added, new)
	}
}

// exact finds the smallest difference, unless that may take more work than is left.
func (c *comparison) exact(old, new []token) bool {
	if len(old) > 0 && len(new) > c.work/len(old) {
		return false
	}
	c.work -= len(old) * len(new)

	// diffmatchpatch compares texts, so each token becomes one character. Only the order of the tokens passes
	// through it, none of their bytes, which it would change where they are not UTF-8. What the shorter side does
	// not have is one and the same character, so that there are always enough of them.
	shorter := old
	if len(new) < len(old) {
		shorter = new
	}
	chars := make(map[int]rune, len(shorter))
	for _, t := range shorter {
		if chars[t.id] == 0 {
			chars[t.id] = rune(len(chars) + 1)
		}
	}
	text := func(tokens []token) []rune {
		list := make([]rune, len(tokens))
		for i, t := range tokens {
			list[i] = chars[t.id]
		}
		return list
	}
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0 // a time limit would make the result depend on the machine
	for _, d := range dmp.DiffMainRunes(text(old), text(new), false) {
		n := utf8.RuneCountInString(d.Text)
		switch d.Type {
		case diffmatchpatch.DiffEqual:
			old, new = old[n:], new[n:]
		case diffmatchpatch.DiffDelete:
			mark(c.deleted, old[:n])
			old = old[n:]
		case diffmatchpatch.DiffInsert:
			mark(c.added, new[:n])
			new = new[n:]
		}
	}
	return true
}

func mark(changed []bool, tokens []token) {
	for _, t := range tokens {
		changed[t.at] = true
	}
}

func count(tokens []token, ids int) []int {
	n := make([]int, ids)
	for _, t := range tokens {
		n[t.id]++
	}
	return n
}

// setAside marks the tokens that the other side does not have, and returns the rest.
func setAside(tokens []token, other []int, changed []bool) []token {
	var rest []token
	for _, t := range tokens {
		if other[t.id] == 0 {
			changed[t.at] = true
		} else {
			rest = append(rest, t)
		}
	}
	return rest
}

// trimTokens takes off what both sides begin and end with.
func trimTokens(old, new []token) ([]token, []token) {
	for len(old) > 0 && len(new) > 0 && old[0].id == new[0].id {
		old, new = old[1:], new[1:]
	}
	for len(old) > 0 && len(new) > 0 && old[len(old)-1].id == new[len(new)-1].id {
		old, new = old[:len(old)-1], new[:len(new)-1]
	}
	return old, new
}

// An anchor is a pair of equal tokens: old[i] and new[j].
type anchor struct {
	i, j int
}

// anchors pairs the tokens that occur once on each side, as many as keep their order (the idea of patience diff).
func anchors(old, new []token, ids int) []anchor {
	inOld, inNew := count(old, ids), count(new, ids)
	where := make([]int, ids)
	for j, t := range new {
		where[t.id] = j
	}
	var pairs []anchor
	for i, t := range old {
		if inOld[t.id] == 1 && inNew[t.id] == 1 {
			pairs = append(pairs, anchor{i, where[t.id]})
		}
	}

	// The longest increasing subsequence of j: ends[n] is the pair with the smallest j in which a sequence of n+1
	// pairs can end, before[p] the one that precedes p in its sequence.
	var ends []int
	before := make([]int, len(pairs))
	for p := range pairs {
		n, _ := slices.BinarySearchFunc(ends, pairs[p].j, func(e, j int) int { return pairs[e].j - j })
		before[p] = -1
		if n > 0 {
			before[p] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, p)
		} else {
			ends[n] = p
		}
	}
	if len(ends) == 0 {
		return nil
	}
	list := make([]anchor, len(ends))
	for n, p := len(ends)-1, ends[len(ends)-1]; n >= 0; n, p = n-1, before[p] {
		list[n] = pairs[p]
	}
	return list
}
