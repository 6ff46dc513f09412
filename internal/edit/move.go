package edit

import (
	"fmt"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
)

// moving is move and copy. As in a shell, an entry goes into TO if that is a
// block, and becomes TO if it is not there.
type moving struct {
	path, to query.Path
	verb     string
	keep     bool // copy
}

func parseMove(args *arguments) (action, error) { return parseMoving(args, moving{verb: "move"}) }

func parseCopy(args *arguments) (action, error) {
	return parseMoving(args, moving{verb: "copy", keep: true})
}

func parseMoving(args *arguments, a moving) (_ action, err error) {
	if a.path, err = args.below(); err != nil {
		return nil, err
	}
	if a.to, err = args.path(); err != nil {
		return nil, err
	}
	for _, s := range a.to.Steps {
		if s.Kind == query.Deep {
			return nil, fmt.Errorf("** cannot stand in the path that something goes to")
		}
	}
	return a, nil
}

// moved is an entry that was copied and is to be taken away.
type moved struct {
	place    place // where it was
	to       place
	comments []string
}

func (a moving) do(st *step, round int) bool {
	switch round {
	case 0:
		st.run.moved = nil
		a.copyAll(st)
		return a.keep || len(st.run.moved) == 0
	case 1:
		return !st.carryComments()
	case 2:
		st.removeMoved()
	}
	return round >= 2
}

// copyAll writes what is matched where it goes to.
func (a moving) copyAll(st *step) {
	type job struct {
		m, in *query.Match
		key   string // "" to become an item
	}
	var jobs []job
	for _, m := range outermost(st.find(a.path)) {
		if !st.count(m, textDoc(m)) {
			continue
		}
		in, key, why := a.destination(m)
		if why != "" {
			st.refuse(m, textDoc(m), m.Value.Node.Span(), refusal{why: why})
			continue
		}
		if in == nil {
			continue // it is there already
		}
		at := in.Path
		if key != "" {
			at = fleet.JoinKey(in.Path, key)
			if _, claimed := st.wants[place{m.Server.Root.Path, at}]; claimed {
				st.refuse(m, textDoc(m), m.Value.Node.Span(), refusal{why: "several values would become " + at})
				continue
			}
		}
		st.wants[place{m.Server.Root.Path, at}] += a.verb + " " + m.Path
		jobs = append(jobs, job{m, in, key})
	}
	lists := make(map[place]*appending)
	var order []*appending
	for _, j := range jobs {
		n, _ := j.m.Value.Place() // a variable goes as it is
		v := Value{Literal: ast.CopyOf(n), Plain: j.m.Value.Plain(), kind: j.m.Value.Kind()}
		root := j.m.Server.Root.Path
		to := place{root, j.in.Path}
		if j.key == "" {
			list := lists[to]
			if list == nil {
				list = &appending{list: j.in, want: st.wants[to]}
				lists[to] = list
				order = append(order, list)
			}
			to.path = fleet.JoinIndex(to.path, len(j.in.Value.List)+len(list.items))
			list.items = append(list.items, v)
		} else {
			to.path = fleet.JoinKey(to.path, j.key)
			st.insertEntry(j.in, ast.Field{Key: j.key, Value: v.Literal}, v, fmt.Sprintf("%s %s to %s", a.verb, j.m.Path, to.path), a.verb+" "+j.m.Path)
		}
		if !a.keep {
			if j.m.Entry != nil {
				n = j.m.Entry.Node
			}
			st.run.moved = append(st.run.moved, moved{place{root, j.m.Path}, to, ast.Comments(n)})
		}
	}
	for _, list := range order {
		st.appendItems(list.list, list.items, fmt.Sprintf("%s to %s", a.verb, list.list.Path), list.want)
	}
}

// appending are the values that go into a list.
type appending struct {
	list  *query.Match
	items []Value
	want  string
}

