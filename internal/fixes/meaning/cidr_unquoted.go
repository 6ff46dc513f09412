package meaning

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// CIDRUnquoted finds networks such as 10.0.0.0/8 without quotes.
func CIDRUnquoted() *fixes.Rule {
	return &fixes.Rule{
		Name:     "cidr-unquoted",
		Severity: fixes.Error,
		Summary:  "10.0.0.0/8 without quotes is an address and a number",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse; silent in a list",
			Message: "Expected a top-level value to end with a new line, comment or EOF, but got '8' instead.",
			What: `A single / ends a value without quotes. [10.0.0.0/8, x] is a list of three: the address, the number 8, and x; as the
value of a key the parser refuses the rest behind the /.`,
			Fix: `The network gets quotes.`,
			Applicability: `Safe where the server refuses the file today: as a value, and in a list that takes but texts. Unsafe in other
lists.`,
			Effect: `That of the field.`,
			Before: "NETWORK = 10.0.0.0/8\nserver_tags: [$NETWORK]\n",
			After:  "NETWORK = \"10.0.0.0/8\"\nserver_tags: [$NETWORK]\n",
		},
		CheckDoc: checkCIDRUnquoted,
	}
}

func checkCIDRUnquoted(p *fixes.Pass, d *fleet.Doc) {
	if bytes.IndexByte(d.Tree.Source(), '/') < 0 {
		return
	}
	for n := range d.Tree.Root().Walk() {
		if n.Kind() != ast.KindString || n.Quote() != ast.Bare || byteAt(d.Tree, n.End()) != '/' || !ipv4.MatchString(n.Raw()) {
			continue
		}
		end := n.End() + 1
		for c := byteAt(d.Tree, end); c >= '0' && c <= '9'; c = byteAt(d.Tree, end) {
			end++
		}
		if bits := end - n.End() - 1; bits < 1 || bits > 2 || isRefused(d.Tree, n, end) {
			continue
		}
		f := &fixes.Finding{Doc: d, Span: ast.Span{Start: n.Start(), End: end},
			Message: sprintf("without quotes the / ends the value: the parser reads the address %s, and then a number by itself", n.Raw())}
		fix := fixes.NewFix(d, []ast.Edit{{Start: n.Start(), End: n.Start(), New: `"`}, {Start: end, End: end, New: `"`}}, "put the network in quotes")
		// The number may have become the key of what follows, and it, or a key behind
		// it, the name of the block around.
		keys := append(keysOf(n), strings.TrimLeft(string(d.Tree.Source()[n.End():end]), "/"))
		for next := n.Parent().Next(); next.Valid(); next = next.Next() {
			if next.Kind() == ast.KindEntry {
				keys = append(keys, next.Key())
			}
		}
		f.With(around(p, d, fix, keys...), "it cannot be edited here")
		if field := fieldOf(n); n.Parent().Kind() == ast.KindArray && (field == nil || field.Elem&schema.String == 0 || field.Elem&schema.Int != 0) {
			f.Because(fixes.ChangesBehaviour, "the list is read with two items for each network today")
		}
		p.Report(f)
	}
}

// isRefused reports whether the parser refuses the document for the number
// behind an address, or for the bracket that the number swallows:
// quote-digit-value speaks of that.
func isRefused(d *ast.Document, address ast.Node, end int) bool {
	return len(d.Errors()) > 0 && (address.Parent().Kind() == ast.KindEntry || byteAt(d, end) == ']')
}

var ipv4 = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,3}){3}$`)
