package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
)

// settings are what .natsfix.yaml files say for the files of a run. Each file
// follows the chain of files above it; what holds for the run as a whole must be
// the same for all.
type settings struct {
	load       func(dir string) (*config.Config, error)
	path       func(string) string // the path by which settings know a file
	only, skip []string
	byName     map[string]*fixes.Rule
	kinds      []*fileSettings // the different ones among the files, in their order
	hosts      map[string]string
	baseline   config.Value

	mu   sync.RWMutex
	dirs map[string]*config.Config
}

// fileSettings are the settings of one or more files.
type fileSettings struct {
	*config.Settings
	file string // one of them, for messages
}

// settle reads the settings of files and fills in what no flag gave.
func (s *session) settle(req *request, files []string) error {
	o := s.opts
	set := &settings{load: req.load, path: s.settingsPath, only: o.only, skip: o.skip, byName: make(map[string]*fixes.Rule), hosts: make(map[string]string), dirs: make(map[string]*config.Config)}
	req.settings = set
	for _, r := range s.app.Rules {
		set.byName[r.Name] = r
	}
	if len(files) == 0 { // what is wrong in the settings is told all the same
		files = []string{filepath.Join(s.configDirs()[0], config.Name)}
	}
	dir, first := "", true
	var cfg *config.Config
	seen := make(map[*config.Settings]bool)
	opened := make(map[*config.Config]bool)
	for _, file := range files {
		if d := filepath.Dir(file); first || d != dir {
			var err error
			if cfg, err = req.load(d); err != nil {
				return err
			}
			set.dirs[d] = cfg
			dir, first = d, false
		}
		if !opened[cfg] {
			opened[cfg] = true
			if err := set.addHosts(cfg, file); err != nil {
				return err
			}
		}
		if have := cfg.ForPath(file); !seen[have] {
			seen[have] = true
			set.kinds = append(set.kinds, &fileSettings{have, file})
		}
	}
	return s.settleRun(set)
}

// addHosts takes over the names of servers that a configuration gives.
func (set *settings) addHosts(cfg *config.Config, file string) error {
	for _, host := range slices.Sorted(maps.Keys(cfg.Hosts)) {
		if have, ok := set.hosts[host]; ok && have != cfg.Hosts[host] {
			return conflict(set.kinds[0].file, file, "hosts: "+host, "")
		}
		set.hosts[host] = cfg.Hosts[host]
	}
	return nil
}

// conflict is the error for files of one run whose settings exclude each
// other.
func conflict(a, b, what, flag string) error {
	e := usage("%s and %s have different settings (%s) for %s, which a run has once", a, b, config.Name, what)
	e.hint = "Run natsfix once for each, or give " + flag + "--config FILE or --no-config."
	return e
}

// settleRun fills in what holds for the run as a whole.
func (s *session) settleRun(set *settings) error {
	o := s.opts
	if err := s.settleParams(set); err != nil {
		return err
	}
	values := make(map[string]config.Value)
	for _, v := range []struct {
		name  string
		given bool
		of    func(*config.Settings) config.Value
	}{
		{"target", o.target != "", func(c *config.Settings) config.Value { return c.Target }},
		{"from", o.from != "", func(c *config.Settings) config.Value { return c.From }},
		{"server-args", o.serverArgs != oracle.Args{}, func(c *config.Settings) config.Value { return c.ServerArgs }},
		{"env-file", false, func(c *config.Settings) config.Value { return c.EnvFile }},
		{"baseline", o.baseline != "", func(c *config.Settings) config.Value { return c.Baseline }},
	} {
		if v.given {
			continue
		}
		first := set.kinds[0]
		for _, k := range set.kinds[1:] {
			if v.of(k.Settings).Text == v.of(first.Settings).Text {
				continue
			}
			flag := "--" + v.name + ", "
			if v.name == "env-file" {
				flag = ""
			}
			return conflict(first.file, k.file, v.name, flag)
		}
		values[v.name] = v.of(first.Settings)
	}
	for _, v := range []struct {
		to   *string
		from config.Value
	}{{&o.target, values["target"]}, {&o.from, values["from"]}} {
		if *v.to != "" || !v.from.IsSet() {
			continue
		}
		if *v.to = v.from.Text; !versionPattern.MatchString(*v.to) {
			return fmt.Errorf("%s: expected a nats-server release such as 2.12, not %s", v.from.Pos, quote(*v.to))
		}
	}
	if args := values["server-args"]; args.IsSet() {
		parsed, err := parseServerArgs(args.Text)
		if err != nil {
			return fmt.Errorf("%s: %w", args.Pos, err)
		}
		o.serverArgs = parsed
	}
	set.baseline = values["baseline"]
	if file := values["env-file"]; file.IsSet() {
		return o.env.addDefaults(file)
	}
	return nil
}

