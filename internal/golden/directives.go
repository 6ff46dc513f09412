package golden

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/edit"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/query"
)

// head reads the comment on top: what the case shows, then a directive a line.
func (c *Case) head(comment string) error {
	var about []string
	begun := false
	for i, line := range strings.Split(comment, "\n") {
		line = strings.TrimSpace(line)
		key, value, hasValue := strings.Cut(line, ":")
		switch {
		case hasValue && slices.Contains(strings.Fields(directives), key), line == "unsafe", line == "repeats":
			begun = true
			if key == "rule" && len(c.Rules) == 0 {
				c.ruleLine = i + 1
			}
			if err := c.directive(key, strings.TrimSpace(value)); err != nil {
				return fmt.Errorf("%s:%d: %s: %w", c.Name, i+1, key, err)
			}
		case line == "":
		case begun:
			return fmt.Errorf("%s:%d: unknown directive %q; expected unsafe, repeats, or one of these and a colon: %s", c.Name, i+1, line, directives)
		default:
			about = append(about, line)
		}
	}
	if len(about) == 0 {
		return fmt.Errorf("%s:1: expected a sentence that says what the case shows", c.Name)
	}
	c.About = strings.Join(about, " ")
	return nil
}

// directives are the words that a directive may begin with, but for unsafe and
// repeats.
const directives = "rule set env args hosts target crlf no-final-newline bom lost window today edit where"

// directive reads one directive.
func (c *Case) directive(key, value string) (err error) {
	switch key {
	case "rule":
		c.Rules = append(c.Rules, strings.Fields(value)...)
	case "set":
		return pair(c.Params, value)
	case "env":
		return pair(c.Env, value)
	case "args":
		c.Args, err = parseArgs(strings.Fields(value))
	case "unsafe":
		c.Unsafe = true
	case "repeats":
		c.Repeats = true
	case "edit":
		c.Edit = append(c.Edit, value)
		_, err = edit.ParseCommand(value)
	case "where":
		c.Where = value
		_, err = query.ParseCondition(value)
	case "hosts":
		return pair(c.Hosts, value)
	case "target":
		c.Targets = append(c.Targets, strings.Fields(value)...)
	case "crlf":
		c.form(value, func(f *form) { f.crlf = true })
	case "no-final-newline":
		c.form(value, func(f *form) { f.noNewline = true })
	case "bom":
		c.form(value, func(f *form) { f.bom = true })
	case "lost":
		c.Lost = append(c.Lost, value)
	case "window":
		c.Window, err = parseWindow(value)
	case "today":
		if c.Today, err = time.Parse(time.DateOnly, value); err != nil {
			err = fmt.Errorf("expected a day as in 2026-01-31, got %q", value)
		}
	}
	return err
}

// parseWindow reads the oldest and the newest release.
func parseWindow(text string) (fixes.Window, error) {
	from, to, _ := strings.Cut(text, " ")
	var w fixes.Window
	var err error
	if w.From, err = fixes.ParseRelease(from); err == nil {
		w.To, err = fixes.ParseRelease(strings.TrimSpace(to))
	}
	return w, err
}

// pair takes in one NAME=VALUE.
func pair(to map[string]string, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("expected NAME=VALUE, got %q", text)
	}
	to[name] = value
	return nil
}

func (c *Case) form(files string, set func(*form)) {
	for name := range strings.FieldsSeq(files) {
		f := c.forms[name]
		set(&f)
		c.forms[name] = f
	}
}

// parseArgs reads the flags of nats-server that make a difference to names.
func parseArgs(words []string) (oracle.Args, error) {
	var args oracle.Args
	texts := map[string]*string{
		"name": &args.ServerName, "n": &args.ServerName, "server_name": &args.ServerName,
		"cluster_name": &args.ClusterName, "cluster": &args.Cluster, "routes": &args.Routes,
		"sd": &args.StoreDir, "store_dir": &args.StoreDir, "a": &args.Host, "addr": &args.Host,
	}
	numbers := map[string]*int{
		"port": &args.Port, "p": &args.Port, "http_port": &args.HTTPPort, "m": &args.HTTPPort,
		"https_port": &args.HTTPSPort, "ms": &args.HTTPSPort,
	}
	for len(words) > 0 {
		name, value, hasValue := strings.Cut(strings.TrimLeft(words[0], "-"), "=")
		words = words[1:]
		if name == "js" || name == "jetstream" {
			args.JetStream = true
			continue
		}
		to, number := texts[name], numbers[name]
		if to == nil && number == nil {
			return args, fmt.Errorf("unknown flag %q", name)
		}
		if !hasValue {
			if len(words) == 0 {
				return args, fmt.Errorf("the flag %q needs a value", name)
			}
			value, words = words[0], words[1:]
		}
		if to != nil {
			*to = value
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil {
			return args, fmt.Errorf("the flag %q needs a number, got %q", name, value)
		}
		*number = n
	}
	return args, nil
}

// formatArgs is the inverse of parseArgs: "" if no flag is given.
func formatArgs(args fleet.Args) (string, error) {
	var words []string
	for _, f := range []struct{ name, value string }{
		{"name", args.ServerName}, {"cluster_name", args.ClusterName}, {"cluster", args.Cluster}, {"routes", args.Routes},
		{"addr", args.Host}, {"store_dir", args.StoreDir},
	} {
		if strings.ContainsAny(f.value, " \t\r\n") {
			return "", fmt.Errorf("the flag --%s of a server takes no value with a blank in a case, but it is %q", f.name, f.value)
		}
		if f.value != "" {
			words = append(words, "--"+f.name, f.value)
		}
	}
	for _, f := range []struct {
		name  string
		value int
	}{{"port", args.Port}, {"http_port", args.HTTPPort}, {"https_port", args.HTTPSPort}} {
		if f.value != 0 {
			words = append(words, "--"+f.name, strconv.Itoa(f.value))
		}
	}
	if args.JetStream {
		words = append(words, "--jetstream")
	}
	return strings.Join(words, " "), nil
}
