package config

import (
	"maps"
	"slices"
)

// Guest returns the configuration without what would let fixes be applied that
// the flags do not ask for, or read files that they do not name: unsafe rules,
// parameters, recipes and files of variables. A baseline stays: it can only leave
// findings out, as comments and lists of excludes can. ignored names the keys that
// were left out, sorted.
func (c *Config) Guest() (guest *Config, ignored []string) {
	out := make(map[string]bool)
	strip := func(s Settings) Settings {
		if len(s.Unsafe) > 0 {
			out["unsafe"] = true
		}
		s.Unsafe = nil
		if s.EnvFile.IsSet() {
			out["env-file"] = true
		}
		s.EnvFile = Value{}
		rules := make(map[string]Rule, len(s.Rules))
		for name, r := range s.Rules {
			if len(r.Params) > 0 {
				out["parameters of "+name] = true
			}
			r.Params = nil
			rules[name] = r
		}
		s.Rules = rules
		return s
	}
	var files []*file
	for _, f := range c.files {
		g := *f
		g.settings = strip(f.settings)
		if len(f.recipes) > 0 {
			out["recipes"] = true
		}
		g.recipes, g.overrides = nil, nil
		for _, o := range f.overrides {
			g.overrides = append(g.overrides, override{o.paths, strip(o.settings)})
		}
		files = append(files, &g)
	}
	return newConfig(c.cwd, files), slices.Sorted(maps.Keys(out))
}

// At returns the configuration with all globs starting at dir, an absolute path,
// instead of at the folders of the files. Paths stay what they are.
func (c *Config) At(dir string) *Config {
	files := make([]*file, len(c.files))
	for i, f := range c.files {
		moved := *f
		moved.dir = dir
		files[i] = &moved
	}
	return newConfig(c.cwd, files)
}
