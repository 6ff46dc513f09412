package oracle

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// ChildArgument is the first argument with which the program starts itself as
// a child. Main must call [Serve] when it sees it, before anything else.
const ChildArgument = "__oracle"

// maxStack bounds a goroutine's stack in the child, so that endless recursion
// in the official parser ends soon.
const maxStack = 512 << 20

// patience is how often a child looks after itself while it judges one case.
const patience = 20 * time.Millisecond

// greeting is the first thing that a child reads.
type greeting struct {
	Dir    string // the child's private directory
	Memory uint64 // bytes after which the child gives up
}

// request is one case for a child.
type request struct{ Case Case }

// answer is a verdict with its values encoded: gob does not know their types.
type answer struct {
	Verdict Verdict
	Tree    []byte
	HasTree bool
}

// Exit codes of a child.
const (
	exitDone   = 0
	exitBroken = 1 // the pipe is broken or the private directory cannot be used
	exitLimit  = 3 // a case needed too much memory, or the parent is gone
)

// Serve is the main loop of a child: it reads cases from stdin and writes
// verdicts to stdout until stdin ends, then removes its private directory. It
// returns the exit code, 0 at the end of the input. It changes the process
// (environment, working directory, signals), which must have nothing else to
// do, and must end when Serve returns: a case that passed a limit still runs.
func Serve(stdin io.Reader, stdout io.Writer) int {
	in := gob.NewDecoder(bufio.NewReaderSize(stdin, 64<<10))
	var hello greeting
	if err := in.Decode(&hello); err != nil {
		return exitBroken
	}
	dir, err := holdPrivate(hello.Dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitBroken
	}
	defer dir.remove()
	// The parent alone decides when a child ends, also at Ctrl-C.
	signal.Ignore(os.Interrupt)
	debug.SetMaxStack(maxStack)
	debug.SetMemoryLimit(int64(hello.Memory / 4 * 3))
	// A case leaves little behind but allocates much: collect seldom.
	debug.SetGCPercent(800)
	os.Clearenv()
	exam, err := newExaminer(hello.Dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitBroken
	}
	exit := make(chan int, 2)
	go func() { exit <- answerAll(exam, in, stdout, newWatch(hello.Memory, exit)) }()
	return <-exit
}

// answerAll answers cases until there are no more.
func answerAll(exam *examiner, in *gob.Decoder, stdout io.Writer, w *watch) int {
	out := bufio.NewWriterSize(stdout, 64<<10)
	enc := gob.NewEncoder(out)
	for {
		var r request
		if in.Decode(&r) != nil {
			return exitDone
		}
		w.start()
		a := exam.answer(&r.Case)
		w.stop()
		if enc.Encode(a) != nil || out.Flush() != nil {
			return exitBroken
		}
		if exam.spent {
			return exitDone
		}
	}
}

// watch ends a child whose case needs too much memory, or that nobody waits
// for any more.
type watch struct {
	memory uint64
	parent int
	timer  *time.Timer
	active atomic.Bool // a case is being judged
}

func newWatch(memory uint64, exit chan<- int) *watch {
	w := &watch{memory: memory, parent: os.Getppid()}
	w.timer = time.AfterFunc(time.Hour, func() {
		if !w.active.Load() {
			return
		}
		if why := w.exceeded(); why != "" {
			fmt.Fprintln(os.Stderr, why)
			select {
			case exit <- exitLimit:
			default:
			}
			return
		}
		w.timer.Reset(patience)
	})
	w.timer.Stop()
	return w
}

func (w *watch) start() {
	w.active.Store(true)
	w.timer.Reset(patience)
}

func (w *watch) stop() {
	w.active.Store(false)
	w.timer.Stop()
}

func (w *watch) exceeded() string {
	switch {
	case usedMemory() > w.memory:
		return fmt.Sprintf("more than %d MB of memory needed", w.memory>>20)
	case os.Getppid() != w.parent:
		return "the parent is gone"
	}
	return ""
}

func usedMemory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}
