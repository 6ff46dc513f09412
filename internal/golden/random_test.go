package golden

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/fleet"
)

// Whatever the names in a supercluster are and wherever they are written, after
// a run the links that the files had still lead to where they led.
func TestRandomSuperclustersKeepTheirLinks(t *testing.T) {
	runner := newRunner(t)
	for seed := range uint64(150) {
		c := randomSupercluster(rand.New(rand.NewPCG(seed, 1)))
		o, err := runner.Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		before, after := servers(c, c.In), servers(c, c.In, o.Files)
		wrong := slices.Concat(o.Broken, brokenLinks(before, after), unmet(o.Sections["findings"], after))
		if len(wrong) == 0 {
			continue
		}
		t.Errorf("seed %d, %v:\n%s\nfindings:\n%s", seed, c.Params, strings.Join(wrong, "\n"), o.Sections["findings"])
		for _, name := range c.Targets {
			t.Logf("%s:\n%s=> %s", name, c.In[name], o.Files[name])
		}
	}
}

// servers builds the fleet of some files and those that replace them.
func servers(c *Case, files ...map[string][]byte) *fleet.Fleet {
	all := make(map[string][]byte)
	for _, f := range files {
		maps.Copy(all, f)
	}
	return fleet.Build(fleet.NewSet(reader(all)), c.Targets, fleet.Options{Env: c.lookup})
}

// brokenLinks names what was linked before and is not afterwards: an entry in
// gateways with the gateway that its URL leads to, and members of one cluster;
// and gateways that had two names and have one.
func brokenLinks(before, after *fleet.Fleet) (wrong []string) {
	now := make(map[string]*fleet.Server)
	for _, s := range after.Servers {
		now[s.Root.Path] = s
	}
	for _, s := range before.Servers {
		is := now[s.Root.Path]
		for i, e := range s.Gateways {
			for _, peer := range s.Realm.GatewayServers(e) {
				if peer.GatewayName.Text == e.Name.Text && now[peer.Root.Path].GatewayName.Text != is.Gateways[i].Name.Text {
					wrong = append(wrong, fmt.Sprintf("%s: %s named the gateway of %s and does no more", s.Root.Path, e.Path, peer.Root.Path))
				}
			}
		}
		for _, other := range before.Servers {
			with := now[other.Root.Path]
			if s.Cluster == other.Cluster && s.ClusterName.Text == other.ClusterName.Text && is.ClusterName.Text != with.ClusterName.Text {
				wrong = append(wrong, fmt.Sprintf("%s and %s had one cluster name", s.Root.Path, other.Root.Path))
			}
			if site(s) != site(other) && s.GatewayName.Text != other.GatewayName.Text && is.GatewayName.Text != "" && is.GatewayName.Text == with.GatewayName.Text {
				wrong = append(wrong, fmt.Sprintf("%s and %s have one gateway name", s.Root.Path, other.Root.Path))
			}
		}
	}
	return wrong
}

// site returns the cluster that a server of a random supercluster is really
// of, whatever it calls it.
func site(s *fleet.Server) string { return s.Root.Path[:2] }

// unmet names the safe findings that were not fixed, and the servers whose
// names differ and which no finding that is left speaks of.
func unmet(findings string, after *fleet.Fleet) (wrong []string) {
	open := false
	for line := range strings.Lines(findings) {
		if strings.HasPrefix(line, " ") || strings.Contains(line, "[fixed]") {
			continue
		}
		open = true
		if strings.Contains(line, " safe ") {
			wrong = append(wrong, "not fixed: "+line)
		}
	}
	for _, s := range after.Servers {
		if g := s.GatewayName.Text; g != "" && g != s.ClusterName.Text && !open {
			wrong = append(wrong, s.Root.Path+" has names that differ and no finding")
		}
	}
	return wrong
}

// randomSupercluster makes one to three clusters of two servers, with few
// names, so that they collide, and each name written where it may be.
func randomSupercluster(rng *rand.Rand) *Case {
	names := []string{"A", "B", "C", "D"}
	c := &Case{
		Name: "random", Rules: []string{"gateway-cluster-name"}, Unsafe: rng.IntN(4) == 0,
		Params: map[string]string{}, Env: map[string]string{}, In: map[string][]byte{},
	}
	if rng.IntN(3) == 0 {
		c.Params["gateway-cluster-name.prefer"] = "gateway"
	}
	clusters := 1 + rng.IntN(3)
	var gateway, cluster []string
	for range clusters {
		gateway, cluster = append(gateway, names[rng.IntN(4)]), append(cluster, names[rng.IntN(4)])
	}
	for i := range 2 * clusters {
		site, member := i/2, i%2
		var b strings.Builder
		written := func(name string) string {
			switch rng.IntN(5) {
			case 0:
				c.Env["E_"+name] = name
				return "name: $E_" + name
			case 1:
				c.In["name-"+name] = fmt.Appendf(nil, "name: %s\n", name)
				return "include name-" + name
			case 2:
				variable := fmt.Sprintf("v%d", rng.IntN(1<<30))
				fmt.Fprintf(&b, "%s: '%s'\n", variable, name)
				return "name: $" + variable
			}
			return "name: " + name
		}
		own := written(cluster[site])
		fmt.Fprintf(&b, "server_name: s%d%d\ncluster {\n  %s\n  port: 6222\n  routes: [\"nats://s%d0:6222\", \"nats://s%d1:6222\"]\n}\n", site, member, own, site, site)
		if rng.IntN(6) > 0 {
			own := written(gateway[site])
			fmt.Fprintf(&b, "gateway {\n  %s\n  port: 7222\n  gateways: [\n", own)
			for peer := range clusters {
				if rng.IntN(4) > 0 {
					fmt.Fprintf(&b, "    { name: %s, url: \"nats://s%d0:7222\" }\n", gateway[peer], peer)
				}
			}
			b.WriteString("  ]\n}\n")
		}
		c.In[fmt.Sprintf("s%d%d.conf", site, member)] = []byte(b.String())
	}
	c.Targets = slices.Sorted(maps.Keys(c.In))
	return c
}
