package types

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// UnknownField finds keys that the server does not know where they stand.
func UnknownField() *fixes.Rule {
	ages := fieldAges()
	return &fixes.Rule{
		Name:     "unknown-field",
		Severity: fixes.Error,
		Summary:  "the server does not know a field where it stands, and refuses to start",
		Params: []fixes.Param{{
			Name: "take", Default: "none: a person decides", Values: []string{"suggestion"},
			Doc: "take the suggestion of each finding: the field with the nearest name, or the block where the field belongs",
		}},
		Doc: fixes.Doc{
			Stage:   "-t; silent in resolver, latency, jetstream_cluster_migrate and feature_flags",
			Message: "unknown field",
			What: `The server refuses a key that it does not know in a block (unknown field "max_paylod"; "Unknown field name ... parsing
subject permissions", "error parsing tls config, unknown field"): a slip of the pen, a field of another block, or a
field of a newer release. Of keys that define variables unused-variable speaks. An account of the name of a top-level field
is taken for a field that slipped into accounts ("Expected map entries for accounts"). In resolver, latency and jetstream_cluster_migrate
it ignores such a key without a word, which is a warning, and so is a feature flag that it does not know: it only notes that in its log.`,
			Fix: `Renames the key to the field of the block that was meant, or moves it to the block where it belongs. A key among variables that
nothing refers to is taken out. One of several lines gets the block that it belongs to around it, if that is not there yet.`,
			Applicability: `Safe if only hyphens, underscores and capitals differ (maxPayload for max_payload). Other suggestions need somebody to say
that they are right: --set unknown-field.take=suggestion takes them. Manual where nothing is near, where more than one
block has the field, where the field is there already, or where it is a setting of a stream, or the block of NATS Streaming. Unsafe where the server ignores the key, since the setting takes effect then. A field that is newer than the oldest release the files are
for is a warning.`,
			Effect: `None: the server does not run.`,
			Before: "port: 4222\nmax-payload: 2MB\n",
			After:  "port: 4222\nmax_payload: 2MB\n",
		},
		Fields: func(b *schema.Block, f *schema.Field) bool {
			_, aged := ages[f]
			return f == nil || aged || b.Path == "accounts" || b.Path == "feature_flags"
		},
		CheckValue: func(p *fixes.Pass, v *fixes.Visit) {
			if v.Field != nil {
				if mistakeOf(v) == misplacedField && !v.Server.Broken() {
					reportMisplaced(p, v)
					return
				}
				if isUnknownFlag(p, v) {
					reportFlag(p, v)
					return
				}
				if age, ok := ages[v.Field]; ok && v.Entry != nil {
					checkAge(p, v, age)
				}
				return
			}
			if isUnknown(v) && !v.Server.Garbled() {
				if v.Block.Lenient {
					reportIgnored(p, v)
				} else {
					reportUnknown(p, v)
				}
			}
		},
	}
}

// isUnknown reports whether a key is one that the server refuses and no other
// rule knows better.
func isUnknown(v *fixes.Visit) bool {
	b, e := v.Block, v.Entry
	switch {
	case b == nil || e == nil || b.Data != nil:
		return false
	case e.Used || fixes.VariableLike(e): // unused-variable, also for blocks that take no definitions
		return false
	case fixes.Astray(e), e.Node.Valid() && e.Node.Lost(): // empty-value, size-suffix, unquoted-special
		return false
	case v.Parent != nil && judge(v.Parent) != noMistake: // wrap-in-list speaks of a block of names
		return false
	case isMiswritten(e): // glued-brace, stray-brace, extra-comma, byte-order-mark
		return false
	case strings.EqualFold(e.Key, "include"): // include-assignment
		return false
	case wrongCase(v) != "":
		return false
	case b.Path == certsBlock && certsKeys[strings.ToLower(e.Key)] != "":
		return false
	}
	return !inDefinition(v)
}

// isMiswritten reports whether a key holds what belongs to the syntax around it,
// of which another rule speaks.
func isMiswritten(e *fleet.Entry) bool {
	if e.Key == "" || e.Node.Valid() && e.Node.Quote() != ast.Bare {
		return false
	}
	return strings.ContainsAny(e.Key[1:], "{[") || strings.HasPrefix(e.Key, "\ufeff") || strings.IndexByte("},;", e.Key[0]) >= 0
}

