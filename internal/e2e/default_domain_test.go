package e2e

import (
	"strings"
	"testing"
)

// TestDefaultDomainEntriesThatTheServerRefuses has natsfix take them out.
func TestDefaultDomainEntriesThatTheServerRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, entries, refused string
		args                   []string
	}{
		{"system account", `A: hub, "$SYS": hub`, `"$SYS"`, nil},
		{"account with JetStream", "A: hub, B: hub", "enabled JetStream", []string{"--unsafe", "--only", "default-js-domain"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := write(t, texts{"hub.conf": hubOfA, "leaf1.conf": `server_name: leaf1
jetstream { store_dir: "@dir@", domain: leaf1 }
default_js_domain { ` + tt.entries + ` }
accounts { A { users: [ { user: app, password: pw } ] }, B { jetstream: enabled, users: [ { user: b, password: pw } ] } }
` + linkOfA})
			if why := s.refused("leaf1.conf"); !strings.Contains(why, tt.refused) {
				t.Errorf("before: %s", why)
			}
			s.fix(tt.args...)
			s.link("hub.conf", "leaf1.conf")
			answered(t, s.client("leaf1.conf", as("app")), "", "hub") // by the entry that stays
			answered(t, s.client("leaf1.conf", as("b")), "", "leaf1")
		})
	}
}

// TestDefaultDomainAndTheMappingInItsPlace compares the option with what its
// page recommends, for a user of either kind of permission.
func TestDefaultDomainAndTheMappingInItsPlace(t *testing.T) {
	for name, parts := range map[string]struct{ top, account string }{
		"default_js_domain": {"default_js_domain { A: hub }\n", ""},
		"mapping":           {"", `, mappings: { "$JS.API.>": "$JS.hub.API.>" }`},
	} {
		t.Run(name, func(t *testing.T) {
			s := hubAndLeafOfA(t, hubOfA, `server_name: leaf1
`+parts.top+`accounts { A { users: [
  { user: app, password: pw }
  { user: plain, password: pw, permissions: { publish: "$JS.API.>" } }
  { user: mapped, password: pw, permissions: { publish: "$JS.hub.API.>" } }
]`+parts.account+` } }
`+linkOfA)
			for _, user := range []string{"app", "mapped"} {
				answered(t, s.client("leaf1.conf", as(user)), "", "hub")
			}
			if err := s.forbidden("leaf1.conf", "plain", "$JS.API.INFO"); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDefaultDomainWaitsForTheHubs has a leaf without JetStream whose
// default_js_domain names a domain that the hub gets by the fix, or none.
func TestDefaultDomainWaitsForTheHubs(t *testing.T) {
	for _, tt := range []struct {
		name, domain string
		worked       bool // before
	}{{"named", "hub", false}, {"empty", `""`, true}} {
		t.Run(tt.name, func(t *testing.T) {
			s := hubAndLeafOfA(t, strings.Replace(hubOfA, ", domain: hub", "", 1), `server_name: leaf1
default_js_domain { A: `+tt.domain+` }
accounts { A { users: [ { user: app, password: pw } ] } }
`+linkOfA)
			leaf := s.client("leaf1.conf", as("app"))
			if tt.worked {
				answered(t, leaf, "", "")
			} else if err := silent(t, leaf, ""); err != nil {
				t.Errorf("before: %v", err)
			}
			if s.fixed("hub.conf") {
				t.Error("natsfix sets a domain beside default_js_domain without --unsafe")
			}
			s.stop("leaf1.conf", "hub.conf")
			s.fix("--unsafe", "--only", "jetstream-domain")
			s.link("hub.conf", "leaf1.conf")
			after := js(t, s.client("leaf1.conf", as("app")), "")
			eventually(t, "the leaf finds the hub's stream", func() error { return holds(t, after, "ORDERS", 0) })
		})
	}
}
