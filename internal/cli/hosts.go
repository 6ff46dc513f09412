package cli

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/host"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/repo"
	"github.com/natsfix/natsfix/internal/report"
)

// openHosts puts the documents inside files in the place of these files: of
// those that a walk found to hold some, and of those that were named.
func (s *session) openHosts(req *request, hosts map[string]bool, starts, named []string) {
	if s.app.Judge == nil {
		return
	}
	req.Hosted, req.Realms, req.missed = make(map[string]engine.Hosted), make(map[string]string), make(map[string][]string)
	look := func(path string) bool { return hosts[path] || slices.Contains(named, path) }
	o := &opener{session: s, req: req, opened: make(map[string]*host.File)}
	req.Targets = o.open(req.Targets, look, true)
	req.Context = o.open(req.Context, look, false)
	o.started(starts)
}

// opener looks into files for documents, and for how servers are started.
type opener struct {
	*session
	req    *request
	opened map[string]*host.File // by path
	// objects are the documents that a pod in another file may mount, by the name
	// of the object that they stand in.
	objects map[string][]mountable
}

// mountable is a document in an object of Kubernetes.
type mountable struct {
	file *host.File
	doc  *host.Document
}

// find returns a file with the documents in it, nil if it cannot be read.
func (o *opener) find(path string) *host.File {
	path = filepath.Clean(path)
	if f := o.opened[path]; f != nil {
		return f
	}
	text, err := o.req.Read(path)
	if err != nil {
		return nil // whoever reads it says so
	}
	f := host.Find(path, text)
	o.opened[path] = f
	return f
}

// started gives servers the flags that files start them with: manifests,
// Compose files, systemd units. Flags of the command line and of settings win,
// and where two files say different things none counts.
func (o *opener) started(paths []string) {
	if o.opts.serverArgs != (oracle.Args{}) {
		return
	}
	for _, path := range paths {
		o.find(path)
	}
	if len(o.opened) == 0 {
		return
	}
	o.objects = make(map[string][]mountable)
	for _, f := range o.opened {
		for _, d := range f.Documents {
			if d.Object.Name != "" {
				o.objects[d.Object.Name] = append(o.objects[d.Object.Name], mountable{f, d})
			}
		}
	}
	loaded := make(map[string]string) // absolute path to the name it is loaded by
	for _, path := range slices.Concat(o.req.Targets, o.req.Context) {
		if abs, err := filepath.Abs(path); err == nil {
			loaded[abs] = filepath.Clean(path)
		}
	}
	args, unsure := make(map[string]fleet.Args), make(map[string]bool)
	add := func(root, from string, flags []string) {
		found := fleet.Args(foundServerArgs(flags))
		if have, ok := args[root]; ok && have != found {
			unsure[root] = true
		}
		if _, ok := args[root]; !ok && o.opts.verbose && found != (fleet.Args{}) {
			o.say("note: %s is started by %s with %s", report.Plain(o.name(root)), report.Plain(o.name(from)), report.Plain(shownFlags(flags)))
		}
		args[root] = found
	}
	for _, path := range slices.Sorted(maps.Keys(o.opened)) {
		f := o.opened[path]
		for i, d := range f.Documents {
			if flags, ok := f.Started(i); ok {
				add(hostedPath(f, d), path, flags)
			}
		}
		for i := range f.Commands {
			c := &f.Commands[i]
			if other, d := o.mounted(path, c); d != nil {
				add(hostedPath(other, d), path, c.Flags)
			}
			for _, file := range []string{c.File, c.Installed} {
				if file != "" && !filepath.IsAbs(file) {
					file = filepath.Join(filepath.Dir(path), file)
				}
				if abs, err := filepath.Abs(file); file != "" && err == nil && loaded[abs] != "" {
					add(loaded[abs], path, c.Flags)
				}
			}
		}
	}
	for root := range unsure {
		delete(args, root)
	}
	o.req.ArgsOf = args
}

// mounted looks in other files for the ConfigMap or Secret that a command's
// configuration comes from: in the same folder, else in one above or below it.
// Where more than one may be meant none is.
func (o *opener) mounted(path string, c *host.Command) (in *host.File, d *host.Document) {
	if c.Object == (host.Object{}) || slices.ContainsFunc(o.opened[path].Documents, c.Starts) {
		return nil, nil
	}
	here := filepath.Dir(path)
	var near, far []mountable
	for _, other := range o.objects[c.Object.Name] {
		switch there := filepath.Dir(other.file.Name); {
		case !c.Starts(other.doc):
		case there == here:
			near = append(near, other)
		case above(there, here) || above(here, there):
			far = append(far, other)
		}
	}
	if len(near) == 0 {
		near = far
	}
	if len(near) != 1 {
		return nil, nil
	}
	return near[0].file, near[0].doc
}

// above reports whether a folder lies somewhere in another one.
func above(dir, inner string) bool {
	rel, err := filepath.Rel(dir, inner)
	return err == nil && filepath.IsLocal(rel)
}

// hostedPath is the path of a document inside a file.
func hostedPath(f *host.File, d *host.Document) string {
	if f.Form == host.Plain {
		return f.Name
	}
	return f.Name + "#" + d.Name()
}

// open returns the paths with those of documents in the place of those of the
// files that hold them.
func (o *opener) open(paths []string, look func(path string) bool, asked bool) []string {
	out := make([]string, 0, len(paths))
	for _, path := range paths {
		if !look(path) {
			out = append(out, path)
			continue
		}
		f := o.find(path)
		if f == nil || f.Whole() {
			out = append(out, path)
			continue
		}
		switch {
		case !asked:
		case len(f.Documents) == 0 && (len(f.Commands) == 0 || len(f.Left) > 0):
			o.warn("%s: no NATS configuration was found in it%s", report.Plain(o.name(path)), report.Plain(because(f.Left)))
		case len(f.Missed) > 0:
			o.req.missed[path] = f.Missed
		}
		for i, d := range f.Documents {
			name := hostedPath(f, d)
			switch {
			case f.Form == host.Markdown || f.Form == host.Script:
				o.req.Realms[name] = f.Name
			case d.Apart:
				o.req.Realms[name] = name
			}
			o.req.Hosted[name] = engine.Hosted{File: f, Index: i}
			switch {
			case !d.Part:
				out = append(out, name)
			case asked:
				o.req.Parts = append(o.req.Parts, name)
			}
		}
	}
	return out
}

// sayMissed says what cannot be looked at inside files, so that nobody takes it for
// looked at.
func (s *session) sayMissed(req *request, found *repo.Found) {
	missed := maps.Clone(req.missed)
	if s.opts.since == "" && !s.opts.staged { // which may be about other files
		maps.Copy(missed, found.Missed)
	}
	for i, path := range slices.Sorted(maps.Keys(missed)) {
		if i == maxListed && !s.opts.verbose && len(missed) > maxListed+1 {
			s.say("note: %s more hold configuration that is not looked at (--verbose lists them)", report.Count(len(missed)-i, "file"))
			return
		}
		s.say("note: %s: configuration in it is not looked at%s", report.Plain(s.name(path)), report.Plain(because(missed[path])))
	}
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
