package oracle

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// standinName is what a missing name is cured with.
const standinName = "stand-in"

// A remedy changes options so that NewServer does not raise one problem again
// and, as far as possible, still raises all others.
type remedy struct {
	message string // how the server's message begins; the longest that fits counts
	apply   func(o *server.Options, message string)
}

// cure removes the cause of a problem of NewServer from the options. It
// returns false if none is known. Account is the public key of some account.
func cure(o *server.Options, message, account string) bool {
	var best remedy
	for _, r := range remedies(account) {
		if strings.HasPrefix(message, r.message) && len(r.message) > len(best.message) {
			best = r
		}
	}
	if best.apply == nil {
		return false
	}
	best.apply(o, message)
	return true
}

// remedies lists the messages of validateOptions and of what NewServer sets up
// after it (server/server.go), in the order in which the server checks.
func remedies(account string) []remedy {
	return slices.Concat(generalRemedies(), operatorRemedies(account), leafRemedies(account), authRemedies(),
		clusterRemedies(), mqttRemedies(), jetStreamRemedies(), websocketRemedies(), setupRemedies())
}

func generalRemedies() []remedy {
	return []remedy{
		{"lame duck grace period", func(o *server.Options, _ string) { o.LameDuckGracePeriod = o.LameDuckDuration / 2 }},
		{"max_payload (", func(o *server.Options, _ string) { o.MaxPending = int64(o.MaxPayload) }},
		{"server name cannot contain spaces", func(o *server.Options, _ string) {
			o.ServerName = strings.ReplaceAll(o.ServerName, " ", "_")
		}},
	}
}

// operatorRemedies is for validateTrustedOperators (server/jwt.go).
func operatorRemedies(account string) []remedy {
	return []remedy{
		{"default sentinel ", func(o *server.Options, _ string) { o.DefaultSentinel = "" }},
		{"operators require an account resolver", func(o *server.Options, _ string) {
			o.AccountResolver = &server.MemAccResolver{}
		}},
		{"operators do not allow Accounts", func(o *server.Options, _ string) { o.Accounts = nil }},
		{"operators do not allow users", func(o *server.Options, _ string) { o.Users, o.Nkeys = nil, nil }},
		{"conflicting options for 'TrustedKeys'", func(o *server.Options, _ string) { o.TrustedKeys = nil }},
		{"system_account in config and operator JWT", func(o *server.Options, _ string) {
			for _, op := range o.TrustedOperators {
				if op.SystemAccount != "" {
					o.SystemAccount = op.SystemAccount
				}
			}
		}},
		{"using nats based account resolver", func(o *server.Options, _ string) { o.SystemAccount = account }},
		{"operator mode does not allow specifying users", func(o *server.Options, _ string) { o.LeafNode.Users = nil }},
		{"operator mode requires account nkeys", func(o *server.Options, _ string) {
			for _, r := range o.LeafNode.Remotes {
				r.LocalAccount = account
			}
		}},
		{"operator mode and non account nkeys", func(o *server.Options, _ string) { o.LeafNode.Account = "" }},
		{"operator ", func(o *server.Options, _ string) {
			for _, op := range o.TrustedOperators {
				op.AssertServerVersion = ""
			}
		}},
		{"operators do not allow authorization callouts", func(o *server.Options, _ string) { o.AuthCallout = nil }},
	}
}

// leafRemedies is for validateLeafNode (server/leafnode.go).
func leafRemedies(account string) []remedy {
	return []remedy{
		{"can not have a single user/pass and a users array", func(o *server.Options, _ string) { o.LeafNode.Username = "" }},
		{"can not have a single nkey and a users array", func(o *server.Options, _ string) { o.LeafNode.Nkey = "" }},
		{"duplicate user ", func(o *server.Options, _ string) {
			seen := map[string]bool{}
			o.LeafNode.Users = slices.DeleteFunc(o.LeafNode.Users, func(u *server.User) bool {
				dup := seen[u.Username]
				seen[u.Username] = true
				return dup
			})
		}},
		{"invalid deny_imports", func(o *server.Options, m string) {
			clearDenied(o, m, func(r *server.RemoteLeafOpts) *[]string { return &r.DenyImports })
		}},
		{"invalid deny_exports", func(o *server.Options, m string) {
			clearDenied(o, m, func(r *server.RemoteLeafOpts) *[]string { return &r.DenyExports })
		}},
		{"duplicate remote ", func(o *server.Options, _ string) { dropDuplicateRemote(o) }},
		{"cannot find local account ", func(o *server.Options, m string) { addAccount(o, firstQuoted(m)) }},
		{"proxy ", clearProxies},
		{"invalid proxy URL", clearProxies},
		{"remote leaf node configuration cannot have a mix", func(o *server.Options, _ string) {
			for _, r := range o.LeafNode.Remotes {
				if len(r.URLs) > 1 && slices.ContainsFunc(r.URLs, isWebsocket) && !allWebsocket(r.URLs) {
					r.URLs = r.URLs[:1]
					return
				}
			}
		}},
		{"invalid leafnode's minimum version", func(o *server.Options, _ string) { o.LeafNode.MinVersion = "" }},
		{"the minimum version should be", func(o *server.Options, _ string) { o.LeafNode.MinVersion = "" }},
		{"leaf nodes and gateways (both being defined)", func(o *server.Options, _ string) {
			o.SystemAccount = server.DEFAULT_SYSTEM_ACCOUNT
			if len(o.TrustedOperators) > 0 {
				o.SystemAccount = account
				return
			}
			addAccount(o, o.SystemAccount)
		}},
		{"leafnode: ", func(o *server.Options, _ string) { o.LeafNode.TLSPinnedCerts = nil }},
	}
}