func reportUnknown(p *fixes.Pass, v *fixes.Visit) {
	f := v.KeyFinding("the server knows no field %q %s: it refuses to start", v.Entry.Key, where(v.Block))
	if why := foreign(v); why != "" {
		p.Report(f.Because(fixes.Manual, why))
		return
	}
	if to, certain := nearest(v); to != "" {
		reportRename(p, v, f, to, certain)
		return
	}
	reportMove(p, v, f)
}

// reportIgnored reports a key in one of the blocks of which the server reads what
// it knows and nothing else.
func reportIgnored(p *fixes.Pass, v *fixes.Visit) {
	f := v.KeyFinding("the server knows no field %q %s, and ignores it without a word: the setting is lost", v.Entry.Key, where(v.Block))
	f.Severity = fixes.Warning
	to, _ := nearest(v)
	if to == "" || hasField(v, v.Block.Field(to)) || shared(p, v) {
		p.Report(f.Because(fixes.Manual, "see the reference for the fields of this block, or take it out"))
		return
	}
	f.With(p.Rename(v, to, "rename %s to %s", v.Entry.Key, to), fmt.Sprintf("did you mean %s? This entry cannot be renamed", to))
	p.Report(f.Because(fixes.ChangesBehaviour, fmt.Sprintf("did you mean %s? It takes effect then, for the first time", to)))
}

// reportMisplaced reports a field that slipped into accounts.
func reportMisplaced(p *fixes.Pass, v *fixes.Visit) {
	reportMove(p, v, v.KeyFinding("accounts holds accounts, and %q is none (\"Expected map entries for accounts\"): the server refuses to start", v.Entry.Key))
}

func reportRename(p *fixes.Pass, v *fixes.Visit, f *fixes.Finding, to string, certain bool) {
	if other := v.Block.Field(to); hasField(v, other) {
		p.Report(f.Because(fixes.Manual, fmt.Sprintf("did you mean %s? That is there already", to)))
		return
	}
	if shared(p, v) {
		p.Report(f.Because(fixes.Manual, fmt.Sprintf("did you mean %s? The text is shared with another block", to)))
		return
	}
	if kind := kindOf(v.Value); kind != 0 && v.Block.Field(to).Type&kind == 0 {
		certain = false
	}
	f.With(p.Rename(v, to, "rename %s to %s", v.Entry.Key, to), fmt.Sprintf("did you mean %s? This entry cannot be renamed", to))
	if take, _ := p.Param("take"); !certain && take != "suggestion" {
		f.Because(fixes.NeedsChoice, fmt.Sprintf("did you mean %s? Then --set unknown-field.take=suggestion", to))
	}
	p.Report(f)
}

// where names a block in words.
func where(b *schema.Block) string {
	if b.Path == "" {
		return "at the top level"
	}
	return "in " + b.Path
}

// checkAge reports a field that releases of the window do not know.
func checkAge(p *fixes.Pass, v *fixes.Visit, age fixes.Release) {
	w := p.Window
	if w == (fixes.Window{}) {
		w = fixes.DefaultWindow
	}
	if !w.From.Less(age) {
		return
	}
	knownFrom, knownTo := v.Field.KnownIn(v.Entry.Key, w.From.String()), v.Field.KnownIn(v.Entry.Key, w.To.String())
	if knownFrom && knownTo || v.Server.Garbled() || v.Block.Lenient {
		return
	}
	since := strings.Join(v.Field.Since(v.Entry.Key), " and ")
	f := v.KeyFinding("%s is known since nats-server %s: older releases refuse to start (\"unknown field\"), and these files are for %s to %s", v.Entry.Key, since, w.From, w.To)
	if knownTo {
		f.Severity = fixes.Warning
	}
	p.Report(f.Because(fixes.Manual, "run releases that know the field, say so with --from and --target, or leave the field out"))
}

// fieldAges returns, for the fields that came after 2.0.0, the newest release
// that brought one of their names.
func fieldAges() map[*schema.Field]fixes.Release {
	ages := make(map[*schema.Field]fixes.Release)
	for b, f := range schema.All() {
		if f == b.Data {
			continue
		}
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			for _, since := range f.Since(name) {
				if r, err := fixes.ParseRelease(since); err == nil && (fixes.Release{Major: 2}).Less(r) && ages[f].Less(r) {
					ages[f] = r
				}
			}
		}
	}
	return ages
}
