package cli

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestProgressTellsCountsRateAndTime(t *testing.T) {
	start := time.Unix(0, 0)
	p := &progress{what: "file", total: 100_000, start: start, width: func() int { return 100 }}
	for _, c := range []struct {
		done int
		at   time.Duration
		want string
	}{
		{0, time.Second, "[........................] 0 of 100000 files"},
		{25_000, 5 * time.Second, "[######..................] 25000 of 100000 files, 5000/s, 0:15 left"},
		{100_000, 65 * time.Second, "100000 files read; checking, 1:05"},
	} {
		p.done.Store(int64(c.done))
		if got := p.line(start.Add(c.at)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	p.width = func() int { return 20 }
	if got := p.line(start); len(got) >= 20 {
		t.Errorf("the line would wrap: %q", got)
	}
}

// A short run shows nothing, a long one takes its bar away.
func TestProgressLeavesNothingBehind(t *testing.T) {
	var b bytes.Buffer
	p := &progress{to: &b, what: "file", total: 2, start: time.Now(), width: func() int { return 80 }}
	p.begin(time.Hour)
	p.end()
	if b.Len() > 0 {
		t.Errorf("a short run shows %q", b.String())
	}
	seen := make(chan struct{})
	p = &progress{to: &firstWrite{&b, seen, sync.Once{}}, what: "file", total: 2, start: time.Now(), width: func() int { return 80 }}
	p.begin(0)
	<-seen
	p.end()
	p.end()
	if got := b.String(); !strings.Contains(got, "0 of 2 files") || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("it shows %q", got)
	}
	var none *progress
	none.add(1)
	none.end()
}

type firstWrite struct {
	io.Writer
	seen chan struct{}
	once sync.Once
}

func (w *firstWrite) Write(p []byte) (int, error) {
	defer w.once.Do(func() { close(w.seen) })
	return w.Writer.Write(p)
}

// What is writing is waited for, what is not is left alone.
func TestARunIsLeftAloneUnlessItWrites(t *testing.T) {
	var a abandoning
	cleaned := false
	a.onExit(func() { cleaned = true })
	a.onExit(func() { t.Error("what is done was called") })()
	inside, finish := make(chan struct{}), make(chan struct{})
	go func() {
		_ = a.write(func() error { close(inside); <-finish; return nil })
	}()
	<-inside
	result := make(chan bool)
	go func() {
		left, wrote := a.leave(make(chan struct{}))
		result <- left && wrote
	}()
	select {
	case <-result:
		t.Error("a run was left while it wrote")
	case <-time.After(2 * grace):
	}
	close(finish)
	if !<-result || !cleaned {
		t.Errorf("the run was not left, or left %v cleaned", cleaned)
	}
	ended := make(chan struct{})
	close(ended)
	if left, _ := (&abandoning{}).leave(ended); left {
		t.Error("a run that has ended was left")
	}
}
