package campaign

import (
	"slices"
	"strconv"

	"github.com/natsfix/natsfix/internal/schema"
)

// entry is one key of a block before it is written, or an include.
type entry struct {
	key     string
	value   value
	include string        // the path of an include, which has nothing else
	field   *schema.Field // what the key is, nil for variables and unknown fields
}

// value is what an entry or a list holds.
type value struct {
	kind  valueKind
	text  string // of a string; of a word as it is to be written
	items []value
	block []entry
}

type valueKind uint8

const (
	isText  valueKind = iota // a string, quoted as the style has it
	isWord                   // a number, a bool, a variable: written as it is
	isList                   // of items
	isBlock                  // of entries
)

func textOf(s string) value            { return value{kind: isText, text: s} }
func wordOf(s string) value            { return value{kind: isWord, text: s} }
func intOf(n int) value                { return wordOf(strconv.Itoa(n)) }
func listOf(items ...value) value      { return value{kind: isList, items: items} }
func blockOf(entries ...entry) value   { return value{kind: isBlock, block: entries} }
func kv(key string, v value) entry     { return entry{key: key, value: v} }
func kvText(key, s string) entry       { return kv(key, textOf(s)) }
func kvInt(key string, n int) entry    { return kv(key, intOf(n)) }
func kvBool(key string, on bool) entry { return kv(key, wordOf(strconv.FormatBool(on))) }

// textsOf returns a list of strings.
func textsOf(list []string) value {
	v := listOf()
	for _, s := range list {
		v.items = append(v.items, textOf(s))
	}
	return v
}

// eachValue calls visit for every value with the entry that it stands in, the
// items of lists among them, at any depth.
func eachValue(entries []entry, visit func(e *entry, v *value)) {
	var inside func(e *entry, v *value)
	inside = func(e *entry, v *value) {
		visit(e, v)
		for i := range v.items {
			inside(e, &v.items[i])
		}
		eachValue(v.block, visit)
	}
	for i := range entries {
		if entries[i].include == "" {
			inside(&entries[i], &entries[i].value)
		}
	}
}

// eachBlock calls visit for every block, the top level first.
func eachBlock(top *[]entry, visit func(entries *[]entry)) {
	visit(top)
	var inner []*[]entry
	eachValue(*top, func(_ *entry, v *value) {
		if v.kind == isBlock {
			inner = append(inner, &v.block)
		}
	})
	for _, entries := range inner {
		visit(entries)
	}
}

// clone returns a copy that shares nothing.
func (e entry) clone() entry {
	e.value = e.value.clone()
	return e
}

func (v value) clone() value {
	v.items = slices.Clone(v.items)
	for i := range v.items {
		v.items[i] = v.items[i].clone()
	}
	v.block = slices.Clone(v.block)
	for i := range v.block {
		v.block[i] = v.block[i].clone()
	}
	return v
}
