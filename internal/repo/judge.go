package repo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/natsfix/natsfix/internal/safeio"
)

// Class says how sure it is that a file is what the run is about.
type Class uint8

const (
	Ours      Class = iota // surely
	Unsure                 // nothing speaks against it, and too little for it
	Part                   // makes sense only inside another file, which may include it
	Nothing                // holds nothing at all
	Foreign                // surely something else
	Unrelated              // not even named like what the run is about, and not worth a word
)

// Verdict is what a file was taken for, and why.
type Verdict struct {
	Class Class
	Why   string // for people
	// Includes says that the file includes others. One that does is needed to
	// know which files are only parts.
	Includes bool
	// Hosts says that the file holds what the run is about inside something
	// else.
	Hosts bool
	// Missed are texts in the file that are what the run is about and that cannot
	// be looked at, each with the reason.
	Missed []string
	// Starts says that the file starts what the run is about, so that it is
	// needed to know how.
	Starts bool
}

// Decision is what became of a file, and why.
type Decision struct {
	Path  string
	Taken bool
	Why   string
}

// sureNeighbours is how many files of a directory must be surely ours, and none
// of something else, so that one that says too little by itself is taken too.
const sureNeighbours = 3

// keptTexts is how many bytes of files are kept at most so that they need not be
// read again. It is enough for a hundred thousand ordinary configurations.
const keptTexts = 64 << 20

// judged is a file with its verdict.
type judged struct {
	entry
	Verdict
	text []byte // all of the file, nil if only its beginning was read
	err  error
}

// judge looks into files and returns those that are to be taken. Files that
// were named are, whatever they hold.
func (f *finder) judge(entries []entry, context bool) []entry {
	if f.opts.Judge == nil {
		return entries
	}
	all := make([]judged, len(entries))
	parallel(len(entries), f.opts.Jobs, func(i int) {
		all[i].entry = entries[i]
		if f.given[entries[i].real] {
			all[i].Verdict = Verdict{Class: Ours, Why: "it was named"}
			all[i].identify()
			return
		}
		head, id, whole, err := f.head(&entries[i])
		if all[i].err = err; err != nil {
			all[i].identify()
		} else {
			all[i].id = id
			all[i].Verdict = f.opts.Judge(entries[i].name, head, whole)
			if whole && all[i].Class <= Part && !entries[i].staged { // the others are not read again
				all[i].text = head
			}
		}
	})
	all = f.once(all)
	for i := range all {
		if j := &all[i]; j.err == nil && !f.given[j.real] {
			f.neighbours.add(j)
		}
	}
	taken := make([]entry, 0, len(all))
	for i := range all {
		j := &all[i]
		if j.err != nil {
			if !context && !j.gone() {
				f.found.Unreadable = append(f.found.Unreadable, PathError{j.name, "cannot be read: " + reason(j.err), j.err})
			}
			continue
		}
		if j.Starts {
			f.found.Starts = append(f.found.Starts, j.name)
		}
		take := j.Class == Ours
		if why := f.neighbours.promote(j); !take && why != "" {
			take, j.Why = true, why
		}
		if context && j.Includes && j.Class != Foreign {
			take = true
		}
		if j.Class == Unrelated {
			continue
		}
		if take {
			taken = append(taken, j.entry)
			if f.kept += len(j.text); j.text != nil && f.kept <= keptTexts {
				f.found.texts[filepath.Clean(j.name)] = j.text
			}
			if j.Hosts {
				f.found.Hosts[j.name] = true
			}
		} else if !context {
			f.found.Left++
			if len(j.Missed) > 0 {
				f.found.Missed[j.name] = j.Missed
			}
			if j.Class != Foreign && j.Class != Nothing {
				f.found.Parts = append(f.found.Parts, j.name)
			}
		}
		if !context {
			f.decide(j.name, take, j.Why)
		}
	}
	return taken
}

// gone reports whether a file that was found by its name alone could not be read
// since it is there no more.
func (j *judged) gone() bool {
	return j.unread && (errors.Is(j.err, fs.ErrNotExist) || isNotDir(j.err) || errors.Is(j.err, errNotRegular))
}

// identify asks for the identity of a file that is not read.
func (j *judged) identify() {
	if !j.unread {
		return // it is known
	}
	if info, err := os.Lstat(j.real); err == nil {
		j.id = idOf(info)
	}
}

