// Package config reads .natsfix.yaml files.
//
// The files that hold for a directory are its own and those further up, to the
// root of the repository (the folder with .git) or to a file that says
// root: true. They are merged by key: what a nearer file says wins, whether it
// says so for all paths or in its overrides. A list is replaced as a whole,
// except exclude, where every list speaks of its own folder and all of them
// hold.
package config

import (
	"path/filepath"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/yamlnode"
)

// Name is the name of a configuration file. WrongName is what people may take it
// for; such a file is an error.
const (
	Name      = ".natsfix.yaml"
	WrongName = ".natsfix.yml"
)

// Severity says how much a rule's findings matter; the empty one leaves it to
// the rule.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
	Off     Severity = "off" // the rule does not run
)

// Value is a text and where it was written.
type Value = yamlnode.Value

// Pos is a place in a configuration file.
type Pos = yamlnode.Pos

// Problem is one thing that is wrong in a configuration file.
type Problem = yamlnode.Problem

// Rule is what was said about one rule.
type Rule struct {
	Severity Severity
	Params   map[string]Value
	// Ignorable says whether comments may silence the rule's findings; nil says
	// nothing, and they may.
	Ignorable *bool
}

// Settings are what a file says for all paths or for some (overrides).
type Settings struct {
	Rules map[string]Rule
	// Unsafe names the rules whose unsafe fixes may be applied. A nil map says
	// nothing, an empty one takes back what files further up say.
	Unsafe       map[string]bool
	Target, From Value // server releases
	EnvFile      Value // an absolute path, if it comes from a file
	ServerArgs   Value
	Baseline     Value // an absolute path, if it comes from a file
}

// lay puts what over says on top of s. Nothing of over is shared with s
// afterwards, so that s may be changed again.
func (s *Settings) lay(over *Settings) {
	for name, o := range over.Rules {
		if s.Rules == nil {
			s.Rules = map[string]Rule{}
		}
		r := s.Rules[name]
		if o.Severity != "" {
			r.Severity = o.Severity
		}
		if o.Ignorable != nil {
			r.Ignorable = o.Ignorable
		}
		for param, v := range o.Params {
			if r.Params == nil {
				r.Params = map[string]Value{}
			}
			r.Params[param] = v
		}
		s.Rules[name] = r
	}
	if over.Unsafe != nil {
		s.Unsafe = map[string]bool{}
		for name, on := range over.Unsafe {
			s.Unsafe[name] = on
		}
	}
	for _, v := range []struct{ to, from *Value }{
		{&s.Target, &over.Target}, {&s.From, &over.From}, {&s.EnvFile, &over.EnvFile}, {&s.ServerArgs, &over.ServerArgs},
		{&s.Baseline, &over.Baseline},
	} {
		if v.from.IsSet() {
			*v.to = *v.from
		}
	}
}

// file is one configuration file, or the flags.
type file struct {
	name      string // as it is shown
	dir       string // absolute, the folder that its globs and paths start at
	root      bool
	settings  Settings
	exclude   []Glob
	hosts     map[string]string
	fleets    map[string][]Glob
	recipes   []Value
	overrides []override
}

type override struct {
	paths    []Glob
	settings Settings
}

// Config is what all files together say for one directory. The zero value says
// nothing. It may be used by several goroutines; its fields are not to be
// changed.
type Config struct {
	Settings // for paths without overrides

	// Dir is the folder of the nearest file, absolute, or "" without a file.
	Dir string
	// Files are the names of the files, the nearest first.
	Files []string
	// Hosts gives the root file of the server that answers under a host name,
	// as an absolute path.
	Hosts map[string]string
	// Fleets gives the files of each fleet, as globs that start at FleetDirs.
	Fleets    map[string][]Glob
	FleetDirs map[string]string
	// Recipes are files and directories of recipes, as absolute paths: those of
	// all files, the furthest first.
	Recipes []Value

	cwd    string
	files  []*file // the furthest first
	mu     sync.Mutex
	merged map[string]*Settings // by the overrides that apply
}

// newConfig merges files, the furthest of which stands first.
func newConfig(cwd string, files []*file) *Config {
	c := &Config{cwd: cwd, files: files, Hosts: map[string]string{}, Fleets: map[string][]Glob{}, FleetDirs: map[string]string{}}
	for _, f := range files {
		c.lay(&f.settings)
		if f.name != "" {
			c.Dir = f.dir
			c.Files = append([]string{f.name}, c.Files...)
		}
		c.Recipes = append(c.Recipes, f.recipes...)
		for host, path := range f.hosts {
			c.Hosts[host] = path
		}
		for name, globs := range f.fleets {
			c.Fleets[name], c.FleetDirs[name] = globs, f.dir
		}
	}
	return c
}

// With returns a configuration in which flags wins over everything else.
func (c *Config) With(flags Settings) *Config {
	files := append(c.files[:len(c.files):len(c.files)], &file{settings: flags})
	return newConfig(c.cwd, files)
}

// ForPath returns the settings for one file: those of every configuration file
// from the furthest to the nearest, each followed by its overrides for the
// path, in their order. A relative path starts at the current directory. The
// result is shared and not to be changed.
func (c *Config) ForPath(path string) *Settings {
	var key []byte // one byte for each override
	for _, f := range c.files {
		if len(f.overrides) == 0 {
			continue
		}
		rel, ok := c.below(f.dir, path)
		for _, o := range f.overrides {
			key = append(key, '-')
			if ok && matchAny(o.paths, rel, false) {
				key[len(key)-1] = '+'
			}
		}
	}
	if len(key) == 0 {
		return &c.Settings
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.merged[string(key)]
	if s == nil {
		s = c.merge(string(key))
		if c.merged == nil {
			c.merged = map[string]*Settings{}
		}
		c.merged[string(key)] = s
	}
	return s
}

func (c *Config) merge(key string) *Settings {
	s := &Settings{}
	for _, f := range c.files {
		s.lay(&f.settings)
		for _, o := range f.overrides {
			if key[0] == '+' {
				s.lay(&o.settings)
			}
			key = key[1:]
		}
	}
	return s
}

// Excluded reports whether a file's exclude list names the path or a directory
// above it. A relative path starts at the current directory.
func (c *Config) Excluded(path string, isDir bool) bool {
	for _, f := range c.files {
		if len(f.exclude) == 0 {
			continue
		}
		if rel, ok := c.below(f.dir, path); ok && matchAny(f.exclude, rel, isDir) {
			return true
		}
	}
	return false
}

// below returns path relative to dir, with slashes, and whether it lies in dir.
func (c *Config) below(dir, path string) (string, bool) {
	if filepath.IsAbs(path) {
		path = filepath.Clean(path)
	} else {
		path = filepath.Join(c.cwd, path)
	}
	rel, ok := strings.CutPrefix(path, dir)
	if !ok {
		return "", false
	}
	sep := string(filepath.Separator)
	if !strings.HasSuffix(dir, sep) { // all but the root directory
		if rel, ok = strings.CutPrefix(rel, sep); !ok {
			return "", false
		}
	}
	return filepath.ToSlash(rel), rel != ""
}

func matchAny(globs []Glob, rel string, isDir bool) bool {
	segments := strings.Split(rel, "/")
	for _, g := range globs {
		if g.match(segments, isDir) {
			return true
		}
	}
	return false
}
