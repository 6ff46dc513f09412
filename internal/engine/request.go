package engine

import (
	"time"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// Request says what to look at and what may be done. Its functions, but Judge, may
// be called by several goroutines.
type Request struct {
	// Targets are the files to report on and to change. Context are files that
	// are only read, so that fragments are known and the fleet is whole.
	// Included files need not be named; one that is no target is context.
	Targets, Context []string
	// Dirs are folders that were asked for as a whole: what a target includes
	// below one of them is a target too, whatever its name.
	Dirs []string
	// Parts are files that are targets if something that is loaded includes
	// them, and are not loaded by themselves.
	Parts []string
	// Hosted are the documents that stand inside files, by the paths that
	// Targets, Context and Parts name them with. Such a path need not be one of a
	// file: what a document includes is looked for beside it. The result speaks
	// of these paths; see [InFiles].
	Hosted map[string]Hosted
	Read   fleet.Read
	Env    fleet.Env   // values of variables, nil for none
	Args   oracle.Args // flags that every server is started with
	// ArgsOf are the flags of servers that are known to be started with other
	// ones, by the path of the root.
	ArgsOf map[string]fleet.Args
	// Realms keep servers apart that have nothing to do with each other, by the
	// path of the root: examples in documentation are no part of the fleet.
	Realms map[string]string
	// Hosts names the root file that answers under a host name
	// (.natsfix.yaml, hosts).
	Hosts map[string]string

	Rules       []*fixes.Rule     // the rules to run, in order
	Unsafe      bool              // apply unsafe fixes too
	UnsafeRules map[string]bool   // rules whose unsafe fixes may be applied
	Params      map[string]string // RULE.PARAM to value
	Window      fixes.Window      // the server releases that the files are for
	MaxSize     int64             // files larger than this are checked and not rewritten; 0 for no limit

	// UnsafeIn reports whether a rule's unsafe fixes may be applied in a file, as
	// UnsafeRules does for all files; nil for none.
	UnsafeIn func(path, rule string) bool
	// Off reports whether a rule is off in a file: it reports nothing there, and
	// edits nothing. Nil for none.
	Off func(path, rule string) bool
	// FindOnly says that findings are wanted and no corrections. What does not
	// parse is corrected in memory all the same, so that what stands behind it is
	// found.
	FindOnly bool
	// Baseline holds the findings that are known and left alone, nil for none. The
	// findings of the result then name their places.
	Baseline *Baseline

	// Judges are the rules that must not find more errors in other branches of a
	// template than before; nil for Rules.
	Judges []*fixes.Rule
	// KnownRules are the names of all rules there are, whether they run or not: a
	// comment that is to silence any other one is reported. Nil for any name.
	KnownRules []string
	// NeverIgnore reports whether findings of a rule in a file cannot be silenced
	// by comments, nil for none.
	NeverIgnore func(path, rule string) bool
	Now         time.Time // the day by which comments expire; zero for today

	// Prove says that fixes are proved by the official parser and server.
	// Judge starts the judge when it is first needed; the caller closes it.
	Prove        bool
	Judge        func() (*oracle.Judge, error)
	RequireProof bool // refuse what cannot be judged
	Jobs         int  // how much to do at the same time; 0 for one per processor
}

// fleet returns what the request says of how servers are put together.
func (req *Request) fleet() fleet.Options {
	return fleet.Options{
		Env: req.Env, Args: fleet.Args(req.Args), ArgsOf: req.ArgsOf,
		Hosts: req.Hosts, Realms: req.Realms, Open: req.open(), Jobs: req.Jobs,
	}
}

// open returns the documents whose includes may be put beside them later; nil if
// there are none.
func (req *Request) open() func(path string) bool {
	if len(req.Hosted) == 0 {
		return nil
	}
	return func(path string) bool {
		_, ok := req.Hosted[path]
		return ok
	}
}
