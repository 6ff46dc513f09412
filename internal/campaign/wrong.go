package campaign

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/schema"
)

// anyValue returns a value of any kind.
func (g *generator) anyValue() value {
	switch g.rng.IntN(8) {
	case 0:
		return intOf(pick(g, 0, 1, -1, 5, 30, 70000, 1<<40))
	case 1:
		return wordOf(pick(g, "1.5", "-0.5", "1e5"))
	case 2:
		return g.bool()
	case 3:
		return listOf(textOf("x"))
	case 4:
		return blockOf(kvInt("x", 1))
	case 5:
		return wordOf(pick(g, "2016-05-04T18:53:41Z", "$V", "$UNDEFINED", "5MBi", "10.0.0.0/8", "2m", "1k", "99999999999999999999", "none", "null"))
	}
	return textOf(pick(g, "", "x", "5", "true", "2m", "1GB", "a b", "a:b", "*", "enabled", "*.foo"))
}

// wrongValue returns a value that the field most likely does not take: of
// another kind, out of its range, misspelt.
func (g *generator) wrongValue(path string, f *schema.Field, depth int) value {
	if g.chance(0.4) {
		return g.anyValue()
	}
	right := g.rightValue(path, f, depth)
	switch right.kind {
	case isText:
		return g.wrongText(right.text)
	case isWord:
		switch g.rng.IntN(5) {
		case 0:
			return textOf(right.text)
		case 1:
			return wordOf("-" + strings.TrimPrefix(right.text, "-"))
		case 2:
			return listOf(right)
		case 3:
			return wordOf(right.text + pick(g, "0000000", "x", "s", "MBi", "k"))
		}
		return blockOf(kv("x", right))
	case isList:
		switch g.rng.IntN(3) {
		case 0:
			return listOf(append(right.items, g.anyValue())...)
		case 1:
			if len(right.items) > 0 {
				return right.items[0]
			}
			return textOf("")
		}
		return listOf(right)
	}
	switch g.rng.IntN(4) {
	case 0:
		return listOf(right)
	case 1:
		return blockOf()
	case 2:
		return blockOf(append(right.block, kv(pick(g, "nmae", "x", "port", "name", "enabled", "timeout", "tls", "url"), g.anyValue()))...)
	}
	return g.anyValue()
}

func (g *generator) wrongText(s string) value {
	switch g.rng.IntN(8) {
	case 0:
		return textOf("")
	case 1:
		return textOf(" " + s)
	case 2:
		return textOf(s + pick(g, "x", " ", "..", ":1", ">"))
	case 3:
		return wordOf(pick(g, "30", "1", "0", "-1", "1.5", "true"))
	case 4:
		return listOf(textOf(s))
	case 5:
		return textOf(strings.ToUpper(s))
	case 6:
		if len(s) > 1 {
			return textOf(s[:len(s)-1])
		}
		return textOf("x")
	}
	_, rest, found := strings.Cut(s, "://")
	if found {
		return textOf(rest)
	}
	return textOf(pick(g, "http://", "ws://n1:80", "a b", ":", "-5s", "30", "999h"))
}

// mistake changes the entries as people do: a field that is not known, or
// stands elsewhere, one that is missing, one that is there twice.
func (g *generator) mistake(top *[]entry) {
	var all []*[]entry
	eachBlock(top, func(entries *[]entry) { all = append(all, entries) })
	list := all[g.rng.IntN(len(all))]
	if len(*list) == 0 {
		list = top
	}
	i := g.rng.IntN(len(*list) + 1)
	switch g.rng.IntN(6) {
	case 0: // unknown
		*list = insert(*list, i, kv(pick(g, "nmae", "max_playload", "foo", "usr", "prot", "domian", "jetsream", "cluster_name", "timeot"), g.anyValue()))
	case 1: // elsewhere
		other := *all[g.rng.IntN(len(all))]
		if len(other) > 0 {
			*list = insert(*list, i, other[g.rng.IntN(len(other))])
		}
	case 2, 3: // missing
		if i < len(*list) {
			*list = slices.Delete(slices.Clone(*list), i, i+1)
		}
	case 4: // twice
		if i < len(*list) {
			e := (*list)[i]
			if g.chance(0.5) {
				e.value = g.anyValue()
			}
			*list = insert(*list, g.rng.IntN(len(*list)+1), e)
		}
	case 5: // a value of its own making
		if i < len(*list) {
			(*list)[i].value = g.anyValue()
		}
	}
}

// insert puts a copy of an entry at an index of a copy of the list.
func insert(list []entry, i int, e entry) []entry {
	return slices.Insert(slices.Clone(list), i, e.clone())
}
