package campaign

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/oracle"
)

// problemRules are the findings that no rule makes but the engine.
var problemRules = []string{"syntax", "include-missing", "include-unreadable", "include-cycle", "variable-unparsable", "nesting"}

// found reports whether one of the findings speaks of an error of the server:
// where the server names a line, in that line, or in the block that begins
// there; else by a rule that knows the message.
func (r *comparison) found(p oracle.Problem, errors []*engine.Finding) bool {
	if p.Stage == oracle.StageParse {
		// The parser notices late, and names a line of the file that includes.
		return slices.ContainsFunc(errors, func(f *engine.Finding) bool {
			return slices.Contains(problemRules, f.Rule) || strings.Contains(r.stages[f.Rule], "parse")
		})
	}
	if p.Line > 0 {
		return slices.ContainsFunc(errors, func(f *engine.Finding) bool { return r.isAt(f, p) })
	}
	rules := r.messages.Rules(p)
	if strings.HasPrefix(p.Message, "Can't start monitoring") {
		for _, rule := range []string{"http-and-https", "listen-host", "port-conflict", "port-range"} {
			rules[rule] = true
		}
	}
	if strings.HasPrefix(p.Message, "cannot find local account") {
		rules["system-account-missing"] = true // it may be the same account
	}
	if strings.HasPrefix(p.Message, "JetStream cluster requires") {
		rules["conflicting-aliases"] = true // of port and listen, one of which is 0
	}
	if strings.HasPrefix(p.Message, "remote leaf node configuration cannot have a mix") {
		rules["leafnode-websocket-mix"], rules["conflicting-aliases"] = true, true // of url and urls
	}
	if strings.Contains(p.Message, "address already in use") {
		rules["port-conflict"], rules["conflicting-aliases"] = true, true // of listen and port, of which one is taken at random
	}
	if strings.Contains(p.Message, ", got ") {
		rules["scalar-type"], rules["wrap-in-list"] = true, true
	}
	return slices.ContainsFunc(errors, func(f *engine.Finding) bool {
		return rules[f.Rule] || len(rules) == 0 && r.speaksOf(f, p.Message)
	})
}

// wandering are the rules that speak of a block as a whole, for which the server
// names the place of whatever entry it happens to read last.
var wandering = map[string]bool{
	"auth-conflict": true, "export-directive": true, "import-refused": true, "invalid-key": true, "leafnode-duplicate-remote": true, "mapping-refused": true, "user-incomplete": true,
}

// renaming are the rules for values that the parser drops, which give the block
// around them another name, so that the server refuses that.
var renaming = map[string]bool{"cidr-unquoted": true, "empty-value": true, "size-suffix": true, "unquoted-special": true}

// sameTop reports whether an offset and a line lie in one entry of the top
// level.
func sameTop(doc *ast.Document, off, line int) bool {
	for n := range doc.Root().Children() {
		if n.Start() <= off && off < n.End() && doc.Position(n.Start()).Line <= line && line <= doc.Position(n.End()-1).Line {
			return true
		}
	}
	return false
}

// includesBelow reports whether one file includes another.
func (cs Case) includesBelow(outer, inner string) bool {
	for n := range ast.Parse(outer, []byte(cs.Files[outer]), ast.Latest).Root().Walk() {
		if n.Kind() == ast.KindInclude && path.Join(path.Dir(outer), n.Path()) == inner {
			return true
		}
	}
	return false
}

// includesAt reports whether what a finding points at holds an include of a
// file.
func (r *comparison) includesAt(f *engine.Finding, file string) bool {
	end := f.End
	for n := range ast.Parse(f.File, []byte(r.cs.Files[f.File]), ast.Latest).Root().Walk() {
		if n.Kind() == ast.KindEntry && n.Start() == f.Offset {
			end = max(end, n.End())
		}
		if n.Kind() == ast.KindInclude && f.Offset <= n.Start() && n.Start() < end && path.Join(path.Dir(f.File), n.Path()) == file {
			return true
		}
	}
	return false
}

// holds reports whether no block inside a block holds an offset.
func holds(block ast.Node, off int) bool {
	for n := range block.Walk() {
		if n != block && n.Kind() == ast.KindMap && n.Start() < off && off < n.End() {
			return false
		}
	}
	return true
}

