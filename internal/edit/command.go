package edit

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/query"
	"github.com/natsfix/natsfix/internal/suggest"
)

// Command is one command of a script.
type Command struct {
	Text string // as given
	// File limits the command to values that are written in files of that name:
	// a glob for the last parts of a path, "" for all files.
	File string

	verb  *Verb
	act   action
	label string // what it does, without values
}

// String names the command by what it does and where, without its value: that
// may be a secret.
func (c *Command) String() string { return c.label }

// action carries out a command.
type action interface {
	// do makes one step. It is called until it returns true: a command may need
	// to see what it did before it goes on.
	do(st *step, round int) (done bool)
}

// Verb is a kind of command.
type Verb struct {
	Name  string
	Usage string // what follows the name
	About string // one sentence
	parse func(args *arguments) (action, error)
}

// Verbs lists the commands.
func Verbs() []*Verb {
	return []*Verb{
		{"set", "PATH VALUE", "gives an entry or item a value; adds the entry if its block is there", parseSet},
		{"set-default", "PATH VALUE", "adds an entry that is not there; changes nothing else", parseSetDefault},
		{"add", "PATH VALUE", "adds a value to a list that does not have it, or an entry that is not there", parseAdd},
		{"remove", "PATH", "takes entries or items away, with the comments that belong to them", parseRemove},
		{"rename", "PATH KEY", "gives entries another key", parseRename},
		{"move", "PATH TO", "moves an entry into the block TO, or to the path TO; an item to the list TO", parseMove},
		{"copy", "PATH TO", "copies an entry or item, as move moves it", parseCopy},
		{"replace", "PATH REGEXP TEXT", "replaces what matches in texts; ${1} stands for the first group", parseReplace},
		{"quote", "PATH [double|single]", "puts values in quotes: what was a number or bool becomes a text", parseQuote},
		{"unquote", "PATH", "takes quotes away: what looks like a number or bool becomes one", parseUnquote},
		{"comment", "PATH TEXT", "puts a comment above entries or items that do not have it", parseComment},
		{"wrap", "PATH [KEY]", "puts a value into a list, or into a block under KEY", parseWrap},
		{"sort", "PATH [KEY]", "sorts lists, of blocks by what is at KEY", parseSort},
		{"include", "FILE [PATH]", "adds an include to the top level, or to the block PATH", parseInclude},
		{"inline", "PATH", "writes what a variable stands for where it is used", parseInline},
		{"extract", "PATH NAME", "gives a value a name at the top of its file, and uses that", parseExtract},
		{"new-block", "PATH [BLOCK]", "makes a block that is not there, and those around it", parseNewBlock},
		{"print", "PATH", "prints values with where they are written; changes nothing", parsePrint},
	}
}

// ParseCommand reads a command such as: set jetstream.domain hub. In front of
// it file:GLOB may limit where values are edited.
func ParseCommand(text string) (*Command, error) {
	c := &Command{Text: strings.TrimSpace(text)}
	rest := c.Text
	if limit, ok := strings.CutPrefix(rest, "file:"); ok {
		c.File, rest, _ = strings.Cut(limit, " ")
		if _, err := path.Match(c.File, ""); err != nil || c.File == "" {
			return nil, fmt.Errorf("%q: file: needs a glob such as file:hub*.conf", brief(text))
		}
		rest = strings.TrimLeft(rest, " \t")
	}
	name, rest, _ := cutBlank(rest)
	var names []string
	for _, v := range Verbs() {
		if v.Name != name {
			names = append(names, v.Name)
			continue
		}
		c.verb = v
		args := &arguments{rest: rest}
		var err error
		c.label = v.Name
		if p, _, err := query.Prefix(rest); err == nil && v.Name != "include" {
			c.label += " " + p.String()
		}
		if c.act, err = v.parse(args); err == nil && args.rest != "" {
			err = fmt.Errorf("there is %q too many", brief(args.rest))
		}
		if p, ok := errors.AsType[*query.SyntaxError](err); ok {
			err = p.Brief()
		}
		if err != nil {
			return nil, fmt.Errorf("%q: %w (usage: %s %s)", brief(text), err, v.Name, v.Usage)
		}
		return c, nil
	}
	hint := "the commands are " + strings.Join(names, ", ")
	if s := suggest.Suggest(name, names); s != "" {
		hint = "did you mean " + s + "? " + hint
	}
	return nil, fmt.Errorf("%q: there is no command %q; %s", brief(text), name, hint)
}

