package oracle

import (
	"io/fs"
	"testing"

	"github.com/natsfix/natsfix/internal/fleet"
)

// serverOf makes a server of texts that are not on disk.
func serverOf(t *testing.T, root string, texts map[string]string, env fleet.Env) *fleet.Server {
	t.Helper()
	set := fleet.NewSet(func(path string) ([]byte, error) {
		if text, ok := texts[path]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	})
	f := fleet.Build(set, []string{root}, fleet.Options{Env: env})
	if len(f.Servers) != 1 {
		t.Fatalf("%d servers, %v", len(f.Servers), f.LoadErrors)
	}
	return f.Servers[0]
}

func TestACaseHoldsWhatItsServerNeeds(t *testing.T) {
	j := newJudge(t, Options{})
	env := func(name string) (string, bool) {
		v, ok := map[string]string{"PORT": "$OTHER", "OTHER": "4333", "UNUSED": "x"}[name]
		return v, ok
	}
	s := serverOf(t, "d/a.conf", map[string]string{"d/a.conf": "port: $PORT\ninclude b.conf\n", "d/b.conf": "server_name: b\n"}, env)
	c := NewCase(s, env, Args{})
	if _, ok := c.Env["UNUSED"]; ok || len(c.Files) != 2 {
		t.Errorf("%+v", c)
	}
	v := ask(t, j, c)
	if !v.Accepted() || !Equal(v.Values, s.Values.Plain()) {
		t.Errorf("%+v", v)
	}
}

func TestStandInsAreReadBackAsTheyAre(t *testing.T) {
	j := newJudge(t, Options{})
	s := serverOf(t, "a.conf", map[string]string{"a.conf": "host: $HOST\nserver_name: $\"1\ninclude gone.conf\n"}, nil)
	c := NewCase(s, nil, Args{})
	if c.StandIn(s) == "" {
		t.Error("everything is known")
	}
	v := ask(t, j, c)
	if v.NotJudged != "" || !Equal(v.Values, s.Values.Plain()) {
		t.Errorf("%+v\nwant %v", v, s.Values.Plain())
	}
}

func TestAnIncludeOfTheFolderItselfLeavesTheCaseWhole(t *testing.T) {
	j := newJudge(t, Options{})
	s := serverOf(t, "d/a.conf", map[string]string{"d/a.conf": "port: 4222\ninclude "}, nil)
	c := NewCase(s, nil, Args{})
	if c.StandIn(s) == "" {
		t.Error("everything is known")
	}
	if v := ask(t, j, c); v.NotJudged != "" || v.Accepted() {
		t.Errorf("%+v", v)
	}
}
