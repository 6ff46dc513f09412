package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/suggest"
	"github.com/natsfix/natsfix/internal/yamlnode"
	"go.yaml.in/yaml/v3"
)

var (
	settingKeys = []string{"rules", "unsafe", "target", "from", "env-file", "server-args", "baseline"}
	fileKeys    = append(settingKeys[:len(settingKeys):len(settingKeys)], "exclude", "hosts", "fleets", "overrides", "recipes", "root")
	ruleKeys    = []string{"severity", "params", "ignorable"}
	severities  = []string{string(Error), string(Warning), string(Info), string(Off)}
)

// decoder turns the nodes of one file into settings and collects everything
// that is wrong.
type decoder struct {
	yamlnode.Reader
	dir   string
	known Known
}

// decode reads the text of a file. Its name is for messages; dir is what its
// globs and paths start at.
func decode(name, dir string, data []byte, known Known) (*file, error) {
	d := &decoder{Reader: yamlnode.Reader{Name: name}, dir: dir, known: known}
	f := &file{name: name, dir: dir}
	root, err := d.Document(data)
	if err != nil {
		return nil, err
	}
	if root == nil {
		return f, nil
	}
	d.file(root, f)
	if err := d.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

func (d *decoder) file(n *yaml.Node, f *file) {
	d.Mapping(n, "the file", "keys and values", func(k, v *yaml.Node) {
		switch k.Value {
		case "exclude":
			f.exclude = d.globs(v, "exclude")
		case "recipes":
			d.List(v, "recipes", "files and directories", func(n *yaml.Node) {
				if file, ok := d.Text(n, "a recipe file"); ok {
					file.Text = d.path(file.Text)
					f.recipes = append(f.recipes, file)
				}
			})
		case "hosts":
			f.hosts = map[string]string{}
			d.Mapping(v, "hosts", "host names and files", func(k, v *yaml.Node) {
				if file, ok := d.Text(v, "a host's file"); ok {
					f.hosts[k.Value] = d.path(file.Text)
				}
			})
		case "fleets":
			f.fleets = map[string][]Glob{}
			d.Mapping(v, "fleets", "names and lists of globs", func(k, v *yaml.Node) {
				f.fleets[k.Value] = d.globs(v, "a fleet")
			})
		case "overrides":
			d.List(v, "overrides", "mappings with paths", func(n *yaml.Node) {
				f.overrides = append(f.overrides, d.override(n))
			})
		case "root":
			d.Bool(v, "root", &f.root)
		default:
			if !d.setting(&f.settings, k, v) {
				d.Unknown(k, "key", k.Value, fileKeys)
			}
		}
	})
}

func (d *decoder) override(n *yaml.Node) (o override) {
	d.Mapping(n, "an override", "paths and settings", func(k, v *yaml.Node) {
		if k.Value == "paths" {
			o.paths = d.globs(v, "paths")
		} else if !d.setting(&o.settings, k, v) {
			d.Unknown(k, "key of an override", k.Value, append([]string{"paths"}, settingKeys...))
		}
	})
	if n.Kind == yaml.MappingNode && len(o.paths) == 0 {
		d.Fail(n, "the override has no paths", "paths: [GLOB] says which files it is for")
	}
	return o
}

// setting reads one of settingKeys and reports whether k is one.
func (d *decoder) setting(s *Settings, k, v *yaml.Node) bool {
	switch k.Value {
	case "rules":
		d.Mapping(v, "rules", "rule names and severities", func(k, v *yaml.Node) {
			if d.ruleName(k) {
				d.rule(s, k.Value, v)
			}
		})
	case "unsafe":
		s.Unsafe = map[string]bool{}
		d.List(v, "unsafe", "rule names", func(n *yaml.Node) {
			if _, ok := d.Text(n, "a rule name"); ok && d.ruleName(n) {
				s.Unsafe[n.Value] = true
			}
		})
	case "target":
		s.Target, _ = d.Text(v, "target")
	case "from":
		s.From, _ = d.Text(v, "from")
	case "env-file":
		s.EnvFile, _ = d.Text(v, "env-file")
		s.EnvFile.Text = d.path(s.EnvFile.Text)
	case "baseline":
		s.Baseline, _ = d.Text(v, "baseline")
		s.Baseline.Text = d.path(s.Baseline.Text)
	case "server-args":
		s.ServerArgs, _ = d.Text(v, "server-args")
	default:
		return strings.HasPrefix(k.Value, "rules.") && d.dotted(s, k, v)
	}
	return true
}

// dotted reads rules.RULE.params.NAME, rules.RULE.severity, rules.RULE.ignorable and rules.RULE: the
// way in which messages and documentation write them, for pasting.
func (d *decoder) dotted(s *Settings, k, v *yaml.Node) bool {
	p := strings.Split(k.Value, ".")
	name := *k
	if name.Value = p[1]; len(p) > 4 || !d.ruleName(&name) {
		return len(p) <= 4
	}
	switch {
	case len(p) == 2:
		d.rule(s, p[1], v)
	case len(p) == 3 && p[2] == "severity":
		d.severity(s, p[1], v)
	case len(p) == 3 && p[2] == "ignorable":
		d.ignorable(s, p[1], v)
	case len(p) == 4 && p[2] == "params":
		name.Value = p[3]
		d.param(s, p[1], &name, v)
	default:
		return false
	}
	return true
}

// ruleName reports whether there is a rule of that name.
func (d *decoder) ruleName(n *yaml.Node) bool {
	if d.known.Rules == nil {
		return true
	}
	rules := d.known.Rules()
	if slices.Contains(rules, n.Value) {
		return true
	}
	want := "the rules command lists them"
	if s := suggest.Suggest(n.Value, rules); s != "" {
		want = fmt.Sprintf("did you mean %s? %s", s, want)
	}
	d.Fail(n, fmt.Sprintf("unknown rule %q", n.Value), want)
	return false
}

func (d *decoder) rule(s *Settings, rule string, v *yaml.Node) {
	if v = yamlnode.Target(v); v.Kind == yaml.ScalarNode {
		d.severity(s, rule, v)
		return
	}
	d.Mapping(v, "a rule", "a severity, or severity, params and ignorable", func(k, v *yaml.Node) {
		switch k.Value {
		case "severity":
			d.severity(s, rule, v)
		case "params":
			d.Mapping(v, "params", "parameters and values", func(k, v *yaml.Node) { d.param(s, rule, k, v) })
		case "ignorable":
			d.ignorable(s, rule, v)
		default:
			d.Unknown(k, "key of a rule", k.Value, ruleKeys)
		}
	})
}

func (d *decoder) severity(s *Settings, rule string, v *yaml.Node) {
	t, ok := d.Text(v, "a severity")
	switch {
	case !ok:
	case !slices.Contains(severities, t.Text):
		d.Unknown(v, "severity", t.Text, severities)
	case d.known.Fixed != nil && d.known.Fixed(rule, Severity(t.Text)) != "":
		d.Fail(v, fmt.Sprintf("%s cannot be %s", rule, t.Text), d.known.Fixed(rule, Severity(t.Text)))
	case s.Rules[rule].Severity != "":
		d.Fail(v, fmt.Sprintf("rule %s has a severity already", rule), "give it once")
	default:
		s.lay(&Settings{Rules: map[string]Rule{rule: {Severity: Severity(t.Text)}}})
	}
}

func (d *decoder) ignorable(s *Settings, rule string, v *yaml.Node) {
	if s.Rules[rule].Ignorable != nil {
		d.Fail(v, fmt.Sprintf("rule %s says already whether it is ignorable", rule), "give it once")
		return
	}
	var on bool
	d.Bool(v, "ignorable", &on)
	s.lay(&Settings{Rules: map[string]Rule{rule: {Ignorable: &on}}})
}

func (d *decoder) param(s *Settings, rule string, k, v *yaml.Node) {
	if d.known.Params != nil {
		if params := d.known.Params(rule); len(params) == 0 {
			d.Fail(k, fmt.Sprintf("unknown parameter %q", k.Value), fmt.Sprintf("rule %s takes none", rule))
			return
		} else if !slices.Contains(params, k.Value) {
			d.Unknown(k, "parameter", k.Value, params)
			return
		}
	}
	t, ok := d.Text(v, "a parameter")
	if _, have := s.Rules[rule].Params[k.Value]; have && ok {
		d.Fail(k, fmt.Sprintf("rule %s has a parameter %q already", rule, k.Value), "give it once")
	} else if ok {
		s.lay(&Settings{Rules: map[string]Rule{rule: {Params: map[string]Value{k.Value: t}}}})
	}
}

// path makes a path of the file absolute.
func (d *decoder) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(d.dir, filepath.FromSlash(p))
}

func (d *decoder) globs(n *yaml.Node, name string) (globs []Glob) {
	d.List(n, name, "globs", func(n *yaml.Node) {
		t, ok := d.Text(n, "a glob")
		if !ok {
			return
		}
		g, err := ParseGlob(t.Text)
		if err != nil {
			d.Fail(n, fmt.Sprintf("glob %q", t.Text), err.Error())
			return
		}
		globs = append(globs, g)
	})
	return globs
}
