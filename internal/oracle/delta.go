package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Change is one difference between two effective configurations.
type Change struct {
	// Path names the value: gateway.name, leafnodes.remotes[0].url,
	// accounts."a.b".users[1].password. A key is quoted if it holds anything
	// but letters, digits and _ - $ (Go's quoting).
	Path string
	// Before and After are the values, nil where there is none.
	Before, After any
}

func (c Change) String() string {
	return fmt.Sprintf("%s: %s -> %s", c.Path, show(c.Before), show(c.After))
}

func show(v any) string {
	if v == nil {
		return "(none)"
	}
	return fmt.Sprint(v)
}

// Delta lists the differences between two effective configurations, sorted by
// path with list elements in their order.
//
// Maps are compared key by key; keys that differ in letter case only are
// different, as they are to the official parser. Lists are compared element by
// element after what they share at the front and at the back is set aside, so
// that removing the first of five elements is one change and not five; an
// element's index is that of the list before if the element was changed or
// removed, else that of the list after. A block or list that one side lacks is
// reported as its leaves, and an empty one is a leaf itself. A value that became another
// kind (scalar, list, block) is one change that holds both values whole.
func Delta(before, after map[string]any) []Change {
	var d delta
	d.maps("", before, after)
	return d.changes
}

// Equal reports whether two effective configurations are the same.
func Equal(a, b map[string]any) bool { return equal(a, b) }

type delta struct{ changes []Change }

func (d *delta) add(path string, before, after any) {
	d.changes = append(d.changes, Change{path, before, after})
}

func (d *delta) maps(path string, before, after map[string]any) {
	keys := make([]string, 0, len(before)+len(after))
	keys = slices.AppendSeq(keys, maps.Keys(before))
	for k := range after {
		if _, ok := before[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	if path != "" {
		d.emptied(path, len(before), len(after), before, after)
	}
	for _, k := range keys {
		d.values(joinKey(path, k), before[k], after[k])
	}
}

func (d *delta) values(path string, before, after any) {
	switch {
	case before == nil:
		d.leaves(path, after, func(p string, v any) { d.add(p, nil, v) })
		return
	case after == nil:
		d.leaves(path, before, func(p string, v any) { d.add(p, v, nil) })
		return
	}
	switch b := before.(type) {
	case map[string]any:
		if a, ok := after.(map[string]any); ok {
			d.maps(path, b, a)
			return
		}
	case []any:
		if a, ok := after.([]any); ok {
			d.lists(path, b, a)
			return
		}
	}
	if !equal(before, after) {
		d.add(path, before, after)
	}
}

func (d *delta) lists(path string, before, after []any) {
	front := 0
	for front < len(before) && front < len(after) && equal(before[front], after[front]) {
		front++
	}
	back := 0
	for back < len(before)-front && back < len(after)-front &&
		equal(before[len(before)-1-back], after[len(after)-1-back]) {
		back++
	}
	b, a := before[front:len(before)-back], after[front:len(after)-back]
	for i := range max(len(b), len(a)) {
		var old, changed any
		if i < len(b) {
			old = b[i]
		}
		if i < len(a) {
			changed = a[i]
		}
		d.values(fmt.Sprintf("%s[%d]", path, front+i), old, changed)
	}
	d.emptied(path, len(before), len(after), before, after)
}

// emptied reports that a block or list became empty or ceased to be: an empty
// one is a leaf.
func (d *delta) emptied(path string, was, is int, before, after any) {
	switch {
	case was == 0 && is > 0:
		d.add(path, before, nil)
	case was > 0 && is == 0:
		d.add(path, nil, after)
	}
}

// leaves calls add for every scalar, empty block and empty list of v.
func (d *delta) leaves(path string, v any, add func(string, any)) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) > 0 {
			for _, k := range slices.Sorted(maps.Keys(v)) {
				d.leaves(joinKey(path, k), v[k], add)
			}
			return
		}
	case []any:
		if len(v) > 0 {
			for i, e := range v {
				d.leaves(fmt.Sprintf("%s[%d]", path, i), e, add)
			}
			return
		}
	}
	add(path, v)
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equal)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	}
	switch b.(type) {
	case map[string]any, []any, time.Time:
		return false
	}
	return a == b
}

// joinKey appends a key to a path.
func joinKey(path, key string) string {
	if !plainKey(key) {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func plainKey(key string) bool {
	return key != "" && strings.IndexFunc(key, func(r rune) bool {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-', r == '$':
			return false
		}
		return true
	}) < 0
}
