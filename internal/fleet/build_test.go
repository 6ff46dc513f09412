package fleet

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randomFiles makes a set of files that include and link each other at random.
func randomFiles(r *rand.Rand) files {
	n := 2 + r.IntN(40)
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	name := func() string { return fmt.Sprintf("%c%d", 'a'+rune(r.IntN(3)), r.IntN(4)) }
	out := make(files)
	for i := range n {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			switch r.IntN(9) {
			case 0:
				fmt.Fprintf(&b, "include f%d.conf\n", r.IntN(n+2))
			case 1:
				fmt.Fprintf(&b, "V%d: %s\n", r.IntN(3), name())
			case 2:
				fmt.Fprintf(&b, "server_name: %s\n", pick(name(), "$V1", "$UNKNOWN"))
			case 3:
				fmt.Fprintf(&b, "cluster { name: %s, port: 6222, routes: [nats://%s:6222] }\n", pick(name(), "$V0"), name())
			case 4:
				fmt.Fprintf(&b, "gateway { name: %s, listen: \"%s:7222\", gateways: [ { name: %s, url: \"nats://%s:7222\" } ] }\n", name(), name(), name(), name())
			case 5:
				fmt.Fprintf(&b, "leafnodes { port: %s, remotes: [ { url: \"nats://%s:7422\" } ] }\n", pick("7422", "$P", "-1"), name())
			case 6:
				fmt.Fprintf(&b, "m { include f%d.conf }\n", r.IntN(n))
			case 7:
				fmt.Fprintf(&b, "jetstream %s\n", pick("{}", ": enabled", "{ domain: $V2 }", "{"))
			case 8:
				fmt.Fprintf(&b, "x: $V%d\n", r.IntN(3))
			}
		}
		out[fmt.Sprintf("f%d.conf", i)] = b.String()
	}
	return out
}

// describe writes down everything that a fleet says about its servers.
func describe(f *Fleet) string {
	var b strings.Builder
	for _, d := range f.Docs {
		fmt.Fprintln(&b, "doc", d.Path)
	}
	for _, s := range f.Servers {
		fmt.Fprintln(&b, "server", s.Root.Path, s.Values.Plain())
		for _, d := range s.Docs {
			fmt.Fprintln(&b, " reads", d.Path)
		}
		for _, p := range s.Problems {
			fmt.Fprintln(&b, " problem", p.Doc.Path, p.Span, p.Message)
		}
		s.Each(func(path string, _ *Entry, v *Value) {
			for _, u := range f.Uses(v.Node) {
				fmt.Fprintln(&b, " use", path, u.Server.Root.Path, u.Path)
			}
		})
	}
	for _, c := range f.Clusters {
		fmt.Fprintln(&b, "cluster", c.Name, groups([][]*Server{c.Servers}))
	}
	for _, super := range f.Supers {
		fmt.Fprintln(&b, "super", groups([][]*Server{super.Servers}), len(super.In), len(super.Out))
	}
	fmt.Fprintln(&b, "links", hubs(f))
	return b.String()
}

func TestBuildDoesNotDependOnJobsOrOrder(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		in := randomFiles(r)
		paths := slices.Sorted(maps.Keys(in))
		want := describe(Build(NewSet(in.read), paths, Options{Jobs: 1}))
		r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		if got := describe(Build(NewSet(in.read), paths, Options{Jobs: 8})); got != want {
			t.Fatalf("seed %d: eight jobs give\n%s\none gives\n%s", seed, got, want)
		}
	}
}

func TestEveryServerHasOneClusterAndSupercluster(t *testing.T) {
	for seed := range uint64(100) {
		f := randomFiles(rand.New(rand.NewPCG(seed, 2))).build(Options{})
		in := make(map[*Server]int)
		for _, super := range f.Supers {
			n := 0
			for _, c := range super.Clusters {
				if c.Super != super {
					t.Fatalf("seed %d: a cluster stands in a supercluster that it does not name", seed)
				}
				for _, s := range c.Servers {
					in[s]++
					n++
					if s.Cluster != c {
						t.Fatalf("seed %d: %s stands in a cluster that it does not name", seed, s.Root.Path)
					}
				}
			}
			if n != len(super.Servers) {
				t.Fatalf("seed %d: a supercluster lists %d servers, its clusters %d", seed, len(super.Servers), n)
			}
		}
		for _, s := range f.Servers {
			if in[s] != 1 {
				t.Fatalf("seed %d: %s stands in %d clusters", seed, s.Root.Path, in[s])
			}
		}
	}
}

func TestBuildFromAPreviousFleet(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		in := randomFiles(r)
		paths := slices.Sorted(maps.Keys(in))
		set := NewSet(in.read)
		f := Build(set, paths, Options{Jobs: 1})
		first := describe(f)
		start := f
		for range 3 {
			other := randomFiles(r)
			texts := make(map[string][]byte)
			for _, path := range paths {
				if text, ok := other[path]; ok && r.IntN(4) == 0 {
					texts[path] = []byte(text)
				}
			}
			set = set.With(texts)
			want := describe(Build(set, paths, Options{Jobs: 1}))
			f = Build(set, paths, Options{Jobs: 1 + r.IntN(8), Previous: f})
			if got := describe(f); got != want {
				t.Fatalf("seed %d: from a previous fleet\n%s\nfrom nothing\n%s", seed, got, want)
			}
		}
		if describe(start) != first {
			t.Fatalf("seed %d: a later fleet changed the first", seed)
		}
	}
}
