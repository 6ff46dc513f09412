package oracle

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// Options says how children are run. Zero values mean the defaults.
type Options struct {
	Jobs       int           // how many children at most; default: the number of CPUs
	Executable string        // the program to start; default: os.Executable
	Args       []string      // its arguments; default: ChildArgument
	Dir        string        // where private directories are made; default: /dev/shm if it can be written, else os.TempDir
	Timeout    time.Duration // for one case; default: 30 s
	Memory     uint64        // bytes that one child may use; default: 2 GB
}

// Judge runs the children. Its methods may be called from many goroutines.
type Judge struct {
	opts    Options
	slots   chan struct{} // one per child that may run
	swept   sync.Once
	mu      sync.Mutex
	idle    []*child
	stopped bool
}

var (
	// errStopped is what Ask returns after Close.
	errStopped = errors.New("the judge was closed")
	// errExpired is why a case has no verdict.
	errExpired = errors.New("the official parser did not come to an end")
)

// Start prepares a judge. Children are started when they are first needed. It
// fails if the program's own path is unknown or ctx is over.
func Start(ctx context.Context, opts Options) (*Judge, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if opts.Jobs <= 0 {
		opts.Jobs = runtime.GOMAXPROCS(0)
	}
	if opts.Executable == "" {
		exe, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("cannot find the program to run the official parser in: %w", err)
		}
		opts.Executable = exe
	}
	if opts.Args == nil {
		opts.Args = []string{ChildArgument}
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 30 * time.Second
	}
	if opts.Memory == 0 {
		opts.Memory = 2 << 30
	}
	return &Judge{opts: opts, slots: make(chan struct{}, opts.Jobs)}, nil
}

// Ask has one case judged. What goes wrong with the case itself, a crash of
// the official parser among it, is in the verdict's NotJudged; an error means
// that no child could be started, or that ctx ended or the judge was closed.
func (j *Judge) Ask(ctx context.Context, c Case) (Verdict, error) {
	if why := c.check(); why != "" {
		return Verdict{Release: Release(), NotJudged: why}, nil
	}
	select {
	case j.slots <- struct{}{}:
	case <-ctx.Done():
		return Verdict{}, ctx.Err()
	}
	defer func() { <-j.slots }()
	for {
		w, used, err := j.child()
		if err != nil {
			return Verdict{}, err
		}
		a, err := w.ask(ctx, &c, j.opts.Timeout)
		if err == nil {
			j.release(w)
			return a.verdict()
		}
		w.end()
		switch {
		case ctx.Err() != nil:
			return Verdict{}, ctx.Err()
		case used && !errors.Is(err, errExpired):
			// It may have died before it read this case.
		default:
			return Verdict{Release: Release(), NotJudged: err.Error()}, nil
		}
	}
}

// Close ends all children and removes their directories, after the cases that
// are being judged. Later calls of Ask fail.
func (j *Judge) Close() {
	j.mu.Lock()
	j.stopped = true
	j.mu.Unlock()
	for range cap(j.slots) {
		j.slots <- struct{}{}
	}
	for _, w := range j.idle {
		w.end()
	}
	j.idle = nil
	for range cap(j.slots) {
		<-j.slots
	}
}

// child returns an idle child, which has judged before, or starts one.
func (j *Judge) child() (w *child, used bool, err error) {
	j.mu.Lock()
	stopped := j.stopped
	if n := len(j.idle); n > 0 && !stopped {
		w, j.idle = j.idle[n-1], j.idle[:n-1]
	}
	j.mu.Unlock()
	switch {
	case stopped:
		return nil, false, errStopped
	case w != nil:
		return w, true, nil
	}
	j.swept.Do(func() { sweep(parents(j.opts.Dir)) })
	w, err = startChild(&j.opts)
	return w, false, err
}

func (j *Judge) release(w *child) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.idle = append(j.idle, w)
}

// verdict decodes the values.
func (a *answer) verdict() (Verdict, error) {
	v := a.Verdict
	if !a.HasTree {
		return v, nil
	}
	var err error
	v.Values, err = readTree(a.Tree)
	return v, err
}

// child is one running child process.
type child struct {
	dir    *private
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	buf    *bufio.Writer
	enc    *gob.Encoder
	dec    *gob.Decoder
	stderr *head
}

func startChild(opts *Options) (*child, error) {
	dir, err := makePrivate(parents(opts.Dir))
	if err != nil {
		return nil, fmt.Errorf("cannot make a private directory for the official parser: %w", err)
	}
	w := &child{dir: dir, stderr: &head{max: 400}}
	w.cmd = exec.Command(opts.Executable, opts.Args...)
	w.cmd.Env = []string{} // not nil: that would mean the parent's
	w.cmd.Dir = dir.path
	w.cmd.Stderr = w.stderr
	w.cmd.WaitDelay = time.Second
	stdout, err := w.cmd.StdoutPipe()
	if err == nil {
		w.stdin, err = w.cmd.StdinPipe()
	}
	if err == nil {
		err = w.cmd.Start()
	}
	if err != nil {
		dir.remove()
		return nil, fmt.Errorf("cannot start %s to run the official parser in: %w", opts.Executable, err)
	}
	w.buf = bufio.NewWriterSize(w.stdin, 64<<10)
	w.enc, w.dec = gob.NewEncoder(w.buf), gob.NewDecoder(bufio.NewReaderSize(stdout, 64<<10))
	if err := w.enc.Encode(greeting{Dir: dir.path, Memory: opts.Memory}); err != nil {
		w.end()
		return nil, fmt.Errorf("cannot talk to the child that runs the official parser: %w", err)
	}
	return w, nil
}

// ask sends one case and waits for the answer. After an error the child is of
// no more use.
func (w *child) ask(ctx context.Context, c *Case, limit time.Duration) (*answer, error) {
	// Whatever blocks, killing the child ends it.
	timer := time.AfterFunc(limit, func() { w.cmd.Process.Kill() })
	stop := context.AfterFunc(ctx, func() { w.cmd.Process.Kill() })
	defer stop()
	err := w.enc.Encode(request{*c})
	if err == nil {
		err = w.buf.Flush()
	}
	var a answer
	if err == nil {
		err = w.dec.Decode(&a)
	}
	if expired := !timer.Stop(); err != nil {
		if expired {
			return nil, fmt.Errorf("%w within %v", errExpired, limit)
		}
		w.end()
		return nil, fmt.Errorf("the official parser crashed: %s", w.stderr.reason())
	}
	return &a, nil
}

// end ends the child, which has nothing to lose, and removes its directory. It
// may be called twice.
func (w *child) end() {
	w.stdin.Close()
	w.cmd.Process.Kill()
	w.cmd.Wait()
	w.dir.remove()
}

// head keeps the beginning of what a child writes to its standard error, which
// says why it crashed. The rest may quote the configuration and is not kept.
type head struct {
	mu   sync.Mutex
	text []byte
	max  int // how much is kept, in bytes
}

func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, p[:min(len(p), h.max-len(h.text))]...)
	return len(p), nil
}

// reason returns the first line.
func (h *head) reason() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	line, _, _ := bytes.Cut(bytes.TrimSpace(h.text), []byte("\n"))
	if len(line) == 0 {
		return "it ended without a word"
	}
	return string(line)
}
