package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Command is one call of git.
type Command struct {
	Dir    string // where it runs
	Args   []string
	Stdin  []byte
	Stdout io.Writer
	Env    []string // NAME=VALUE, beside those of every call
	// Network lets the call speak to other repositories.
	Network bool
}

// Runner runs git and returns what it wrote to standard error. A call that
// ended with an error returns a [*GitError], a machine without git [ErrNoGit].
type Runner func(Command) (stderr string, err error)

// ErrNoGit says that there is no git to ask.
var ErrNoGit = errors.New("git is not installed, or not in PATH")

// GitError is a call of git that failed.
type GitError struct {
	Dir  string
	Verb string // the git command, such as status
	Code int    // git's exit code, -1 if it was killed
	Text string // what git said, on one line
}

func (e *GitError) Error() string {
	return fmt.Sprintf("%s: git %s: %s", e.Dir, e.Verb, e.Text)
}

// safe are the options of every call. A visited repository must not be able to
// run anything through its configuration, which an archive may well bring
// along. What the user's own and the system's configuration say stays in
// force: safe.directory and core.excludesFile live there.
//
// The other ways to a program are closed where they arise: diff drivers by
// diff's own flags, clean filters by noFilters, submodules (whose git would
// not get these options) by --ignore-submodules. core.untrackedCache needs
// nothing: it is data in the index, and runs no program.
var safe = []string{
	"--no-pager",            // core.pager is a program
	"--no-optional-locks",   // the index is not refreshed on disk: no lock in the user's way, no post-index-change hook
	"-c", "core.fsmonitor=", // a program that is asked for changes; git before 2.36 would run one called "false"
	"-c", "core.hooksPath=/dev/null",
	"-c", "core.quotePath=false",
}

// noTransport keeps a partial clone from fetching the objects it lacks, which
// runs ssh, remote helpers and the program in remote.NAME.uploadpack. Older
// releases (before 2.44) know only the list of allowed protocols, which wins
// over protocol.NAME.allow in the repository.
var noTransport = []string{"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none"}

// foreign are the variables that bind git to one repository (git rev-parse
// --local-env-vars) or bend its path arguments. They are set inside hooks, for
// the repository of the hook, and would be wrong for any other.
var foreign = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_NO_REPLACE_OBJECTS",
	"GIT_REPLACE_REF_BASE", "GIT_IMPLICIT_WORK_TREE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS",
	"GIT_ICASE_PATHSPECS", "GIT_LITERAL_PATHSPECS", "GIT_EXTERNAL_DIFF", "GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL", "LC_ALL", "LANGUAGE",
}

// Exec returns the runner that calls the git of the machine, and kills it when
// ctx ends.
func Exec(ctx context.Context) Runner {
	return func(c Command) (string, error) {
		cmd := exec.CommandContext(ctx, "git", append(slices.Clone(safe), c.Args...)...)
		cmd.Dir = c.Dir
		cmd.Env = append(environment(c.Network), c.Env...)
		detach(cmd)
		cmd.Stdin = bytes.NewReader(c.Stdin)
		cmd.Stdout = c.Stdout
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		err := cmd.Run()
		var exit *exec.ExitError
		switch {
		case err == nil:
			return stderr.String(), nil
		case errors.Is(err, exec.ErrNotFound):
			return "", ErrNoGit
		case errors.As(err, &exit):
			text := strings.Join(strings.Fields(stderr.String()), " ")
			if text == "" {
				text = exit.String()
			}
			return "", &GitError{Dir: c.Dir, Verb: verb(c.Args), Code: exit.ExitCode(), Text: text}
		}
		return "", fmt.Errorf("%s: git %s: %w", c.Dir, verb(c.Args), err)
	}
}

// transports are the protocols that a call with Command.Network may speak. ext
// and fd would run what the address names.
const transports = "GIT_ALLOW_PROTOCOL=file:git:http:https:ssh"

// environment is that of the process, without what binds git elsewhere, and
// with git's messages in English: warnings are read.
func environment(network bool) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(foreign, name)
	})
	env = append(env, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0")
	if !network {
		return append(env, noTransport...)
	}
	for name, value := range stalled {
		if _, set := os.LookupEnv(name); !set {
			env = append(env, name+"="+value)
		}
	}
	return append(env, transports)
}

// stalled ends a transfer over http that gets nothing for a minute: one server
// that does not answer must not keep a run waiting for ever.
var stalled = map[string]string{"GIT_HTTP_LOW_SPEED_LIMIT": "1", "GIT_HTTP_LOW_SPEED_TIME": "60"}

// verb returns the first argument that is no option.
func verb(args []string) string {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "-c":
			i++
		case !strings.HasPrefix(args[i], "-"):
			return args[i]
		}
	}
	return ""
}

// records is a writer that hands on each record that ends in a NUL, without
// it. The record is only valid during the call.
type records struct {
	rest []byte
	do   func(string)
}

func (r *records) Write(p []byte) (int, error) {
	n := len(p)
	for {
		i := bytes.IndexByte(p, 0)
		if i < 0 {
			r.rest = append(r.rest, p...)
			return n, nil
		}
		record := p[:i]
		if len(r.rest) > 0 {
			record = append(r.rest, record...)
		}
		r.do(string(record))
		r.rest, p = r.rest[:0], p[i+1:]
	}
}
