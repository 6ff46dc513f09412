package edit

import (
	"maps"
	"slices"

	"github.com/natsfix/natsfix/internal/query"
)

// model is the configuration of a server as plain values, on which commands
// are carried out a second time. Paths in it are those of fleet.JoinKey and
// fleet.JoinIndex.
type model struct{ root map[string]any }

// gone stands for a value that was taken away, until sweep: the indexes of
// others must stay as long as paths refer to them.
type gone struct{}

// get returns the value at a path, nil if there is none.
func (m model) get(path string) any {
	v, _ := m.at(query.Exact(path).Steps)
	return v
}

func (m model) at(steps []query.Step) (any, bool) {
	var v any = m.root
	for _, s := range steps {
		switch c := v.(type) {
		case map[string]any:
			next, ok := c[s.Key]
			if !ok || s.Kind != query.Key {
				return nil, false
			}
			v = next
		case []any:
			if s.Kind != query.Index || s.Index < 0 || s.Index >= len(c) {
				return nil, false
			}
			v = c[s.Index]
		default:
			return nil, false
		}
	}
	return v, true
}

// set puts a value at a path. It reports whether there is a block or list to
// put it in.
func (m model) set(path string, v any) bool {
	steps := query.Exact(path).Steps
	if len(steps) == 0 {
		return false
	}
	last := steps[len(steps)-1]
	in, _ := m.at(steps[:len(steps)-1])
	switch c := in.(type) {
	case map[string]any:
		if last.Kind == query.Key {
			c[last.Key] = v
			return true
		}
	case []any:
		if last.Kind == query.Index && last.Index >= 0 && last.Index < len(c) {
			c[last.Index] = v
			return true
		}
	}
	return false
}

// remove takes the value at a path away.
func (m model) remove(path string) bool {
	if _, ok := m.at(query.Exact(path).Steps); !ok {
		return false
	}
	return m.set(path, gone{})
}

// add appends items to the list at a path.
func (m model) add(path string, items ...any) bool {
	list, ok := m.get(path).([]any)
	return ok && m.set(path, append(slices.Clone(list), items...))
}

// sweep drops what was taken away.
func (m model) sweep() { swept(m.root) }

// swept returns a value without what was taken away from it; blocks are changed
// in place.
func swept(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if _, drop := e.(gone); drop {
				delete(v, k)
				continue
			}
			v[k] = swept(e)
		}
	case []any:
		kept := v[:0]
		for _, e := range v {
			if _, drop := e.(gone); !drop {
				kept = append(kept, swept(e))
			}
		}
		return kept
	}
	return v
}

// clone returns a copy of a plain value that shares nothing with it.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := maps.Clone(v)
		for k, e := range c {
			c[k] = clone(e)
		}
		return c
	case []any:
		c := slices.Clone(v)
		for i, e := range c {
			c[i] = clone(e)
		}
		return c
	}
	return v
}
