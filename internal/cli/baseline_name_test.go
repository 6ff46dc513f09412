package cli

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestSeveralGoroutinesMayAskHowABaselineNamesFiles(t *testing.T) {
	const dirs = 50
	var looked atomic.Int64
	k := &known{dir: t.TempDir(), real: func(dir string) string {
		looked.Add(1)
		time.Sleep(100 * time.Microsecond) // so that others ask meanwhile
		return dir
	}}
	name := k.nameFrom(k.dir)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range dirs {
				want := fmt.Sprintf("d%d/a.conf", i)
				if got := name(filepath.FromSlash(want)); got != want {
					t.Errorf("%s is called %s", want, got)
					return
				}
			}
		})
	}
	wg.Wait()
	if looked.Load() != dirs {
		t.Errorf("%d folders were looked at %d times", dirs, looked.Load())
	}
}