// isAt reports whether a finding stands at the line of a problem, in the entry
// that begins there, or in the variable that the entry takes its value from; or
// spans the line, as the server names some line of a block in a list; or names it
// beside its own.
func (r *comparison) isAt(f *engine.Finding, p oracle.Problem) bool {
	if f.File == p.File && f.Line == p.Line {
		return true
	}
	if slices.ContainsFunc(f.Related, func(r engine.Related) bool { return r.File == p.File && r.Line == p.Line }) {
		return true
	}
	text, ok := r.cs.Files[p.File]
	if !ok {
		return false
	}
	doc := ast.Parse(p.File, []byte(text), ast.Latest)
	if f.File == p.File && f.Line <= p.Line && p.Line <= doc.Position(max(f.Offset, f.End-1)).Line {
		return true
	}
	if f.File == p.File && f.Line <= p.Line && (strings.Contains(r.stages[f.Rule], "parse") || renaming[f.Rule]) {
		return true // what is around is not what was meant
	}
	if f.File == p.File && renaming[f.Rule] && sameTop(doc, f.Offset, p.Line) {
		return true
	}
	if r.includesAt(f, p.File) {
		return true
	}
	wanders := wandering[f.Rule] || strings.HasPrefix(p.Message, "interface conversion")
	if wanders && f.File != p.File && r.cs.includesBelow(p.File, f.File) {
		return true
	}
	if wanders && f.File == p.File && f.File != Root && holds(doc.Root(), f.Offset) {
		return true
	}
	for n := range doc.Root().Walk() {
		if n.Kind() == ast.KindMap && wanders && f.File == p.File && n.Start() <= f.Offset && f.Offset < n.End() && holds(n, f.Offset) &&
			doc.Position(n.Start()).Line <= p.Line && p.Line <= doc.Position(n.End()-1).Line {
			return true
		}
		if n.Kind() != ast.KindEntry {
			continue
		}
		first, last := doc.Position(n.Start()).Line, doc.Position(max(n.Start(), n.End()-1)).Line
		if f.File == p.File && f.Offset == n.Start() && first <= p.Line && p.Line <= last {
			return true // the entry is wrong as a whole
		}
		if first <= p.Line && p.Line <= last && r.uses(f, n.Key()) {
			return true
		}
		if first != p.Line {
			continue
		}
		if slices.ContainsFunc(f.Related, func(r engine.Related) bool { return r.File == p.File && first <= r.Line && r.Line <= last }) {
			return true
		}
		if f.File == p.File && n.Start() <= f.Offset && f.Offset < n.End() {
			return true
		}
		for inner := range n.Walk() {
			if inner.Start() >= n.End() {
				break
			}
			switch inner.Kind() {
			case ast.KindVariable:
				if r.defines(f, inner.Text()) {
					return true
				}
			case ast.KindInclude:
				if path.Join(path.Dir(p.File), inner.Path()) == f.File {
					return true
				}
			}
		}
	}
	return false
}

// uses reports whether a finding points at the use of a variable, or at an entry
// that uses it.
func (r *comparison) uses(f *engine.Finding, name string) bool {
	text := r.cs.Files[f.File]
	if f.End <= len(text) && text[f.Offset:f.End] == "$"+name {
		return true
	}
	for n := range ast.Parse(f.File, []byte(text), ast.Latest).Root().Walk() {
		if n.Kind() != ast.KindEntry || n.Start() != f.Offset {
			continue
		}
		for inner := range n.Walk() {
			if inner.Kind() == ast.KindVariable && inner.Text() == name {
				return true
			}
		}
	}
	return false
}

// defines reports whether a finding stands in the definition of a variable.
func (r *comparison) defines(f *engine.Finding, name string) bool {
	doc := ast.Parse(f.File, []byte(r.cs.Files[f.File]), ast.Latest)
	for n := range doc.Root().Walk() {
		if n.Kind() == ast.KindEntry && n.Key() == name && n.Start() <= f.Offset && f.Offset < n.End() {
			return true
		}
	}
	return false
}

// word matches what messages are compared by.
var word = regexp.MustCompile(`[A-Za-z_$]{4,}`)

// speaksOf reports whether a finding, or the page of its rule, has three words
// in a row that the server says, or one that the server quotes.
func (r *comparison) speaksOf(f *engine.Finding, message string) bool {
	said := f.Message
	for _, rule := range r.rules {
		if rule.Name == f.Rule {
			said += " " + rule.Doc.Message + " " + rule.Doc.What
		}
	}
	said = " " + strings.Join(word.FindAllString(strings.ToLower(said), -1), " ") + " "
	all := word.FindAllString(strings.ToLower(message), -1)
	for i := range max(len(all)-2, 1) {
		if strings.Contains(said, " "+strings.Join(all[i:min(i+3, len(all))], " ")+" ") {
			return true
		}
	}
	return false
}
