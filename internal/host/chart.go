package host

import (
	"errors"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/natsfix/natsfix/internal/ast"
)

// chart is the layout of what a chart makes of its values. Only single values
// can be rewritten: the chart writes each of them as it stands in the YAML.
type chart struct {
	src    []byte
	text   []byte
	places []int // offset in the file of each byte of the text
	leaves []leaf
}

// leaf is a value in the text, and the scalar of the YAML that it comes from.
type leaf struct {
	text ast.Span
	raw  ast.Span // quotes included
}

func (c *chart) offset(off int) int { return c.places[min(off, len(c.places)-1)] }

func (c *chart) source() []byte { return c.src }

// span holds all values that can be rewritten.
func (c *chart) span() ast.Span {
	if len(c.leaves) == 0 {
		at := c.places[len(c.places)-1]
		return ast.Span{Start: at, End: at}
	}
	first := slices.MinFunc(c.leaves, func(a, b leaf) int { return a.raw.Start - b.raw.Start })
	last := slices.MaxFunc(c.leaves, func(a, b leaf) int { return a.raw.End - b.raw.End })
	return ast.Span{Start: first.raw.Start, End: last.raw.End}
}

// leafAt returns the index of the value that bytes of the text are part of, -1
// if they are more or something else.
func leafAt(leaves []leaf, start, end int) int {
	return slices.IndexFunc(leaves, func(l leaf) bool { return l.text.Start <= start && end <= l.text.End && start < l.text.End })
}

// mayEdit says why an edit cannot be made in the values, or "".
func (c *chart) mayEdit(start, end int, text string) string {
	i := leafAt(c.leaves, start, end)
	if i < 0 {
		return chartReason
	}
	l := c.leaves[i]
	if _, err := c.encode(l, string(c.text[l.text.Start:start])+text+string(c.text[end:l.text.End])); err != nil {
		return err.Error()
	}
	return ""
}

func (c *chart) rewrite(steps [][]ast.Edit) (string, error) {
	text, leaves := string(c.text), slices.Clone(c.leaves)
	changed := make(map[int]bool)
	for _, edits := range steps {
		for _, e := range slices.Backward(edits) {
			i := leafAt(leaves, e.Start, e.End)
			if i < 0 {
				return "", errors.New(chartReason)
			}
			text = text[:e.Start] + e.New + text[e.End:]
			shift := len(e.New) - (e.End - e.Start)
			for k := range leaves {
				if leaves[k].text.Start >= e.End && k != i {
					leaves[k].text.Start += shift
				}
				if leaves[k].text.End >= e.End {
					leaves[k].text.End += shift
				}
			}
			changed[i] = true
		}
	}
	span := c.span()
	order := make([]int, 0, len(changed))
	for i := range changed {
		order = append(order, i)
	}
	slices.SortFunc(order, func(a, b int) int { return leaves[a].raw.Start - leaves[b].raw.Start })
	var out []byte
	at := span.Start
	for _, i := range order {
		l := leaves[i]
		raw, err := c.encode(l, text[l.text.Start:l.text.End])
		if err != nil {
			return "", err
		}
		out = append(append(out, c.src[at:l.raw.Start]...), raw...)
		at = l.raw.End
	}
	return string(append(out, c.src[at:span.End]...)), nil
}

// asNumber matches what JSON and NATS configuration write alike. asWord matches
// texts that need no quotes in YAML but for those in notText, which YAML 1.1
// takes for something else.
var (
	asNumber = regexp.MustCompile(`^(-?(0|[1-9][0-9]*)|true|false)$`)
	asWord   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_./-]*$`)
	notText  = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null|[-+]?[0-9][0-9_.,:e+-]*|0[xob][0-9a-f_]*|[0-9]{4}-.*|\.?inf|\.?nan)$`)
	verbose  = regexp.MustCompile(`^[A-Za-z0-9_$.-]+$`)
)

// encode returns the scalar of which the chart makes a text, quoted as it was
// where it can be.
func (c *chart) encode(l leaf, text string) (string, error) {
	cannot := errors.New("the chart cannot be told to write what would stand there")
	doc := ast.Parse("", []byte("k: "+text+"\n"), ast.Latest)
	entry := doc.Root().First()
	if len(doc.Errors()) > 0 || !entry.Valid() || entry.Next().Valid() || !entry.Value().Valid() || entry.Value().Raw() != text || entry.Value().Kind().IsContainer() {
		return "", cannot
	}
	v, quote := entry.Value(), c.src[l.raw.Start]
	switch {
	case asNumber.MatchString(text):
		return text, nil
	case v.Kind() == ast.KindString && ast.QuoteString(v.Text(), ast.Double) == text:
		value := v.Text()
		switch {
		case verbatim.MatchString(value):
			return "", cannot
		case quote == '\'':
			return quoteSingle([]byte(value))
		case quote != '"' && asWord.MatchString(value) && !notText.MatchString(value):
			return value, nil
		}
		return quoteDouble([]byte(value))
	case verbose.MatchString(text): // a size, a variable
		if quote == '\'' || quote == '"' {
			return string(quote) + "<< " + text + " >>" + string(quote), nil
		}
		return "<< " + text + " >>", nil
	}
	return "", cannot
}

// leaf notes a value that has been written behind an offset of the text, if it
// can be rewritten.
func (w *chartWriter) leaf(start int, n *yaml.Node) {
	text := string(w.text[start:])
	if n.Anchor != "" || n.Style&(yaml.TaggedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 || n.Line < 1 || n.Line > len(w.lines) {
		return
	}
	at := w.offset(n)
	raw := w.raw(at)
	if raw == nil && n.Style == 0 {
		raw = w.yamlFile.text[at.Start:min(at.End, at.Start+len(n.Value))]
		if string(raw) != n.Value || n.Value == "" || !asNumber.MatchString(text) && n.Tag != "!!str" {
			return
		}
	}
	if raw == nil {
		return
	}
	w.leaves = append(w.leaves, leaf{ast.Span{Start: start, End: len(w.text)}, ast.Span{Start: at.Start, End: at.Start + len(raw)}})
}

// shared reports whether anchors make parts of the values stand elsewhere, too.
func shared(n *yaml.Node) bool {
	return n.Anchor != "" || slices.ContainsFunc(n.Content, shared)
}

// holds reports whether a scalar that begins at an offset is one of the values.
func (c *chart) holds(at int) bool {
	return slices.ContainsFunc(c.leaves, func(l leaf) bool { return l.raw.Start == at })
}

// values returns the layout of a document that a chart makes, nil for others.
func (d *Document) values() *chart {
	c, _ := d.layout.(*chart)
	return c
}
