package meaning

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// siblings returns the map that holds the value's entry.
func siblings(v *fixes.Visit) *fleet.Map {
	if v.Parent == nil {
		return v.Server.Values
	}
	return v.Parent.Value.Map
}

// spellings returns the entries beside the value, its own included, that the
// server reads as the same field, in the order of the map.
func spellings(v *fixes.Visit) []*fleet.Entry {
	var out []*fleet.Entry
	for _, e := range siblings(v).Entries {
		if e == v.Entry || v.Block.Field(e.Key) == v.Field {
			out = append(out, e)
		}
	}
	return out
}
