package types

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// ResolverOption finds options of the account resolver that its type does not
// take.
func ResolverOption() *fixes.Rule {
	return &fixes.Rule{
		Name:     "resolver-option",
		Severity: fixes.Error,
		Summary:  "the account resolver has an option that its type does not take, or lacks what it needs",
		Params: []fixes.Param{{
			Name: "hard_delete", Default: "none: a person decides", Values: []string{"allow", "drop"},
			Doc: "hard_delete without allow_delete: allow adds allow_delete, drop takes hard_delete out",
		}, {
			Name: "scheme", Default: "https", Values: []string{"https", "http"},
			Doc: "the scheme of a resolver's URL that has none",
		}},
		Doc: fixes.Doc{
			Stage:   "-t; start for a URL that cannot be asked (nats-server -t is silent)",
			Message: "CACHE does not accept sync",
			Since:   "2.2.0",
			What: `A resolver of type cache takes no interval, allow_delete or hard_delete ("CACHE does not accept sync", "CACHE does not accept
allow_delete", "CACHE does not accept hard_delete"), one of type full no ttl ("FULL does not accept ttl"), and hard_delete,
even false, only with allow_delete ("hard_delete has no effect without delete"). Both need dir ("dir has no value and needs
to point to a directory"), and a block needs a type. A resolver in one line is MEM or URL(...): a bare URL is refused
(error parsing account resolver, should be MEM or  URL("url") or a map containing dir). The URL is asked at the start, and must be one of
http or https: localhost:9090/jwt is taken for one of the scheme "localhost" ("unsupported protocol scheme").`,
			Fix: `Takes the option out, and writes URL(...) around a bare URL, and the scheme in front of one that has none.`,
			Applicability: `Safe: the type does nothing with the option, and the server refuses it. hard_delete: true without allow_delete needs a
choice, and so does a URL without scheme: until --set resolver-option.scheme=https or =http is given the fix is unsafe and takes https. Manual where dir or type is missing.`,
			Effect: `None: the server does not run.`,
			Before: "resolver {\n  type: full\n  dir: \"./jwt\"\n  ttl: \"1h\"\n}\n",
			After:  "resolver {\n  type: full\n  dir: \"./jwt\"\n}\n",
		},
		Fields:     fixes.Either(fixes.At("", "resolver"), fixes.In("resolver")),
		CheckValue: checkResolverOption,
	}
}

// The two texts for a resolver that the server knows (server/opts.go).
var (
	memResolver = regexp.MustCompile(`(?i)(MEM|MEMORY)\s*`)
	urlResolver = regexp.MustCompile(`(?i)(?:URL){1}(?:\({1}\s*"?([^\s"]*)"?\s*\){1})?\s*`)
)

func checkResolverOption(p *fixes.Pass, v *fixes.Visit) {
	switch {
	case v.Field == nil || v.Block == nil || v.Entry == nil:
	case v.Block.Path == "" && v.Field.Name == "resolver":
		checkResolver(p, v)
	case v.Block.Path == "resolver" && v.Parent != nil && v.Parent.Value.Map != nil:
		if option, why := refusedOption(v); option && !v.Server.Broken() {
			reportResolverOption(p, v, why)
		}
	}
}

// noEffect is what the server says of hard_delete without allow_delete.
const noEffect = "hard_delete has no effect without delete"

