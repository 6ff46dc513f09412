package oracle

import (
	"fmt"
	"slices"
	"strings"
)

// reading is what the official parser's tree says.
type reading struct {
	values map[string]any // the tree without its tokens
	notes  []string       // values that a stand-in takes the place of
	unsafe bool           // the server would open something that is no stand-in
	// standinOperator says that the operator's JWT is not known.
	standinOperator bool
}

// readValues takes the tokens out of the tree of the official parser, and
// looks for values that make ProcessConfigFile open files (server/opts.go:
// parseTLS and GenTLSConfig, readOperatorJWT, the resolver's directory).
// Whatever the documents look like, this tree is what the server will see.
func readValues(tokens map[string]any) (*reading, error) {
	r := &reading{values: make(map[string]any, len(tokens))}
	for k, t := range tokens {
		v, err := r.plain(t, k, k, 1)
		if err != nil {
			return nil, err
		}
		r.values[k] = v
		switch strings.ToLower(k) {
		case "operator", "operators", "roots", "root", "root_operators", "root_operator":
			r.operator(k, v)
		case "resolver", "account_resolver", "accounts_resolver":
			r.resolver(k, v)
		}
	}
	return r, nil
}

// plain returns v without tokens. Key is the last one on the path.
func (r *reading) plain(v any, path, key string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("blocks are nested more than %d deep", maxDepth)
	}
	if t, ok := v.(interface{ Value() any }); ok {
		v = t.Value()
	}
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			p, err := r.plain(e, joinKeyLazy(path, k), k, depth+1)
			if err != nil {
				return nil, err
			}
			m[k] = p
		}
		return m, nil
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			p, err := r.plain(e, path, "", depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = p
		}
		return list, nil
	case string:
		if isCertKey(key) && v != "" {
			r.note(path, certStandin, v)
		}
	}
	return v, nil
}

// isCertKey reports whether the key names a file that the server opens when it
// parses a tls block. Only those blocks have such keys, so where they stand
// need not be known.
func isCertKey(key string) bool {
	switch len(key) {
	case len("ca_file"), len("key_file"), len("cert_file"):
		key = strings.ToLower(key)
		return key == "ca_file" || key == "key_file" || key == "cert_file"
	}
	return false
}

// joinKeyLazy is joinKey without quoting, for notes.
func joinKeyLazy(path, key string) string {
	return path + "." + key
}

func (r *reading) note(path string, kind standin, value string) {
	r.notes = append(r.notes, path+": "+kind.note)
	r.unsafe = r.unsafe || !kind.is(value)
}

func (r *reading) operator(key string, v any) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		if s, ok := e.(string); ok && !isInlineJWT(s) {
			r.note(key, operatorStandin, s)
			r.standinOperator = true
		}
	}
}

// isInlineJWT reports whether the server takes an operator for the JWT itself.
// It tries to open it as a file first; without a separator that cannot lead
// out of the private directory.
func isInlineJWT(s string) bool {
	return strings.HasPrefix(s, "eyJ") && !strings.ContainsAny(s, `/\`)
}

func (r *reading) resolver(key string, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	if dir, ok := m["dir"].(string); ok && dir != "" {
		r.note(key+".dir", resolverStandin, dir)
	}
}

// lookup returns the value of a key of the server's own in a map, whatever its
// letter case.
func lookup(m map[string]any, names ...string) (any, bool) {
	for k, v := range m {
		if slices.Contains(names, strings.ToLower(k)) {
			return v, true
		}
	}
	return nil, false
}
