package edit

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
)

// wrapping is wrap: into a list, or into a block under a key.
type wrapping struct {
	path query.Path
	key  string // "" for a list
}

func parseWrap(args *arguments) (_ action, err error) {
	var a wrapping
	if a.path, err = args.below(); err == nil && args.rest != "" {
		a.key, err = args.word("the key of the block")
	}
	return a, err
}

func (a wrapping) do(st *step, _ int) bool {
	var list []*query.Match
	for _, m := range st.find(a.path) {
		if m.Value != nil && !m.Value.Unknown() {
			list = append(list, m)
			st.want(m, "wrap")
		}
	}
	for _, m := range list {
		_, doc := m.Value.Place()
		done := m.Value.IsList()
		if a.key != "" {
			done = m.Value.Map.Get(a.key) != nil
		}
		if !st.count(m, doc) || done {
			continue
		}
		v := Value{kind: ast.KindArray, Plain: []any{m.Value.Plain()}}
		if a.key != "" {
			v = Value{kind: ast.KindMap, Plain: map[string]any{a.key: m.Value.Plain()}}
			v.Literal = ast.Map(ast.Field{Key: a.key, Value: ast.CopyOf(m.Value.Node)})
			st.writeValue(m, "wrap "+m.Path, v, "wrap")
			continue
		}
		st.rewrite(m, "wrap "+m.Path, v, "wrap", ast.WrapInList)
	}
	return true
}

// sorting is sort.
type sorting struct {
	path query.Path
	key  query.Path // of blocks in the list
}

func parseSort(args *arguments) (_ action, err error) {
	var a sorting
	if a.path, err = args.below(); err == nil && args.rest != "" {
		a.key, err = args.below()
	}
	return a, err
}

func (a sorting) do(st *step, _ int) bool {
	var list []*query.Match
	for _, m := range st.find(a.path) {
		if m.Value != nil && m.Value.IsList() {
			list = append(list, m)
			st.want(m, "sort")
		}
	}
	for _, m := range list {
		if !st.count(m, m.Value.Doc) {
			continue
		}
		order, err := a.order(m)
		if err != nil {
			st.refuse(m, m.Value.Doc, m.Value.Node.Span(), refusal{why: err.Error()})
			continue
		}
		if slices.IsSorted(order) {
			continue
		}
		plain := make([]any, len(order))
		for i, from := range order {
			plain[i] = m.Value.List[from].Plain()
		}
		st.rewrite(m, "sort "+m.Path, Value{Plain: plain}, "sort", func(n ast.Node) ([]ast.Edit, error) { return ast.ReorderItems(n, order) })
	}
	return true
}

// order returns which item comes where: numbers before texts.
func (a sorting) order(m *query.Match) ([]int, error) {
	type sortKey struct {
		number float64
		text   string
		kind   int
	}
	items := m.Below(query.Step{Kind: query.Each})
	keys := make([]sortKey, len(items))
	for i, item := range items {
		v := item.Value
		if len(a.key.Steps) > 0 {
			found := item.Below(a.key.Steps...)
			if len(found) != 1 {
				return nil, fmt.Errorf("%s has no single %s to sort by", item.Path, a.key)
			}
			v = found[0].Value
		}
		switch k := v.Kind(); {
		case v.IsMap() || v.IsList():
			return nil, fmt.Errorf("%s is a %s: say what to sort by, as in sort %s KEY", item.Path, k, a.path)
		case v.Unknown():
			return nil, fmt.Errorf("%s is not known here", item.Path)
		case k == ast.KindInt:
			keys[i] = sortKey{number: float64(v.Node.IntValue())}
		case k == ast.KindFloat:
			keys[i] = sortKey{number: v.Node.FloatValue()}
		default:
			keys[i] = sortKey{text: v.Text(), kind: 1}
		}
	}
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		a, b := keys[x], keys[y]
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.number, b.number), cmp.Compare(a.text, b.text))
	})
	return order, nil
}

