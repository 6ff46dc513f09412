package schema_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsfix/natsfix/internal/schema"
)

// These tests ask the official server, with one small configuration for every field and kind of value.

// place is a block in a configuration: the text before and after its entries.
type place struct {
	block     *schema.Block
	pre, post string
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
			todo = append(todo, place{f.Block, p.pre + keyOf(f) + open, end + p.post})
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

// ask returns what the server says about key: value in a block, warnings included.
func ask(p place, key, value string) (answer string) {
	defer func() {
		if r := recover(); r != nil { // the server's own conversions panic where nothing catches them
			answer = fmt.Sprint("interface conversion: ", r)
		}
	}()
	var o server.Options
	if err := o.ProcessConfigString(p.pre + key + ": " + value + p.post + "\n"); err != nil {
		return err.Error()
	}
	return ""
}

var (
	wrongKind  = regexp.MustCompile(`interface conversion|unsupported type|wrong type|[Ee]xpected|should be an?\b|must be int64|not a duration string`)
	unknownKey = regexp.MustCompile(`(?i)unknown field|unsupported field|not supported for proxy TLS`)
)

const deprecated = "should be converted to a duration"

func TestTypesAgreeWithTheServer(t *testing.T) {
	t.Chdir(t.TempDir())
	// The server complains about these texts for what they say, not for being texts.
	picky := map[string]bool{
		"authorization.auth_callout.issuer": true, "authorization.auth_callout.xkey": true, ".resolver": true,
		"resolver.dir": true, "resolver.allow_delete": true, "resolver.hard_delete": true, "resolver.limit": true,
	}
	for _, p := range places() {
		for _, f := range fieldsOf(p.block) {
			name := p.block.Path + "." + f.Name
			for kind, values := range samples(f) {
				accepted, read, warned := false, false, false
				var answers []string
				for _, value := range values {
					answer := ask(p, keyOf(f), value)
					fits := !wrongKind.MatchString(answer)
					warns := fits && strings.Contains(answer, deprecated)
					warned = warned || warns
					accepted = accepted || answer == "" || warns
					read = read || fits
					answers = append(answers, answer)
				}
				switch {
				case f.Takes(kind) && !read && !picky[name]:
					t.Errorf("%s is %v, but the server refuses every %v: %s", name, f.Type, kind, answers[0])
				case !f.Takes(kind) && accepted && !f.Takes(schema.Silent):
					t.Errorf("%s is %v, but the server accepts a %v", name, f.Type, kind)
				case kind == schema.Int && warned != f.Takes(schema.DeprecatedInt):
					t.Errorf("%s is %v, but the server's warning about whole seconds: %v", name, f.Type, warned)
				}
			}
		}
	}
}

// samples returns values of every kind, some of which should suit a field that takes the kind.
func samples(f *schema.Field) map[schema.Type][]string {
	texts := []string{"x", "foo.bar", "1m", "127.0.0.1:4222", "10%", "2.10.0", "1K", "nats://h:1"}
	texts = append(texts, f.Values...)
	m := map[schema.Type][]string{
		schema.Int:   {"5", "64", "1"},
		schema.Float: {"1.5"},
		schema.Bool:  {"true", "false"},
		schema.List:  {"[]", "[{}]"},
		schema.Map:   {"{}"},
	}
	for _, text := range texts {
		m[schema.String] = append(m[schema.String], fmt.Sprintf("%q", text))
		m[schema.List] = append(m[schema.List], fmt.Sprintf("[%q]", text))
	}
	return m
}

func TestKeysAgreeWithTheServer(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, p := range places() {
		if p.block.Data != nil {
			continue
		}
		if known := !unknownKey.MatchString(ask(p, "no_such_key", `"x"`)); known != p.block.Lenient {
			t.Errorf("[%s] Lenient is %v, but the server takes no_such_key: %v", p.block.Path, p.block.Lenient, known)
		}
		for _, f := range fieldsOf(p.block) {
			value := `"x"`
			if f.Takes(schema.Bool) {
				value = "true" // the OCSP blocks say "unknown field" for a wrong type as well
			}
			for _, name := range append([]string{f.Name}, f.Aliases...) {
				if answer := ask(p, name, value); unknownKey.MatchString(answer) {
					t.Errorf("[%s] the server does not know %s: %s", p.block.Path, name, answer)
				}
				answer := ask(p, strings.ToUpper(name), value)
				if known := !unknownKey.MatchString(answer); known == p.block.Exact && !p.block.Lenient {
					t.Errorf("[%s] Exact is %v, but the server on %s: %s", p.block.Path, p.block.Exact, strings.ToUpper(name), answer)
				}
			}
		}
	}
}
