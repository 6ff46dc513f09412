package engine

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/baseline"
	"github.com/natsfix/natsfix/internal/fixes"
)

// Result is what a run found and would change. Everything in it is sorted and
// does not depend on the number of jobs.
type Result struct {
	Files     []*File                // the files that were asked for, by path
	Findings  []*Finding             // by file, offset and rule
	Groups    []*Group               // the groups of files to be written, in the order of their first file
	Errors    []Error                // what could not be read or resolved, by file and position
	Ignored   int                    // findings that comments silence
	Baselined map[baseline.Entry]int // findings of the baseline that were found, and how often
	// Unnamed counts by file the findings in files that were not asked for and that
	// servers which were include. They are no part of Findings.
	Unnamed   map[string]int
	Documents int
	Servers   int
	Judge     string // the server release that proofs speak for, "" if nothing had to be proved
	// Asked is the release of the official server that verify asked, and
	// NotChecked what it could not be asked about; neither is in other results.
	Asked      string
	NotChecked []Note
}

// Note is something to know about a place.
type Note struct {
	File         string
	Line, Column int // 0 if it concerns the whole file
	Message      string
}

// Status says what became of a file.
type Status string

const (
	Unchanged   Status = "unchanged"
	WouldChange Status = "would-change"
	Changed     Status = "changed"
	Refused     Status = "refused" // a proof or a safety check failed
	Failed      Status = "error"
	Skipped     Status = "skipped"
)

// Span is a half-open range of bytes.
type Span struct{ Start, End int }

// File is one file that was asked for.
type File struct {
	Path    string // as the user gave it, or below the folder given
	Before  []byte // nil unless it changes
	After   []byte
	Status  Status
	Message string // why it was refused, skipped or failed
	// SecretsBefore and SecretsAfter are the bytes that must not be shown.
	SecretsBefore, SecretsAfter []Span

	steps [][]ast.Edit // how Before became After
}

// Finding is a finding with its place in the file as it was read.
type Finding struct {
	Rule          string
	Severity      fixes.Severity
	Applicability fixes.Applicability
	Reason        string
	Message       string // secrets are masked already
	File          string
	Line, Column  int
	Offset, End   int // bytes in the file as it was read
	Round         int // the round that found it, from 1
	Fixed         bool
	Hidden        string // why an available fix was not applied: "unsafe", "needs a choice", "outside the paths: FILE", "failed proof: ..."
	Fix           *Fix
	Related       []Related
	Official      []Official // in the result of verify
	// Entry is the finding as a baseline knows it, if the request has one; the zero
	// value for what a baseline cannot hold.
	Entry baseline.Entry
	// DocOffset is Offset in the document, for a document inside a file, too: of
	// such a file one place may stand for many ([InFiles]).
	DocOffset int
}

// Official is something that the official server says.
type Official struct {
	Release string   // of the server that says so
	Stage   string   // parse, config (the last stage of nats-server -t), start or boot
	Message string   // in the server's words; secrets are masked already
	Servers []string // the root files of the servers that say so
}

// Related is another place that a finding speaks of.
type Related struct {
	File         string
	Line, Column int
	Message      string
}

// Fix is what a finding offers.
type Fix struct {
	Title   string
	Group   []string // the files it changes
	Edits   []Edit
	Changes []Change
	// Within are places at or below which the effective configuration changes
	// in a way that follows from the edits, beside Changes.
	Within []Place
}

// Place is a value in the effective configuration of a server, and what is in
// it.
type Place struct{ Server, Path string }

// Holds reports whether the path is that of the place or leads into it.
func (p Place) Holds(server, path string) bool { return p.Server == server && isWithin(path, p.Path) }

// Edit is a byte edit of a file as it was read. New is unmasked; Secret says
// that it must not be shown.
type Edit struct {
	File       string
	Start, End int
	New        string
	Secret     bool
}

// Change is one difference in a server's effective configuration.
type Change struct {
	Server        string // the server's root file
	Path          string
	Before, After string // as JSON text, "" where there is none; masked if secret
	Effect        string // none, reload, restart, coordinated-restart
}

// Group is a set of files that fixes join: proved, asked for, written, rolled
// back and undone as one.
type Group struct {
	Files    []*File // includes first, roots last
	Findings []*Finding
	Changes  []Change // the effective changes, proved
	Notes    []string // what could not be judged
	Refused  string   // why the group must not be written, "" if it may
}

// Error is something that could not be read, parsed or resolved.
type Error struct {
	File         string
	Line, Column int // 0 if it concerns the whole file
	Message      string
	// Kind tells apart what the exit code depends on.
	Kind ErrorKind
	// Finding says that there is a finding for it, too, so that a report of
	// findings need not repeat it.
	Finding bool
}

// ErrorKind is the kind of an error.
type ErrorKind uint8

const (
	Unreadable ErrorKind = iota // a file that cannot be read
	Syntax                      // a file that does not parse
	Unresolved                  // a missing include, an include cycle
)
