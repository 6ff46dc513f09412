package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/safeio"
)

// request is what the engine is asked, with what must be closed afterwards.
type request struct {
	engine.Request
	config     *config.Config // for the paths
	stdin      string         // the name that standard input goes by, if it is read
	load       func(dir string) (*config.Config, error)
	unreadable []engine.Error // what discovery could not look at
	close      func()
	// open finds the documents inside the files again, as Read gives them now.
	open func(*request)
}

// request puts together flags, settings and files.
func (s *session) request(ctx context.Context) (*request, error) {
	req := &request{}
	var err error
	if req.load, err = s.configLoader(s.knownRules()); err != nil {
		return nil, err
	}
	if req.config, err = s.oneConfig(req.load); err != nil {
		return nil, err
	}
	cfg := req.config
	o := s.opts
	if err := s.settle(cfg); err != nil {
		return nil, err
	}
	req.Read = read
	if s.readsStdin() {
		name, readAll, err := s.stdinTarget(read)
		if err != nil {
			return nil, err
		}
		req.Targets, req.Read = []string{name}, readAll
		req.stdin = name
		if err = s.besideStdin(name, req); err != nil {
			return nil, err
		}
	} else if s.tree != nil {
		if err := s.discoverTree(req); err != nil {
			return nil, err
		}
	} else if err := s.discover(req); err != nil {
		return nil, err
	}
	req.Env = o.env.lookup
	req.Args = o.serverArgs
	req.Hosts = s.hostFiles(cfg.Hosts, slices.Concat(req.Targets, req.Context))
	req.Rules = selectRules(s.app.Rules, cfg, o.only, o.skip)
	if s.rules != nil {
		req.Rules = s.rules
	}
	if req.Window, err = releaseWindow(o.from, o.target); err != nil {
		return nil, err
	}
	req.KnownRules = s.knownRules().Rules()
	req.NeverIgnore = func(path, rule string) bool {
		// What somebody asked for by a command is no finding to be silenced.
		on := cfg.ForPath(s.settingsPath(path)).Rules[rule].Ignorable
		return s.rules != nil || on != nil && !*on
	}
	req.Unsafe, req.UnsafeRules = o.unsafe, cfg.Unsafe
	req.Params = o.params
	req.MaxSize = o.maxSize
	req.RequireProof = o.requireProof
	req.Jobs = o.jobs
	req.Judge, req.close = s.judge, func() {}
	if s.judge == nil {
		req.Judge, req.close = judge(ctx, o.jobs)
	}
	return req, nil
}

// hostFiles gives the files that settings name for hosts the names under which
// they are loaded.
func (s *session) hostFiles(hosts map[string]string, loaded []string) map[string]string {
	if len(hosts) == 0 {
		return nil
	}
	names := make(map[string]string, len(loaded))
	for _, path := range loaded {
		if abs, err := filepath.Abs(s.settingsPath(path)); err == nil {
			names[abs] = path
		}
	}
	out := make(map[string]string, len(hosts))
	for host, file := range hosts {
		if name, ok := names[file]; ok {
			file = name
		}
		out[host] = file
	}
	return out
}

// read reads a file for the engine.
func read(path string) ([]byte, error) {
	f, err := safeio.Read(path, safeio.Limits{MaxSize: ast.MaxSize})
	return f.Data, err
}

// judge returns how to start the judge, once, and how to end it.
func judge(ctx context.Context, jobs int) (start func() (*oracle.Judge, error), end func()) {
	var started *oracle.Judge
	start = sync.OnceValues(func() (*oracle.Judge, error) {
		var err error
		started, err = oracle.Start(ctx, oracle.Options{Jobs: jobs})
		return started, err
	})
	return start, func() {
		if started != nil {
			started.Close()
		}
	}
}

// knownRules says which rules and parameters settings may name.
func (s *session) knownRules() config.Known {
	return config.Known{
		Rules: func() []string {
			var names []string
			for _, r := range s.app.Rules {
				names = append(names, r.Name)
			}
			return names
		},
		Params: func(rule string) []string {
			var names []string
			if r := ruleNamed(s.app.Rules, rule); r != nil {
				for _, p := range r.Params {
					names = append(names, p.Name)
				}
			}
			return names
		},
	}
}

// oneConfig reads the settings that hold for the paths. A run has one set of
// settings; paths below different ones must be handled in several runs.
func (s *session) oneConfig(load func(dir string) (*config.Config, error)) (*config.Config, error) {
	dirs := s.configDirs()
	first, err := load(dirs[0])
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs[1:] {
		cfg, err := load(dir)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(cfg.Files, first.Files) {
			return nil, usage("%s and %s have different settings (%s); run natsfix once for each, or give --config FILE or --no-config",
				dirs[0], dir, config.Name)
		}
	}
	return first, nil
}

