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

	path []string // to the value being read
}

// readValues takes the tokens out of the tree of the official parser, and
// looks for values that make ProcessConfigFile open files (server/opts.go:
// parseTLS and GenTLSConfig, readOperatorJWT, the resolver's directory).
// Whatever the documents look like, this tree is what the server will see.
func readValues(tokens map[string]any) (*reading, error) {
	r := &reading{values: make(map[string]any, len(tokens))}
	for k, t := range tokens {
		v, err := r.entry(k, t)
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

// entry returns the value of a key without tokens.
func (r *reading) entry(key string, v any) (any, error) {
	r.path = append(r.path, key)
	defer func() { r.path = r.path[:len(r.path)-1] }()
	v, err := r.plain(v)
	if s, ok := v.(string); ok && s != "" && isCertKey(key) {
		r.note(certStandin, s, r.path...)
	}
	return v, err
}

// plain returns a value without tokens.
func (r *reading) plain(v any) (any, error) {
	if len(r.path) > maxDepth {
		return nil, fmt.Errorf("blocks are nested more than %d deep", maxDepth)
	}
	if t, ok := v.(interface{ Value() any }); ok {
		v = t.Value()
	}
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			p, err := r.entry(k, e)
			if err != nil {
				return nil, err
			}
			m[k] = p
		}
		return m, nil
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			// An element counts for the depth and has no name.
			r.path = append(r.path, "")
			p, err := r.plain(e)
			r.path = r.path[:len(r.path)-1]
			if err != nil {
				return nil, err
			}
			list[i] = p
		}
		return list, nil
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

func (r *reading) note(kind standin, value string, path ...string) {
	var named []string
	for _, key := range path {
		if key != "" {
			named = append(named, key)
		}
	}
	r.notes = append(r.notes, strings.Join(named, ".")+": "+kind.note)
	r.unsafe = r.unsafe || !kind.is(value)
}

func (r *reading) operator(key string, v any) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		if s, ok := e.(string); ok && !isInlineJWT(s) {
			r.note(operatorStandin, s, key)
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
		r.note(resolverStandin, dir, key, "dir")
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
