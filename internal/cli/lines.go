package cli

import (
	"bufio"
	"context"
	"io"
)

// lineReader reads what somebody types, a line at a time. It reads only when a
// line is asked for, so that an editor may have the terminal in between.
type lineReader struct {
	from  io.Reader
	lines chan string // what was typed; closed at the end of the input
	next  chan struct{}
}

// line waits for one line; ok is false at the end of the input. A read cannot
// be interrupted, so it happens in a goroutine, which may outlive ctx.
func (r *lineReader) line(ctx context.Context) (text string, ok bool, err error) {
	if r.lines == nil {
		r.lines, r.next = make(chan string), make(chan struct{})
		go readLines(r.from, r.next, r.lines)
	}
	select {
	case r.next <- struct{}{}:
	case <-ctx.Done():
		return "", false, ctx.Err()
	case text, ok = <-r.lines:
		return text, ok, nil
	}
	select {
	case text, ok = <-r.lines:
		return text, ok, nil
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
}

// readLines sends one line for each request, and closes lines at the end of
// the input.
func readLines(r io.Reader, next <-chan struct{}, lines chan<- string) {
	defer close(lines)
	in := bufio.NewReader(r)
	for range next {
		text, err := in.ReadString('\n')
		if err != nil && text == "" {
			return
		}
		lines <- text
	}
}
