package cli

import (
	"bytes"
	"encoding/json"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/report"
	"github.com/natsfix/natsfix/internal/schema"
)

// evalPrinter writes effective values as JSON, keys in the order of the text.
type evalPrinter struct {
	*session
	out     bytes.Buffer
	secrets map[*fleet.Doc][]engine.Span
}

// config writes a map and all that is in it. Nesting is bounded by memory.
func (p *evalPrinter) config(m *fleet.Map) {
	type frame struct {
		m    *fleet.Map
		list []*fleet.Value
		next int
	}
	stack := []frame{{m: m}}
	p.out.WriteByte('{')
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		var v *fleet.Value
		switch {
		case f.m != nil && f.next < len(f.m.Entries):
			e := f.m.Entries[f.next]
			p.comma(f.next)
			p.text(e.Key)
			p.out.WriteByte(':')
			v = e.Value
		case f.m == nil && f.next < len(f.list):
			p.comma(f.next)
			v = f.list[f.next]
		default:
			p.out.WriteByte(closing(f.m != nil))
			stack = stack[:len(stack)-1]
			continue
		}
		f.next++
		switch {
		case v.IsMap():
			p.out.WriteByte('{')
			stack = append(stack, frame{m: v.Map})
		case v.IsList():
			p.out.WriteByte('[')
			stack = append(stack, frame{list: v.List})
		default:
			p.scalar(v)
		}
	}
}

func closing(isMap bool) byte {
	if isMap {
		return '}'
	}
	return ']'
}

func (p *evalPrinter) comma(n int) {
	if n > 0 {
		p.out.WriteByte(',')
	}
}

// scalar writes a value as the official parser reads it.
func (p *evalPrinter) scalar(v *fleet.Value) {
	if masked, ok := p.mask(v); ok {
		p.text(masked)
		return
	}
	switch v.Kind() {
	case ast.KindBool:
		p.out.WriteString(strconv.FormatBool(v.Node.BoolValue()))
	case ast.KindInt:
		p.out.WriteString(strconv.FormatInt(v.Node.IntValue(), 10))
	case ast.KindFloat:
		f := v.Node.FloatValue()
		if math.IsInf(f, 0) || math.IsNaN(f) {
			p.text(v.Text())
			return
		}
		number, err := json.Marshal(f)
		if err != nil {
			number = []byte("null")
		}
		p.out.Write(number)
	case ast.KindTime:
		p.text(v.Node.TimeValue().Format(time.RFC3339))
	default:
		p.text(v.Text())
	}
}

// mask returns what to show for a value that is secret or has a secret in it.
func (p *evalPrinter) mask(v *fleet.Value) (string, bool) {
	if p.opts.reveal {
		return "", false
	}
	text := v.Node.TextSpan()
	if v.Doc.Env != "" && p.opts.env.secret[v.Doc.Env] {
		p.masked = true
		return diff.Mask, true
	}
	var b strings.Builder
	at := text.Start
	for _, s := range p.secrets[v.Doc] {
		if s.End <= text.Start || s.Start >= text.End {
			continue
		}
		if v.Node.HasEscapes() {
			p.masked = true
			return diff.Mask, true
		}
		b.WriteString(v.Doc.Tree.Text(ast.Span{Start: at, End: max(at, s.Start)}))
		b.WriteString(diff.Mask)
		at = min(max(at, s.End), text.End)
	}
	if b.Len() == 0 {
		return "", false
	}
	p.masked = true
	b.WriteString(v.Doc.Tree.Text(ast.Span{Start: at, End: text.End}))
	return b.String(), true
}

// text writes a JSON string.
func (p *evalPrinter) text(s string) {
	enc := json.NewEncoder(report.Escaping(&p.out))
	enc.SetEscapeHTML(false)
	if enc.Encode(s) == nil {
		p.out.Truncate(p.out.Len() - 1) // the line feed that Encode adds
	}
}

// origin is where one value comes from.
type origin struct {
	Path string `json:"path"`
	// At is where the value is written: file:line:column, or $NAME for an
	// environment variable.
	At string `json:"at"`
	// Variable is the variable that it came through, UsedAt where that is used.
	Variable string `json:"variable,omitempty"`
	UsedAt   string `json:"used_at,omitempty"`
	// Includes are the places of the includes that lead to it, the first of
	// them in the server's root file.
	Includes []string `json:"includes,omitempty"`
}

// origins writes where the scalars and empty containers of a server come from.
func (p *evalPrinter) origins(server *fleet.Server) {
	chains := p.includeChains(server)
	p.out.WriteByte('[')
	n := 0
	server.Each(func(path string, _ *fleet.Entry, v *fleet.Value) {
		if v.Map != nil && len(v.Map.Entries) > 0 || len(v.List) > 0 {
			return
		}
		o := origin{Path: path, At: place(p.session, v.Doc, v.Node.Start())}
		_, where := v.Place()
		if v.Use.Valid() {
			o.Variable, o.UsedAt = "$"+v.Use.Text(), place(p.session, v.UseDoc, v.Use.Start())
		}
		o.Includes = chains[where]
		p.comma(n)
		n++
		// A struct of strings always has a JSON form.
		if text, err := json.Marshal(o); err == nil {
			text = report.Escape(text)
			p.out.Write(text)
		}
	})
	p.out.WriteByte(']')
}

// includeChains returns, for every document of a server but its root, the
// places of the includes that lead to it.
func (p *evalPrinter) includeChains(server *fleet.Server) map[*fleet.Doc][]string {
	docs := make(map[string]*fleet.Doc, len(server.Docs))
	for _, d := range server.Docs {
		docs[filepath.Clean(d.Path)] = d
	}
	chains := map[*fleet.Doc][]string{server.Root: nil}
	for todo := []*fleet.Doc{server.Root}; len(todo) > 0; todo = todo[1:] {
		d := todo[0]
		for n := range d.Tree.Root().Walk() {
			if n.Kind() != ast.KindInclude {
				continue
			}
			// As the server resolves them (conf/parse.go).
			target := docs[filepath.Join(filepath.Dir(d.Path), n.Path())]
			if _, known := chains[target]; known || target == nil {
				continue
			}
			chain := chains[d]
			chains[target] = append(chain[:len(chain):len(chain)], place(p.session, d, n.Start()))
			todo = append(todo, target)
		}
	}
	return chains
}

// isSecretPath reports whether the field table marks a value as a secret, or one
// that it stands in.
func isSecretPath(path string) bool {
	secret, _ := schema.Root().FindSecret(fleet.SplitPath(path)...)
	return secret
}
