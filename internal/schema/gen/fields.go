package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// block is one section of fields.txt, completed by resolve.
type block struct {
	path           string
	fn, key        string // where the server reads it
	how            byte   // '(' switch, '[' lookup, '*' data, 'l' like another
	like, only     string
	effect, option string
	vars           bool // data block in which variables may be defined
	fields         []*field

	exact, lenient, noVars bool
}

// field is one line of a section.
type field struct {
	line           int
	names          []string // canonical first
	since          []string // one each
	types          typeSpec
	def            string
	effect, option string
	remark         string
	source         string
	effectSource   string
}

var sectionRE = regexp.MustCompile(`^\[(.*)\] (?:like (\S+)|(\w+)(?:([\[(])(\w+)[\])]|(\*))) (\S+) (\S+)(?: only (\w+)| (vars))?$`)

// parseFields reads fields.txt. Its head describes the format.
func parseFields(text string) ([]*block, error) {
	var blocks []*block
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			m := sectionRE.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("fields.txt:%d: want [path] func(key) EFFECT OPTION, got %q", i+1, line)
			}
			b := &block{path: m[1], like: m[2], fn: m[3], key: m[5], effect: m[7], option: m[8], only: m[9], vars: m[10] != ""}
			b.how = (m[4] + m[6] + "l")[0]
			blocks = append(blocks, b)
		case len(blocks) == 0:
			return nil, fmt.Errorf("fields.txt:%d: a field before the first [section]", i+1)
		default:
			b := blocks[len(blocks)-1]
			f, err := parseField(b, line)
			if err != nil {
				return nil, fmt.Errorf("fields.txt:%d: %w", i+1, err)
			}
			f.line = i + 1
			b.fields = append(b.fields, f)
		}
	}
	return blocks, nil
}

func parseField(b *block, line string) (*field, error) {
	cols := strings.Split(line, "|")
	for i := range cols {
		cols[i] = strings.TrimSpace(cols[i])
	}
	f := &field{effect: b.effect, option: b.option}
	last := ""
	if b.how == 'l' {
		if len(cols) != 2 {
			return nil, fmt.Errorf("want name | EFFECT OPTION, got %q", line)
		}
		f.names, last = cols[:1], cols[1]
	} else {
		cols = append(cols, "", "", "")
		if err := f.parseNames(cols[0]); err != nil {
			return nil, err
		}
		var err error
		if f.types, err = parseTypes(cols[1]); err != nil {
			return nil, err
		}
		f.def, last = cols[2], cols[3]
	}
	if last != "" {
		effect, remark, _ := strings.Cut(last, ";")
		var ok bool
		if f.effect, f.option, ok = strings.Cut(effect, " "); !ok {
			return nil, fmt.Errorf("want EFFECT OPTION, got %q", last)
		}
		f.remark = strings.TrimSpace(remark)
	}
	if _, ok := effectNames[f.effect]; !ok {
		return nil, fmt.Errorf("unknown effect %q", f.effect)
	}
	return f, nil
}

// parseNames reads "name@release alias@release alias".
func (f *field) parseNames(s string) error {
	for i, word := range strings.Fields(s) {
		name, since, dated := strings.Cut(word, "@")
		switch {
		case dated:
			since = "v" + strings.ReplaceAll(since, "&", " v")
		case i > 0:
			since = f.since[0]
		case name != "*":
			return fmt.Errorf("%s needs @release", name)
		}
		f.names = append(f.names, name)
		f.since = append(f.since, since)
	}
	if len(f.names) == 0 {
		return fmt.Errorf("a field without a name")
	}
	return nil
}

