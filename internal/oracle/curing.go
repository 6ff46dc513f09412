package oracle

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// doubleQuoted matches what the server writes with %q.
var doubleQuoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// firstQuoted returns the first name that a message quotes, or "".
func firstQuoted(message string) string {
	name, _ := strconv.Unquote(doubleQuoted.FindString(message))
	return name
}

func addAccount(o *server.Options, name string) {
	if !slices.ContainsFunc(o.Accounts, func(a *server.Account) bool { return a.Name == name }) {
		o.Accounts = append(o.Accounts, server.NewAccount(name))
	}
}

func hasUser(o *server.Options, name string) bool {
	return len(o.TrustedOperators) == 0 &&
		(slices.ContainsFunc(o.Users, func(u *server.User) bool { return u.Username == name }) ||
			slices.ContainsFunc(o.Nkeys, func(u *server.NkeyUser) bool { return u.Nkey == name }))
}

// clearDenied removes the subject that a message names from the first remote
// that denies it.
func clearDenied(o *server.Options, message string, list func(*server.RemoteLeafOpts) *[]string) {
	for _, r := range o.LeafNode.Remotes {
		subjects := list(r)
		i := slices.IndexFunc(*subjects, func(s string) bool {
			return !server.IsValidSubject(s) && strings.Contains(message, strconv.Quote(s))
		})
		if i >= 0 {
			*subjects = slices.Delete(slices.Clone(*subjects), i, i+1)
			return
		}
	}
}

// dropDuplicateRemote removes the first remote that equals an earlier one in
// what the server takes for its name (server/opts.go, RemoteLeafOpts.name).
func dropDuplicateRemote(o *server.Options) {
	seen := map[string]bool{}
	for i, r := range o.LeafNode.Remotes {
		name := fmt.Sprintf("%q %q %q %q", r.URLs, r.LocalAccount, r.Credentials, r.Nkey)
		if seen[name] {
			o.LeafNode.Remotes = slices.Delete(slices.Clone(o.LeafNode.Remotes), i, i+1)
			return
		}
		seen[name] = true
	}
}

func clearProxies(o *server.Options, _ string) {
	for _, r := range o.LeafNode.Remotes {
		r.Proxy = server.RemoteLeafOpts{}.Proxy
	}
}

func isWebsocket(u *url.URL) bool {
	return strings.EqualFold(u.Scheme, "ws") || strings.EqualFold(u.Scheme, "wss")
}

func allWebsocket(urls []*url.URL) bool {
	return !slices.ContainsFunc(urls, func(u *url.URL) bool { return !isWebsocket(u) })
}

// clearCompression removes the first compression that a message speaks of, in
// the order in which the server checks them.
func clearCompression(o *server.Options, message string) {
	all := []*server.CompressionOpts{&o.LeafNode.Compression}
	for _, r := range o.LeafNode.Remotes {
		all = append(all, &r.Compression)
	}
	all = append(all, &o.Cluster.Compression)
	for _, c := range all {
		byMode := strings.Contains(message, strconv.Quote(c.Mode))
		if c.Mode != "" && (byMode || len(c.RTTThresholds) > 0 && strings.Contains(message, fmt.Sprint(c.RTTThresholds))) {
			*c = server.CompressionOpts{Mode: server.CompressionOff}
			return
		}
	}
}
