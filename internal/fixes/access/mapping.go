package access

import (
	"slices"
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
("Error adding mapping: invalid subject"). A token in {{ }} is one of the functions that the server knows ("unknown function").`,
		Fix: `Gives a destination that stands alone the weight 100%, joins two entries for one destination, writes $1 for a * where source and
destination have one each, and functions in the letters that the server knows ({{partition(3,1)}} for {{PARTITION(3,1)}}).`,
		Applicability: "Safe: nothing else can be meant. Else manual: the shares are for a person to decide.",
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
		w := &fixes.Visit{Server: v.Server, Parent: v, Block: v.Block, Field: v.Field, Value: item, Index: i}
		if item.IsString() && !v.Value.IsList() {
			checkDestination(p, w, w.Finding, v.Entry.Key, item.Text())
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
			f := finding("the destination has no weight: the server refuses to start (\"Missing weight for mapping destination\")")
			var fix *fixes.Fix
			if e != nil && len(items(v.Value)) == 1 && !hasUnknown(w) {
				fix = p.Insert(v.Server, item, ast.Field{Key: "weight", Value: ast.Raw("100%")}, ast.AtEnd(), "send all to %s", dest)
			}
			p.Report(f.With(fix, "say how much goes there, such as weight: 100%"))
		case item.Map.Value("destination", "dest").Unknown():
			continue
		case seen[dest]:
			f := finding("the destination %s stands twice: the server refuses to start (\"duplicate entry\")", dest).Beside(v.Entry, "the mapping")
			p.Report(f.With(joinWeights(p, v, w, dest), "take one of them out"))
		default:
			checkDestination(p, below(w, e), finding, v.Entry.Key, dest)
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

func checkDestination(p *fixes.Pass, v *fixes.Visit, finding func(string, ...any) *fixes.Finding, source, dest string) {
	why, message := mappingTransformRefused(source, dest)
	if why == "" {
		return
	}
	f := finding("%s: the server refuses to start (\"Error adding mapping: %s\")", why, message)
	var fix *fixes.Fix
	to := byNumber(source, dest)
	if to == "" {
		to = byCase(source, dest)
	}
	if to != "" && v != nil {
		fix = p.Replace(v, ast.String(to), "write %s", to)
	}
	p.Report(f.With(fix, "write the subject that is meant"))
}

// byNumber returns a destination with $1 for its *, if that is what it can only
// mean: it and its source have one each. Else it returns "".
func byNumber(source, dest string) string {
	tokens := strings.Split(dest, ".")
	i := slices.Index(tokens, "*")
	if i < 0 || strings.Count(dest, "*") != 1 || strings.Count(source, "*") != 1 || !slices.Contains(strings.Split(source, "."), "*") {
		return ""
	}
	tokens[i] = "$1"
	to := strings.Join(tokens, ".")
	if why, _ := mappingTransformRefused(source, to); why != "" {
		return ""
	}
	return to
}

// byCase returns a destination with its functions in the letters that the server
// knows, if nothing else is wrong with it. Else it returns "".
func byCase(source, dest string) string {
	tokens := strings.Split(dest, ".")
	for i, t := range tokens {
		if _, _, _, ok := placeholders(t); ok {
			continue
		}
		if near := nearFunction(t); strings.EqualFold(near, t) {
			tokens[i] = near
		}
	}
	to := strings.Join(tokens, ".")
	if why, _ := mappingTransformRefused(source, to); why != "" {
		return ""
	}
	return to
}

// hasUnknown reports whether a destination has a key that the server does not
// know, which may be the weight.
func hasUnknown(v *fixes.Visit) bool {
	return slices.ContainsFunc(v.Value.Map.Entries, func(e *fleet.Entry) bool {
		return !slices.Contains([]string{"destination", "dest", "weight", "cluster"}, strings.ToLower(e.Key))
	})
}

// joinWeights returns the fix that gives the first of two entries for one
// destination the weight of both and takes the second out, nil if that is more
// than the whole.
func joinWeights(p *fixes.Pass, v, second *fixes.Visit, dest string) *fixes.Fix {
	for i, item := range v.Value.List[:second.Index] {
		_, other := text(item.Map, "destination", "dest")
		_, here := text(item.Map, "cluster")
		_, there := text(second.Value.Map, "cluster")
		a, b := item.Map.Field("weight"), second.Value.Map.Field("weight")
		if other != dest || here != there || a == nil || b == nil || hasUnknown(second) {
			continue
		}
		sum := percentOf(a.Value) + percentOf(b.Value)
		if sum > 100 || percentOf(a.Value) == 0 || percentOf(b.Value) == 0 {
			return nil
		}
		first := &fixes.Visit{Server: v.Server, Parent: v, Block: second.Block, Field: v.Field, Value: item, Index: i}
		remove := p.Delete(second, "join the two entries for %s", dest)
		return p.Replace(below(first, a), ast.Raw(strconv.FormatInt(sum, 10)+"%"), "send %d%% to %s", sum, dest).Join(remove)
	}
	return nil
}
