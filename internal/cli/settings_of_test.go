package cli

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/natsfix/natsfix/internal/config"
)

func TestSettingsAreReadByOneGoroutineAtATime(t *testing.T) {
	var inside, reads, together atomic.Int64
	set := &settings{
		path: func(path string) string { return path },
		dirs: make(map[string]*config.Config),
		load: func(string) (*config.Config, error) {
			if inside.Add(1) > 1 {
				together.Add(1)
			}
			time.Sleep(time.Millisecond)
			inside.Add(-1)
			reads.Add(1)
			return &config.Config{}, nil
		},
	}
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() { set.neverIgnore(fmt.Sprintf("%d/a.conf", i%4), "some-rule") })
	}
	wg.Wait()
	if together.Load() > 0 || reads.Load() != 4 {
		t.Errorf("the settings of 4 directories were read %d times, %d of them while others were", reads.Load(), together.Load())
	}
}
