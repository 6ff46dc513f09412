package types_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/types"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// place is a block in a configuration: the text before and after its entries,
// and entries without which the server refuses the block.
type place struct {
	block     *schema.Block
	pre, post string
	path      string
}

// needs are the entries that a block needs before the server looks at another.
var needs = map[string][]string{
	"authorization.users[]":             {"user: u", "password: p"},
	"authorization.auth_callout":        {"issuer: AAB35RZ7HJSICG7D4IGPYO3CTQPWWGULJXZYD45QAWUKTXJYDI6EO7MV", "auth_users: [u]"},
	"leafnodes.authorization.users[]":   {"user: u", "password: p"},
	"resolver":                          {"type: full", "dir: jwt"},
	"accounts.<name>.msg_trace":         {"dest: foo"},
	"accounts.<name>.exports[].latency": {"subject: foo"},
	"mappings.<subject>":                {"destination: foo", "weight: 100"},
	"accounts.<name>.imports[].stream":  {"account: B", "subject: foo"},
	"leafnodes.remotes[].proxy":         {`url: "https://h:80"`},
	"compression":                       {"mode: s2_auto"},
	"tls.certs[]":                       {"cert_file: a", "key_file: b"},
	"proxies.trusted[]":                 {"key: UCARKS2E3KVB7YORL2DG34XLT7PUCOL2SVM7YXV6ETHLW6Z46UUJ2VZ3"},
}

// places returns every block that can be reached, once each.
func places() []place {
	todo := []place{{block: schema.Root()}}
	seen := map[*schema.Block]bool{schema.Root(): true}
	for i := 0; i < len(todo); i++ {
		p := todo[i]
		for _, f := range fieldsOf(p.block) {
			if f.Block == nil || seen[f.Block] {
				continue
			}
			seen[f.Block] = true
			open, end := " {\n", "\n}\n"
			if !f.Takes(schema.Map) {
				open, end = ": [ {\n", "\n} ]\n"
			}
			pre := p.pre
			for _, need := range needs[p.block.Path] {
				if key, _, _ := strings.Cut(need, ":"); key != f.Name {
					pre += need + "\n"
				}
			}
			todo = append(todo, place{f.Block, pre + keyOf(f) + open, end + p.post, strings.TrimPrefix(p.path+"."+keyOf(f), ".")})
		}
	}
	return todo
}

func fieldsOf(b *schema.Block) []*schema.Field {
	if b.Data != nil {
		return []*schema.Field{b.Data}
	}
	var list []*schema.Field
	for i := range b.Fields {
		list = append(list, &b.Fields[i])
	}
	return list
}

func keyOf(f *schema.Field) string {
	if f.Name == "*" {
		return "some_key"
	}
	return f.Name
}

// text returns a configuration with one entry in the block.
func (p place) text(key, value string) string {
	b := p.pre
	for _, need := range needs[p.block.Path] {
		if k, _, _ := strings.Cut(need, ":"); k != key {
			b += need + "\n"
		}
	}
	return b + key + ": " + value + p.post + "\n"
}

// refusals returns the errors of the official server, warnings left out.
func refusals(text string) (list []string) {
	defer func() {
		if r := recover(); r != nil { // the server's own conversions panic where nothing catches them
			list = []string{fmt.Sprint("panic: ", r)}
		}
	}()
	var o server.Options
	err := o.ProcessConfigString(text)
	if err == nil {
		return nil
	}
	if all, ok := err.(interface{ Errors() []error }); ok {
		for _, e := range all.Errors() {
			list = append(list, e.Error())
		}
		return list
	}
	return []string{err.Error()}
}

// refusesToStart returns what the official server says when it is made, as far
// as it goes without opening a port.
func refusesToStart(text string) []string {
	var o server.Options
	if err := o.ProcessConfigString(text); err != nil {
		return nil
	}
	if o.ClientAdvertise != "" && (strings.Contains(o.ClientAdvertise, "://") || strings.HasSuffix(o.ClientAdvertise, ":")) {
		return []string{"the server ends at its start"} // server.go, AcceptLoop
	}
	s, err := server.NewServer(&o)
	if err != nil {
		return []string{err.Error()}
	}
	s.Shutdown()
	return nil
}

// errorsOf returns the findings of severity error of the package's rules.
func errorsOf(text string) []*fixes.Finding {
	return slices.DeleteFunc(findingsOf(text), func(f *fixes.Finding) bool { return f.Severity != fixes.Error })
}

