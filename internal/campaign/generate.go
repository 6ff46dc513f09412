package campaign

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// newRand returns what the choices of a case come from.
func newRand(seed uint64, n int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(n))) }

// Generate returns case number n of a seed, always the same.
func Generate(seed uint64, n int) Case {
	g := &generator{rng: newRand(seed, n)}
	if g.chance(0.55) {
		g.wrong = pick(g, 0.05, 0.15, 0.3)
	}
	var top []entry
	if g.chance(0.6) {
		// Every field has its turn.
		all := allPlaces()
		top = g.around(all[n%len(all)])
		if g.chance(0.3) {
			top = append(top, g.access()...)
		}
	} else {
		top = g.server()
	}
	for g.chance(0.3) {
		g.mistake(&top)
	}
	c := Case{Files: map[string]string{}, Env: map[string]string{}}
	for g.chance(0.2) {
		g.variable(&c, &top)
	}
	s := g.style()
	for g.chance(0.15) && len(c.Files) < 3 {
		g.include(&c, &top, &s)
	}
	g.rng.Shuffle(len(top), func(i, j int) {
		// Variables and includes stay where they are: before their use.
		if top[i].field != nil && top[j].field != nil {
			top[i], top[j] = top[j], top[i]
		}
	})
	c.Files[Root] = s.document(top)
	if g.chance(0.2) {
		path := pick(g, c.paths()...)
		c.Files[path] = g.damage(c.Files[path])
	}
	return c
}

// variable takes a value out into a variable: defined above, below, in the
// block, in the environment, or nowhere.
func (g *generator) variable(c *Case, top *[]entry) {
	var all []*value
	eachValue(*top, func(_ *entry, v *value) { all = append(all, v) })
	if len(all) == 0 {
		return
	}
	v := all[g.rng.IntN(len(all))]
	name := fmt.Sprintf("V%d", g.rng.IntN(5))
	was := v.clone()
	*v = wordOf("$" + name)
	switch g.rng.IntN(6) {
	case 0, 1, 2:
		*top = insert(*top, 0, kv(name, was))
	case 3:
		*top = append(*top, kv(name, was))
	case 4:
		if was.kind == isText || was.kind == isWord {
			c.Env[name] = pick(g, was.text, `"`+was.text+`"`)
		}
	}
	if g.chance(0.1) {
		*v = textOf("$" + name)
	}
}

// include moves some entries of a block into a file of their own; now and then
// the file is missing, or includes the root.
func (g *generator) include(c *Case, top *[]entry, s *style) {
	var all []*[]entry
	eachBlock(top, func(entries *[]entry) { all = append(all, entries) })
	list := all[0]
	if g.chance(0.5) {
		list = all[g.rng.IntN(len(all))]
	}
	if len(*list) == 0 {
		return
	}
	from := g.rng.IntN(len(*list))
	to := from + 1 + g.rng.IntN(min(3, len(*list)-from))
	moved := slices.Clone((*list)[from:to])
	path := pick(g, "part.conf", "sub/more.conf", "auth.conf")
	*list = slices.Replace(slices.Clone(*list), from, to, entry{include: path})
	switch {
	case g.chance(0.05):
		return
	case g.chance(0.03):
		moved = append(moved, entry{include: Root})
	}
	own := *s
	if g.chance(0.3) {
		own = g.style()
	}
	c.Files[path] += own.document(moved)
}
