package bulk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// Stage is how far a repository has come.
type Stage string

const (
	Unchanged Stage = "unchanged" // there was nothing to correct
	Made      Stage = "made"      // the commits are there, the branch may be
	Branched  Stage = "branched"  // the branch is there
	Pushed    Stage = "pushed"    // and so it is where it was pushed to
	Undone    Stage = "undone"    // natsfix undo has removed the branch
)

// Entry is what the state says about one repository.
type Entry struct {
	Key     string   `json:"key"`
	Name    string   `json:"name"`
	Dir     string   `json:"dir,omitempty"` // where the branch is
	Stage   Stage    `json:"stage"`
	Flags   string   `json:"flags"`           // a digest of what decides about corrections
	Given   string   `json:"given,omitempty"` // the same in words
	Base    string   `json:"base"`
	Head    string   `json:"head,omitempty"`
	Pushed  string   `json:"pushed,omitempty"` // where to, without a password
	Summary string   `json:"summary,omitempty"`
	Counts  Counts   `json:"counts"`
	Commits []Commit `json:"commits,omitempty"`
	// Texts stands for what the corrected files hold on the branch, by name.
	Texts    map[string]string `json:"texts,omitempty"`
	Markdown string            `json:"markdown,omitempty"` // until the summary is written
}

// Counts say what was found in a repository.
type Counts struct {
	Files    int `json:"files"`
	Findings int `json:"findings"`
	Changed  int `json:"changed"` // files
	Refused  int `json:"refused"` // changes that a proof or a safety check refused
}

// Commit is a commit that was made or would be.
type Commit struct {
	ID    string   `json:"commit,omitempty"`
	Title string   `json:"title"`
	Rules []string `json:"rules"`
	Files []string `json:"files"`
}

// State is the state file of a run: one line of JSON for each step. It may be
// used by several goroutines.
type State struct {
	mu      sync.Mutex
	file    *os.File
	size    int64 // of the whole lines in file
	entries map[string]Entry
	order   []string
}

// ReadState reads a state file, which need not exist. A last line that was cut
// off does not count.
func ReadState(path string) (*State, error) {
	s := &State{entries: make(map[string]Entry)}
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	_, err = s.read(path, text)
	return s, err
}

// read takes in lines and returns how many bytes of them are whole.
func (s *State) read(path string, text []byte) (int, error) {
	whole := bytes.LastIndexByte(text, '\n') + 1
	n := 0
	for line := range bytes.Lines(text[:whole]) {
		n++
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil || e.Key == "" {
			return 0, fmt.Errorf("%s:%d: is no line of a state file; remove the file to begin anew", path, n)
		}
		s.put(e)
	}
	return whole, nil
}

// OpenState reads a state file and opens it for further lines.
func OpenState(path string) (*State, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	s := &State{file: f, entries: make(map[string]Entry)}
	text, err := io.ReadAll(f)
	whole := 0
	if err == nil {
		whole, err = s.read(path, text)
	}
	if err == nil {
		// The rest of a line that was cut off would spoil the next one.
		err = f.Truncate(int64(whole))
	}
	if err == nil {
		s.size, err = f.Seek(int64(whole), io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

func (s *State) put(e Entry) {
	if _, ok := s.entries[e.Key]; !ok {
		s.order = append(s.order, e.Key)
	}
	s.entries[e.Key] = e
}

// Entry returns what is known of a repository.
func (s *State) Entry(key string) (Entry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.entries[key]
	return e, ok
}

// Entries returns all, in the order in which they were first written.
func (s *State) Entries() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Entry, len(s.order))
	for i, key := range s.order {
		list[i] = s.entries[key]
	}
	return list
}

// holds reports whether the summary of another repository stands under a name:
// one of another list, in which names need not differ from those of this one.
func (s *State) holds(summary, key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for other, e := range s.entries {
		if other != key && e.Summary == summary && e.Stage != Undone {
			return true
		}
	}
	return false
}

// Record writes a step down. When it returns, the line is on disk.
func (s *State) Record(e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.file.WriteAt(append(line, '\n'), s.size)
	if err != nil {
		// On a full disk a part of the line may be there, and would spoil the next.
		_ = s.file.Truncate(s.size)
		return fmt.Errorf("the state cannot be written: %w", err)
	}
	s.size += int64(n)
	s.put(e)
	return s.file.Sync()
}

// Close closes the file.
func (s *State) Close() error { return s.file.Close() }
