package host

import (
	"bytes"
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Command is how a file starts a nats-server.
type Command struct {
	// Flags are the words behind the program's name.
	Flags []string
	// Config is where the server looks for its configuration, "" if the flags
	// do not say.
	Config string
	// File is the file that stands there: relative to the directory of the file
	// that holds the command, "" if that is not known.
	File string
	// Installed is the path on the machine itself, "" in a container.
	Installed string
	// Document is the name of the document of the same file that stands there,
	// "" if it is none. See [Document.Name].
	Document string
	// Object is the ConfigMap or Secret that is mounted there, in this file or in
	// another one, and Key what of it is the configuration.
	Object Object
	Key    string
}

// Starts reports whether a document, of this file or of another one, is the
// configuration that the command names.
func (c *Command) Starts(d *Document) bool {
	if c.Object != (Object{}) {
		return c.Object.Is(d.Object) && c.Key == d.Base
	}
	return c.Document != "" && c.Document == d.Name()
}

// startsServer is a quick look for something that starts a nats-server.
func startsServer(src []byte) bool {
	return bytes.Contains(src, []byte("nats")) &&
		(bytes.Contains(src, []byte("command")) || bytes.Contains(src, []byte("args:")) || bytes.Contains(src, []byte("entrypoint")) || bytes.Contains(src, []byte("ExecStart")))
}

// serverFlags returns the words behind the name of nats-server on a command
// line. program says that the program is one whatever the first word.
func serverFlags(words []string, program bool) (flags []string, ok bool) {
	for i, w := range words {
		if base := path.Base(w); base == "nats-server" || base == "gnatsd" {
			return words[i+1:], true
		}
		if !strings.HasPrefix(w, "-") {
			break // another program, which may well be told about one
		}
	}
	if program && len(words) > 0 && strings.HasPrefix(words[0], "-") {
		return words, true
	}
	return nil, false
}

// isServerImage reports whether a container image is that of nats-server.
func isServerImage(image string) bool {
	image, _, _ = strings.Cut(image, "@")
	base := path.Base(image)
	base, _, _ = strings.Cut(base, ":")
	return base == "nats" || base == "nats-server"
}

// configFlag returns the value of -c or --config.
func configFlag(flags []string) string {
	for i, f := range flags {
		name, value, has := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if !strings.HasPrefix(f, "-") || name != "c" && name != "config" {
			continue
		}
		if has {
			return value
		}
		if i+1 < len(flags) {
			return flags[i+1]
		}
	}
	return ""
}

// wordsOf returns the words of a command: a list, or a text that is split at
// blanks. Quotes hold words together.
func wordsOf(n *yaml.Node) []string {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode:
		return splitCommand(n.Value)
	case n.Kind == yaml.SequenceNode:
		var list []string
		for _, item := range n.Content {
			list = append(list, scalar(item))
		}
		return list
	}
	return nil
}

// splitCommand splits a command line at blanks outside of quotes.
func splitCommand(text string) []string {
	var list []string
	var word strings.Builder
	var quote rune
	in := false
	for _, r := range text {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, in = r, true
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n' || r == '\r'):
			if in {
				list = append(list, word.String())
				word.Reset()
			}
			in = false
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if in {
		list = append(list, word.String())
	}
	return list
}

// commands looks for commands in a YAML document: those of containers, and of
// the services of a Compose file.
func (y *yamlFile) commands(n *yaml.Node) {
	for n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	if services := field(n, "services"); services != nil && services.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(services.Content); i += 2 {
			y.service(services.Content[i+1], field(n, "configs"))
		}
	}
	y.pods(n, "")
}

// mount is a file or directory that a container sees.
type mount struct {
	target string // in the container
	file   string // beside the file, "" if it is none
	dir    string // the directory of documents in the same file, "" if it is none
	object Object // that is mounted, if it is one
	base   string // the document in it, "" for all
}

