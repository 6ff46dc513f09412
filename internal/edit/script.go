package edit

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
)

// Script is a list of commands for some servers.
type Script struct {
	Commands []*Command
	Where    *query.Condition // the servers that are meant, nil for all
}

// NewScript reads commands and the condition for the servers that they are for.
func NewScript(commands []string, where string) (*Script, error) {
	s := &Script{}
	for _, text := range commands {
		c, err := ParseCommand(text)
		if err != nil {
			return nil, err
		}
		s.Commands = append(s.Commands, c)
	}
	var err error
	s.Where, err = query.ParseCondition(where)
	return s, err
}

// Tally counts what commands matched. It may be used by several goroutines.
type Tally struct {
	mu      sync.Mutex
	matched []int
}

// Matched returns how many values a command of the script matched.
func (t *Tally) Matched(command int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if command >= len(t.matched) {
		return 0
	}
	return t.matched[command]
}

// note keeps the largest numbers: a script runs again where a part of it was
// left out.
func (t *Tally) note(matched []int) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, n := range matched {
		if i == len(t.matched) {
			t.matched = append(t.matched, 0)
		}
		t.matched[i] = max(t.matched[i], n)
	}
}

// RuleName is the name under which an edit is reported.
const RuleName = "edit"

// Rule returns the rule that carries the script out once. The tally may be nil.
func (s *Script) Rule(tally *Tally) *fixes.Rule {
	return &fixes.Rule{
		Name: RuleName, Severity: fixes.Info, Summary: "A command of natsfix edit", Once: true, TakesComments: true,
		Check: func(p *fixes.Pass) {
			r := NewRunner(p.Fleet, s.Where.Holds)
			matched := make([]int, len(s.Commands))
			for i, c := range s.Commands {
				matched[i] = r.Do(c, nil)
			}
			tally.note(matched)
			for _, u := range r.Units() {
				for _, n := range u.Notes {
					p.Report(&fixes.Finding{Doc: n.Doc, Span: n.Span, Message: n.Message, Fix: u.Fix})
				}
				if n := u.Refused; n != nil {
					p.Report(&fixes.Finding{
						Doc: n.Doc, Span: n.Span, Severity: fixes.Warning, Message: "not done: " + n.Message,
						Applicability: fixes.Manual, Reason: u.Why, Related: u.Related,
					})
				}
			}
		},
	}
}

// ReadCommands reads commands from a file, one a line. Empty lines and lines
// that start with # are left out; a command goes on until its brackets are
// closed. Errors name file and line.
func ReadCommands(file string) ([]*Command, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parseCommands(file, string(data))
}

func parseCommands(file, text string) ([]*Command, error) {
	var list []*Command
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		first := i
		for openBrackets(line) > 0 && i+1 < len(lines) {
			i++
			line += "\n" + lines[i]
		}
		c, err := ParseCommand(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, first+1, err)
		}
		list = append(list, c)
	}
	return list, nil
}

// openBrackets returns how many braces and brackets outside quotes and comments
// are open at the end of a text.
func openBrackets(text string) int {
	open := 0
	outsideQuotes(text, func(c byte, quoted bool) {
		switch {
		case quoted:
		case c == '{' || c == '[':
			open++
		case c == '}' || c == ']':
			open--
		}
	})
	return open
}

// hasSyntaxErrors reports whether a document of the server does not parse.
func hasSyntaxErrors(s *fleet.Server) bool {
	return slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return len(d.Tree.Errors()) > 0 })
}
