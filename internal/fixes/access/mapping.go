package access

import (
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// MappingRefused finds subject mappings that cannot hold.
func MappingRefused() *fixes.Rule {
	return refuses("mapping-refused", "a subject mapping has no weight, too much of it, or names a wildcard that its source does not have", fixes.Doc{
		Message: `Missing weight for mapping destination "orders.v2"`,
		What: `A mapping leads from a subject ("Subject is not a valid subject") to destinations. A destination in a block has a weight
("Missing weight for mapping destination"); those of one cluster come to 100 % at most ("total weight needs to be <= 100") and each
stands once ("duplicate entry"). $1 and {{wildcard(1)}} stand for the wildcards of the source, which must have as many ("Error adding
mapping: invalid mapping destination: wildcard index out of range"); * does not, and a > at the end stands on both sides or on neither
("Error adding mapping: invalid subject").`,
		Fix:           "Nothing: a person says what goes where.",
		Applicability: "Manual: the shares are for a person to decide.",
		Before:        "mappings {\n  orders: [ { destination: \"orders.v2\" } ]\n}\n",
		After:         "mappings {\n  orders: [ { destination: \"orders.v2\", weight: 100% } ]\n}\n",
		References:    []string{"server/opts.go: parseAccountMappings, parseAccountMapDest", "server/accounts.go: AddWeightedMappings"},
	}, checkMapping)
}

func checkMapping(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || v.Block == nil || v.Block.Path != "mappings" {
		return
	}
	if !isSubject(v.Entry.Key) {
		p.Report(manual(v.KeyFinding("%q is no subject: the server refuses to start (\"is not a valid subject\")", v.Entry.Key), "write the subject that is meant"))
		return
	}
	total, seen := map[string]int64{}, map[string]bool{}
	for i, item := range items(v.Value) {
		w := &fixes.Visit{Server: v.Server, Parent: v, Value: item, Index: i}
		if item.IsString() && !v.Value.IsList() {
			checkDestination(p, w.Finding, v.Entry.Key, item.Text())
			continue
		}
		if !item.IsMap() {
			continue
		}
		e, dest := text(item.Map, "destination", "dest")
		finding := func(format string, args ...any) *fixes.Finding {
			if e == nil {
				return w.Finding(format, args...)
			}
			return at(w, e, format, args...)
		}
		weight := item.Map.Field("weight")
		_, cluster := text(item.Map, "cluster")
		switch {
		case weight == nil:
			p.Report(manual(finding("the destination has no weight: the server refuses to start (\"Missing weight for mapping destination\")"), "say how much goes there, such as weight: 100%"))
		case item.Map.Value("destination", "dest").Unknown():
			continue
		case seen[dest]:
			p.Report(manual(finding("the destination %s stands twice: the server refuses to start (\"duplicate entry\")", dest).Beside(v.Entry, "the mapping"), "take one of them out"))
		default:
			checkDestination(p, finding, v.Entry.Key, dest)
			if total[cluster] += percentOf(weight.Value); total[cluster] > 100 {
				p.Report(manual(finding("the weights come to more than 100 %%: the server refuses to start (\"total weight needs to be <= 100\")").Beside(v.Entry, "the mapping"), "let the weights come to 100 %"))
				total[cluster] = -100 * int64(len(items(v.Value))) // once is enough
			}
		}
		seen[dest] = true
	}
}

// percentOf returns a weight, 0 if it is not known or none: that is for
// another rule.
func percentOf(v *fleet.Value) int64 {
	if v.Kind() == ast.KindInt {
		if n := v.Node.IntValue(); n >= 0 && n <= 100 {
			return n
		}
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(v.Text(), "%"), 10, 16)
	if err != nil || n > 100 {
		return 0
	}
	return n
}

func checkDestination(p *fixes.Pass, finding func(string, ...any) *fixes.Finding, source, dest string) {
	if why, message := transformRefused(source, dest); why != "" {
		p.Report(manual(finding("%s: the server refuses to start (\"Error adding mapping: %s\")", why, message), "write the subject that is meant"))
	}
}