// once leaves out other names of files that are there already, as unique does
// for files whose names are looked up. A name that was given stays.
func (f *finder) once(all []judged) []judged {
	if !slices.ContainsFunc(all, func(j judged) bool { return j.id != (fileID{}) }) {
		return all // as in most trees
	}
	known := func(j judged) bool { return j.id != (fileID{}) && f.ids[j.id] }
	all = slices.DeleteFunc(all, known) // beside those that were asked for
	turn := func(j judged) int {
		switch {
		case !j.unread:
			return 0 // unique has seen to these
		case f.given[j.real]:
			return 1
		}
		return 2
	}
	for now := range 3 {
		all = slices.DeleteFunc(all, func(j judged) bool {
			if turn(j) != now {
				return false
			}
			if now > 0 && known(j) {
				return true
			}
			if j.id != (fileID{}) {
				f.ids[j.id] = true
			}
			return false
		})
	}
	return all
}

// decide keeps a decision, if somebody wants to know.
func (f *finder) decide(path string, taken bool, why string) {
	if f.opts.Decisions {
		f.found.Decisions = append(f.found.Decisions, Decision{path, taken, why})
	}
}

var errNotRegular = errors.New("is no regular file any more")

// head returns the beginning of a file as readHead does, of one that is staged as
// the index holds it.
func (f *finder) head(e *entry) (head []byte, id fileID, whole bool, err error) {
	max := f.opts.Wanted(e.name)
	if !e.staged {
		return readHead(e.real, max)
	}
	text, _, err := f.opts.Index.Text(e.real)
	return text[:min(max, len(text))], id, len(text) <= max, err
}

// readHead returns up to max bytes of a file's beginning, and whether that is
// all of it; and the file's identity if it has several names.
func readHead(name string, max int) (head []byte, id fileID, whole bool, err error) {
	if f, err := safeio.Read(name, safeio.Limits{MaxSize: int64(max)}); err == nil {
		if f.Meta.Nlink > 1 {
			id = fileID{f.Meta.Dev, f.Meta.Ino}
		}
		return f.Data, id, true, nil
	} else if safeio.IsKind(err, safeio.NotRegular) {
		return nil, id, false, errNotRegular // opening it may wait without end
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, id, false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, id, false, err
	}
	if !info.Mode().IsRegular() {
		return nil, id, false, errNotRegular
	}
	id = idOf(info)
	head = make([]byte, min(int64(max), info.Size())+1)
	n, err := io.ReadFull(file, head)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return head[:n], id, true, nil
	case err != nil:
		return nil, id, false, err
	}
	return head[:n-1], id, false, nil
}

// neighbours counts by directory what was found.
type neighbours map[string]*counts

type counts struct {
	sure, foreign int
	below         int // sure, in this directory or right below it
}

func (n neighbours) at(dir string) *counts {
	c := n[dir]
	if c == nil {
		c = &counts{}
		n[dir] = c
	}
	return c
}

func (n neighbours) add(j *judged) {
	switch {
	case j.Class == Ours:
		dir := dirOf(j.real)
		c := n.at(dir)
		c.sure++
		c.below++
		n.at(dirOf(dir)).below++
	case j.Class == Foreign && strings.HasSuffix(j.real, Suffix):
		n.at(dirOf(j.real)).foreign++
	}
}

// dirOf is filepath.Dir of a path that is clean.
func dirOf(path string) string {
	if i := strings.LastIndex(path, separator); i > 0 {
		return path[:i]
	}
	return filepath.Dir(path)
}

// promote says why a file that says too little by itself is taken all the same,
// or "".
func (n neighbours) promote(j *judged) string {
	if j.Class != Unsure || !strings.HasSuffix(j.real, Suffix) {
		return ""
	}
	c := n.at(dirOf(j.real))
	switch {
	case j.Includes && c.below > 0:
		return "it includes files, and there are nats-server's beside it"
	case c.sure >= sureNeighbours && c.foreign == 0:
		return fmt.Sprintf("%s, but the %d other files beside it are nats-server's", j.Why, c.sure)
	}
	return ""
}

// parallel calls do for 0 to n-1, jobs of them at a time.
func parallel(n, jobs int, do func(i int)) {
	if jobs <= 0 {
		jobs = runtime.NumCPU()
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, jobs) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

func sortDecisions(list []Decision) {
	slices.SortStableFunc(list, func(a, b Decision) int { return strings.Compare(a.Path, b.Path) })
}