// settleParams takes over the parameters of the rules that run. A rule that is
// off for a file needs none there.
func (s *session) settleParams(set *settings) error {
	type origin struct {
		value string
		file  string
	}
	given := maps.Clone(s.opts.params)
	for _, rule := range s.app.Rules {
		for _, p := range rule.Params {
			key := rule.Name + "." + p.Name
			if _, ok := given[key]; ok {
				continue
			}
			var have *origin
			for _, k := range set.kinds {
				if !set.on(rule, k.Settings) {
					continue
				}
				v := k.Rules[rule.Name].Params[p.Name]
				if v.IsSet() {
					if err := checkParam(v.Pos.String(), rule, p.Name, v.Text); err != nil {
						return err
					}
				}
				switch {
				case have == nil:
					have = &origin{v.Text, k.file}
				case have.value != v.Text:
					return conflict(have.file, k.file, key, fmt.Sprintf("--set %s=VALUE, ", key))
				}
				if v.IsSet() {
					s.opts.params[key] = v.Text
				}
			}
		}
	}
	return nil
}

// on reports whether a rule runs on files with some settings: --only wins over
// everything, then --skip and the settings leave rules out. One that is off by
// itself runs if it is named or the settings give it a severity.
func (set *settings) on(r *fixes.Rule, c *config.Settings) bool {
	severity := c.Rules[r.Name].Severity
	switch {
	case slices.Contains(set.skip, r.Name):
		return false
	case len(set.only) > 0:
		return slices.Contains(set.only, r.Name)
	case severity == "":
		return !r.Off
	}
	return severity != config.Off
}

// selectRules returns the rules that run on one of the files.
func (set *settings) selectRules(rules []*fixes.Rule) []*fixes.Rule {
	var list []*fixes.Rule
	for _, r := range rules {
		if slices.ContainsFunc(set.kinds, func(k *fileSettings) bool { return set.on(r, k.Settings) }) {
			list = append(list, r)
		}
	}
	return list
}

// of returns the settings of one file. It may be called by several goroutines.
func (set *settings) of(path string) *config.Settings {
	path = set.path(path)
	dir := filepath.Dir(path)
	set.mu.RLock()
	cfg, ok := set.dirs[dir]
	set.mu.RUnlock()
	if !ok {
		cfg = set.learn(dir)
	}
	return cfg.ForPath(path)
}

// learn returns the settings of a directory that is not known yet. They are read
// by one goroutine at a time, as not all that load them may be by several.
func (set *settings) learn(dir string) *config.Config {
	set.mu.Lock()
	defer set.mu.Unlock()
	cfg, ok := set.dirs[dir]
	if !ok {
		var err error
		if cfg, err = set.load(dir); err != nil {
			cfg = &config.Config{} // of a file outside the paths, whose settings are not ours to judge
		}
		set.dirs[dir] = cfg
	}
	return cfg
}

// off reports whether a rule is off in a file.
func (set *settings) off(path, rule string) bool {
	r := set.byName[rule]
	if r == nil { // what the engine itself finds
		r = &fixes.Rule{Name: rule}
		if len(set.only) > 0 {
			return false
		}
	}
	return !set.on(r, set.of(path))
}

// unsafe reports whether the unsafe fixes of a rule may be applied in a file.
func (set *settings) unsafe(path, rule string) bool { return set.of(path).Unsafe[rule] }

// neverIgnore reports whether findings of a rule in a file cannot be silenced.
func (set *settings) neverIgnore(path, rule string) bool {
	on := set.of(path).Rules[rule].Ignorable
	return on != nil && !*on
}

// severities gives findings the severities that the settings say.
func (set *settings) severities(list []*engine.Finding) []*engine.Finding {
	kept := list[:0]
	for _, f := range list {
		said := set.of(f.File).Rules[f.Rule].Severity
		if said == config.Off && !f.Fixed && len(set.only) == 0 {
			continue
		}
		if severity, ok := fixes.ParseSeverity(string(said)); ok {
			f.Severity = severity
		}
		kept = append(kept, f)
	}
	return kept
}