// checkResolver looks at the resolver as a whole.
func checkResolver(p *fixes.Pass, v *fixes.Visit) {
	switch kindOf(v.Value) {
	case schema.String:
		text := v.Value.Text()
		if v.Server.Broken() || memResolver.MatchString(text) {
			return
		}
		bare := strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
		if m := urlResolver.FindStringSubmatchIndex(text); m != nil && !(bare && m[2] == m[3]) {
			checkResolverURL(p, v, text, m)
			return
		}
		f := v.Finding("the resolver is neither MEM nor URL(...) nor a block (\"error parsing account resolver\"): the server refuses to start")
		if urlResolver.MatchString(text) { // such as http://curl.example.com
			f.Message = "the resolver is a URL without URL(...): the server refuses to start (\"unsupported protocol scheme\"), though nats-server -t calls the file valid"
		}
		if _, err := url.Parse(text); err == nil && bare {
			p.Report(f.With(p.Replace(v, ast.String("URL("+text+")"), "write URL(...) around the URL"), whyNot(v)))
			return
		}
		p.Report(f.Because(fixes.Manual, "say where accounts are to be looked up"))
	case schema.Map:
		m := v.Value.Map
		kind, dir := m.Get("type"), m.Get("dir")
		if v.Server.Broken() || kind == nil && hasInCase(m, "type") || dir == nil && hasInCase(m, "dir") {
			return // field-case speaks of it
		}
		switch {
		case kind == nil:
			p.Report(v.KeyFinding("the resolver has no type (\"error parsing account resolver\"): the server refuses to start").
				Because(fixes.Manual, "write type: full, cache or mem"))
		case (dir == nil || dir.Value.IsString() && dir.Value.Text() == "") && (isType(kind, "full") || isType(kind, "cache")):
			p.Report(v.KeyFinding("the resolver has no dir (\"dir has no value and needs to point to a directory\"): the server refuses to start").
				Because(fixes.Manual, "name the directory of the account JWTs"))
		}
	}
}

// hasInCase reports whether a map has a key in another letter case.
func hasInCase(m *fleet.Map, key string) bool { return m.Field(key) != nil }

func isType(e *fleet.Entry, kind string) bool {
	return e != nil && e.Value.IsString() && strings.EqualFold(e.Value.Text(), kind)
}

// refusedOption reports whether the resolver's type refuses an option, and the
// server's words.
func refusedOption(v *fixes.Visit) (bool, string) {
	m := v.Parent.Value.Map
	kind := m.Get("type")
	cache, full := isType(kind, "cache"), isType(kind, "full")
	isTrue := func(value *fleet.Value) bool {
		return value != nil && value.Kind() == ast.KindBool && value.Node.BoolValue()
	}
	lasts := func() bool {
		d, err := time.ParseDuration(v.Value.Text())
		return v.Value.IsString() && err == nil && d != 0
	}
	switch {
	case cache && v.Field.Name == "interval" && lasts():
		return true, "CACHE does not accept sync"
	case cache && v.Field.Name == "allow_delete" && isTrue(v.Value):
		return true, "CACHE does not accept allow_delete"
	case cache && v.Field.Name == "hard_delete":
		return true, "CACHE does not accept hard_delete"
	case full && v.Field.Name == "ttl" && lasts():
		return true, "FULL does not accept ttl"
	case full && v.Field.Name == "hard_delete" && v.Value.Kind() == ast.KindBool:
		allow := m.Get("allow_delete")
		if allow == nil || allow.Value.Kind() == ast.KindBool && !isTrue(allow.Value) {
			return true, noEffect
		}
	}
	return false, ""
}

func reportResolverOption(p *fixes.Pass, v *fixes.Visit, why string) {
	f := v.KeyFinding("the resolver's type does not take %s here (%q): the server refuses to start", v.Entry.Key, why)
	const used = "a variable refers to this entry"
	if why != noEffect || !v.Value.Node.BoolValue() {
		all := siblings(v, func(w *fixes.Visit) bool {
			refused, why := refusedOption(w)
			return refused && (why != noEffect || !w.Value.Node.BoolValue())
		})
		p.Report(f.With(deleteTogether(p, v, all), used))
		return
	}
	choice, given := p.Param("hard_delete")
	allow := v.Parent.Value.Map.Get("allow_delete")
	switch {
	case choice == "drop":
		f.With(p.Delete(v, "take %s out", v.Entry.Key), used)
	case allow != nil:
		f.Because(fixes.Manual, "allow_delete is off and hard_delete on: choose, with --set resolver-option.hard_delete=drop or by hand")
	default:
		fix := p.Insert(v.Server, v.Parent.Value, ast.Field{Key: "allow_delete", Value: ast.Bool(true)}, ast.Before(v.Entry.Node), "add allow_delete")
		f.With(fix, "the block cannot be edited")
		if !given {
			f.Because(fixes.NeedsChoice, "choose with --set resolver-option.hard_delete=allow, which lets accounts be deleted, or drop")
		}
	}
	p.Report(f)
}
