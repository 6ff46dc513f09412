package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/host"
	"github.com/natsfix/natsfix/internal/report"
)

// openHosts puts the documents inside files in the place of these files: of
// those that a walk found to hold some, and of those that were named.
func (s *session) openHosts(req *request, hosts map[string]bool, named []string) {
	if s.app.Judge == nil {
		return
	}
	req.Hosted = make(map[string]engine.Hosted)
	look := func(path string) bool { return hosts[path] || slices.Contains(named, path) }
	req.Targets = s.openHost(req, req.Targets, look, true)
	req.Context = s.openHost(req, req.Context, look, false)
}

// openHost returns the paths with those of documents in the place of those of
// the files that hold them.
func (s *session) openHost(req *request, paths []string, look func(path string) bool, asked bool) []string {
	out := make([]string, 0, len(paths))
	for _, path := range paths {
		if !look(path) {
			out = append(out, path)
			continue
		}
		text, err := req.Read(path)
		if err != nil {
			out = append(out, path) // whoever reads it says so
			continue
		}
		f := host.Find(filepath.Clean(path), text)
		if f.Whole() {
			out = append(out, path)
			continue
		}
		if len(f.Documents) == 0 && asked {
			s.warn("%s: no NATS configuration was found in it%s", report.Plain(s.name(path)), report.Plain(because(f.Left)))
		}
		for i, d := range f.Documents {
			name := f.Name
			if f.Form != host.Plain {
				name += "#" + d.Name()
			}
			req.Hosted[name] = engine.Hosted{File: f, Index: i}
			switch {
			case !d.Part:
				out = append(out, name)
			case asked:
				req.Parts = append(req.Parts, name)
			}
		}
	}
	return out
}

// because joins reasons.
func because(why []string) string {
	switch len(why) {
	case 0:
		return ""
	case 1, 2, 3:
		return " (" + strings.Join(why, "; ") + ")"
	}
	return " (" + strings.Join(why[:3], "; ") + "; and so on)"
}
