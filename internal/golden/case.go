package golden

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
)

// Case is one golden case as its file has it.
type Case struct {
	Name    string // the file's path
	About   string // what the case shows
	Rules   []string
	Params  map[string]string // RULE.PARAM to value
	Env     map[string]string
	Args    oracle.Args
	Unsafe  bool
	Window  fixes.Window
	Hosts   map[string]string
	Targets []string
	Lost    []string // comments that the fix may take away
	Edit    []string // commands of natsfix edit, to be run instead of rules
	Where   string   // the servers that the commands are for
	Repeats bool     // the commands do more each time they run

	In, Out  map[string][]byte // file contents by path
	Sections map[string]string // findings, changes, server, notes, refused

	comment []byte
	forms   map[string]form
}

// section is one kind of section beside in/PATH and out/PATH. An optional one
// is checked if a case has it.
type section struct {
	name     string
	optional bool
}

// sections lists them in the order in which they stand in a case.
func sections() []section {
	return []section{{"findings", false}, {"changes", true}, {"server", true}, {"notes", true}, {"refused", false}}
}

// Load reads the case in a file. Its rule is by default the name of the
// folder that holds it.
func Load(file string) (*Case, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, data)
}

// Parse reads a case. Its errors name the file and what was expected.
func Parse(file string, data []byte) (*Case, error) {
	c := &Case{
		Name: file, Params: map[string]string{}, Env: map[string]string{}, Hosts: map[string]string{},
		In: map[string][]byte{}, Out: map[string][]byte{}, Sections: map[string]string{}, forms: map[string]form{},
	}
	archive := txtar.Parse(data)
	c.comment = archive.Comment
	if err := c.head(string(archive.Comment)); err != nil {
		return nil, err
	}
	for _, f := range archive.Files {
		if err := c.add(f.Name, f.Data); err != nil {
			return nil, err
		}
	}
	if len(c.In) == 0 {
		return nil, fmt.Errorf("%s: the case has no files; expected a section in/PATH", file)
	}
	if len(c.Rules) == 0 && len(c.Edit) == 0 {
		c.Rules = []string{filepath.Base(filepath.Dir(file))}
	}
	for _, list := range [][]string{c.Targets, slices.Sorted(maps.Keys(c.Out)), slices.Sorted(maps.Keys(c.forms)), slices.Sorted(maps.Values(c.Hosts))} {
		for _, name := range list {
			if _, ok := c.In[name]; !ok {
				return nil, fmt.Errorf("%s: %s is named, but there is no section in/%s", file, name, name)
			}
		}
	}
	if c.Targets == nil {
		c.Targets = slices.Sorted(maps.Keys(c.In))
	}
	return c, nil
}

// add takes in one section.
func (c *Case) add(name string, data []byte) error {
	files := c.In
	rest, isFile := strings.CutPrefix(name, "in/")
	if !isFile {
		files = c.Out
		rest, isFile = strings.CutPrefix(name, "out/")
	}
	if !isFile {
		for _, s := range sections() {
			if s.name == name {
				c.Sections[name] = string(data)
				return nil
			}
		}
		return fmt.Errorf("%s: unknown section %q; expected in/PATH, out/PATH, findings, changes, server, notes or refused", c.Name, name)
	}
	if path.Clean(rest) != rest || !filepath.IsLocal(filepath.FromSlash(rest)) {
		return fmt.Errorf("%s: section %q: expected a clean relative path", c.Name, name)
	}
	if _, ok := files[rest]; ok {
		return fmt.Errorf("%s: section %q stands there twice", c.Name, name)
	}
	files[rest] = c.forms[rest].encode(data)
	return nil
}

// head reads the comment on top: what the case shows, then a directive a line.
func (c *Case) head(comment string) error {
	var about []string
	begun := false
	for i, line := range strings.Split(comment, "\n") {
		line = strings.TrimSpace(line)
		key, value, hasValue := strings.Cut(line, ":")
		switch {
		case hasValue && slices.Contains(strings.Fields(directives), key), line == "unsafe", line == "repeats":
			begun = true
			if err := c.directive(key, strings.TrimSpace(value)); err != nil {
				return fmt.Errorf("%s:%d: %s: %w", c.Name, i+1, key, err)
			}
		case line == "":
		case begun:
			return fmt.Errorf("%s:%d: unknown directive %q", c.Name, i+1, line)
		default:
			about = append(about, line)
		}
	}
	if len(about) == 0 {
		return fmt.Errorf("%s:1: expected a sentence that says what the case shows", c.Name)
	}
	c.About = strings.Join(about, " ")
	return nil
}

// directives are the words that a directive may begin with, but for unsafe and
// repeats.
const directives = "rule set env args hosts target crlf no-final-newline bom lost window edit where"

