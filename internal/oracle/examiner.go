package oracle

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nats-io/nats-server/v2/conf"
	"github.com/nats-io/nats-server/v2/server"
)

// Release returns the nats-server release whose packages judge.
func Release() string { return server.VERSION }

// examiner judges cases one after the other, in the child.
type examiner struct {
	caseDir  string            // holds the case's documents
	onDisk   map[string][]byte // those that are there, by their paths
	standins standins
	spent    bool // a started server could not be stopped: the child must end
}

// newExaminer sets up the private directory and makes it the working directory.
func newExaminer(dir string) (*examiner, error) {
	e := &examiner{caseDir: filepath.Join(dir, "case"), onDisk: map[string][]byte{}}
	workDir := filepath.Join(dir, "work")
	for _, d := range []string{e.caseDir, workDir} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return nil, err
		}
	}
	if err := os.Chdir(workDir); err != nil {
		return nil, err
	}
	var err error
	e.standins, err = makeStandins()
	return e, err
}

// answer judges one case. A panic of the official packages that they do not
// catch themselves ends the case and not the child.
func (e *examiner) answer(c *Case) (a *answer) {
	a = &answer{Verdict: Verdict{Release: Release()}}
	defer func() {
		if r := recover(); r != nil {
			a = &answer{Verdict: Verdict{Release: Release(), NotJudged: fmt.Sprintf("the official parser crashed: %v", r)}}
		}
	}()
	defer e.clean(c)
	if why := checkIncludes(c); why != "" {
		a.Verdict.NotJudged = why
		return a
	}
	for name, value := range c.Env {
		os.Setenv(name, value)
	}
	if err := e.judge(c, a); err != nil {
		a.Verdict.NotJudged = err.Error()
	}
	sortProblems(a.Verdict.Problems)
	slices.Sort(a.Verdict.NotChecked)
	a.Verdict.NotChecked = slices.Compact(a.Verdict.NotChecked)
	return a
}

// judge runs the stages. An error means that they could not be run.
func (e *examiner) judge(c *Case, a *answer) error {
	v := &a.Verdict
	if err := e.write(c); err != nil {
		return err
	}
	tokens, err := e.parse(c)
	if err != nil {
		v.Reached = StageParse
		v.Problems = append(v.Problems, parseProblem(c.Root, e.local(err.Error())))
		if c.Copy {
			v.Copy, err = e.copyCase(c, false)
			return err
		}
		return nil
	}
	read, err := readValues(tokens)
	if err != nil {
		return err
	}
	a.Tree, a.HasTree = appendTree(nil, read.values), true
	v.Reached = StageParse
	v.NotChecked = read.notes
	if read.unsafe {
		if err := e.neutralise(c); err != nil {
			return err
		}
	}

	if c.Copy {
		if v.Copy, err = e.copyCase(c, true); err != nil {
			return err
		}
		v.Copy.Files = maps.Clone(c.Files) // what is left out below is left in there
	}

	// For ~ in paths of credentials. A $HOME in the case's documents is settled
	// by now: the parser would have refused it.
	if _, ok := c.Env["HOME"]; !ok {
		os.Setenv("HOME", "/home/nats")
		defer os.Unsetenv("HOME")
	}
	opts, err := e.configure(c, v)
	if err != nil || opts == nil {
		return err
	}
	if opts.AccountResolver != nil {
		defer opts.AccountResolver.Close()
	}
	e.start(opts, read, v)
	if c.Boot {
		e.boot(c, read, v)
	}
	return nil
}

// needsFiles reports whether the official parser needs the case as files. A lone
// document without an include does not, which is cheaper.
func needsFiles(c *Case) bool {
	return len(c.Files) > 1 || mentionsInclude(c.Files[c.Root])
}

// mentionsInclude reports whether the text holds the word include in any
// letter case.
func mentionsInclude(text []byte) bool {
	const word = "include"
	for i := 0; i+len(word) <= len(text); i++ {
		if text[i]|0x20 == 'i' && strings.EqualFold(string(text[i:i+len(word)]), word) {
			return true
		}
	}
	return false
}

// write puts the documents where the official parser finds them, and nothing
// else. What the case before had too is left alone: a proof asks about a
// server before and after a rewrite, and creating a file can cost more than
// all of the parsing.
func (e *examiner) write(c *Case) error {
	if !needsFiles(c) {
		return nil
	}
	err := e.update(c.Files)
	if err != nil {
		// A path may be a file now and have been a directory before.
		e.wipe()
		err = e.update(c.Files)
	}
	if err != nil {
		e.wipe()
		return fmt.Errorf("cannot copy the documents for the official parser: %w", err)
	}
	return nil
}

