package safeio

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// A journal is a file of records, one per line: the CRC-32C of the rest in
// eight hexadecimal digits, a space, and JSON. A record that was cut off in
// writing is the last one and does not match its checksum.
const journalVersion = 1

// record is one line of a journal. Each run begins with an opRun record.
type record struct {
	Op      op        `json:"op"`
	Version int       `json:"version,omitempty"` // opRun
	Time    time.Time `json:"time,omitzero"`     // opRun
	Undo    bool      `json:"undo,omitempty"`    // opRun: this run takes another one back
	Group   int       `json:"group,omitempty"`   // all others; counts from 1
	Files   []entry   `json:"files,omitempty"`   // opBegin
	Undoes  *groupRef `json:"undoes,omitempty"`  // opBegin, in an undo run
	Result  Result    `json:"result,omitempty"`  // opEnd
}

type op string

const (
	opRun   op = "run"
	opBegin op = "begin" // the group is about to be written
	opBack  op = "back"  // the group failed and is about to be taken back
	opEnd   op = "end"   // the group is written or taken back
)

// groupRef names a group of any run.
type groupRef struct {
	Run   uint64 `json:"run"`
	Group int    `json:"group"`
}

// entry is one file of a group.
type entry struct {
	Path    textPath `json:"path"` // absolute, as the caller named it
	Real    textPath `json:"real"` // with links followed: what is written
	Temp    textPath `json:"temp,omitempty"`
	Before  Digest   `json:"before"`
	After   Digest   `json:"after"`
	InPlace bool     `json:"in_place,omitempty"`
	Old     []byte   `json:"old"`
	New     []byte   `json:"new,omitempty"` // only in place: to tell a torn file from a changed one
}

// textPath is a path in JSON: bytes that are not UTF-8, which JSON cannot
// hold, are percent-encoded, and so is the percent sign.
type textPath string

func (p textPath) MarshalText() ([]byte, error) {
	var b bytes.Buffer
	for s := string(p); s != ""; {
		r, n := utf8.DecodeRuneInString(s)
		if r == '%' || r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, "%%%02X", s[0])
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.Bytes(), nil
}

func (p *textPath) UnmarshalText(text []byte) error {
	s, err := url.PathUnescape(string(text))
	*p = textPath(s)
	return err
}

// journal is the journal of one run, open for appending.
type journal struct {
	f    *os.File
	size int64
	err  error // once appending failed, nothing more is written
}

// createJournal makes the file, which must be new, durable in dir.
func createJournal(dir, path string, head record) (*journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, journalError(path, err)
	}
	j := &journal{f: f}
	err = j.append(head)
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		f.Close()
		os.Remove(path)
		return nil, journalError(path, err)
	}
	return j, nil
}

func journalError(path string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: JournalFailed, Path: path, Err: err, Why: "the journal cannot be written", Do: "make room or " + doState}
}

func (j *journal) append(r record) error {
	if j.err != nil {
		return j.err
	}
	line, err := encodeRecord(r)
	if err == nil {
		_, err = j.f.WriteAt(line, j.size)
	}
	if err != nil {
		// Half a record is the end of the journal for a reader; so it is for us.
		j.err = journalError(j.f.Name(), err)
		return j.err
	}
	j.size += int64(len(line))
	return nil
}

func (j *journal) sync() error {
	if err := j.f.Sync(); err != nil {
		j.err = journalError(j.f.Name(), err)
	}
	return j.err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func encodeRecord(r record) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	line := fmt.Appendf(make([]byte, 0, len(body)+10), "%08x ", crc32.Checksum(body, castagnoli))
	return append(append(line, body...), '\n'), nil
}

// decodeRecord returns false for a line that is not whole.
func decodeRecord(line []byte) (record, bool) {
	var r record
	sum, body, ok := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
	ok = ok && string(sum) == fmt.Sprintf("%08x", crc32.Checksum(body, castagnoli)) && json.Unmarshal(body, &r) == nil
	return r, ok
}

func damaged(path string) error {
	return &Error{Kind: JournalFailed, Path: path, Why: "the journal is damaged",
		Do: "compare the files it names with what they should hold, then move it away"}
}

// runLog is what a journal says, without the contents of the files.
type runLog struct {
	head   record
	groups []*loggedGroup // in the order written; number i+1
	end    int64          // where the next record goes
}

type loggedGroup struct {
	files  []entry // Old and New left out
	undoes *groupRef
	offset int64 // of the opBegin record
	back   bool
	result Result // 0 if the group was cut off
}

// readJournal reads records up to one that is not whole. Only the last one can
// be cut off; whole ones behind it mean damage that a person must look at.
func readJournal(f io.Reader, path string) (*runLog, error) {
	log := &runLog{}
	cut := false
	for r := bufio.NewReaderSize(f, 1<<16); ; {
		line, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, journalError(path, err)
		}
		rec, ok := decodeRecord(line)
		if !ok && err == nil {
			cut = true
			continue
		}
		if !ok {
			return log, nil
		}
		if cut {
			return nil, damaged(path)
		}
		if err := log.add(rec); err != nil {
			return nil, &Error{Kind: JournalFailed, Path: path, Err: err, Why: "the journal is not one of this release",
				Do: "run the natsfix that wrote it, or move it away"}
		}
		log.end += int64(len(line))
	}
}

func (log *runLog) add(r record) error {
	if log.head.Op == "" {
		if r.Op != opRun || r.Version != journalVersion {
			return fmt.Errorf("version %d, expected %d", r.Version, journalVersion)
		}
		log.head = r
		return nil
	}
	if r.Op == opBegin && r.Group == len(log.groups)+1 {
		for i := range r.Files {
			r.Files[i].Old, r.Files[i].New = nil, nil
		}
		log.groups = append(log.groups, &loggedGroup{files: r.Files, undoes: r.Undoes, offset: log.end})
		return nil
	}
	if r.Group < 1 || r.Group > len(log.groups) {
		return fmt.Errorf("record %q of group %d out of order", r.Op, r.Group)
	}
	g := log.groups[r.Group-1]
	switch r.Op {
	case opBack:
		g.back = true
	case opEnd:
		g.result = r.Result
	default:
		return fmt.Errorf("unknown record %q", strings.ToValidUTF8(string(r.Op), "?"))
	}
	return nil
}

// load reads the group's files again, with their contents.
func (g *loggedGroup) load(f io.ReaderAt, path string) ([]*target, error) {
	line, err := bufio.NewReaderSize(io.NewSectionReader(f, g.offset, 1<<62), 1<<16).ReadBytes('\n')
	if err != nil {
		return nil, journalError(path, err)
	}
	r, ok := decodeRecord(line)
	if !ok {
		return nil, damaged(path)
	}
	targets := make([]*target, len(r.Files))
	for i, e := range r.Files {
		targets[i] = &target{entry: e, name: string(e.Path)}
	}
	return targets, nil
}
