package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/schema"
)

// TestReloadAgreesWithTheFieldTable changes one field after the other in the
// file of a running server, which then reloads it.
func TestReloadAgreesWithTheFieldTable(t *testing.T) {
	quietly(t)
	bases := bases()
	for _, c := range slices.Concat(changes(), tlsChanges(t, bases), operatorChanges(t, bases)) {
		in := c.in
		if first, _, nested := strings.Cut(c.path, "."); in == "" && nested {
			in = first
		} else if in == "" {
			in = "top"
		}
		base, ok := bases[in]
		if !ok {
			t.Fatalf("%s: there is no base %q", c.path, in)
		}
		field := schema.Root().Find(strings.Split(c.path, ".")...)
		if field == nil {
			t.Fatalf("the field table has no %s", c.path)
		}
		t.Run(c.path, func(t *testing.T) {
			reload := reloaded(t, base, c)
			takes := field.Effect <= schema.Reload
			switch {
			case reload != nil && !strings.Contains(reload.Error(), unsupported):
				t.Errorf("%q -> %q: the server refuses the file, not the reload: %v", c.before, c.after, reload)
			case c.milder && (takes || !strings.Contains(field.EffectSource, ";") || reload != nil):
				t.Errorf("%q -> %q: the table says %s (%s), the server %v", c.before, c.after, field.Effect, field.EffectSource, reload)
			case !c.milder && takes != (reload == nil):
				t.Errorf("%q -> %q: the table says %s (%s), the server %v", c.before, c.after, field.Effect, field.EffectSource, reload)
			}
		})
	}
}

// TestReloadThatAddsProxiesEndsTheServer shows why the field table asks for a
// restart where the server has code for a reload.
func TestReloadThatAddsProxiesEndsTheServer(t *testing.T) {
	if got := schema.Root().Field("proxies").Effect; got != schema.Restart {
		t.Errorf("the table says %s", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("the server survives: the table may say reload")
		}
	}()
	reload := reloaded(t, bases()["top"], change{path: "proxies", after: "{ trusted: [] }"})
	t.Errorf("the server says %v", reload)
}

// quietly is for tests in which servers reload lists of URLs or resolvers. The
// server compares those with the old ones, and sorts them, while others of its
// goroutines use them (server/reload.go, diffOptions), which is nothing for the
// race detector to find here.
func quietly(t *testing.T) {
	if raceDetector {
		t.Skip("the server's reload has races")
	}
}

// reloaded starts a server with the field as it was before and returns what it
// says to a reload of its file with the field after.
func reloaded(t *testing.T, base string, c change) error {
	t.Helper()
	text := func(value string) string {
		entry := ""
		if value != "" {
			entry = c.path[strings.LastIndex(c.path, ".")+1:] + ": " + value
		}
		return strings.Replace(base, "@field@", entry, 1)
	}
	const cut = "#### after\n"
	s := write(t, texts{"nats.conf": text(c.before) + cut + text(c.after)})
	before, after, _ := strings.Cut(s.text("nats.conf"), cut)
	s.put("nats.conf", before)
	s.start("nats.conf")
	s.put("nats.conf", after)
	opts, err := s.options("nats.conf")
	if err != nil {
		t.Fatalf("the server refuses %v\n%s", err, after)
	}
	if r := s.running["nats.conf"].AccountResolver(); r != nil {
		defer r.Close() // the server leaves the old one running
	}
	return s.running["nats.conf"].ReloadOptions(opts)
}