func (e *examiner) update(files map[string][]byte) error {
	for name := range e.onDisk {
		if _, ok := files[name]; !ok {
			if err := os.Remove(e.path(name)); err != nil {
				return err
			}
			delete(e.onDisk, name)
		}
	}
	for name, text := range files {
		if old, ok := e.onDisk[name]; ok && bytes.Equal(old, text) {
			continue
		}
		to := e.path(name)
		err := os.WriteFile(to, text, 0o600)
		if errors.Is(err, os.ErrNotExist) {
			if err = os.MkdirAll(filepath.Dir(to), 0o700); err == nil {
				err = os.WriteFile(to, text, 0o600)
			}
		}
		if err != nil {
			return err
		}
		e.onDisk[name] = text
	}
	return nil
}

// wipe removes all documents.
func (e *examiner) wipe() {
	entries, _ := os.ReadDir(e.caseDir)
	for _, entry := range entries {
		os.RemoveAll(filepath.Join(e.caseDir, entry.Name()))
	}
	clear(e.onDisk)
}

// path is where the official parser finds a document.
func (e *examiner) path(name string) string {
	return filepath.Join(e.caseDir, filepath.FromSlash(name))
}

// parse runs the official parser.
func (e *examiner) parse(c *Case) (map[string]any, error) {
	if !needsFiles(c) {
		return conf.ParseWithChecks(string(c.Files[c.Root]))
	}
	return conf.ParseFileWithChecks(e.path(c.Root))
}

// local takes the private directory out of a message.
func (e *examiner) local(message string) string {
	return strings.ReplaceAll(message, e.caseDir+string(filepath.Separator), "")
}

// clean removes what the case left behind; its documents stay, see write.
func (e *examiner) clean(c *Case) {
	for name := range c.Env {
		os.Unsetenv(name)
	}
	e.standins.clean()
}

const (
	// plainRounds is how often a configuration with errors is read as it is.
	plainRounds = 12
	// maxRounds bounds how often it is read in all.
	maxRounds = 28
)

// configure runs ProcessConfigFile and puts its errors and warnings into the
// verdict. At some errors the server leaves the block that it reads in random
// order, so with errors it is asked several times, and then again and again
// without the entries at fault. It returns nil options if nothing can be said
// about the start.
func (e *examiner) configure(c *Case, v *Verdict) (*server.Options, error) {
	v.Reached = StageConfig
	var opts *server.Options
	var found findings
	for round := range maxRounds {
		again, err := c.Args.options()
		if err != nil {
			v.Problems = append(v.Problems, Problem{Stage: StageConfig, Message: err.Error()})
			return nil, nil
		}
		problems, err := e.process(c, again)
		if err != nil {
			return nil, err
		}
		if opts != nil && opts.AccountResolver != nil {
			opts.AccountResolver.Close()
		}
		opts = again
		hidden := round >= plainRounds
		found.add(problems, hidden)
		errs := slices.DeleteFunc(problems, func(p Problem) bool { return p.Warning })
		if len(errs) == 0 || round >= plainRounds-1 && !(blank(c, errs) && e.stillSafe(c)) {
			break
		}
	}
	v.Problems = append(v.Problems, found...)
	for _, p := range found {
		v.Partial = v.Partial || !p.Warning
	}
	if err := c.Args.override(opts); err != nil {
		v.Problems = append(v.Problems, Problem{Stage: StageConfig, Message: err.Error()})
		v.Partial = true
	}
	return opts, nil
}

// stillSafe writes changed copies and reports whether the server may read them.
func (e *examiner) stillSafe(c *Case) bool {
	if e.write(c) != nil {
		return false
	}
	tokens, err := e.parse(c)
	if err != nil {
		return false
	}
	read, err := readValues(tokens)
	return err == nil && !read.unsafe
}

// process fills options from the case's documents.
func (e *examiner) process(c *Case, opts *server.Options) ([]Problem, error) {
	var err error
	if needsFiles(c) {
		err = opts.ProcessConfigFile(e.path(c.Root))
	} else {
		err = opts.ProcessConfigString(string(c.Files[c.Root]))
	}
	if err == nil {
		return nil, nil
	}
	var list interface {
		Errors() []error
		Warnings() []error
	}
	if !errors.As(err, &list) {
		// The parser accepted the same text a moment ago.
		return nil, fmt.Errorf("the official parser contradicts itself: %s", e.local(err.Error()))
	}
	var problems []Problem
	for _, w := range list.Warnings() {
		problems = append(problems, configProblem(c.Root, e.local(w.Error()), true))
	}
	for _, err := range list.Errors() {
		problems = append(problems, configProblem(c.Root, e.local(err.Error()), false))
	}
	return problems, nil
}
