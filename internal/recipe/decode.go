package recipe

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/yamlnode"
)

// The keys of a recipe and of what is in it, as schema.json has them, too.
var (
	recipeKeys = []string{"name", "description", "severity", "applicability", "reason", "message", "off", "params", "table", "where", "steps", "doc", "tests"}
	paramKeys  = []string{"default", "values", "doc"}
	stepKeys   = []string{"rule", "recipe", "with"}
	testKeys   = []string{"name", "set", "files", "want", "finds", "refuses", "lost"}
)

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// decoder turns the nodes of a file into recipes.
type decoder struct {
	yamlnode.Reader
	dir string
}

// decode reads the recipes in a file: one, or several under recipes.
func decode(name, dir string, data []byte) ([]*Recipe, error) {
	d := &decoder{Reader: yamlnode.Reader{Name: name}, dir: dir}
	root, err := d.Document(data)
	if err != nil {
		return nil, err
	}
	if root == nil {
		return nil, &yamlnode.Problem{Pos: yamlnode.Pos{File: name, Line: 1, Column: 1}, What: "the file is empty", Want: "it must hold a recipe, or a list of them under recipes"}
	}
	var list []*Recipe
	if several := entryOf(root, "recipes"); several != nil {
		d.Mapping(root, "the file", "recipes", func(k, v *yaml.Node) {
			if k.Value != "recipes" {
				d.Unknown(k, "key beside recipes", k.Value, []string{"recipes"})
				return
			}
			d.List(v, "recipes", "recipes", func(n *yaml.Node) { list = append(list, d.recipe(n)) })
		})
	} else {
		list = append(list, d.recipe(root))
	}
	return list, d.Err()
}

