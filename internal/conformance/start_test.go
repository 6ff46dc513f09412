package conformance

import (
	"slices"
	"sync"
	"testing"

	"github.com/natsfix/natsfix/internal/oracle"
)

// TestAcceptedConfigurationsReallyStart has a server started for each of our
// own configurations and those of the nats-server module that the judge accepts
// as they are, without stand-ins: on loopback, with free ports and a private
// directory, and without dialling others.
func TestAcceptedConfigurationsReallyStart(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server for each of some hundreds of configurations")
	}
	judge := newJudge(t)
	started := 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan struct{}, 2)
	for _, in := range distinct(slices.Concat(ownInputs(t, "accepted.cases"), moduleInputs(t))) {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			c := oracle.Case{Root: root, Files: map[string][]byte{root: []byte(in.text)}}
			if v, err := judge.Ask(t.Context(), c); err == nil && (!v.Accepted() || len(v.NotChecked) > 0) {
				return
			}
			c.Boot = true
			v, err := judge.Ask(t.Context(), c)
			if err != nil || !v.Accepted() || v.Reached != oracle.StageBoot || len(v.NotChecked) > 0 {
				t.Errorf("the server does not start: %v %+v\n%s", err, v, in.text)
			}
			mu.Lock()
			started++
			mu.Unlock()
		})
	}
	wg.Wait()
	t.Logf("%d servers started", started)
	if started < 200 {
		t.Error("so few prove little")
	}
}
