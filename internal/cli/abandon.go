package cli

import (
	"sync"
	"time"
)

// How long a run that is interrupted has to end by itself before it is left
// alone, and how often it is looked whether that can be done.
const (
	grace     = 200 * time.Millisecond
	graceStep = 10 * time.Millisecond
)

// abandoning lets Ctrl-C end the program although something takes long, such as
// reading very many files: what is at work is left where it is, unless it is
// writing. Its zero value is ready.
type abandoning struct {
	mu      sync.Mutex
	writing int
	wrote   bool
	over    bool
	hint    string // what to say then, if there is something better
	next    int
	cleanup map[int]func()
}

// write calls do, which writes something and is not to be left in the middle.
// After the program was left it does not come back.
func (a *abandoning) write(do func() error) error {
	a.mu.Lock()
	if a.over {
		a.mu.Unlock()
		select {}
	}
	a.writing++
	a.wrote = true
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		a.writing--
		a.mu.Unlock()
	}()
	return do()
}

// onExit has something called if the run is left alone; the function that it
// returns takes that back, and is called when the run has done it itself.
func (a *abandoning) onExit(do func()) (done func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cleanup == nil {
		a.cleanup = make(map[int]func())
	}
	n := a.next
	a.next++
	a.cleanup[n] = do
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.cleanup, n)
	}
}

// leave waits until the run has ended, or has taken too long and is not
// writing. It reports whether the run is left alone, and whether that had
// written something.
func (a *abandoning) leave(ended <-chan struct{}) (left, wrote bool) {
	for wait := grace; ; wait = graceStep {
		select {
		case <-ended:
			return false, false
		case <-time.After(wait):
		}
		a.mu.Lock()
		if a.writing == 0 {
			a.over = true
			for _, do := range a.cleanup {
				do()
			}
			a.mu.Unlock()
			return true, a.wrote
		}
		a.mu.Unlock()
	}
}