// entryOf returns the value of a key of a mapping, nil if there is none.
func entryOf(n *yaml.Node, key string) *yaml.Node {
	n = yamlnode.Target(n)
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func (d *decoder) recipe(n *yaml.Node) *Recipe {
	r := &Recipe{Pos: d.Pos(n), Severity: fixes.Warning}
	before := len(d.Errs)
	if yamlnode.IsNull(yamlnode.Target(n)) {
		d.Fail(n, "a recipe is empty", "it must be a mapping of keys and values")
	}
	d.Mapping(n, "a recipe", "keys and values", func(k, v *yaml.Node) {
		switch k.Value {
		case "name":
			r.Name = d.word(v, "name")
			if r.Name != "" && !kebab.MatchString(r.Name) {
				d.Fail(v, fmt.Sprintf("name %q", r.Name), "it must be words of small letters and digits with - between them")
			}
		case "description":
			r.Description = strings.TrimSpace(d.word(v, "description"))
		case "severity":
			text := d.word(v, "severity")
			var ok bool
			if r.Severity, ok = fixes.ParseSeverity(text); !ok && text != "" {
				d.Unknown(v, "severity", text, []string{"error", "warning", "info"})
			}
		case "applicability":
			switch text := d.word(v, "applicability"); text {
			case "", "safe":
			case "unsafe":
				r.Applicability = fixes.ChangesBehaviour
			default:
				d.Unknown(v, "applicability", text, []string{"safe", "unsafe"})
			}
		case "reason":
			r.Reason = strings.TrimSpace(d.word(v, "reason"))
		case "message":
			r.Message = strings.TrimSpace(d.word(v, "message"))
		case "off":
			d.Bool(v, "off", &r.Off)
		case "doc":
			r.Doc = d.word(v, "doc")
		case "where":
			r.Where, _ = d.Text(v, "where")
		case "params":
			d.Mapping(v, "params", "names and what they are", func(k, v *yaml.Node) { r.Params = append(r.Params, d.param(k, v)) })
		case "table":
			r.Table = d.table(v)
		case "steps":
			d.List(v, "steps", "commands", func(n *yaml.Node) { r.Steps = append(r.Steps, d.step(n)) })
		case "tests":
			d.List(v, "tests", "tests", func(n *yaml.Node) { r.Tests = append(r.Tests, d.test(n)) })
		default:
			d.Unknown(k, "key of a recipe", k.Value, recipeKeys)
		}
	})
	if len(d.Errs) > before || yamlnode.Target(n).Kind != yaml.MappingNode {
		return r
	}
	for _, must := range []struct{ key, value string }{{"name", r.Name}, {"description", r.Description}} {
		if must.value == "" {
			d.Fail(n, "the recipe has no "+must.key, must.key+": TEXT is needed")
		}
	}
	switch {
	case len(r.Steps) == 0:
		d.Fail(n, "the recipe has no steps", "steps: [COMMAND] says what it does")
	case r.Applicability != fixes.Safe && r.Reason == "":
		d.Fail(n, "the recipe is unsafe and does not say why", "reason: TEXT is needed")
	}
	if r.Message == "" {
		r.Message = r.Description
	}
	d.check(r)
	return r
}

// word reads a text, "" if there is none.
func (d *decoder) word(n *yaml.Node, name string) string {
	v, _ := d.Text(n, name)
	return v.Text
}

func (d *decoder) texts(n *yaml.Node, name string) map[string]string {
	m := make(map[string]string)
	d.Mapping(n, name, "names and texts", func(k, v *yaml.Node) {
		if t, ok := d.Text(v, "the value of "+k.Value); ok {
			m[k.Value] = t.Text
		}
	})
	return m
}

func (d *decoder) param(k, v *yaml.Node) Param {
	p := Param{Name: k.Value}
	if !isName(k.Value) {
		d.Fail(k, fmt.Sprintf("parameter %q", k.Value), "a name is letters, digits, _ and -, a letter first")
	} else if slices.Contains(builtins, k.Value) {
		d.Fail(k, fmt.Sprintf("parameter %q", k.Value), "${"+k.Value+"} is there already, and stands for the server's")
	}
	if t := yamlnode.Target(v); t.Kind == yaml.ScalarNode && !yamlnode.IsNull(t) {
		p.Default, p.HasDefault = t.Value, true // NAME: DEFAULT
		return p
	}
	d.Mapping(v, "a parameter", "default, values and doc", func(k, v *yaml.Node) {
		switch k.Value {
		case "default":
			var t yamlnode.Value
			t, p.HasDefault = d.Text(v, "default")
			p.Default = t.Text
		case "values":
			d.List(v, "values", "texts", func(n *yaml.Node) { p.Values = append(p.Values, d.word(n, "a value")) })
		case "doc":
			p.Doc = strings.TrimSpace(d.word(v, "doc"))
		default:
			d.Unknown(k, "key of a parameter", k.Value, paramKeys)
		}
	})
	if p.HasDefault && p.Values != nil && !slices.Contains(p.Values, p.Default) {
		d.Fail(v, fmt.Sprintf("the default %q is none of the values", p.Default), "take one of "+strings.Join(p.Values, ", "))
	}
	return p
}

func (d *decoder) step(n *yaml.Node) Step {
	s := Step{Pos: d.Pos(n)}
	if yamlnode.Target(n).Kind == yaml.ScalarNode {
		s.Command = d.word(n, "a step")
		return s
	}
	d.Mapping(n, "a step", "rule or recipe, and with", func(k, v *yaml.Node) {
		switch k.Value {
		case "rule":
			s.Rule = d.word(v, "rule")
		case "recipe":
			s.Recipe = d.word(v, "recipe")
		case "with":
			s.With = d.texts(v, "with")
		default:
			d.Unknown(k, "key of a step", k.Value, stepKeys)
		}
	})
	if (s.Rule == "") == (s.Recipe == "") {
		d.Fail(n, "a step that is neither a command nor one rule or recipe", "write a command such as set debug false, or rule: NAME, or recipe: NAME")
	}
	return s
}

func (d *decoder) test(n *yaml.Node) Test {
	t := Test{Pos: d.Pos(n)}
	d.Mapping(n, "a test", "files and what comes of them", func(k, v *yaml.Node) {
		switch k.Value {
		case "name":
			t.Name = d.word(v, "name")
		case "set":
			t.Set = d.texts(v, "set")
		case "files":
			t.Files = d.texts(v, "files")
		case "want":
			t.Want = d.texts(v, "want")
		case "finds":
			t.Finds = d.word(v, "finds")
		case "refuses":
			t.Refuses = d.word(v, "refuses")
		case "lost":
			d.List(v, "lost", "comments", func(n *yaml.Node) { t.Lost = append(t.Lost, d.word(n, "a comment")) })
		default:
			d.Unknown(k, "key of a test", k.Value, testKeys)
		}
	})
	if t.Name == "" || len(t.Files) == 0 {
		d.Fail(n, "a test without a name, or without files", "name: TEXT and files: {NAME: TEXT} are needed")
	}
	for _, name := range sortedKeys(t.Files, t.Want) {
		if _, ok := t.Files[name]; !ok || !filepath.IsLocal(name) {
			d.Fail(n, fmt.Sprintf("the file %q", name), "a file is named under files, below the current directory")
		}
	}
	return t
}

// readFile reads one recipe file.
func readFile(name string) ([]*Recipe, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("it is no regular file")
	}
	if err == nil && info.Size() > maxSize {
		err = fmt.Errorf("it is larger than %d bytes", maxSize)
	}
	if err != nil {
		return nil, fmt.Errorf("recipe %s: %w", name, err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("recipe %s: %w", name, err)
	}
	return decode(name, filepath.Dir(name), data)
}

// maxSize bounds a recipe file and a table, in bytes.
const maxSize = 4 << 20

func sortedKeys(maps ...map[string]string) []string {
	var keys []string
	for _, m := range maps {
		for k := range m {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