// including is include.
type including struct {
	file string
	path query.Path // of the block, the top level by default
}

func parseInclude(args *arguments) (_ action, err error) {
	var a including
	if a.file, err = args.word("the file to include"); err == nil && args.rest != "" {
		a.path, err = args.path()
	}
	return a, err
}

func (a including) do(st *step, _ int) bool {
	var list []*query.Match
	for _, m := range st.find(a.path) {
		if m.Map() != nil {
			list = append(list, m)
			st.want(m, "include")
		}
	}
	for _, m := range list {
		doc := m.Server.Root
		if m.Value != nil {
			doc = m.Value.Doc
		}
		if !st.count(m, doc) {
			continue
		}
		t, ok := st.block(m, func(path string) string { return path }, "include")
		if !ok || st.done[edited{node: t.node}] || includes(t.node, a.file) {
			continue
		}
		st.done[edited{node: t.node}] = true
		file := filepath.Join(filepath.Dir(t.doc.Path), a.file)
		values, err := st.run.fleet.Document(file)
		if err != nil {
			st.refuse(m, t.doc, t.node.Span(), refusal{why: fmt.Sprintf("cannot include %s: %v", a.file, err)})
			continue
		}
		st.run.join(t.doc.Path, file)
		edits, err := ast.InsertInclude(t.node, a.file, ast.AtEnd())
		if !st.edit(m, t, edits, err, "include %s", a.file) {
			continue
		}
		st.each(t.uses, func(to model, path string) bool {
			for k, v := range clone(values.Plain()).(map[string]any) {
				to.set(fleet.JoinKey(path, k), v)
			}
			return true
		})
	}
	return true
}

// includes reports whether a block includes a file already.
func includes(block ast.Node, file string) bool {
	for n := range block.Children() {
		if n.Kind() == ast.KindInclude && filepath.Clean(n.Path()) == filepath.Clean(file) {
			return true
		}
	}
	return false
}

// making is new-block.
type making struct {
	path  query.Path
	value Value // its entries; the zero Value for none
}

func parseNewBlock(args *arguments) (_ action, err error) {
	var a making
	if a.path, err = args.below(); err != nil {
		return nil, err
	}
	if last, _ := a.path.Last(); last.Kind != query.Key {
		return nil, fmt.Errorf("the path of a new block ends in its key")
	}
	if args.rest != "" {
		if a.value, err = args.value(); err == nil && a.value.kind != ast.KindMap {
			err = fmt.Errorf("expected a block, as in {timeout: 2}")
		}
	}
	return a, err
}

// do makes one level a round.
func (a making) do(st *step, round int) bool {
	depth := len(a.path.Steps)
	made := false
	for i, s := range a.path.Steps {
		last := i == depth-1
		v := Value{Literal: ast.EmptyBlock(), Plain: map[string]any{}, kind: ast.KindMap}
		if last && a.value.kind == ast.KindMap {
			v = a.value
		}
		var lacking []*query.Match
		for _, in := range st.find(query.Path{Steps: a.path.Steps[:i]}) {
			if len(in.Below(s)) == 0 && s.Kind == query.Key && in.Map() != nil {
				lacking = append(lacking, in)
				st.wants[place{in.Server.Root.Path, fleet.JoinKey(in.Path, s.Key)}] = "block"
			}
		}
		for _, in := range lacking {
			doc := in.Server.Root
			if in.Value != nil {
				doc = in.Value.Doc
			}
			if doc.Context && in.Server.Root.Context || !st.command.InFile(doc.Path) {
				continue
			}
			made = true
			st.run.matched++
			st.insertEntry(in, ast.Field{Key: s.Key, Value: v.Literal}, v, "new-block "+fleet.JoinKey(in.Path, s.Key), "block")
		}
	}
	if round == 0 && !made {
		st.run.matched += len(st.find(a.path)) // they are there already
	}
	return !made || round >= depth
}