// service adds the command of a service of a Compose file.
func (y *yamlFile) service(n, configs *yaml.Node) {
	all := y.open(append(wordsOf(field(n, "entrypoint")), wordsOf(field(n, "command"))...))
	flags, ok := serverFlags(all, isServerImage(scalar(field(n, "image"))))
	if !ok {
		return
	}
	var mounts []mount
	for _, v := range items(field(n, "volumes")) {
		if v.Kind == yaml.MappingNode {
			mounts = append(mounts, mount{target: scalar(field(v, "target")), file: scalar(field(v, "source"))})
		} else if parts := strings.Split(v.Value, ":"); len(parts) > 1 {
			mounts = append(mounts, mount{target: parts[1], file: parts[0]})
		}
	}
	for _, v := range items(field(n, "configs")) {
		name, target := v.Value, "/"+v.Value
		if v.Kind == yaml.MappingNode {
			name, target = scalar(field(v, "source")), scalar(field(v, "target"))
		}
		m := mount{target: target, file: scalar(field(field(configs, name), "file"))}
		if field(field(configs, name), "content") != nil {
			m.dir, m.base = "configs", name
		}
		mounts = append(mounts, m)
	}
	y.command(flags, mounts)
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// command adds a command, with what its configuration is.
func (f *File) command(flags []string, mounts []mount) {
	c := Command{Flags: flags, Config: configFlag(flags)}
	config := path.Clean("/" + c.Config)
	if c.Config == "" {
		config = "/etc/nats/nats-server.conf" // that of the image, unless there is none
	}
	for _, m := range mounts {
		target := path.Clean("/" + m.target)
		rest, below := strings.CutPrefix(config, strings.TrimSuffix(target, "/")+"/")
		if !below {
			rest = ""
		}
		switch {
		case config != target && !below:
		case m.dir != "" && (m.base != "" || below):
			c.Key = cmp.Or(m.base, rest)
			c.Document, c.Object = m.dir+"/"+c.Key, m.object
		case strings.HasPrefix(m.file, ".") || strings.HasPrefix(m.file, "/"):
			c.File = filepath.FromSlash(path.Join(m.file, rest))
		case m.file != "" && !below && strings.Contains(m.file, "."):
			c.File = filepath.FromSlash(m.file)
		}
	}
	if c.Config != "" || c.File != "" || c.Document != "" {
		f.Commands = append(f.Commands, c)
	}
}

// unit looks for the command of a systemd unit. Its configuration is an
// absolute path on the machine; a file of that name beside the unit is taken
// for the one that is installed there.
func (f *File) unit() {
	text := strings.ReplaceAll(strings.ReplaceAll(string(f.Src), "\\\r\n", " "), "\\\n", " ")
	for line := range strings.Lines(text) {
		value, ok := strings.CutPrefix(strings.TrimSpace(line), "ExecStart=")
		if !ok {
			continue
		}
		flags, ok := serverFlags(splitCommand(strings.TrimLeft(value, "@-:+!")), false)
		if c := configFlag(flags); ok && c != "" {
			f.Commands = append(f.Commands, Command{Flags: flags, Config: c, File: path.Base(c), Installed: c})
		}
	}
}

// Started returns the command that starts a server with the document of that
// index, and whether there is exactly one such set of flags.
func (f *File) Started(index int) (flags []string, ok bool) {
	for i := range f.Commands {
		c := &f.Commands[i]
		if f.Mounted(c) != index {
			continue
		}
		if ok && !slices.Equal(flags, c.Flags) {
			return nil, false
		}
		flags, ok = c.Flags, true
	}
	return flags, ok
}

// Mounted returns the index of the document of the file that a command names,
// -1 if there is none or more than one.
func (f *File) Mounted(c *Command) int {
	index, found := -1, 0
	for i, d := range f.Documents {
		if c.Starts(d) {
			index, found = i, found+1
		}
	}
	if found == 0 && c.Document != "" && strings.Contains(c.Document, "{}") {
		// Names that a template makes may be written in two ways.
		return slices.IndexFunc(f.Documents, func(d *Document) bool { return d.Name() == c.Document })
	}
	if found != 1 {
		return -1
	}
	return index
}