// resolve checks every section against the server's source and fills in what follows from it.
func resolve(blocks []*block, src *server) error {
	byPath := map[string]*block{}
	for _, b := range blocks {
		if byPath[b.path] != nil {
			return fmt.Errorf("fields.txt: two sections [%s]", b.path)
		}
		byPath[b.path] = b
		if b.how != 'l' {
			if err := b.check(src); err != nil {
				return err
			}
		}
	}
	for _, b := range blocks {
		if b.how == 'l' {
			if err := b.copyFrom(byPath[b.like], src); err != nil {
				return err
			}
		}
	}
	for _, b := range blocks {
		for _, f := range b.fields {
			if err := f.types.link(b, f.names[0], byPath); err != nil {
				return fmt.Errorf("fields.txt:%d: %w", f.line, err)
			}
			if err := f.setEffect(src); err != nil {
				return fmt.Errorf("fields.txt:%d: %s: %w", f.line, f.names[0], err)
			}
		}
	}
	return nil
}

func (f *field) setEffect(src *server) (err error) {
	f.effectSource, err = src.checkEffect(f.option, f.effect, f.remark)
	if f.remark != "" {
		f.effectSource += "; " + f.remark
	}
	return err
}

// check compares the names of a section with the keys that the server reads.
func (b *block) check(src *server) error {
	var ks *keySet
	var err error
	switch b.how {
	case '(':
		ks, err = src.switchKeys(b.fn, b.key)
	case '[':
		ks, err = src.lookupKeys(b.fn, b.key)
		b.lenient = true
	default:
		return b.checkData(src)
	}
	if err != nil {
		return fmt.Errorf("fields.txt: [%s]: %w", b.path, err)
	}
	b.exact, b.noVars = ks.exact, ks.noVars
	file, _ := src.at(src.funcs[b.fn].Pos())
	for _, f := range b.fields {
		for _, name := range f.names {
			line, ok := ks.lines[name]
			if !ok {
				return fmt.Errorf("fields.txt:%d: [%s] %s is not a key of %s", f.line, b.path, name, b.fn)
			}
			f.source = fmt.Sprintf("%s:%d %s", file, line, b.fn)
			delete(ks.lines, name)
		}
	}
	if len(ks.lines) > 0 {
		return fmt.Errorf("fields.txt: [%s] lacks %s, which %s in %s reads", b.path, strings.Join(slices.Sorted(maps.Keys(ks.lines)), ", "), b.fn, file)
	}
	return nil
}

func (b *block) checkData(src *server) error {
	decl := src.funcs[b.fn]
	if decl == nil || len(b.fields) != 1 || b.fields[0].names[0] != "*" {
		return fmt.Errorf("fields.txt: [%s]: want a known func and the one field *", b.path)
	}
	b.exact, b.noVars = true, !b.vars
	file, line := src.at(decl.Pos())
	b.fields[0].source = fmt.Sprintf("%s:%d %s", file, line, b.fn)
	return nil
}

// copyFrom turns a "like" section into a copy of its model with the effects of the section.
func (b *block) copyFrom(model *block, src *server) error {
	if model == nil || model.how == 'l' {
		return fmt.Errorf("fields.txt: [%s] is like %q, which is not a section of its own", b.path, b.like)
	}
	b.exact, b.lenient, b.noVars = model.exact, model.lenient, model.noVars
	exceptions := b.fields
	b.fields = nil
	keep := func(string) bool { return true }
	if b.only != "" {
		keys, err := src.mapKeys(b.only)
		if err != nil {
			return err
		}
		keep = func(name string) bool { return keys[name] }
	}
	for _, mf := range model.fields {
		if !slices.ContainsFunc(mf.names, keep) {
			continue
		}
		f := *mf
		f.effect, f.option, f.remark = b.effect, b.option, ""
		// Children that the model finds below itself are found there by the copy as well.
		f.types = f.types.pinned(model, f.names[0])
		for i, e := range exceptions {
			if e.names[0] == f.names[0] {
				f.effect, f.option, f.remark = e.effect, e.option, e.remark
				exceptions = slices.Delete(slices.Clone(exceptions), i, i+1)
				break
			}
		}
		b.fields = append(b.fields, &f)
	}
	if len(exceptions) > 0 {
		return fmt.Errorf("fields.txt:%d: [%s] has no field %s", exceptions[0].line, b.like, exceptions[0].names[0])
	}
	return nil
}
