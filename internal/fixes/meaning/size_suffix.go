package meaning

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// SizeSuffix finds sizes with a suffix that the parser takes for one and then
// does not know.
func SizeSuffix() *fixes.Rule {
	return &fixes.Rule{
		Name:     "size-suffix",
		Severity: fixes.Error,
		Summary:  "a size such as 8MBi vanishes, and the block around it gets another name",
		Doc: fixes.Doc{
			Stage:   "silent, or -t with a message that names another key",
			Message: `unknown field "max_mem"`,
			What: `The parser reads digits and letters of size suffixes as a number, and knows K, KB, Ki and KiB (and M, G, T, P, E) of
these. Another mixture, such as 8MBi or 1kbb, it drops without a word, together with what it should remember of the
key: the block that holds the entry then goes by the entry's name. jetstream { max_mem: 8MBi } makes a block max_mem at the
top, and no JetStream. At the top level the field is just not set.`,
			Fix:           `The suffix is cut to what the parser knows: 8MBi becomes 8MB, which is 8 times 1024 times 1024 like 8MiB.`,
			Applicability: `Safe if the server refuses the file, for the name that the block gets or because a variable is lost. Else unsafe: it works with the default today.`,
			Effect:        `That of the field.`,
			Before: `jetstream {
  store_dir: "/data"
  max_mem: 64MBi
}
`,
			After: `jetstream {
  store_dir: "/data"
  max_mem: 64MB
}
`,
			References: []string{"conf/parse.go, itemInteger"},
		},
		CheckDoc: checkSizeSuffix,
	}
}

func checkSizeSuffix(p *fixes.Pass, d *fleet.Doc) {
	for _, n := range d.Tree.LostNodes() {
		if n.Kind() != ast.KindInt {
			continue
		}
		raw, keys := n.Raw(), keysOf(n)
		known := n.End() - len(n.IntSuffix()) + 2
		f := &fixes.Finding{Doc: d, Span: n.Span()}
		switch {
		case len(keys) > 1 && n.Parent().Kind() == ast.KindEntry:
			f.Message = sprintf("%s is no size that the parser knows: it drops the value, and then calls the block %s by the name %s", raw, keys[len(keys)-2], keys[len(keys)-1])
		default:
			f.Message = sprintf("%s is no size that the parser knows: it drops the value without a word", raw)
		}
		fix := fixes.NewFix(d, []ast.Edit{{Start: known, End: n.End()}}, "write %s", raw[:known-n.Start()])
		around(p, d, fix, keys...)
		for _, lost := range d.Tree.LostNodes() {
			if lost.Kind() != ast.KindEntry {
				lost = lost.Parent()
			}
			if lost.Kind() == ast.KindEntry {
				around(p, d, fix, lost.Key()) // it may have named a block, too
			}
		}
		f.With(fix, "it cannot be edited here")
		if block := blockAround(n.Parent()); n.Parent().Kind() == ast.KindEntry && block != nil && isRoot(p, d) && block.Field(n.Parent().Key()) == nil && !fixes.Refers(d, n.Parent().Key()) {
			f.Fix = nil
			f.Because(fixes.Manual, "the server knows no field "+n.Parent().Key()+", and refuses it once it has a value")
		} else if !isRoot(p, d) || len(keys) == 0 || schema.Root().Field(keys[min(1, len(keys)-1)]) != nil {
			f.Because(fixes.ChangesBehaviour, "the server works without this value today")
		}
		p.Report(f)
	}
}
