package golden

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/safeio"
)

// Suffix is how the names of case files end.
const Suffix = ".txtar"

// MaxSize is the size in bytes of the largest case. It is that of the largest
// file that natsfix rewrites unless --max-size says otherwise.
const MaxSize = 16 << 20

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
	Today   time.Time // the day by which comments expire, zero for the real one
	Hosts   map[string]string
	Targets []string
	Lost    []string // comments that the fix may take away
	Edit    []string // commands of natsfix edit, to be run instead of rules
	Where   string   // the servers that the commands are for
	Repeats bool     // the commands do more each time they run

	In, Out  map[string][]byte // file contents by path
	Sections map[string]string // findings, changes, server, notes, refused, diff

	archive  *archive
	crlf     bool // the case file itself has CRLF line ends, whatever the files in it have
	ruleLine int  // of the first directive rule, 0 if there is none
	forms    map[string]form
}

// section is one kind of section beside in/PATH and out/PATH. An optional one
// is checked if a case has it.
type section struct {
	name     string
	optional bool
}

// sections lists them in the order in which they stand in a case.
func sections() []section {
	return []section{{"findings", false}, {"changes", true}, {"server", true}, {"notes", true}, {"refused", false}, {diffSection, true}}
}

// diffSection holds the expected changes as one patch, instead of out/PATH.
const diffSection = "diff"

// Load reads the case in a file. Its rule is by default the name of the
// folder that holds it.
func Load(file string) (*Case, error) {
	data, err := read(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, data)
}

func read(file string) ([]byte, error) {
	f, err := safeio.Read(file, safeio.Limits{MaxSize: MaxSize})
	if safeio.IsKind(err, safeio.TooLarge) {
		return nil, fmt.Errorf("%s: larger than %d bytes; expected a case that a person can read", file, MaxSize)
	}
	return f.Data, err
}

// Parse reads a case. Its errors name file and line, and what was expected.
func Parse(file string, data []byte) (*Case, error) {
	c := &Case{
		Name: file, Params: map[string]string{}, Env: map[string]string{}, Hosts: map[string]string{},
		In: map[string][]byte{}, Out: map[string][]byte{}, Sections: map[string]string{}, forms: map[string]form{},
	}
	if lines := bytes.Count(data, []byte("\n")); lines > 0 && bytes.Count(data, []byte("\r\n")) == lines {
		c.crlf = true
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	c.archive = parseArchive(data)
	if len(c.archive.files) == 0 {
		return nil, fmt.Errorf("%s:1: the case has no files; expected a section in/PATH", file)
	}
	if err := c.head(string(c.archive.comment)); err != nil {
		return nil, err
	}
	for _, f := range c.archive.files {
		if err := c.add(f.name, f.data); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, f.line, err)
		}
	}
	if len(c.In) == 0 {
		return nil, fmt.Errorf("%s:1: the case has no files; expected a section in/PATH", file)
	}
	if len(c.Rules) == 0 && len(c.Edit) == 0 {
		c.Rules = []string{filepath.Base(filepath.Dir(file))}
	}
	for _, list := range [][]string{c.Targets, slices.Sorted(maps.Keys(c.Out)), slices.Sorted(maps.Keys(c.forms)), slices.Sorted(maps.Values(c.Hosts))} {
		for _, name := range list {
			if _, ok := c.In[name]; !ok {
				return nil, fmt.Errorf("%s:%d: %s is named, but there is no section in/%s", file, lineOf(data, name), name, name)
			}
		}
	}
	if c.Targets == nil {
		c.Targets = slices.Sorted(maps.Keys(c.In))
	}
	return c, nil
}

// lineOf returns the number of the first line that holds a text.
func lineOf(data []byte, text string) int {
	return 1 + bytes.Count(data[:max(0, bytes.Index(data, []byte(text)))], []byte("\n"))
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
		return c.addSection(name, data)
	}
	if path.Clean(rest) != rest || !filepath.IsLocal(filepath.FromSlash(rest)) {
		return fmt.Errorf("section %q: expected a clean relative path", name)
	}
	if _, ok := files[rest]; ok {
		return fmt.Errorf("section %q stands there twice; expected it once", name)
	}
	for other := range files {
		if strings.HasPrefix(rest, other+"/") || strings.HasPrefix(other, rest+"/") {
			return fmt.Errorf("section %q: %s and %s cannot be a file and a folder at once", name, rest, other)
		}
	}
	files[rest] = c.forms[rest].encode(data)
	return nil
}

func (c *Case) addSection(name string, data []byte) error {
	if !slices.ContainsFunc(sections(), func(s section) bool { return s.name == name }) {
		return fmt.Errorf("unknown section %q; expected in/PATH, out/PATH, findings, changes, server, notes, refused or diff", name)
	}
	if _, ok := c.Sections[name]; ok {
		return fmt.Errorf("section %q stands there twice; expected it once", name)
	}
	c.Sections[name] = string(data)
	return nil
}

// fresh reports whether the case says nothing yet of what must come of it.
func (c *Case) fresh() bool { return len(c.Sections) == 0 && len(c.Out) == 0 }

// byDiff reports whether the case says by a patch, and not by whole files,
// what the files are like afterwards.
func (c *Case) byDiff() bool {
	_, given := c.Sections[diffSection]
	return given && len(c.Out) == 0
}