// authRemedies is for validateAuth and validateProxies (server/auth.go).
func authRemedies() []remedy {
	return []remedy{
		{"error parsing 'pinned_certs'", func(o *server.Options, _ string) { o.TLSPinnedCerts = nil }},
		{"unknown connection type ", func(o *server.Options, m string) {
			for _, u := range o.Users {
				delete(u.AllowedConnectionTypes, firstQuoted(m))
			}
			for _, u := range o.Nkeys {
				delete(u.AllowedConnectionTypes, firstQuoted(m))
			}
		}},
		{"invalid permissions for user ", func(o *server.Options, m string) {
			for _, u := range o.Users {
				if u.Username == firstQuoted(m) {
					u.Permissions = nil
				}
			}
		}},
		{"invalid permissions for nkey ", func(o *server.Options, m string) {
			for _, u := range o.Nkeys {
				if u.Nkey == firstQuoted(m) {
					u.Permissions = nil
				}
			}
		}},
		{"no_auth_user", func(o *server.Options, _ string) {
			// Top level, MQTT and WebSocket share the text and are checked in this order.
			switch {
			case o.NoAuthUser != "" && !hasUser(o, o.NoAuthUser):
				o.NoAuthUser = ""
			case o.MQTT.Port != 0 && o.MQTT.NoAuthUser != "" && !hasUser(o, o.MQTT.NoAuthUser):
				o.MQTT.NoAuthUser = ""
			default:
				o.Websocket.NoAuthUser = ""
			}
		}},
		{"proxy trusted key ", func(o *server.Options, m string) {
			o.Proxies.Trusted = slices.DeleteFunc(o.Proxies.Trusted, func(p *server.ProxyConfig) bool {
				return p.Key == firstQuoted(m)
			})
		}},
	}
}

// clusterRemedies is for validateGatewayOptions and validateCluster, and for
// the compression that leaf nodes share with them.
func clusterRemedies() []remedy {
	return []remedy{
		{"gateway has no name", func(o *server.Options, _ string) {
			if o.Gateway.Name = o.Cluster.Name; o.Gateway.Name == "" {
				o.Gateway.Name = standinName
			}
		}},
		{"gateway name cannot contain spaces", func(o *server.Options, _ string) {
			o.Gateway.Name = strings.ReplaceAll(o.Gateway.Name, " ", "_")
		}},
		{"gateway in the list ", func(o *server.Options, _ string) {
			for i, g := range o.Gateway.Gateways {
				if g.Name == "" {
					g.Name = fmt.Sprintf("%s-%d", standinName, i)
					return
				}
			}
		}},
		{"gateway ", func(o *server.Options, m string) {
			switch {
			case o.Gateway.Port == 0:
				o.Gateway.Port = server.RANDOM_PORT
			case strings.HasSuffix(m, " has no URL"):
				for _, g := range o.Gateway.Gateways {
					if g.Name == firstQuoted(m) && len(g.URLs) == 0 {
						g.URLs = []*url.URL{{Scheme: "nats", Host: "localhost:7222"}}
						return
					}
				}
			default:
				o.Gateway.TLSPinnedCerts = nil
			}
		}},
		{"cluster name cannot contain spaces", func(o *server.Options, _ string) {
			o.Cluster.Name = strings.ReplaceAll(o.Cluster.Name, " ", "_")
		}},
		{"cluster import ", func(o *server.Options, _ string) { o.Cluster.Permissions = nil }},
		{"cluster export ", func(o *server.Options, _ string) { o.Cluster.Permissions = nil }},
		{"unsupported compression mode ", clearCompression},
		{"compression mode ", clearCompression},
		{"RTT threshold values ", clearCompression},
		{"cluster: ", func(o *server.Options, _ string) { o.Cluster.TLSPinnedCerts = nil }},
		{server.ErrClusterNameConfigConflict.Error(), func(o *server.Options, _ string) { o.Gateway.Name = o.Cluster.Name }},
		{server.ErrClusterNameReserved.Error(), func(o *server.Options, _ string) {
			o.Cluster.Name = standinName
			if o.Gateway.Name != "" {
				o.Gateway.Name = standinName
			}
		}},
		{"pool_size cannot be negative", func(o *server.Options, _ string) { o.Cluster.PoolSize = 0 }},
		{"found duplicate account name ", func(o *server.Options, m string) {
			name, seen := firstQuoted(m), false
			o.Cluster.PinnedAccounts = slices.DeleteFunc(o.Cluster.PinnedAccounts, func(a string) bool {
				dup := a == name && seen
				seen = seen || a == name
				return dup
			})
		}},
	}
}

