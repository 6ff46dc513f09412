package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/schema"
)

// serverFlag says what a flag of nats-server is good for here: set takes its
// value; a flag without set decides nothing about a configuration.
type serverFlag struct {
	names  string // without dashes, separated by blanks
	toggle bool   // takes no value
	set    func(*oracle.Args, string) error
}

// serverFlagTable holds the flags of nats-server 2.15 (main.go and ConfigureOptions
// in server/opts.go).
func serverFlagTable() []serverFlag {
	text := func(field func(*oracle.Args) *string) func(*oracle.Args, string) error {
		return func(args *oracle.Args, v string) error { *field(args) = v; return nil }
	}
	number := func(field func(*oracle.Args) *int) func(*oracle.Args, string) error {
		return func(args *oracle.Args, v string) error {
			n, err := strconv.Atoi(v)
			if err != nil {
				return usage("%s is no number", quote(v))
			}
			*field(args) = n
			return nil
		}
	}
	return []serverFlag{
		{names: "n name server_name", set: text(func(a *oracle.Args) *string { return &a.ServerName })},
		{names: "cluster_name", set: text(func(a *oracle.Args) *string { return &a.ClusterName })},
		{names: "cluster cluster_listen", set: text(func(a *oracle.Args) *string { return &a.Cluster })},
		{names: "routes", set: text(func(a *oracle.Args) *string { return &a.Routes })},
		{names: "a addr net", set: text(func(a *oracle.Args) *string { return &a.Host })},
		{names: "sd store_dir", set: text(func(a *oracle.Args) *string { return &a.StoreDir })},
		{names: "p port", set: number(func(a *oracle.Args) *int { return &a.Port })},
		{names: "m http_port", set: number(func(a *oracle.Args) *int { return &a.HTTPPort })},
		{names: "ms https_port", set: number(func(a *oracle.Args) *int { return &a.HTTPSPort })},
		{names: "js jetstream", toggle: true, set: func(a *oracle.Args, v string) error {
			a.JetStream = v != "false"
			return nil
		}},
		{names: "D debug V trace DV VV DVV T logtime logtime_utc s syslog no_advertise tls tlsverify h help help_tls v version t", toggle: true},
		{names: "c config l log r remote_syslog P pid ports_file_dir sl signal user pass auth profile " +
			"tlscert tlskey tlscacert max_traced_msg_len connect_retries cluster_advertise client_advertise"},
	}
}

// parseServerArgs reads the flags that a nats-server is started with. They
// come with one dash or two, and with "=" or a blank in front of the value, as
// the server takes them.
func parseServerArgs(text string) (oracle.Args, error) {
	var args oracle.Args
	words, err := splitWords(text)
	if err != nil {
		return args, err
	}
	known := knownServerFlags()
	if len(words) > 0 && !strings.HasPrefix(words[0], "-") {
		words = words[1:] // the program's name
	}
	for i := 0; i < len(words); i++ {
		name, value, hasValue := strings.Cut(words[i], "=")
		f, ok := known[strings.TrimPrefix(strings.TrimPrefix(name, "-"), "-")]
		if !ok || !strings.HasPrefix(name, "-") {
			return args, usage("--server-args: nats-server has no flag %s", quote(words[i]))
		}
		if !f.toggle && !hasValue {
			if i+1 == len(words) {
				return args, usage("--server-args: %s needs a value", name)
			}
			i++
			value = words[i]
		}
		if f.set == nil {
			continue
		}
		if err := f.set(&args, value); err != nil {
			return args, usage("--server-args: %s: %v", name, err)
		}
	}
	return args, nil
}

func knownServerFlags() map[string]serverFlag {
	known := make(map[string]serverFlag)
	for _, f := range serverFlagTable() {
		for name := range strings.FieldsSeq(f.names) {
			known[name] = f
		}
	}
	return known
}

// foundServerArgs reads the flags of a command that a file starts a server
// with. What cannot be read, or is filled in elsewhere, is passed over.
func foundServerArgs(words []string) oracle.Args {
	var args oracle.Args
	known := knownServerFlags()
	for i := 0; i < len(words); i++ {
		name, value, hasValue := strings.Cut(words[i], "=")
		f, ok := known[strings.TrimPrefix(strings.TrimPrefix(name, "-"), "-")]
		if !ok || !strings.HasPrefix(name, "-") {
			continue
		}
		if !f.toggle && !hasValue && i+1 < len(words) {
			i++
			value = words[i]
		}
		given := args
		if f.set == nil || f.set(&args, value) != nil {
			continue
		}
		if strings.Contains(value, "$") && (args.Cluster != given.Cluster || args.Host != given.Host) {
			args = given // an address that is not known
		}
	}
	return args
}

// shownFlags returns the flags of a command for people to read, without the
// passwords and tokens in them.
func shownFlags(words []string) string {
	shown := slices.Clone(words)
	for i, w := range words {
		name, _, hasValue := strings.Cut(w, "=")
		switch trimmed := strings.TrimLeft(name, "-"); {
		case name == trimmed || trimmed != "pass" && trimmed != "auth":
		case hasValue:
			shown[i] = name + "=" + hiddenFlag
		case i+1 < len(shown):
			shown[i+1] = hiddenFlag
		}
	}
	text := strings.Join(shown, " ")
	for _, s := range slices.Backward(schema.SecretSpans(text)) {
		text = text[:s.Start] + hiddenFlag + text[s.End:]
	}
	return text
}

const hiddenFlag = "********"

// splitWords splits a text into words as a shell does: blanks separate, single
// and double quotes hold together, \ takes the next character as it is.
func splitWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord := false
	var quoted byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted == '\'' && c != '\'', quoted == '"' && c != '"' && c != '\\':
			word.WriteByte(c)
		case quoted != 0 && c == quoted:
			quoted = 0
		case c == '\\' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
			inWord = true
		case c == '\'' || c == '"':
			quoted, inWord = c, true
		case c == ' ' || c == '\t' || c == '\n':
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if quoted != 0 {
		return nil, usage("--server-args: a quote is not closed: %s", text)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
