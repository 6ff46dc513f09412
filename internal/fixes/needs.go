package fixes

import (
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// fieldSet is a set of fields of the top level, by their IDs, the smallest ones.
type fieldSet [4]uint64

func (s *fieldSet) add(f *schema.Field) {
	if f.ID < 64*len(s) {
		s[f.ID/64] |= 1 << (f.ID % 64)
	}
}

func (s fieldSet) meets(other fieldSet) bool {
	for i, bits := range s {
		if bits&other[i] != 0 {
			return true
		}
	}
	return false
}

// everything meets whatever is in another set, or nothing.
func everything() fieldSet {
	var s fieldSet
	for i := range s {
		s[i] = ^uint64(0)
	}
	return s
}

// needsOf returns what a rule needs, everything for nothing in particular.
func needsOf(r *Rule) fieldSet {
	if len(r.Needs) == 0 {
		return everything()
	}
	var s fieldSet
	for _, name := range r.Needs {
		if f := schema.Root().Field(name); f != nil {
			s.add(f)
		}
	}
	return s
}

// has returns the fields that a server has; of one that is started with flags,
// which may take the place of any, everything.
func has(server *fleet.Server) fieldSet {
	if server.Args != (fleet.Args{}) {
		return everything()
	}
	s := fieldSet{1} // no field has the ID 0, and rules without needs meet it
	for _, e := range server.Values.Entries {
		if f := schema.Root().Field(e.Key); f != nil {
			s.add(f)
		}
	}
	return s
}
