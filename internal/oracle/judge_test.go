package oracle

import (
	"testing"
)

func TestGatewayNameConflictIsSeenOnlyAtTheStart(t *testing.T) {
	j := newJudge(t, Options{})
	v := askText(t, j, "cluster { name: a, port: 6222 }\ngateway { name: b, port: 7222 }\n")
	if v.NotJudged != "" || v.Reached != StageStart || v.Accepted() {
		t.Fatalf("%+v", v)
	}
	if got, want := messages(v), "start: cluster name conflicts between cluster and gateway definitions"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if v := askText(t, j, "cluster { name: a, port: 6222 }\ngateway { name: a, port: 7222 }\n"); !v.Accepted() {
		t.Errorf("the cured configuration is refused: %+v", v)
	}
}