// brief returns a command or a value as far as messages show it: what stands in
// a block may be a secret, and file and line tell where the rest is.
func brief(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.IndexAny(text, "{\n"); i >= 0 && i+1 < len(text) {
		return strings.TrimRight(text[:i+1], "\r\n") + "..."
	}
	return text
}

// Prints reports whether the command prints and edits nothing.
func (c *Command) Prints() bool { return c.verb.Name == "print" }

// Path returns the path of a command that prints.
func (c *Command) Path() query.Path {
	if p, ok := c.act.(printing); ok {
		return p.path
	}
	return query.Path{}
}

// InFile reports whether a command is meant for a file.
func (c *Command) InFile(file string) bool {
	if c.File == "" {
		return true
	}
	parts := strings.Split(filepath.ToSlash(filepath.Clean(file)), "/")
	n := strings.Count(c.File, "/") + 1
	if n > len(parts) {
		return false
	}
	ok, _ := path.Match(c.File, strings.Join(parts[len(parts)-n:], "/"))
	return ok
}

// arguments is what follows a command's name.
type arguments struct{ rest string }

func (a *arguments) path() (query.Path, error) {
	if a.rest == "" {
		return query.Path{}, fmt.Errorf("expected a path such as jetstream.domain")
	}
	p, rest, err := query.Prefix(a.rest)
	if err != nil {
		return p, err
	}
	a.rest = rest
	return p, nil
}

// below is path for a value in a block or list: the top level is none.
func (a *arguments) below() (query.Path, error) {
	p, err := a.path()
	if err == nil && len(p.Steps) == 0 {
		err = fmt.Errorf("the top level as a whole cannot be meant here")
	}
	return p, err
}

// value reads the rest as a value in NATS syntax.
func (a *arguments) value() (Value, error) {
	v, err := ParseValue(a.rest)
	a.rest = ""
	return v, err
}

// word reads a word, or a text in quotes as in a NATS configuration.
func (a *arguments) word(what string) (string, error) {
	if a.rest == "" {
		return "", fmt.Errorf("expected %s", what)
	}
	if q := a.rest[0]; q == '"' || q == '\'' {
		for i := 1; i < len(a.rest); i++ {
			if a.rest[i] == '\\' && q == '"' {
				i++
			} else if a.rest[i] == q && (i+1 == len(a.rest) || a.rest[i+1] == ' ' || a.rest[i+1] == '\t') {
				v, err := ParseValue(a.rest[:i+1])
				text, ok := v.Plain.(string)
				if err == nil && !ok {
					err = fmt.Errorf("expected %s", what)
				}
				a.rest = strings.TrimLeft(a.rest[i+1:], " \t")
				return text, err
			}
		}
		return "", fmt.Errorf("the quote that starts at %q is not closed", a.rest)
	}
	word, rest, _ := cutBlank(a.rest)
	a.rest = rest
	return word, nil
}

// cutBlank cuts a text at its first blank.
func cutBlank(s string) (before, after string, found bool) {
	i := strings.IndexAny(s, " \t\r\n")
	if i < 0 {
		return s, "", false
	}
	return s[:i], strings.TrimLeft(s[i:], " \t\r\n"), true
}

// printing is print, which the engine has nothing to do with.
type printing struct{ path query.Path }

func parsePrint(args *arguments) (action, error) {
	p, err := args.path()
	return printing{p}, err
}

func (printing) do(*step, int) bool { return true }