// destination returns the block or list that a value goes into, and the key
// that it gets there; nil if it is there already.
func (a moving) destination(m *query.Match) (in *query.Match, key, why string) {
	to := a.bound(m)
	found := query.Find(m.Server, to)
	if len(found) > 1 {
		return nil, "", fmt.Sprintf("%s names several values; it must name one block or list", to)
	}
	if len(found) == 1 && found[0].Map() != nil && m.Entry != nil {
		in, key = found[0], m.Entry.Key
	} else if len(found) == 1 && found[0].Value.IsList() {
		if !a.keep && inside(found[0].Path, m.Path) {
			return nil, "", fmt.Sprintf("%s cannot move into itself", m.Path)
		}
		return found[0], "", ""
	} else if last, ok := to.Last(); ok && last.Kind == query.Key {
		parents := query.Find(m.Server, to.Parent())
		if len(parents) != 1 || parents[0].Map() == nil {
			return nil, "", fmt.Sprintf("there is no block %s for it to go into (new-block makes one)", to.Parent())
		}
		in, key = parents[0], last.Key
	} else {
		return nil, "", fmt.Sprintf("%s names no block or list for it to go into", to)
	}
	if !a.keep && inside(in.Path, m.Path) {
		return nil, "", fmt.Sprintf("%s cannot move into itself", m.Path)
	}
	if there := in.Below(query.Step{Kind: query.Key, Key: key}); len(there) > 0 {
		if there[0].Entry == m.Entry || a.keep && jsonText(there[0].Value.Plain()) == jsonText(m.Value.Plain()) {
			return nil, "", ""
		}
		return nil, "", there[0].Path + " is there already"
	}
	return in, key, ""
}

// inside reports whether a path names what another one names, or something in
// it.
func inside(path, other string) bool {
	p, o := query.Exact(path).Steps, query.Exact(other).Steps
	return len(p) >= len(o) && slices.EqualFunc(p[:len(o)], o, func(a, b query.Step) bool {
		return a.Kind == b.Kind && a.Key == b.Key && a.Index == b.Index
	})
}

// bound returns the path that a match goes to: wildcards in it stand for what
// those of the match's own path stand for, in their order.
func (a moving) bound(m *query.Match) query.Path {
	exact := query.Exact(m.Path).Steps
	var stands []query.Step
	if len(exact) == len(a.path.Steps) {
		for i, s := range a.path.Steps {
			if s.Kind == query.AnyKey || s.Kind == query.Each {
				stands = append(stands, exact[i])
			}
		}
	}
	to := query.Path{Steps: append([]query.Step(nil), a.to.Steps...)}
	for i, s := range to.Steps {
		if (s.Kind == query.AnyKey || s.Kind == query.Each) && len(stands) > 0 {
			to.Steps[i], stands = stands[0], stands[1:]
		}
	}
	return to
}

// carryComments puts the comments of what was moved above where it is now. It
// reports whether anything is left to be taken away.
func (st *step) carryComments() bool {
	for _, mv := range st.run.moved {
		s := serverOf(st.run.fleet, mv.to.root)
		if s == nil || len(mv.comments) == 0 {
			continue
		}
		for _, m := range query.Find(s, query.Exact(mv.to.path)) {
			n, doc := m.Value.Place()
			if m.Entry != nil {
				n, doc = m.Entry.Node, m.Entry.Doc
			}
			if st.done[edited{node: n}] {
				continue
			}
			st.done[edited{node: n}] = true
			text := ""
			for _, c := range mv.comments {
				text += c + "\n"
			}
			if edits, err := ast.InsertComment(n, text); err != nil {
				st.refuse(m, doc, n.Span(), refusal{why: err.Error()})
			} else {
				st.edits[doc.Path] = append(st.edits[doc.Path], edits...)
			}
		}
	}
	return len(st.run.moved) > 0
}

// removeMoved takes away what was moved from where it was.
func (st *step) removeMoved() {
	for _, mv := range st.run.moved {
		st.wants[mv.place] = "gone"
	}
	var all []removal
	for _, mv := range st.run.moved {
		s := serverOf(st.run.fleet, mv.place.root)
		if _, refused := st.run.refused[st.run.unit(mv.place.root)]; refused || s == nil {
			continue
		}
		for _, m := range query.Find(s, query.Exact(mv.place.path)) {
			if t, ok := st.entry(m, "gone"); ok {
				all = append(all, removal{m, t})
			}
		}
	}
	st.removeAll(all, "move")
}