// configDirs returns the directories whose settings hold for the paths.
func (s *session) configDirs() []string {
	if s.readsStdin() {
		return []string{filepath.Dir(s.opts.stdinName)}
	}
	if len(s.opts.paths) == 0 {
		return []string{"."}
	}
	var dirs []string
	for _, path := range s.opts.paths {
		dir := path
		if !isDir(path) {
			dir = filepath.Dir(path)
		}
		if !slices.Contains(dirs[max(0, len(dirs)-1):], dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// settle fills in from the settings what no flag gave.
func (s *session) settle(cfg *config.Config) error {
	o := s.opts
	for name, rule := range cfg.Rules {
		for param, value := range rule.Params {
			key := name + "." + param
			if _, given := o.params[key]; given {
				continue
			}
			if r := ruleNamed(s.app.Rules, name); r != nil {
				if err := checkParam(value.Pos.String(), r, param, value.Text); err != nil {
					return err
				}
			}
			o.params[key] = value.Text
		}
	}
	for _, v := range []struct {
		to   *string
		from config.Value
	}{{&o.target, cfg.Target}, {&o.from, cfg.From}} {
		if *v.to != "" || !v.from.IsSet() {
			continue
		}
		if *v.to = v.from.Text; !versionPattern.MatchString(*v.to) {
			return fmt.Errorf("%s: expected a nats-server release such as 2.12, not %s", v.from.Pos, quote(*v.to))
		}
	}
	if o.serverArgs == (oracle.Args{}) && cfg.ServerArgs.IsSet() {
		args, err := parseServerArgs(cfg.ServerArgs.Text)
		if err != nil {
			return fmt.Errorf("%s: %w", cfg.ServerArgs.Pos, err)
		}
		o.serverArgs = args
	}
	if cfg.EnvFile.IsSet() {
		return o.env.addDefaults(cfg.EnvFile)
	}
	return nil
}

// addDefaults reads a file of variables that a settings file names; what flags
// gave wins.
func (e environment) addDefaults(file config.Value) error {
	defaults, err := readEnvironment([]string{file.Text}, nil, false)
	if err != nil {
		return fmt.Errorf("%s: %w", file.Pos, err)
	}
	for name, value := range defaults.values {
		if _, given := e.values[name]; !given {
			e.values[name], e.secret[name] = value, true
		}
	}
	return nil
}

// selectRules returns the rules to run: --only wins over everything, then
// --skip and the settings leave rules out. One that is off by itself runs if
// it is named or the settings give it a severity.
func selectRules(rules []*fixes.Rule, cfg *config.Config, only, skip []string) []*fixes.Rule {
	var list []*fixes.Rule
	for _, r := range rules {
		switch {
		case slices.Contains(skip, r.Name):
		case len(only) > 0 && !slices.Contains(only, r.Name):
		case len(only) == 0 && cfg.Rules[r.Name].Severity == config.Off:
		case len(only) == 0 && r.Off && cfg.Rules[r.Name].Severity == "":
		default:
			list = append(list, r)
		}
	}
	return list
}

func ruleNamed(rules []*fixes.Rule, name string) *fixes.Rule {
	if i := slices.IndexFunc(rules, func(r *fixes.Rule) bool { return r.Name == name }); i >= 0 {
		return rules[i]
	}
	return nil
}

// applySeverities gives findings the severities that the settings say.
func (s *session) applySeverities(cfg *config.Config) {
	kept := s.result.Findings[:0]
	for _, f := range s.result.Findings {
		said := cfg.ForPath(s.settingsPath(f.File)).Rules[f.Rule].Severity
		if said == config.Off && !f.Fixed && len(s.opts.only) == 0 {
			continue
		}
		if severity, ok := fixes.ParseSeverity(string(said)); ok {
			f.Severity = severity
		}
		kept = append(kept, f)
	}
	s.result.Findings = kept
}

// releaseWindow returns the span of releases that --from and --target name;
// what is not given is that of the releases that upstream maintains.
func releaseWindow(from, target string) (fixes.Window, error) {
	w := fixes.DefaultWindow
	for _, side := range []struct {
		text string
		to   *fixes.Release
	}{{from, &w.From}, {target, &w.To}} {
		if side.text == "" {
			continue
		}
		r, err := fixes.ParseRelease(side.text)
		if err != nil {
			return w, err
		}
		*side.to = r
	}
	if from == "" && w.To.Less(w.From) {
		w.From = w.To
	}
	if target == "" && w.To.Less(w.From) {
		w.To = w.From
	}
	return w, nil
}
