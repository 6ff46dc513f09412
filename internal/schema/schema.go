// Package schema is the table of nats-server's configuration fields: which keys a block knows, their aliases, the values they
// take, the release that brought them, what a change asks of a running server, and which values are secrets.
//
// The table is a tree. [Root] is the top level of a configuration; a [Field] that holds a block, or a list of blocks, leads to it:
//
//	f := schema.Root().Field("gateway").Block.Field("gateways")
//	f.Block.Field("tls").Block.Field("cert_file")
//
// It is exact for the nats-server release named by [Release]: the generator compares every name with the server's own source.
// Everything here is read-only and safe for concurrent use.
package schema

import "strings"

//go:generate go run ./gen

// A Block is a set of keys that stand together between braces: the top level, `cluster { }`, an entry of `leafnodes.remotes`.
// A block that the server parses with one function for several places (permissions, users) is one Block with one Path.
type Block struct {
	// Path names the block as in "leafnodes.remotes[].tls"; it is empty for the top level.
	Path string
	// Exact says that keys compare byte for byte. Elsewhere the server lower-cases them first.
	Exact bool
	// Lenient says that the server ignores keys that it does not know instead of refusing them.
	Lenient bool
	// NoVariables says that a variable cannot be defined here: the server takes `name: value` for a field even if $name is used.
	NoVariables bool
	// Fields are the keys in the table's order. Do not modify.
	Fields []Field
	// Data describes the value of every key when the keys are data (account names, subjects, headers), and is nil otherwise.
	Data *Field

	index  []nameRef // sorted by length, then name
	starts []uint8   // where the names of each length begin in it
}

// nameRef is one name or alias of a block and the field that it belongs to.
type nameRef struct {
	name  string
	field uint8
}

// A Field is one key of a block, or the value of every key of a block whose keys are data (its Name is "*" then).
type Field struct {
	// ID numbers the fields of all blocks, from 1.
	ID int
	// Name is the spelling of the official reference; Aliases are the others that the server takes.
	Name    string
	Aliases []string
	// Type says which values the server accepts, Elem what the elements of a list are (0 if it takes no list).
	Type, Elem Type
	// Block is the child block of a field that takes a map or a list of maps, else nil.
	Block *Block
	// Values are the words that an Enum takes; they compare without regard to case unless ExactValues is set.
	Values      []string
	ExactValues bool
	// Secret marks a value that must not be shown. A text that only may hold one (URLs, an operator JWT) is for [SecretSpans].
	Secret bool
	// Default is what the server uses when the key is absent, in words; empty if nothing.
	Default string
	// Effect says what a change of the value asks of a running server, EffectSource where the server decides that.
	Effect       Effect
	EffectSource string
	// Source is where the server reads the key: file, line and function in the module of [Release].
	Source string

	since []string // of the name and each alias, or one for all
}

// Root returns the top level of a configuration file.
func Root() *Block { return &blockRoot }

// Field returns the field that the server reads for key, under its name or an alias, and nil if the server does not know it.
// In a block whose keys are data it returns [Block.Data] for every key. Keys in lower-case ASCII cost no allocation.
func (b *Block) Field(key string) *Field {
	if b.Data != nil {
		return b.Data
	}
	if !b.Exact && !isLower(key) {
		key = strings.ToLower(key)
	}
	if len(key)+1 >= len(b.starts) {
		return nil
	}
	for i := b.starts[len(key)]; i < b.starts[len(key)+1]; i++ {
		if ref := &b.index[i]; ref.name == key {
			return &b.Fields[ref.field]
		}
	}
	return nil
}

// Find follows keys from block to block, through maps and lists of maps alike, and returns the last one's field, or nil if a key
// is not known or leads to no block: Root().Find("leafnodes", "remotes", "tls").
func (b *Block) Find(keys ...string) *Field {
	var f *Field
	for _, key := range keys {
		if b == nil {
			return nil
		}
		if f = b.Field(key); f == nil {
			return nil
		}
		b = f.Block
	}
	return f
}

// FindSecret follows keys as [Block.Find] does, and reports whether they lead to
// a secret: to a field for one, or into a block that such a field was given in
// place of a text. The table says nothing of keys that are not known.
func (b *Block) FindSecret(keys ...string) (secret, known bool) {
	var f *Field
	for _, key := range keys {
		if f != nil && f.Block == nil {
			return f.Secret, f.Secret
		}
		if f = b.Field(key); f == nil {
			return false, false
		}
		b = f.Block
	}
	return f != nil && f.Secret, f != nil
}

// Takes reports whether the field accepts every kind in t: Takes(Duration|Int), Takes(List).
func (f *Field) Takes(t Type) bool { return f.Type.Has(t) }

// isLower reports whether s is ASCII without upper-case letters.
func isLower(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}
