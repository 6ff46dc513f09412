package campaign

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/oracle"
)

// TestMain makes the test binary the judge's child.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == oracle.ChildArgument {
		os.Exit(oracle.Serve(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

func newCampaign(tb testing.TB) *Campaign {
	tb.Helper()
	judge, err := oracle.Start(tb.Context(), oracle.Options{Jobs: 2})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(judge.Close)
	return New(judge)
}

// environment returns a number that a variable of the environment gives.
func environment(tb testing.TB, name string, otherwise int) int {
	tb.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		tb.Fatalf("%s=%s: not a number", name, text)
	}
	return n
}

// TestNatsfixAgreesWithTheServer holds natsfix against the server: over a fixed
// sample, or over as many cases as NATSFIX_CAMPAIGN says, of the seed
// NATSFIX_CAMPAIGN_SEED, from number NATSFIX_CAMPAIGN_FROM on; with
// NATSFIX_CAMPAIGN_BOOT it starts real servers, too. What is not known it makes
// small and shows.
func TestNatsfixAgreesWithTheServer(t *testing.T) {
	n := 400
	if testing.Short() {
		n = 60
	}
	n = environment(t, "NATSFIX_CAMPAIGN", n)
	seed := uint64(environment(t, "NATSFIX_CAMPAIGN_SEED", 1))
	from := environment(t, "NATSFIX_CAMPAIGN_FROM", 0)
	c := newCampaign(t)
	c.Boot = os.Getenv("NATSFIX_CAMPAIGN_BOOT") != ""
	figures, found, err := c.Run(t.Context(), seed, from, n, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		small, err := c.Minimise(t.Context(), f.Case, f.ID())
		if err != nil {
			t.Fatal(err)
		}
		again := f.Disagreement
		if out, err := c.Compare(t.Context(), small); err == nil {
			for _, d := range out.Disagreements {
				if d.ID() == f.ID() {
					again = d
				}
			}
		}
		if slices.ContainsFunc(KnownDifferences(), func(k Known) bool { return k.holds(small, again) }) {
			t.Logf("%s is a known difference once it is small", f.ID())
			continue
		}
		t.Errorf("%s (%d cases)\n%s\n--- case:\n%v", f.ID(), f.Count, again.Detail, small)
	}
	t.Logf("seed %d: %d cases: the server starts with %d, refuses %d for what is in them; the fixes change %d", seed, figures.Cases, figures.Accepted, figures.Refused, figures.Changed)
	t.Logf("%d cases disagree; %d disagreements do not show each time", figures.Disagree, figures.Wavering)
	for _, id := range slices.Sorted(maps.Keys(figures.Known)) {
		t.Logf("known difference in %d cases: %s", figures.Known[id], id)
	}
}

// TestKnownDifferencesAreStillThere fails for an entry of the table that
// describes a difference that is gone.
func TestKnownDifferencesAreStillThere(t *testing.T) {
	c := newCampaign(t)
	for _, k := range KnownDifferences() {
		if k.Reason == "" {
			t.Errorf("%s: no reason", k.ID)
		}
		seen := false
		c.Boot = strings.HasPrefix(k.ID, string(Boot))
		for range 10 { // some come and go with the random order of the server's maps
			out, err := c.Compare(t.Context(), k.Example)
			if err != nil {
				t.Fatal(err)
			}
			seen = seen || slices.ContainsFunc(out.Disagreements, func(d Disagreement) bool { return k.holds(k.Example, d) })
			if seen {
				break
			}
		}
		if !seen {
			t.Errorf("%s: the difference is gone, strike it out:\n%v", k.ID, k.Example)
		}
	}
}

// TestSeedAndNumberGiveTheSameCase fails if something random is in a case that
// does not come from its seed.
func TestSeedAndNumberGiveTheSameCase(t *testing.T) {
	for i := range 300 {
		if a, b := Generate(3, i), Generate(3, i); a.String() != b.String() {
			t.Fatalf("case %d of seed 3 is not the same twice:\n%v\n%v", i, a, b)
		}
	}
	if Generate(3, 1).String() == Generate(4, 1).String() {
		t.Error("two seeds give the same case")
	}
}

// TestEveryFieldHasItsTurn fails if a field of the table is in no case.
func TestEveryFieldHasItsTurn(t *testing.T) {
	all := allPlaces()
	if len(all) < 500 {
		t.Fatalf("only %d places for fields", len(all))
	}
	seen := make(map[string]bool)
	for i := range 3 * len(all) {
		p := all[i%len(all)]
		g := &generator{rng: newRand(9, i)}
		eachValue(g.around(p), func(e *entry, _ *value) {
			if e.field != nil {
				seen[e.field.Source+e.field.Name] = true
			}
		})
	}
	for _, p := range all {
		if f := p.path[len(p.path)-1]; !seen[f.Source+f.Name] {
			t.Errorf("no case has %s (%s)", f.Name, f.Source)
		}
	}
}

// TestMinimise makes a case small of which one line matters.
func TestMinimise(t *testing.T) {
	m := &minimiser{cs: Case{Files: map[string]string{
		Root:        "port: 4222\ncluster {\n  name: x\n  routes: [ a, b, c ]\n}\ninclude 'part.conf'\ndebug: true\n",
		"part.conf": "gateway { name: g, port: 1 }\n",
	}, Env: map[string]string{"V": "1"}}}
	m.still = func(cs Case) bool {
		s := cs.root()
		return s != nil && len(s.Problems) == 0 && s.Values.Block("cluster").Value("routes") != nil && len(s.Values.Block("cluster").Value("routes").List) > 1
	}
	m.run()
	if got := m.cs.String(); len(got) > len("cluster{routes:[ a, b]}\n")+4 {
		t.Errorf("the case is not small:\n%s", got)
	}
}
