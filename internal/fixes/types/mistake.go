package types

import (
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// mistake says what is wrong with a value, and so which rule speaks of it: one
// wrong value gives one finding.
type mistake uint8

const (
	noMistake        mistake = iota
	wrongScalar              // scalar-type
	wrongList                // wrap-in-list
	wrongDuration            // duration-unit
	wrongSize                // size-string
	wrongWord                // enum-case
	wrongListen              // listen-scheme
	wrongVersion             // tls-min-version
	wrongCurve               // tls-curve-name
	emptyList                // tls-empty-list
	unusableURLs             // ocsp-urls
	wrongLeafVersion         // leafnode-min-version
	misplacedField           // unknown-field
)

// mistakeOf returns what is wrong with a value for the field that it is given
// to.
func mistakeOf(v *fixes.Visit) mistake {
	if v.Judged > 0 {
		return mistake(v.Judged - 1)
	}
	m := judge(v)
	if m != noMistake && (inDefinition(v) || isMisread(v)) {
		m = noMistake
	}
	v.Judged = uint8(m) + 1
	return m
}

// isMisread reports whether the parser takes for the value what nobody wrote as
// such: empty-value, unquoted-special and cidr-unquoted speak of that.
func isMisread(v *fixes.Visit) bool {
	if fixes.Astray(v.Entry) || v.Entry != nil && v.Entry.Node.Valid() && v.Entry.Node.Lost() {
		return true
	}
	n := v.Value.Node
	if !n.Valid() || v.Value.Use.Valid() {
		return false
	}
	if v.Entry != nil && n.Kind() == ast.KindString && n.Quote() == ast.Bare && strings.HasPrefix(n.Raw(), "#") {
		return true // comment-as-value
	}
	if fixes.CutAddress(n) {
		return true
	}
	if src := n.Doc().Source(); v.Entry == nil && n.Start() > 0 && src[n.Start()-1] == '/' {
		return true // the bits of a network
	}
	return fixes.CutShort(n)
}

// inDefinition reports whether a value belongs to the definition of a variable
// among accounts, which the server does not take for an account.
func inDefinition(v *fixes.Visit) bool {
	for ; v != nil; v = v.Parent {
		if v.Entry != nil && v.Entry.Used && v.Block != nil && v.Block.Data != nil && !v.Block.NoVariables {
			return true
		}
	}
	return false
}

// judge is mistakeOf for a value that is not part of a definition.
func judge(v *fixes.Visit) mistake {
	want := taken(v)
	if want == 0 || want.Has(schema.Ignored) {
		return noMistake
	}
	kind := kindOf(v.Value)
	switch {
	case kind == 0, fixes.GluedComment(v.Field, v.Value.Node): // comment-as-value
		return noMistake
	case want.Has(schema.Unusable):
		return unusableURLs
	case want&kind == 0:
		return wrongKind(v, want, kind)
	case kind == schema.String:
		return wrongText(v, want)
	case kind == schema.Int && want.Has(schema.DeprecatedInt):
		// unquoted-minutes speaks of 2m, which is two million seconds.
		if suffix := v.Value.Node.IntSuffix(); !strings.EqualFold(suffix, "m") {
			return wrongDuration
		}
	case kind == schema.List && want&kinds == schema.List && len(v.Value.List) == 0:
		if n := v.Field.Name; n == "cipher_suites" || n == "curve_preferences" {
			return emptyList
		}
	}
	return noMistake
}

// wrongKind tells apart the values of a kind that the field does not take.
func wrongKind(v *fixes.Visit, want, kind schema.Type) mistake {
	const scalar = schema.Int | schema.Float
	f := v.Field
	switch {
	case want.Has(schema.Silent):
		return noMistake
	case v.Block.Path == "accounts" && v.Entry != nil && isTopLevelField(v.Entry.Key):
		return misplacedField
	case kind == schema.Int && f.Name == "max_bytes_required": // max-bytes-is-bool
		return noMistake
	case isTLS(v.Block) && f.Name == "min_version" && kind != schema.List:
		return wrongVersion
	case f.Name == "min_version" && kind == schema.Float:
		return wrongLeafVersion
	case want.Has(schema.Duration) && kind&scalar != 0:
		if want.Has(schema.Bool) && boolOf(v.Value.Text()) != "" {
			return wrongScalar
		}
		return wrongDuration
	case kind == schema.List || want&kinds == schema.List && (kind != schema.Map || f.Elem.Has(schema.Map)):
		return wrongList
	case v.Entry == nil && want&kinds == schema.Map && kind == schema.String:
		return wrongList
	case want.Has(schema.Size) && kind == schema.String:
		return wrongSize
	case want.Has(schema.Float|schema.Seconds) && kind == schema.String:
		return wrongDuration
	}
	return wrongScalar
}

// wrongText tells apart the texts that a field refuses for what they say.
func wrongText(v *fixes.Visit, want schema.Type) mistake {
	const judged = schema.Duration | schema.Size | schema.Enum | schema.HostPort
	f := v.Field
	if want&judged == 0 {
		if v.Block.Path == "leafnodes" && f.Name == "min_version" && !isLeafVersion(v.Value.Text()) {
			return wrongLeafVersion
		}
		if v.Entry == nil && f.Name == "cipher_suites" && (v.Value.Text() == "" || cipherNamed(v.Value.Text()) != v.Value.Text()) {
			return wrongWord
		}
		return noMistake
	}
	text := v.Value.Text()
	switch {
	case want.Has(schema.Enum) && isWord(f, text):
		return noMistake
	case want.Has(schema.Duration):
		if _, err := time.ParseDuration(text); err == nil {
			return noMistake
		}
		if want.Has(schema.Bool) && boolOf(text) == "" && !startsWithDigit(text) {
			return wrongWord
		}
		if want.Has(schema.Bool) && boolOf(text) != "" {
			return wrongScalar
		}
		return wrongDuration
	case want.Has(schema.Size):
		if !isStorageSize(text) {
			return wrongSize
		}
	case want.Has(schema.Enum):
		switch {
		case f.Name == "min_version":
			return wrongVersion
		case f.Name == "curve_preferences":
			if curves[text] {
				return noMistake
			}
			return wrongCurve
		case want.Has(schema.Bool) && boolOf(text) != "":
			return wrongScalar
		case text == "" && (f.Name == "cluster_traffic" || f.Name == "compression" || f.Name == "extension_hint" || v.Block.Path == "compression"):
			return noMistake // as if it was left out
		}
		return wrongWord
	case want.Has(schema.HostPort):
		if want.Has(schema.Port) && !isHostPort(text) || !want.Has(schema.Port) && !isAdvertised(text) {
			return wrongListen
		}
	}
	return noMistake
}

// isWord reports whether a text is one of a field's words.
func isWord(f *schema.Field, text string) bool {
	for _, w := range f.Values {
		if w == text || !f.ExactValues && strings.EqualFold(w, text) {
			return true
		}
	}
	return false
}

// isHostPort reports whether the server takes a text for host:port
// (server/opts.go, parseListen).
func isHostPort(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = strconv.Atoi(port)
	return err == nil
}

// isAdvertised reports whether the server takes a text for an address to tell
// others, a host with or without a port (server/util.go, parseHostPort).
func isAdvertised(text string) bool {
	if text == "" {
		return true // as if it was left out
	}
	_, port, err := net.SplitHostPort(text)
	if missing := (*net.AddrError)(nil); errors.As(err, &missing) && strings.Contains(missing.Err, "missing port") {
		_, port, err = net.SplitHostPort(text + ":0")
	}
	if err == nil {
		_, err = strconv.Atoi(strings.TrimSpace(port))
	}
	return err == nil
}

// isStorageSize reports whether the server takes a text for a size
// (server/opts.go, getStorageSize).
func isStorageSize(text string) bool {
	if text == "" {
		return true
	}
	last := len(text) - 1
	_, err := strconv.ParseInt(text[:last], 10, 64)
	return err == nil && strings.IndexByte("KMGT", text[last]) >= 0
}

// isTLS reports whether a block holds TLS settings.
func isTLS(b *schema.Block) bool { return strings.HasSuffix(b.Path, "tls") }

func isTopLevelField(key string) bool { return schema.Root().Field(key) != nil }

func startsWithDigit(text string) bool {
	text = strings.TrimLeft(text, " +-.")
	return text != "" && '0' <= text[0] && text[0] <= '9'
}

// cipherNamed returns the name of a cipher suite in the letter case that the
// server compares with (server/ciphersuites.go), "" if there is none.
func cipherNamed(text string) string {
	text = strings.TrimSpace(text)
	for _, name := range ciphers {
		if strings.EqualFold(name, text) {
			return name
		}
	}
	return ""
}

// ciphers are the names of all cipher suites.
var ciphers = cipherNames()

func cipherNames() []string {
	var names []string
	for _, c := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		names = append(names, c.Name)
	}
	return names
}