// findingsOf returns the findings of the package's rules.
func findingsOf(text string) (list []*fixes.Finding) {
	set := fleet.NewSet(func(path string) ([]byte, error) {
		if path == "nats.conf" {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	})
	f := fleet.Build(set, []string{"nats.conf"}, fleet.Options{Jobs: 1})
	rules := types.Rules()
	found := fixes.NewSuite(rules, nil, fixes.Window{}, 1).Run(f)
	for i := range rules {
		list = append(list, found.Of(i)...)
	}
	return list
}

// apply returns the text as a fix leaves it.
func apply(t *testing.T, text string, fix *fixes.Fix) string {
	t.Helper()
	var edits []ast.Edit
	for _, e := range fix.Edits {
		edits = append(edits, e.Edit)
	}
	ast.SortEdits(edits)
	after, err := ast.Apply([]byte(text), edits)
	if err != nil {
		t.Fatal(err)
	}
	return string(after)
}

// values are of every kind, and texts that one or the other field refuses.
var values = []string{
	"5", "0", "-1", "2m", "8MB", "1G", "4222", "0644", "1.5", "1.2", "true", "off", "2024-01-02T03:04:05Z",
	"[]", "[{}]", "{}", "[5 ]", "[true]", `["x"]`, `["x", "y"]`, `[["x"]]`, "[1.5]", `"x"`, `""`,
	`"5"`, `"-1"`, `"1.5"`, `"30"`, `"30s"`, `"1d"`, `"5min"`, `"1G"`, `"1g"`, `"1GB"`, `"10"`, `"4222"`, `"true"`, `"On"`, `"no"`,
	`"nats://127.0.0.1:4222"`, `"localhost"`, `"127.0.0.1:4222"`, `"localhost:"`, `"50%"`, `"enabled"`, `"Enabled"`,
	`"-1s"`, `"0s"`, `"200%"`, `"headers"`, "300", "3GB", "9000", `"2.10.0"`, `"v2.10.0"`, `"2.7.0"`, `"2.10"`, "2.10", "2.10.0",
}

func TestAgreesWithTheServer(t *testing.T) {
	t.Chdir(t.TempDir())
	asked, cured, excepted := 0, 0, map[string]int{}
	for _, p := range places() {
		if strings.HasSuffix(p.block.Path, ".tls") && p.block.Path != "gateway.gateways[].tls" {
			continue // the server reads all of them with one function
		}
		for _, f := range fieldsOf(p.block) {
			list := values
			for _, w := range f.Values {
				list = append(slices.Clip(list), `"`+w+`"`, `"`+strings.ToUpper(w)+`"`, w, `["`+w+`"]`, `["`+strings.ToLower(w)+`"]`)
			}
			for _, value := range list {
				text := p.text(keyOf(f), value)
				refused, found := refusals(text), errorsOf(text)
				if start := f.Name == "compression" || p.block.Path == "compression" || f.Takes(schema.HostPort) && !f.Takes(schema.Port); len(refused) == 0 && start {
					refused = refusesToStart(text)
				}
				asked++
				if len(found) > 1 && value != `["x", "y"]` {
					t.Errorf("[%s] %s: %s gives %d findings: %s, %s", p.block.Path, f.Name, value, len(found), found[0].Rule, found[1].Rule)
				}
				if len(found) == 1 && found[0].Fix != nil && found[0].Applicability == fixes.Safe {
					cured++
					after := apply(t, text, found[0].Fix)
					if left := refusals(after); len(left) > 0 && exception(left) == "" && len(errorsOf(after)) == 0 {
						t.Errorf("[%s] %s: %s is refused after the fix as well: %s\n%s", p.block.Path, f.Name, value, left[0], after)
					}
				}
				if (len(refused) > 0) == (len(found) > 0) {
					continue
				}
				if why := exception(refused); why != "" {
					excepted[why]++
					continue
				}
				if len(found) > 0 {
					t.Errorf("[%s] %s: %s is accepted, and %s says: %s", p.block.Path, f.Name, value, found[0].Rule, found[0].Message)
				} else {
					t.Errorf("[%s] %s: %s is refused without a finding: %s", p.block.Path, f.Name, value, refused[0])
				}
			}
		}
	}
	t.Logf("%d configurations, %d safe fixes; exceptions: %v", asked, cured, excepted)
}

// exceptions are what the server refuses for other reasons than the kind or
// unit of the value.
var exceptions = []struct{ why, refusal string }{
	{"files are not looked for", `no such file|is a directory|missing '(cert|key)_file'|'cert_file' and 'cert_key'|certificate/key pair`},
	{"the store of certificates is that of Windows", `cert_store|cert_match`},
	{"keys, JWTs and fingerprints are told by what they say", `(?i)valid (public|seed|proxy)|invalid (account JWT|proxy key)|does not look like hex|public operator nkey|parsing operator JWT|not a valid seed`},
	{"names of accounts and subjects are told by what they say", `account not defined|not a valid subject|Trace destination "" is not valid|not found in configured accounts`},
	{"URLs are told by what they say (url-missing-scheme)", `error parsing (gateway|leafnode|route) url|proxy URL`},
	{"a block lacks what it needs", `Missing weight|User entry requires|require an issuer|require authorized users|Expect an account name|Latency subject required|dir has no value|username and password`},
	{"the block takes no such field, whatever the value", `does not (support|allow)|not supported in this context`},
	{"max-bytes-is-bool speaks of it", `parseable bool for "max_bytes`},
}

func exception(refused []string) string {
	if len(refused) == 0 {
		return ""
	}
	for _, e := range exceptions {
		if regexp.MustCompile(e.refusal).MatchString(refused[0]) {
			return e.why
		}
	}
	return ""
}

// The flags that the rules know are those of the server.
func TestFeatureFlagsAreThoseOfTheServer(t *testing.T) {
	s, err := server.NewServer(&server.Options{DontListen: true, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown()
	varz, err := s.Varz(nil)
	if err != nil {
		t.Fatal(err)
	}
	for flag := range varz.FeatureFlags {
		if found := findingsOf("feature_flags { " + flag + ": true }\n"); len(found) > 0 {
			t.Errorf("%s: got %q", flag, found[0].Message)
		}
	}
	if len(varz.FeatureFlags) == 0 {
		t.Error("the server tells of no flags")
	}
}
