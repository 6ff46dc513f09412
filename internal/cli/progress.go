package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"github.com/natsfix/natsfix/internal/report"
)

// A bar is shown on runs that take longer than barDelay, and drawn anew each
// barEvery.
const (
	barDelay = 500 * time.Millisecond
	barEvery = 100 * time.Millisecond
	barWidth = 24
)

// progress is a bar with counts on standard error, if that is a terminal. Its
// methods may be called by several goroutines, and on nil, which shows nothing.
type progress struct {
	to    io.Writer
	what  string // what is counted, in the singular
	total int
	done  atomic.Int64
	start time.Time
	width func() int
	stop  chan struct{}
	wg    sync.WaitGroup
	once  sync.Once
}

// newProgress begins to show how many of total things are done. end must be
// called. Messages of the session must wait until then.
func newProgress(s *session, what string, total int) *progress {
	if s.opts.quiet || s.tree != nil || !isTerminal(s.app.Stderr) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	p := &progress{to: s.app.Stderr, what: what, total: total, start: time.Now(), width: func() int { return columns(s.app.Stderr) }}
	p.begin(barDelay)
	return p
}

func (p *progress) begin(delay time.Duration) {
	p.stop = make(chan struct{})
	p.wg.Go(func() {
		select {
		case <-p.stop:
			return
		case <-time.After(delay):
		}
		tick := time.NewTicker(barEvery)
		defer tick.Stop()
		for {
			fmt.Fprintf(p.to, "\r%s\x1b[K", p.line(time.Now()))
			select {
			case <-p.stop:
				fmt.Fprint(p.to, "\r\x1b[K")
				return
			case <-tick.C:
			}
		}
	})
}

// add counts n things as done.
func (p *progress) add(n int) {
	if p != nil {
		p.done.Add(int64(n))
	}
}

// end takes the bar away.
func (p *progress) end() {
	if p != nil {
		p.once.Do(func() { close(p.stop) })
		p.wg.Wait()
	}
}

// line returns the bar as it is at a time: counts, share, rate, and how long it
// will take.
func (p *progress) line(now time.Time) string {
	done, spent := int(p.done.Load()), now.Sub(p.start)
	if done >= p.total {
		return p.fit(fmt.Sprintf("%s read; checking, %s", report.Count(p.total, p.what), clock(spent)))
	}
	full := barWidth * done / max(p.total, 1)
	rate := float64(done) / max(spent.Seconds(), 0.001)
	text := fmt.Sprintf("[%s%s] %d of %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done, report.Count(p.total, p.what))
	if done > 0 {
		left := time.Duration(float64(p.total-done) / rate * float64(time.Second))
		text += fmt.Sprintf(", %s/s, %s left", number(rate), clock(left))
	}
	return p.fit(text)
}

// fit cuts a line so that it does not wrap.
func (p *progress) fit(text string) string {
	if w := p.width() - 1; w > 0 && len(text) > w {
		return text[:w]
	}
	return text
}

func number(rate float64) string {
	if rate < 10 {
		return fmt.Sprintf("%.1f", rate)
	}
	return fmt.Sprintf("%.0f", rate)
}

// clock returns 1:05 for a minute and five seconds.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// columns returns how wide a terminal is, 80 if nobody knows.
func columns(stream any) int {
	if f, ok := stream.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return 80
}

// countReads begins to show how many of the files of a request are read.
func (s *session) countReads(req *request) *progress {
	files := make(map[string]bool, len(req.Targets))
	for _, path := range req.Targets {
		if _, hosted := req.Hosted[path]; !hosted {
			files[path] = true
		}
	}
	bar := newProgress(s, "file", len(files))
	if bar == nil {
		return nil
	}
	plain := req.Read
	req.Read = func(path string) ([]byte, error) {
		if files[path] {
			bar.add(1)
		}
		return plain(path)
	}
	return bar
}
