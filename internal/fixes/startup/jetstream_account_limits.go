package startup

import (
	"fmt"
	"math"
	"strconv"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// JetStreamAccountLimits finds accounts to which more of JetStream is promised
// than the server has.
func JetStreamAccountLimits() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-account-limits",
		Severity: fixes.Error,
		Summary:  "the accounts are promised more JetStream memory or storage than the server's own block allows",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "Can't start JetStream: Error enabling jetstream on configured accounts: insufficient memory resources available (10028)",
			Since:   "2.2.0",
			What: `What max_mem and max_file in accounts promise is taken from what max_mem and max_file in the server's own jetstream block
allow. A server by itself adds up the limits of all its accounts when it starts, and ends if there is not enough
("insufficient memory resources available", "insufficient storage resources available"). An account without a limit, or with -1,
takes nothing. A limit of 0 of the server is none at all, and one that is left out, or below 0, follows from the machine; of that the
rule does not speak. Nor does it of servers in a cluster or with gateways, which do not add up.`,
			Fix: `Nothing: either the accounts get less, or the server more.`,
			Applicability: `Manual: how much memory and disk the machine has is not in the file, and who needs how much of it neither. Where
accounts need not all have theirs at one time, leave limits out and limit the streams.`,
			Effect: `None: the server does not run.`,
			Before: `jetstream { store_dir: "./js", max_mem: 1GB, max_file: 10GB }
accounts {
  A { jetstream { max_mem: 600MB } }
  B { jetstream { max_mem: 600MB } }
}
`,
			After: `jetstream { store_dir: "./js", max_mem: 1200MB, max_file: 10GB }
accounts {
  A { jetstream { max_mem: 600MB } }
  B { jetstream { max_mem: 600MB } }
}
`,
			References: []string{"server/jetstream.go: sufficientResources"},
		},
		Needs:       []string{"accounts"},
		CheckServer: checkJetStreamAccountLimits,
	}
}

// resource is what accounts can have of JetStream, with the names of the fields
// that limit it in the server's block and in those of accounts.
type resource struct {
	what           string
	server, inside []string
}

func resources() []resource {
	return []resource{
		{"memory", []string{"max_memory_store", "max_mem_store", "max_mem"}, []string{"max_memory", "max_mem", "mem", "memory"}},
		{"storage", []string{"max_file_store", "max_file"}, []string{"max_file", "max_store", "max_disk", "store", "disk"}},
	}
}

// promise is the limit of one account.
type promise struct {
	account string
	at      *fixes.Visit
	bytes   int64
}

func checkJetStreamAccountLimits(p *fixes.Pass, s *fleet.Server) {
	js := fixes.Top(s, "jetstream")
	if js == nil || !s.JetStream.Enabled || s.JetStream.Unknown || s.Broken() || !standsAlone(s, js) {
		return
	}
	for _, r := range resources() {
		limit := fixes.Below(js, r.server...)
		if most, known := sizeOf(limit); known && most >= 0 {
			r.check(p, limit, most, promises(s, r))
		}
	}
}

// standsAlone reports whether a server surely adds up what its accounts are
// promised (server/jetstream.go, enableJetStream), and has its accounts from the
// file.
func standsAlone(s *fleet.Server, js *fixes.Visit) bool {
	if s.Args.Cluster != "" || fixes.Below(js, "extension_hint") != nil ||
		operators(s) != nil || fixes.Top(s, "trusted", "trusted_keys", "resolver", "account_resolver", "accounts_resolver") != nil {
		return false
	}
	return !listens(fixes.Top(s, "cluster")) && !listens(fixes.Top(s, "gateway")) &&
		!unknown(fixes.Top(s, "cluster")) && !unknown(fixes.Top(s, "gateway"))
}

// promises returns the limits of the accounts for one resource. Those that are
// not known could only add to them.
func promises(s *fleet.Server, r resource) []promise {
	all := fixes.Top(s, "accounts")
	if all == nil || all.Value.Map == nil {
		return nil
	}
	var list []promise
	for _, e := range all.Value.Map.Entries {
		if e.Used || e.Key == s.SystemAccount() { // jetstream-system-account speaks of the latter
			continue
		}
		v := fixes.Below(fixes.Below(fixes.VisitEntry(s, all, all.Inner(), e), "jetstream"), r.inside...)
		if n, known := number(v, 0); known && n > 0 {
			list = append(list, promise{e.Key, v, n})
		}
	}
	return list
}

// check reports each account that is promised more than there is, or else that
// with which the sum of them is.
func (r resource) check(p *fixes.Pass, limit *fixes.Visit, most int64, list []promise) {
	const says = "it ends at the start (\"insufficient %s resources available\"), though nats-server -t calls the file valid"
	single := false
	sum, over := int64(0), -1
	for i, a := range list {
		if a.bytes > most {
			single = true
			f := a.at.Finding("the account %q is promised %s of %s, and the server gives JetStream %s: "+says,
				a.account, sizeText(a.bytes), r.what, sizeText(most), r.what)
			beside(f, limit, "the server's limit")
			reason := "give the account less, or raise the server's limit to what the machine has"
			if mine, its := sizeText(a.bytes), sizeText(most); mine == its+"B" {
				reason = fmt.Sprintf("%s is more than %s, since with B the unit is a power of 1024 and without it one of 1000: write both alike", mine, its)
			}
			p.Report(f.Because(fixes.Manual, reason))
		}
		if a.bytes > math.MaxInt64-sum {
			return // nobody means that
		}
		sum += a.bytes
		if over < 0 && sum > most {
			over = i
		}
	}
	if single || over < 0 {
		return
	}
	f := list[over].at.Finding("the accounts are promised %s of %s together, and the server gives JetStream %s: "+says, sizeText(sum), r.what, sizeText(most), r.what)
	beside(f, limit, "the server's limit")
	for i, a := range list {
		if i != over {
			beside(f, a.at, fmt.Sprintf("%s for the account %q", sizeText(a.bytes), a.account))
		}
	}
	p.Report(f.Because(fixes.Manual, fmt.Sprintf("give the accounts less, or raise the server's limit to %s or more if the machine has that", sizeText(sum))))
}

// sizeOf returns the limit that a field of the server's block sets; a text is
// a number with one letter (server/opts.go, getStorageSize).
func sizeOf(v *fixes.Visit) (n int64, known bool) {
	if v == nil || !v.Value.IsString() {
		n, known = number(v, -1)
		return n, known
	}
	t := v.Value.Text()
	if t == "" {
		return 0, true
	}
	shift, ok := map[byte]int{'K': 10, 'M': 20, 'G': 30, 'T': 40}[t[len(t)-1]]
	n, err := strconv.ParseInt(t[:len(t)-1], 10, 64)
	if !ok || err != nil || n > math.MaxInt64>>shift {
		return 0, false
	}
	return n << shift, true
}

// sizeText writes a number of bytes as it would be written in a configuration:
// with the largest suffix that leaves a whole number.
func sizeText(n int64) string {
	for _, unit := range []struct {
		suffix string
		bytes  int64
	}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"T", 1e12}, {"G", 1e9}, {"MB", 1 << 20}, {"M", 1e6}, {"KB", 1 << 10}, {"K", 1e3}} {
		if n >= unit.bytes && n%unit.bytes == 0 {
			return strconv.FormatInt(n/unit.bytes, 10) + unit.suffix
		}
	}
	return strconv.FormatInt(n, 10) + " bytes"
}
