package access

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fleet"
)

// exported is what an account exports under one subject.
type exported struct {
	entry    *fleet.Entry
	subject  string
	accounts map[string]bool // those that may import it; all may if it is empty
	position int             // of the token that must be the importing account, 0 if none must
	unknown  bool            // for whom it is cannot be said
}

// exportList is what an account exports of one kind, in the order of the file.
type exportList []*exported

// exportsTo reads the exports of one kind as the server puts them together: two
// of one subject are one (server/accounts.go, setExportAuth). It returns false if
// a subject is not known.
func exportsTo(accounts *fleet.Map, exports *fleet.Entry, kind string) (list exportList, known bool) {
	if exports == nil {
		return nil, true
	}
	if exports.Value.Unknown() {
		return nil, false
	}
	bySubject := map[string]*exported{}
	for _, item := range items(exports.Value) {
		e := item.Map.Field(kind)
		if e == nil && !item.Unknown() {
			continue
		}
		if item.Unknown() || e.Value.Unknown() || item.Map.Field("stream") != nil && item.Map.Field("service") != nil {
			return nil, false
		}
		x := bySubject[e.Value.Text()]
		if x == nil {
			x = &exported{entry: e, subject: e.Value.Text(), accounts: map[string]bool{}}
			bySubject[x.subject] = x
			list = append(list, x)
		}
		x.allow(accounts, item.Map)
	}
	return list, true
}

// allow adds what one entry says of whom the export is for.
func (x *exported) allow(accounts, entry *fleet.Map) {
	names, position := entry.Value("accounts"), entry.Value("account_token_position")
	if names != nil && names.Unknown() || position != nil && position.Unknown() {
		x.unknown = true
		return
	}
	var at int64
	if position != nil {
		var ok bool
		tokens := strings.Split(x.subject, ".")
		if at, ok = position.Plain().(int64); !ok || at < 0 || at > int64(len(tokens)) || at > 0 && tokens[at-1] != "*" {
			x.unknown = true // scalar-type, export-token-position
			return
		}
	}
	named := false
	for _, a := range items(names) {
		if a.Unknown() {
			x.unknown = true
		} else if accounts.Get(a.Text()) != nil { // else it is for undefined-account
			x.accounts[a.Text()], named = true, true
		}
	}
	if named || at > 0 {
		x.position = int(at)
	}
}

// decide returns the exports that the server may ask about an import: those that
// refuse it and those that allow it, or may. One of exactly the subject is asked
// alone; of others one is asked, and there is no telling which
// (server/accounts.go, checkServiceExportApproved).
func (list exportList) decide(subject, importer string) (closed, open []*exported) {
	add := func(x *exported, tokens []string) {
		if x.unknown || x.admits(importer, tokens) {
			open = append(open, x)
		} else {
			closed = append(closed, x)
		}
	}
	for _, x := range list {
		if x.subject == subject {
			add(x, nil)
			return closed, open
		}
	}
	tokens := strings.Split(subject, ".")
	for _, x := range list {
		if covers(x.subject, subject) {
			add(x, tokens)
		}
	}
	for _, x := range open {
		if x.unknown {
			return nil, open
		}
	}
	return closed, open
}

// admits reports whether an export is for an account (checkAuth). The tokens are
// those of the import, nil if it has the subject of the export.
func (x *exported) admits(importer string, tokens []string) bool {
	if x.position > 0 {
		return x.position <= len(tokens) && tokens[x.position-1] == importer
	}
	return len(x.accounts) == 0 || x.accounts[importer]
}

// covers reports whether each subject that sub stands for is one that super
// stands for, as isSubsetMatch of server/sublist.go. As there, a token of super
// that begins with * matches each one that is no wildcard.
func covers(super, sub string) bool {
	want, have := strings.Split(super, "."), strings.Split(sub, ".")
	for i, w := range want {
		switch {
		case i >= len(have) || w == "":
			return false
		case w == ">":
			return true
		case have[i] == "" || have[i] == ">":
			return false
		case have[i] == "*":
			if w != "*" {
				return false
			}
		case w[0] != '*' && w != have[i]:
			return false
		}
	}
	return len(want) == len(have)
}
