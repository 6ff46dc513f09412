package access

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// TLSIncomplete finds certificates without key and keys without certificate.
func TLSIncomplete() *fixes.Rule {
	return refuses("tls-incomplete", "a tls block has a certificate without key, a key without certificate, or two lists of certificates", fixes.Doc{
		Message: "missing 'key_file' in TLS configuration",
		What: `cert_file and key_file go together: the server refuses one without the other ("missing 'key_file' in TLS configuration",
"missing 'cert_file' in TLS configuration"). Beside certs there is no place for cert_file ("cannot combine 'cert_file' option with
'certs' option").`,
		Fix:           "Takes cert_file and key_file out where certs has the same pair. Else a person names the other file.",
		Applicability: "Safe for a pair that certs has as well. Else manual: where the other file lies cannot be seen from this one.",
		Before:        "tls {\n  cert_file: \"server.pem\"\n}\n",
		After:         "tls {\n  cert_file: \"server.pem\"\n  key_file: \"server-key.pem\"\n}\n",
		References:    []string{"server/opts.go: parseTLS, GenTLSConfig"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !isTLS(v) {
			return
		}
		cert, _ := text(v.Value.Map, "cert_file")
		key, _ := text(v.Value.Map, "key_file")
		certs := v.Value.Map.Field("certs", "certificates")
		switch {
		case cert != nil && certs != nil && len(certs.Value.List) > 0:
			f := at(v, cert, "certs stands beside it: the server refuses to start (\"cannot combine 'cert_file' option with 'certs' option\")").Beside(certs, "the other")
			p.Report(f.With(takeOutPair(p, v, cert, key, certs), "move the file into certs"))
		case cert != nil && lacks(v.Value.Map, "key_file"):
			p.Report(manual(at(v, cert, "the certificate has no key: the server refuses to start (\"missing 'key_file' in TLS configuration\")").Beside(v.Entry, "the block"), "name its key_file"))
		case key != nil && lacks(v.Value.Map, "cert_file"):
			p.Report(manual(at(v, key, "the key has no certificate: the server refuses to start (\"missing 'cert_file' in TLS configuration\")").Beside(v.Entry, "the block"), "name its cert_file"))
		}
	})
}

// takeOutPair returns the fix that takes a certificate and its key out because
// certs has the same pair, nil if it has not.
func takeOutPair(p *fixes.Pass, v *fixes.Visit, cert, key, certs *fleet.Entry) *fixes.Fix {
	if key == nil || !slices.ContainsFunc(certs.Value.List, func(pair *fleet.Value) bool {
		c, k := pair.Map.Get("cert_file"), pair.Map.Get("key_file")
		return c != nil && k != nil && c.Value.Text() == cert.Value.Text() && k.Value.Text() == key.Value.Text()
	}) {
		return nil
	}
	return p.DeleteAll([]*fixes.Visit{below(v, cert), below(v, key)}, "take out the pair that certs has as well")
}

// lacks reports whether a text is absent or empty.
func lacks(m *fleet.Map, names ...string) bool {
	e := m.Field(names...)
	return e == nil || e.Value.IsString() && e.Value.Text() == ""
}

// TLSContext finds options of tls blocks that do not belong there.
func TLSContext() *fixes.Rule {
	return refuses("tls-context", "an option of a tls block does not belong to this listener, or asks for verify", fixes.Doc{
		Message: "verify_cert_and_check_known_urls not supported in this context",
		What: `verify_cert_and_check_known_urls compares certificates with the URLs of other servers, so only cluster and gateway know it
("not supported in this context"). ocsp_peer looks at the certificates of clients, so it needs verify ("OCSP peer verification for
client connections requires TLS verify (mTLS) to be enabled"); this one nats-server -t lets pass.`,
		Fix:           "Nothing: a person decides whom to let in.",
		Applicability: "Manual: either way changes who can connect.",
		Before:        "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n  verify_cert_and_check_known_urls: true\n}\n",
		After:         "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n  verify: true\n}\n",
		References:    []string{"server/opts.go: parseTLS", "server/ocsp_peer.go: plugTLSOCSPPeer"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !isTLS(v) {
			return
		}
		m := v.Value.Map
		known := m.Field("verify_cert_and_check_known_urls")
		if known != nil && isTrue(known) && !strings.HasPrefix(v.Block.Path, "cluster") && !strings.HasPrefix(v.Block.Path, "gateway") {
			p.Report(manual(at(v, known, "only cluster and gateway know %s: the server refuses to start (\"not supported in this context\")", known.Key), "take it out, or say verify: true"))
		}
		peer := m.Field("ocsp_peer")
		if looksAtClients(v) && peer != nil && !peer.Value.Unknown() && (isTrue(peer) || peer.Value.IsMap() && isTrue(peer.Value.Map.Field("verify"))) &&
			!mayBeTrue(m.Field("verify")) && !mayBeTrue(m.Field("verify_and_map")) {
			p.Report(manual(at(v, peer, "ocsp_peer looks at the certificates of clients, which need not show any: the server refuses to start (\"OCSP peer verification for client connections requires TLS verify (mTLS) to be enabled\")"), "say verify: true, which shuts out clients without certificate, or take ocsp_peer out"))
		}
	})
}

// looksAtClients reports whether a tls block is one whose ocsp_peer the server
// holds against its verify (server/ocsp_peer.go, plugTLSOCSPPeer).
func looksAtClients(v *fixes.Visit) bool {
	return v.Is("", "tls") || v.Is("websocket", "tls") || v.Is("mqtt", "tls") || v.Is("leafnodes", "tls")
}

// mayBeTrue reports whether a switch is on, as far as is known.
func mayBeTrue(e *fleet.Entry) bool { return e != nil && (e.Value.Unknown() || isTrue(e)) }

func isTLS(v *fixes.Visit) bool {
	return v.Entry != nil && v.Field != nil && v.Value.IsMap() && (v.Field.Name == "tls" || v.Field.Name == "resolver_tls")
}

func isTrue(e *fleet.Entry) bool { return e != nil && e.Value.Plain() == true }
