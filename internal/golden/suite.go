package golden

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// Result says how a case went.
type Result struct {
	File  string // of the case, as it was asked for
	About string // what the case shows, "" if it cannot be read
	// Rules are the rules that the case runs.
	Rules []string
	// Err says why the case could not be run; the rest is empty then.
	Err error
	// Broken are the promises that were not kept, which hold for every case. No
	// other expectation makes the case pass.
	Broken []string
	// Differs shows, section by section, what came out otherwise than the case
	// says; "" if nothing did.
	Differs string
	// Before is the case file as it was read, and After what it would be with
	// what came out; both are nil unless something differs. After is nil, too,
	// if no txtar file can hold it, and Unfit says why.
	Before, After []byte
	Unfit         error

	Time time.Duration
}

// Passed reports whether everything is as the case says and as it must be.
func (r *Result) Passed() bool { return r.Err == nil && len(r.Broken) == 0 && r.Differs == "" }

// Acceptable reports whether the case passes once its file is After.
func (r *Result) Acceptable() bool { return r.Err == nil && len(r.Broken) == 0 && r.After != nil }

// Problems tells what keeps the case from being accepted: the promises that
// were not kept, and why no case file can hold what came out.
func (r *Result) Problems() []string {
	list := r.Broken
	if r.Unfit != nil {
		list = append(list[:len(list):len(list)], r.Unfit.Error())
	}
	return list
}

// Check runs the case in a file and compares what comes of it with what the
// case says.
func (r *Runner) Check(ctx context.Context, file string) *Result {
	start := time.Now()
	res := &Result{File: file}
	data, err := read(file)
	if err == nil {
		err = r.check(ctx, res, data)
	}
	res.Err, res.Time = err, time.Since(start)
	return res
}

func (r *Runner) check(ctx context.Context, res *Result, data []byte) error {
	c, err := Parse(res.File, data)
	if err != nil {
		return err
	}
	res.About, res.Rules = c.About, c.Rules
	o, err := r.Run(ctx, c)
	if err != nil {
		return err
	}
	res.Broken, res.Differs = o.Broken, c.Compare(o)
	if res.Differs == "" && c.fresh() {
		res.Differs = c.unsaid(o)
	}
	if res.Differs == "" {
		return nil
	}
	res.Before = data
	res.After, res.Unfit = c.Format(o)
	return nil
}

// CheckAll runs the cases in files, jobs at a time (0 for one per processor),
// and returns their results in the same order. Its only error is that of ctx.
func (r *Runner) CheckAll(ctx context.Context, files []string, jobs int) ([]*Result, error) {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	results := make([]*Result, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(jobs, len(files)) {
		wg.Go(func() {
			for i := range next {
				results[i] = r.Check(ctx, files[i])
			}
		})
	}
	for i := range files {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	return results, ctx.Err()
}
