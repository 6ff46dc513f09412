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
	"time"
)

// ChildArgument is the first argument with which the program starts itself as
// a child. Main must call [Serve] when it sees it, before anything else.
const ChildArgument = "__oracle"

// maxStack bounds a goroutine's stack in the child, so that endless recursion
// in the official parser ends soon.
const maxStack = 512 << 20

// Serve is the main loop of a child: it reads cases from stdin and writes
// verdicts to stdout until stdin ends, then removes its private directory. It
// returns the exit code: 0 at the end of the input, 1 if the pipe is broken, 3
// if the memory limit was passed. It changes the process (environment, working
// directory, signals), which must have nothing else to do.
func Serve(stdin io.Reader, stdout io.Writer) int {
	in := gob.NewDecoder(bufio.NewReaderSize(stdin, 64<<10))
	var hello greeting
	if err := in.Decode(&hello); err != nil {
		return 1
	}
	defer os.RemoveAll(hello.Dir)
	// The parent alone decides when a child ends, also at Ctrl-C.
	signal.Ignore(os.Interrupt)
	debug.SetMaxStack(maxStack)
	debug.SetMemoryLimit(int64(hello.Memory / 2))
	os.Clearenv()
	exam, err := newExaminer(hello.Dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}

	requests := make(chan *Case)
	go func() {
		defer close(requests)
		for {
			var r request
			if in.Decode(&r) != nil {
				return
			}
			requests <- &r.Case
		}
	}()
	work, done := make(chan *Case), make(chan *answer)
	defer close(work)
	go func() {
		for c := range work {
			done <- exam.answer(c)
		}
	}()

	out := bufio.NewWriterSize(stdout, 64<<10)
	enc := gob.NewEncoder(out)
	tick := time.NewTimer(patience)
	defer tick.Stop()
	for c := range requests {
		work <- c
		tick.Reset(patience)
	judging:
		for {
			select {
			case a := <-done:
				if enc.Encode(a) != nil || out.Flush() != nil {
					return 1
				}
				break judging
			case <-tick.C:
				if usedMemory() > hello.Memory {
					fmt.Fprintf(os.Stderr, "more than %d MB of memory needed\n", hello.Memory>>20)
					return 3
				}
				tick.Reset(patience)
			case <-requests:
				// A parent asks one question at a time: it is gone.
				return 0
			}
		}
	}
	return 0
}

func usedMemory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}