// mqttRemedies is for validateMQTTOptions (server/mqtt.go).
func mqttRemedies() []remedy {
	return []remedy{
		{"mqtt requires server name", func(o *server.Options, _ string) { o.ServerName = standinName }},
		{"mqtt authentication username", func(o *server.Options, _ string) { o.MQTT.Username = "" }},
		{"mqtt authentication token", func(o *server.Options, _ string) { o.MQTT.Token = "" }},
		{"ack wait must be", func(o *server.Options, _ string) { o.MQTT.AckWait = 0 }},
		{"JS API timeout must be", func(o *server.Options, _ string) { o.MQTT.JSAPITimeout = 0 }},
		{"mqtt requires JetStream", func(o *server.Options, _ string) { o.JetStream = true }},
		{"mqtt: consumer_replicas", func(o *server.Options, _ string) { o.MQTT.ConsumerReplicas = 0 }},
		{"mqtt: ", func(o *server.Options, _ string) { o.MQTT.TLSPinnedCerts = nil }},
	}
}

// jetStreamRemedies is for validateJetStreamOptions (server/jetstream.go).
func jetStreamRemedies() []remedy {
	dropDomain := func(o *server.Options, m string) { delete(o.JsAccDefaultDomain, firstQuoted(m)) }
	return []remedy{
		{"default_js_domain contains account", dropDomain},
		{"in non operator mode, `default_js_domain`", dropDomain},
		{"system account ", dropDomain},
		{"invalid domain name", func(o *server.Options, _ string) { o.JetStreamDomain = "" }},
		{"jetstream cluster requires `server_name`", func(o *server.Options, _ string) { o.ServerName = standinName }},
		{"jetstream cluster requires `cluster.name`", func(o *server.Options, _ string) { o.Cluster.Name = standinName }},
		{"expected 'no_extend'", func(o *server.Options, _ string) { o.JetStreamExtHint = "" }},
		{"jetstream max catchup", func(o *server.Options, _ string) { o.JetStreamMaxCatchup = 0 }},
	}
}

// websocketRemedies is for validateWebsocketOptions (server/websocket.go).
func websocketRemedies() []remedy {
	return []remedy{
		{"websocket requires TLS configuration", func(o *server.Options, _ string) { o.Websocket.NoTLS = true }},
		{"unable to parse allowed origin", func(o *server.Options, m string) {
			origins := o.Websocket.AllowedOrigins
			i := slices.IndexFunc(origins, func(origin string) bool { return strings.Contains(m, strconv.Quote(origin)) })
			if i < 0 { // the message quotes the host alone
				i = slices.IndexFunc(origins, func(origin string) bool {
					_, host, _ := strings.Cut(origin, "://")
					return host != "" && strings.Contains(m, host)
				})
			}
			if i < 0 {
				o.Websocket.AllowedOrigins = nil
				return
			}
			o.Websocket.AllowedOrigins = slices.Delete(slices.Clone(origins), i, i+1)
		}},
		{"websocket authentication username", func(o *server.Options, _ string) { o.Websocket.Username = "" }},
		{"websocket authentication token", func(o *server.Options, _ string) { o.Websocket.Token = "" }},
		{"trusted operators or trusted keys configuration", func(o *server.Options, _ string) { o.Websocket.JWTCookie = "" }},
		{"websocket: invalid header ", func(o *server.Options, m string) { delete(o.Websocket.Headers, firstQuoted(m)) }},
		{"websocket: ", func(o *server.Options, _ string) { o.Websocket.TLSPinnedCerts = nil }},
	}
}

// setupRemedies is for what NewServer does after validateOptions.
func setupRemedies() []remedy {
	return []remedy{
		{"Error processing trusted operator keys", func(o *server.Options, _ string) { o.TrustedKeys = nil }},
		{"OCSP peer verification for client connections", func(o *server.Options, _ string) {
			o.TLSConfig, o.MQTT.TLSConfig, o.LeafNode.TLSConfig, o.Websocket.TLSConfig = nil, nil, nil, nil
			o.Websocket.NoTLS = true
		}},
		{"could not fetch <", func(o *server.Options, _ string) { o.AccountResolver = &server.MemAccResolver{} }},
		{"resolver preloads only available", func(o *server.Options, _ string) {
			o.AccountResolver = &server.MemAccResolver{}
		}},
		{"error resolving system account", func(o *server.Options, _ string) {
			if len(o.TrustedOperators) > 0 {
				o.SystemAccount = ""
				return
			}
			addAccount(o, o.SystemAccount)
		}},
	}
}
