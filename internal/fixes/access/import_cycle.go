package access

import (
	"maps"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

const (
	maxCycleDepth = 1024 // MaxAccountCycleSearchDepth of server/accounts.go
	// maxSteps bounds the search for one import: the ways through accounts that
	// all import from each other are too many to be walked.
	maxSteps = 10_000
)

// ImportCycle finds imports that lead back to the account that they start from.
func ImportCycle() *fixes.Rule {
	return refuses("import-cycle", "imports of services or streams lead from one account to the next and back again", fixes.Doc{
		Message: `Error adding service import "help": import forms a cycle`,
		What: `A request that follows an import to another account, and from there the next import, must not come back to an account where it
has been: the server refuses to start ("import forms a cycle") and points at the whole accounts block. Which of the imports it names
depends on the order in which it happens to read the accounts.`,
		Fix:           "Nothing: a person takes one of the imports out.",
		Applicability: "Manual: any of them may be the wrong one.",
		Before: `accounts {
  A {
    exports: [ { service: help } ]
    imports: [ { service: { account: B, subject: help } } ]
  }
  B {
    exports: [ { service: help } ]
    imports: [ { service: { account: A, subject: help } } ]
  }
}
`,
		After: `accounts {
  A {
    exports: [ { service: help } ]
  }
  B {
    exports: [ { service: help } ]
    imports: [ { service: { account: A, subject: help } } ]
  }
}
`,
		References: []string{"server/accounts.go: serviceImportFormsCycle, streamImportFormsCycle"},
	}, checkImportCycle)
}

// imported is one import of an account: what it is called there, and what and
// whose it is.
type imported struct {
	entry          *fleet.Entry
	account        string
	subject, local string
}

func checkImportCycle(p *fixes.Pass, v *fixes.Visit) {
	if !v.Is("", "accounts") || v.Value.Map == nil {
		return
	}
	for _, kind := range []string{"service", "stream"} {
		all, exports := importsOf(v.Value.Map, kind), exportsOf(v.Value.Map, kind)
		for _, account := range v.Value.Map.Entries {
			for _, i := range all[account.Key] {
				from := i.subject
				if kind == "service" {
					from = i.local
				}
				w := &walk{kind: kind, imports: all, exports: exports, first: i}
				if w.forms(i.account, from, map[string]bool{account.Key: true}) {
					f := at(v, i.entry, "the import of %s from %s leads back to %s: the server refuses to start (\"import forms a cycle\")", i.subject, i.account, account.Key)
					p.Report(manual(f.Beside(v.Entry, "the accounts"), "take one of the imports of the circle out"))
					return
				}
			}
		}
	}
}

// walk follows one import.
type walk struct {
	kind    string
	imports map[string][]imported
	exports map[string][]string
	first   imported
	steps   int
}

// forms reports whether a subject leads from an account to one that was
// visited before (checkServiceImportsForCycles, checkStreamImportsForCycles),
// by other imports than the first.
func (w *walk) forms(account, subject string, visited map[string]bool) bool {
	if w.steps++; w.steps > maxSteps || len(visited) >= maxCycleDepth || w.kind == "stream" && !anyCovers(w.exports[account], subject) {
		return false
	}
	for _, i := range w.imports[account] {
		// What a service import is for the account it comes from, a stream
		// import is for the account that has it.
		there := i.subject
		if w.kind == "stream" {
			there = i.local
		}
		if i.entry == w.first.entry || !collide(subject, there) {
			continue
		}
		if visited[i.account] {
			return true
		}
		next, seen := subject, maps.Clone(visited)
		seen[account] = true
		if covers(subject, i.local) {
			next = i.local
		}
		if w.forms(i.account, next, seen) {
			return true
		}
	}
	return false
}

func importsOf(accounts *fleet.Map, kind string) map[string][]imported {
	out := map[string][]imported{}
	for _, a := range accounts.Entries {
		for _, item := range items(a.Value.Map.Value("imports")) {
			e := item.Map.Field(kind)
			if e == nil || item.Map.Field("stream") != nil && item.Map.Field("service") != nil {
				continue
			}
			_, account := text(e.Value.Map, "account")
			_, subject := text(e.Value.Map, "subject")
			if account == "" || subject == "" {
				continue
			}
			local := subject
			if _, to := text(item.Map, "to"); to != "" {
				local = to
			} else if _, prefix := text(item.Map, "prefix"); prefix != "" && kind == "stream" {
				local = strings.TrimSuffix(prefix, ".") + "." + subject
			}
			out[a.Key] = append(out[a.Key], imported{e, account, subject, local})
		}
	}
	return out
}

func exportsOf(accounts *fleet.Map, kind string) map[string][]string {
	out := map[string][]string{}
	for _, a := range accounts.Entries {
		for _, item := range items(a.Value.Map.Value("exports")) {
			if _, subject := text(item.Map, kind); subject != "" {
				out[a.Key] = append(out[a.Key], subject)
			}
		}
	}
	return out
}

func anyCovers(exports []string, subject string) bool {
	for _, e := range exports {
		if covers(e, subject) {
			return true
		}
	}
	return false
}

// collide reports whether a subject can be meant by both (SubjectsCollide).
func collide(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		switch {
		case i < len(x) && x[i] == ">", i < len(y) && y[i] == ">":
			return i < len(x) && i < len(y)
		case i >= len(x) || i >= len(y):
			return false
		case x[i] != "*" && y[i] != "*" && x[i] != y[i]:
			return false
		}
	}
	return true
}
