package types

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// WrapInList finds single values where the server takes only a list, and lists
// where it takes a single value.
func WrapInList() *fixes.Rule {
	return &fixes.Rule{
		Name:     "wrap-in-list",
		Severity: fixes.Error,
		Summary:  "a single value stands where the server takes only a list, or a list where it takes one value",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "interface conversion: interface {} is string, not []interface {}",
			What: `Some fields take a list alone, even if it has one item (routes, urls, users, remotes, gateways, exports, cipher_suites).
The server refuses a single value there: "Expected remotes field to be an array, got map[string]interface {}",
"Exports should be an array", "Expected users field to be an array", "Expected auth_users field to be an array".
Others take a single value, and no list.`,
			Fix: `Puts the value into a list of its own. URLs in one text that commas separate become the items of a list. A URL in place
of a leaf node remote becomes { url: ... }. A list of one item where a single value is taken becomes that item, and
url with several URLs becomes urls.`,
			Applicability: `Safe: the server refuses the value today, and its meaning does not change. Manual if a block has keys that an entry of
the list does not know, or if a list has several items where one value is taken.`,
			Effect: `None: the server does not run.`,
			Before: "cluster {\n  name: prod\n  port: 6222\n  routes: \"nats://n1:6222\"\n}\nleafnodes {\n  remotes {\n    url: \"nats://hub:7422\"\n  }\n}\n",
			After:  "cluster {\n  name: prod\n  port: 6222\n  routes: [\"nats://n1:6222\"]\n}\nleafnodes {\n  remotes [{\n    url: \"nats://hub:7422\"\n  }]\n}\n",
		},
		Fields:     fixes.Known,
		CheckValue: checkWrapInList,
	}
}

func checkWrapInList(p *fixes.Pass, v *fixes.Visit) {
	if mistakeOf(v) != wrongList || v.Server.Garbled() {
		return
	}
	want := taken(v)
	f := v.Finding("%s takes %s, and this is %s: the server refuses to start", name(v), takes(want), found(v))
	fix, why := listFix(p, v, want)
	p.Report(f.With(fix, why))
}

// listFix returns the fix, or why there is none.
func listFix(p *fixes.Pass, v *fixes.Visit, want schema.Type) (*fixes.Fix, string) {
	kind := kindOf(v.Value)
	switch {
	case kind == schema.List:
		return oneOfList(p, v)
	case v.Entry == nil: // a text in a list of blocks
		if key := keyForText(v.Field); key != "" {
			return p.Replace(v, ast.Map(ast.Field{Key: key, Value: ast.String(v.Value.Text())}), "write a block with %s", key), whyNot(v)
		}
		return nil, "the block that belongs here needs more than one value"
	}
	elem := v.Field.Elem
	switch {
	case kind == schema.Map:
		for _, e := range v.Value.Map.Entries {
			if v.Field.Block.Field(e.Key) == nil {
				return nil, fmt.Sprintf("an entry of the list has no field %q: write one block { } with its own fields for each entry", e.Key)
			}
		}
		return p.Wrap(v, "put the block of %s into a list", v.Entry.Key), whyNot(v)
	case elem.Has(schema.Map):
		if key := keyForText(v.Field); key != "" && kind == schema.String {
			block := ast.Map(ast.Field{Key: key, Value: ast.String(v.Value.Text())})
			return p.Replace(v, ast.List(block), "write a list with a block"), whyNot(v)
		}
		return nil, "each entry of the list is a block { }, and this is none"
	case kind == schema.String && elem.Has(schema.URL) && strings.Contains(v.Value.Text(), ","):
		var items []ast.Literal
		for item := range strings.SplitSeq(v.Value.Text(), ",") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, ast.String(item))
			}
		}
		return p.Replace(v, ast.List(items...), "write a list with the URLs of %s", v.Entry.Key), whyNot(v)
	case kind == schema.String:
		return p.Wrap(v, "put the value of %s into a list", v.Entry.Key), whyNot(v)
	case kind == schema.Int && elem.Has(schema.Duration):
		return p.Wrap(v, "put the value of %s into a list", v.Entry.Key), whyNot(v) // and duration-unit asks for the unit
	case isPlainText(v.Field, elem, ""):
		return p.Replace(v, ast.List(ast.String(v.Value.Node.Raw())), "put the value of %s into quotes and a list", v.Entry.Key), whyNot(v)
	}
	return nil, fmt.Sprintf("nothing says which value was meant: write a list of which each item is %s", takes(elem))
}

// keyForText returns the field of a block in a list that a text in place of
// the block can only be: the others can be left out.
func keyForText(f *schema.Field) string {
	switch f.Block.Path {
	case "leafnodes.remotes[]":
		return "url"
	case "proxies.trusted[]":
		return "key"
	}
	return ""
}

// oneOfList turns a list into the single value that a field takes.
func oneOfList(p *fixes.Pass, v *fixes.Visit) (*fixes.Fix, string) {
	if v.Entry == nil {
		if len(v.Value.List) == 1 && v.Field.Elem&kindOf(v.Value.List[0]) != 0 {
			return p.Unwrap(v, "write the only item of the list without a list of its own"), whyNot(v)
		}
		return nil, "this list is itself an item of a list: write its items there"
	}
	list := v.Value.List
	if v.Field.Name == "url" && v.Block.Field("urls") != nil && v.Block.Field("urls") != v.Field {
		if fix := p.Rename(v, "urls", "rename url to urls, which takes a list"); fix != nil {
			return fix, ""
		}
	}
	switch {
	case len(list) == 1 && kindOf(list[0])&taken(v) != 0:
		return p.Unwrap(v, "write the only item of %s without a list", v.Entry.Key), whyNot(v)
	case len(list) == 0:
		return nil, "the list is empty, and nothing says which value was meant"
	}
	return nil, fmt.Sprintf("%s takes one value: choose which, or find the field that takes several", v.Entry.Key)
}
