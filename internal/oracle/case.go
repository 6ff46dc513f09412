package oracle

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/fleet"
)

// Case is one server to be judged: its documents, variables and flags.
type Case struct {
	// Root is the path of the root document among Files, separated by slashes
	// and relative to a root of the case's own choosing.
	Root string
	// Files holds every document of the server by such a path. An include is
	// resolved among them as the server does it: joined to the directory of
	// the including document. What is not here does not exist.
	Files map[string][]byte
	// Env holds the values of variables. Nothing else is in the environment.
	Env map[string]string
	// Args are the flags that the server is started with.
	Args Args
	// Boot says that the server is started, too; see boot.go.
	Boot bool
	// Copy asks for the case as the official packages see it, for a program
	// that is to see the same.
	Copy bool
}

// Args are the command line flags of nats-server that decide whether it
// starts.
type Args fleet.Args

// check returns why the case cannot be judged at all, or "".
func (c *Case) check() string {
	if _, ok := c.Files[c.Root]; !ok {
		return fmt.Sprintf("the root document %q is not among the files", c.Root)
	}
	for name := range c.Files {
		if !filepath.IsLocal(name) || path.Clean(name) != name || filepath.ToSlash(name) != name || strings.Contains(name, "\x00") {
			return fmt.Sprintf("the path %q leaves the case's directory or is not in its shortest form", name)
		}
	}
	for name, value := range c.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(value, "\x00") {
			return fmt.Sprintf("the variable name %q cannot be put into an environment", name)
		}
	}
	return ""
}

// Stage says how far the official server came.
type Stage uint8

const (
	// StageNone means that nothing was judged.
	StageNone Stage = iota
	// StageParse is the lexer and parser (package conf).
	StageParse
	// StageConfig is Options.ProcessConfigFile, the last stage of nats-server -t.
	StageConfig
	// StageStart is what NewServer and Start refuse.
	StageStart
	// StageBoot is a start, if the case asks for it.
	StageBoot
)

func (s Stage) String() string {
	return [...]string{"none", "parse", "config", "start", "boot"}[s]
}

// Problem is one error or warning of the official server.
type Problem struct {
	Stage Stage
	// File, Line and Column are as the server says them, "" and 0 where it
	// does not. Columns of the official parser count bytes from 0 in the first
	// line and from 1 in the others, and point at the key.
	File         string
	Line, Column int
	// Message is the server's own text without the position, paths relative to
	// the case's root.
	Message string
	Warning bool
	// Hidden says that ProcessConfigFile reports this only when entries that
	// it refuses are left out. It may be there because they are.
	Hidden bool
}

func (p Problem) String() string {
	switch {
	case p.File == "":
		return p.Message
	case p.Line == 0:
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Verdict is what the official packages say about a case.
type Verdict struct {
	// Release is the nats-server release that judged, such as "2.15.2".
	Release string
	// NotJudged says why the case could not be judged ("" if it was): a path
	// that leaves the case, an include cycle, a crash of the official parser.
	NotJudged string
	// Values is the effective configuration. Its leaves are int64, float64,
	// bool, string and time.Time, its nodes []any and map[string]any. It is
	// nil if the parser refused.
	Values map[string]any
	// Problems holds all errors and warnings, by stage, file and position.
	Problems []Problem
	// Reached is the last stage that ran. A parse error ends the judgement;
	// errors in StageConfig do not, see Partial.
	Reached Stage
	// Partial says that StageConfig had errors, so that StageStart judged a
	// configuration of which parts were left out.
	Partial bool
	// Incomplete says that the last problem of StageStart has no known cure,
	// so that others may hide behind it.
	Incomplete bool
	// NotChecked lists what a stand-in took the place of, sorted.
	NotChecked []string
	// Copy is there if the case asks for it.
	Copy *Copy
}

// Accepted reports whether the server would start: it was judged and no
// problem is an error.
func (v *Verdict) Accepted() bool {
	if v.NotJudged != "" || v.Reached < StageStart {
		return false
	}
	for _, p := range v.Problems {
		if !p.Warning {
			return false
		}
	}
	return true
}
