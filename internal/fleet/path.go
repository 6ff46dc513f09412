package fleet

import (
	"strconv"
	"strings"
)

// JoinKey appends a map key to a path: gateway.name, accounts."a.b".users. A
// key is quoted if it holds anything but letters, digits and _ - $.
func JoinKey(path, key string) string {
	if !plainKey(key) {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// JoinIndex appends a list index to a path: leafnodes.remotes[0].
func JoinIndex(path string, i int) string {
	return path + "[" + strconv.Itoa(i) + "]"
}

func plainKey(key string) bool {
	if key == "" {
		return false
	}
	for i := 0; i < len(key); i++ {
		c := key[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '$' {
			continue
		}
		return false
	}
	return true
}

// SplitPath returns the keys of a path, list indexes left out.
func SplitPath(path string) []string {
	var keys []string
	for path != "" {
		key := path
		if path[0] == '"' {
			quoted, err := strconv.QuotedPrefix(path)
			if err != nil {
				return append(keys, path)
			}
			key, _ = strconv.Unquote(quoted)
			path = path[len(quoted):]
		} else {
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				return append(keys, path)
			}
			key, path = path[:end], path[end:]
		}
		keys = append(keys, key)
		for strings.HasPrefix(path, "[") {
			_, path, _ = strings.Cut(path, "]")
		}
		path = strings.TrimPrefix(path, ".")
	}
	return keys
}

// Use is one place in the effective configuration of a server at which a node
// of a document takes effect.
type Use struct {
	Server *Server
	Path   string
	Value  *Value
	Entry  *Entry // nil in a list
}

// Each calls fn for every value of the effective configuration, maps and lists
// before what is in them. The entry is nil for the items of a list.
func (s *Server) Each(fn func(path string, e *Entry, v *Value)) {
	type item struct {
		path string
		e    *Entry
		v    *Value
	}
	var todo []item
	pushMap := func(path string, m *Map) {
		for i := len(m.Entries) - 1; i >= 0; i-- {
			e := m.Entries[i]
			todo = append(todo, item{JoinKey(path, e.Key), e, e.Value})
		}
	}
	pushMap("", s.Values)
	for len(todo) > 0 {
		it := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		fn(it.path, it.e, it.v)
		if it.v.Map != nil {
			pushMap(it.path, it.v.Map)
		}
		for i := len(it.v.List) - 1; i >= 0; i-- {
			todo = append(todo, item{JoinIndex(it.path, i), nil, it.v.List[i]})
		}
	}
}
