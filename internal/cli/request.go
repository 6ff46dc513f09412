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
	settings   *settings
	stdin      string // the name that standard input goes by, if it is read
	load       func(dir string) (*config.Config, error)
	unreadable []engine.Error // what discovery could not look at
	close      func()
	// open finds the documents inside the files again, as Read gives them now.
	open func(*request)
	// missed are the texts inside files that are configuration and cannot be looked
	// at, by the files.
	missed map[string][]string
}

// request puts together flags, settings and files.
func (s *session) request(ctx context.Context) (*request, error) {
	req := &request{}
	var err error
	if req.load, err = s.configLoader(s.knownRules()); err != nil {
		return nil, err
	}
	o := s.opts
	req.Read = read
	if s.readsStdin() {
		name, readAll, err := s.stdinTarget(read)
		if err != nil {
			return nil, err
		}
		req.Targets, req.Read = []string{name}, readAll
		req.stdin = name
		if err = s.settle(req, req.Targets); err != nil {
			return nil, err
		}
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
	req.Hosts = s.hostFiles(req.settings.hosts, slices.Concat(req.Targets, req.Context))
	req.Rules = req.settings.selectRules(s.app.Rules)
	if s.rules != nil {
		req.Rules = s.rules
	}
	if req.Window, err = releaseWindow(o.from, o.target); err != nil {
		return nil, err
	}
	req.Judges = s.app.Rules
	req.KnownRules = slices.DeleteFunc(s.knownRules().Rules(), func(name string) bool {
		return engine.IsProblem(name) && !engine.MayBeOff(name)
	})
	// What somebody asked for by a command is no finding to be silenced.
	req.NeverIgnore = func(path, rule string) bool { return s.rules != nil || req.settings.neverIgnore(path, rule) }
	req.Unsafe = o.unsafe
	if s.rules == nil {
		req.Off, req.UnsafeIn = req.settings.off, req.settings.unsafe
	}
	req.Params = o.params
	req.MaxSize = o.maxSize
	req.RequireProof = o.requireProof
	req.Jobs = o.jobs
	req.Judge, req.close = s.judge, func() {}
	if s.judge == nil {
		start, end := judge(ctx, o.jobs)
		done := s.app.abandon.onExit(end)
		req.Judge, req.close = start, func() { end(); done() }
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
	var mu sync.Mutex
	var started *oracle.Judge
	start = sync.OnceValues(func() (*oracle.Judge, error) {
		mu.Lock()
		defer mu.Unlock()
		var err error
		started, err = oracle.Start(ctx, oracle.Options{Jobs: jobs})
		return started, err
	})
	return start, func() {
		mu.Lock()
		defer mu.Unlock()
		if started != nil {
			started.Close()
			started = nil
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
			for _, p := range engine.Problems() {
				names = append(names, p.Name)
			}
			return names
		},
		Fixed: func(rule string, severity config.Severity) string {
			switch {
			case ruleNamed(s.app.Rules, rule) != nil || !engine.IsProblem(rule):
				return ""
			case !engine.MayBeOff(rule):
				return "what cannot be read cannot be judged; exclude the file if it is no configuration"
			case severity != config.Off && severity != config.Error:
				return "it is an error, or off"
			}
			return ""
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

func ruleNamed(rules []*fixes.Rule, name string) *fixes.Rule {
	if i := slices.IndexFunc(rules, func(r *fixes.Rule) bool { return r.Name == name }); i >= 0 {
		return rules[i]
	}
	return nil
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
