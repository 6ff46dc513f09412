package startup

import (
	"regexp"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ResolverPreload finds accounts to be preloaded into a URL resolver.
func ResolverPreload() *fixes.Rule {
	return &fixes.Rule{
		Name:     "resolver-preload",
		Severity: fixes.Error,
		Summary:  "resolver_preload stands beside a URL resolver, which takes none, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "keep", Default: "resolver", Values: []string{"resolver", "preload"},
			Doc: "what stays: the URL resolver, or the preloaded accounts, with a resolver in memory",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR",
			Since:   "2.0.0",
			What: `A URL resolver asks another program for the JWTs of accounts and stores none, so that there is nowhere to put those
of resolver_preload; the server refuses to start (server/server.go, configureResolver).`,
			Fix: "Takes resolver_preload out, or with --set resolver-preload.keep=preload makes the resolver one in memory.",
			Applicability: `Somebody must choose: without the parameter the fix is unsafe and keeps the URL resolver, which must know the
accounts.`,
			Effect: "The server does not run.",
			Before: `resolver: URL("https://accounts.example.com/jwt/v1/accounts/")
resolver_preload {
  ADGQ5XKX7XNVJVGKJXV2X2QZQ4PQ3PKWZ4T6DJZQYPXJPW5PT3LUNJCE: eyJ0eXAiOiJKV1QifQ.e30.c2ln
}
`,
			After: `resolver: URL("https://accounts.example.com/jwt/v1/accounts/")
`,
		},
		Needs:       []string{"resolver_preload"},
		CheckServer: checkResolverPreload,
	}
}

// The texts by which the server tells resolvers apart (server/opts.go).
var (
	memoryResolver = regexp.MustCompile(`(?i)(MEM|MEMORY)\s*`)
	urlResolver    = regexp.MustCompile(`(?i)URL(?:\({1}\s*"?([^\s"]*)"?\s*\){1})?\s*`)
)

func checkResolverPreload(p *fixes.Pass, s *fleet.Server) {
	preload := fixes.Top(s, "resolver_preload")
	if preload == nil || !preload.Value.IsMap() || len(preload.Value.Map.Entries) == 0 || s.Broken() {
		return
	}
	resolver := fixes.Top(s, "resolver", "account_resolver", "accounts_resolver")
	kind := text(resolver)
	if memoryResolver.MatchString(kind) || !urlResolver.MatchString(kind) {
		return
	}
	f := preload.KeyFinding("a URL resolver takes no preloaded accounts: the server refuses to start (\"resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR\"), though nats-server -t calls the file valid")
	beside(f, resolver, "the URL resolver")
	if keep, _ := p.Param("keep"); keep == "preload" {
		f.With(p.Replace(resolver, ast.String("MEMORY"), "resolve accounts in memory"), "the resolver cannot be written in this file")
	} else {
		f.With(p.Delete(preload, "take out resolver_preload"), "take out resolver_preload, or choose another resolver")
	}
	p.Report(chosen(p, f, "keep", "either the URL resolver knows the accounts, or they are preloaded into a resolver in memory"))
}