// directive reads one directive.
func (c *Case) directive(key, value string) (err error) {
	switch key {
	case "rule":
		c.Rules = append(c.Rules, strings.Fields(value)...)
	case "set":
		return pair(c.Params, value)
	case "env":
		return pair(c.Env, value)
	case "args":
		c.Args, err = parseArgs(strings.Fields(value))
	case "unsafe":
		c.Unsafe = true
	case "repeats":
		c.Repeats = true
	case "edit":
		c.Edit = append(c.Edit, value)
	case "where":
		c.Where = value
	case "hosts":
		return pair(c.Hosts, value)
	case "target":
		c.Targets = append(c.Targets, strings.Fields(value)...)
	case "crlf":
		c.form(value, func(f *form) { f.crlf = true })
	case "no-final-newline":
		c.form(value, func(f *form) { f.noNewline = true })
	case "bom":
		c.form(value, func(f *form) { f.bom = true })
	case "lost":
		c.Lost = append(c.Lost, value)
	case "window":
		c.Window, err = parseWindow(value)
	}
	return err
}

// parseWindow reads the oldest and the newest release.
func parseWindow(text string) (fixes.Window, error) {
	from, to, _ := strings.Cut(text, " ")
	var w fixes.Window
	var err error
	if w.From, err = fixes.ParseRelease(from); err == nil {
		w.To, err = fixes.ParseRelease(strings.TrimSpace(to))
	}
	return w, err
}

func pair(to map[string]string, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("expected NAME=VALUE, got %q", text)
	}
	to[name] = value
	return nil
}

func (c *Case) form(files string, set func(*form)) {
	for name := range strings.FieldsSeq(files) {
		f := c.forms[name]
		set(&f)
		c.forms[name] = f
	}
}

// parseArgs reads the flags of nats-server that make a difference to names.
func parseArgs(words []string) (oracle.Args, error) {
	var args oracle.Args
	texts := map[string]*string{
		"name": &args.ServerName, "n": &args.ServerName, "server_name": &args.ServerName,
		"cluster_name": &args.ClusterName, "cluster": &args.Cluster, "routes": &args.Routes,
		"sd": &args.StoreDir, "store_dir": &args.StoreDir,
	}
	numbers := map[string]*int{
		"port": &args.Port, "p": &args.Port, "http_port": &args.HTTPPort, "m": &args.HTTPPort,
		"https_port": &args.HTTPSPort, "ms": &args.HTTPSPort,
	}
	for len(words) > 0 {
		name, value, hasValue := strings.Cut(strings.TrimLeft(words[0], "-"), "=")
		words = words[1:]
		if name == "js" || name == "jetstream" {
			args.JetStream = true
			continue
		}
		to, number := texts[name], numbers[name]
		if to == nil && number == nil {
			return args, fmt.Errorf("unknown flag %q", name)
		}
		if !hasValue {
			if len(words) == 0 {
				return args, fmt.Errorf("the flag %q needs a value", name)
			}
			value, words = words[0], words[1:]
		}
		if to != nil {
			*to = value
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil {
			return args, fmt.Errorf("the flag %q needs a number, got %q", name, value)
		}
		*number = n
	}
	return args, nil
}

// Format returns the text of the case with the sections that an outcome gives
// it. What a txtar file cannot hold is an error.
func (c *Case) Format(o *Outcome) ([]byte, error) {
	archive := &txtar.Archive{Comment: c.comment}
	files := func(prefix string, contents map[string][]byte) error {
		for _, name := range slices.Sorted(maps.Keys(contents)) {
			data, ok := c.forms[name].decode(contents[name])
			if !ok {
				return fmt.Errorf("%s: %s%s cannot be held in a txtar file: %q", c.Name, prefix, name, contents[name])
			}
			archive.Files = append(archive.Files, txtar.File{Name: prefix + name, Data: data})
		}
		return nil
	}
	if err := files("in/", c.In); err != nil {
		return nil, err
	}
	for _, s := range sections() {
		if text := o.Sections[s.name]; text != "" {
			archive.Files = append(archive.Files, txtar.File{Name: s.name, Data: []byte(text)})
		}
	}
	if err := files("out/", o.Files); err != nil {
		return nil, err
	}
	return txtar.Format(archive), nil
}

// form is how a file differs from what a txtar file can hold.
type form struct{ crlf, noNewline, bom bool }

var bom = []byte("\ufeff")

func (f form) encode(data []byte) []byte {
	data = bytes.Clone(data)
	if f.noNewline {
		data = bytes.TrimSuffix(data, []byte("\n"))
	}
	if f.crlf {
		data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	}
	if f.bom {
		data = append(bytes.Clone(bom), data...)
	}
	return data
}

// decode is the inverse of encode. It reports whether there is one: a file
// that lost its line ends or its byte order mark has none.
func (f form) decode(data []byte) ([]byte, bool) {
	text := data
	if f.bom {
		text = bytes.TrimPrefix(text, bom)
	}
	if f.crlf {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	if f.noNewline {
		text = append(bytes.Clone(text), '\n')
	}
	canonical := len(text) == 0 || text[len(text)-1] == '\n'
	return text, canonical && !txtar.NeedsQuote(text) && bytes.Equal(f.encode(text), data)
}
