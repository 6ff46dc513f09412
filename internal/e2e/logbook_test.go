package e2e

import (
	"fmt"
	"strings"
	"sync"
)

// logbook keeps what a server logs.
type logbook struct {
	mu    sync.Mutex
	lines []string
}

func (l *logbook) add(level, format string, args []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, level+fmt.Sprintf(format, args...))
}

func (l *logbook) Noticef(format string, args ...any) { l.add("[INF] ", format, args) }
func (l *logbook) Warnf(format string, args ...any)   { l.add("[WRN] ", format, args) }
func (l *logbook) Errorf(format string, args ...any)  { l.add("[ERR] ", format, args) }
func (l *logbook) Fatalf(format string, args ...any)  { l.add("[FTL] ", format, args) }
func (l *logbook) Debugf(format string, args ...any)  { l.add("[DBG] ", format, args) }
func (l *logbook) Tracef(format string, args ...any)  { l.add("[TRC] ", format, args) }

// with returns the lines that hold a text.
func (l *logbook) with(text string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for _, line := range l.lines {
		if strings.Contains(line, text) {
			list = append(list, line)
		}
	}
	return list
}

// String returns the last lines.
func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines[max(0, len(l.lines)-40):], "\n")
}
