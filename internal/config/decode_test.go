package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var testKnown = Known{
	Rules: func() []string { return []string{"gateway-cluster-name", "glued-brace", "server-name"} },
	Params: func(rule string) []string {
		if rule == "server-name" {
			return []string{"name", "style"}
		}
		return nil
	},
}

func read(t *testing.T, text string) (*Config, error) {
	t.Helper()
	f, err := decode(Name, "/repo", []byte(text), testKnown)
	if err != nil {
		return nil, err
	}
	return newConfig("/repo", []*file{f}), nil
}

func TestEveryKeyIsRead(t *testing.T) {
	c, err := read(t, `
rules:
  glued-brace: off
  server-name:
    severity: info
    params: {name: n1, style: 2.10}
unsafe: [gateway-cluster-name]
target: 2.10
from: "2.9"
exclude: [vendor/, "*.gen.conf"]
hosts: {hub.example: hubs/hub.conf, other: /etc/nats.conf}
fleets:
  west: [west/**]
env-file: prod.env
server-args: -js -sd /data
root: true
overrides:
  - paths: [test/**]
    rules: {server-name: error}
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct{ what, got, want string }{
		{"severity", string(c.Rules["glued-brace"].Severity), "off"},
		{"severity of a mapping", string(c.Rules["server-name"].Severity), "info"},
		{"parameter", c.Rules["server-name"].Params["name"].Text, "n1"},
		{"number as it is written", c.Rules["server-name"].Params["style"].Text, "2.10"},
		{"place of a parameter", c.Rules["server-name"].Params["style"].Pos.String(), ".natsfix.yaml:6:31"},
		{"target", c.Target.Text, "2.10"},
		{"from", c.From.Text, "2.9"},
		{"host", c.Hosts["hub.example"], "/repo/hubs/hub.conf"},
		{"absolute host", c.Hosts["other"], "/etc/nats.conf"},
		{"fleet", c.Fleets["west"][0].String(), "west/**"},
		{"env-file", c.EnvFile.Text, "/repo/prod.env"},
		{"server-args", c.ServerArgs.Text, "-js -sd /data"},
		{"override", string(c.ForPath("/repo/test/a.conf").Rules["server-name"].Severity), "error"},
		{"no override", string(c.ForPath("/repo/a.conf").Rules["server-name"].Severity), "info"},
	} {
		if v.got != v.want {
			t.Errorf("%s: %q, want %q", v.what, v.got, v.want)
		}
	}
	if !c.Unsafe["gateway-cluster-name"] || !c.Excluded("/repo/vendor/a.conf", false) || c.Excluded("/repo/a.conf", false) {
		t.Errorf("unsafe %v, exclude %v", c.Unsafe, c.files[0].exclude)
	}
}

func TestDottedKeysAndAliasesMeanWhatTheySay(t *testing.T) {
	c, err := read(t, `
rules.server-name.params.name: &n n1
rules.server-name.severity: warning
rules.glued-brace: error
overrides:
  - {paths: &p [a], rules.server-name.params.style: *n}
  - {paths: *p, target: "2.11"}
`)
	if err != nil {
		t.Fatal(err)
	}
	s := c.ForPath("/repo/a")
	if s.Rules["server-name"].Params["name"].Text != "n1" || s.Rules["server-name"].Params["style"].Text != "n1" ||
		s.Rules["server-name"].Severity != Warning || s.Rules["glued-brace"].Severity != Error || s.Target.Text != "2.11" {
		t.Errorf("%+v", s)
	}
}

func TestEmptyFilesSayNothing(t *testing.T) {
	for _, text := range []string{"", "\n", "# comment\n", "---\n", "\ufeff", "rules:\noverrides:\nexclude:\n"} {
		if c, err := read(t, text); err != nil || len(c.Rules) > 0 {
			t.Errorf("%q: %v %v", text, c, err)
		}
	}
}

func TestErrorsNameThePlaceAndWhatIsAllowed(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"rulez: {}", `.natsfix.yaml:1:1: unknown key "rulez"; did you mean rules? allowed are rules, unsafe, target, from, env-file, server-args, baseline, exclude, hosts, fleets, overrides, recipes, root`},
		{"a: 1", `.natsfix.yaml:1:1: unknown key "a"; allowed are rules, unsafe`},
		{"\"ä\\n\": {}", `.natsfix.yaml:1:1: unknown key "ä\n"; allowed`},
		{"rules: {ä: {x: 1}}", `.natsfix.yaml:1:9: unknown rule "ä"`},
		{"rules: {glued-brace: 'ä', server-name: x}", `1:40: unknown severity "x"`},
		{"rules: {glued-brace: 'ä'}", `1:22: unknown severity "ä"`},
		{"[rules]", `1:1: the file is a list; it must be a mapping`},
		{"rules", `1:1: the file is "rules"; it must be a mapping`},
		{"rules: [server-name]", `1:8: rules is a list; it must be a mapping of rule names and severities`},
		{"rules: {server-nmae: off}", `1:9: unknown rule "server-nmae"; did you mean server-name?`},
		{"rules: {server-name: false}", `1:22: unknown severity "false"; allowed are error, warning, info, off`},
		{"rules: {server-name: warn}", `1:22: unknown severity "warn"; allowed are error`},
		{"rules: {server-name: [off]}", `1:22: a rule is a list; it must be a mapping of a severity, or severity, params and ignorable`},
		{"rules: {server-name: {ignorable: 1}}", `1:34: ignorable is "1"; it must be true or false`},
		{"rules: {server-name: }", `1:22: a severity is empty; it must be a text`},
		{"rules: {server-name: {sev: off}}", `1:23: unknown key of a rule "sev"; allowed are severity, params`},
		{"rules: {server-name: {params: {nme: x}}}", `1:32: unknown parameter "nme"; did you mean name? allowed are name, style`},
		{"rules: {glued-brace: {params: {a: x}}}", `1:32: unknown parameter "a"; rule glued-brace takes none`},
		{"rules: {server-name: {params: {name: [x]}}}", `1:38: a parameter is a list; it must be a text`},
		{"rules: {server-name: off}\nrules.server-name: error", `2:20: rule server-name has a severity already; give it once`},
		{"rules.server-name.params.name.x: 1", `1:1: unknown key "rules.server-name.params.name.x"`},
		{"rules.server-name.foo: 1", `1:1: unknown key "rules.server-name.foo"`},
		{"rules.foo.severity: off", `1:1: unknown rule "foo"; the rules command lists them`},
		{"unsafe: server-name", `1:9: unsafe is "server-name"; it must be a list of rule names`},
		{"unsafe: [{}]", `1:10: a rule name is a mapping; it must be a text`},
		{"unsafe: [no-rule]", `1:10: unknown rule "no-rule"`},
		{"target: [2.10]", `1:9: target is a list; it must be a text`},
		{"target:", `1:8: target is empty; it must be a text`},
		{"exclude: '*.x'", `1:10: exclude is "*.x"; it must be a list of globs`},
		{"exclude: ['../x']", `1:11: glob "../x"; a pattern has no empty, . or .. parts`},
		{"root: yes", `1:7: root is "yes"; it must be true or false`},
		{"overrides: {paths: [a]}", `1:12: overrides is a mapping; it must be a list of mappings with paths`},
		{"overrides: [{rules: {}}]", `1:13: the override has no paths; paths: [GLOB] says`},
		{"overrides: [{paths: [a], hosts: {}}]", `1:26: unknown key of an override "hosts"; allowed are paths, rules`},
		{"target: 1\ntarget: 2", `2:1: the file has the key "target" twice; give it once`},
		{"? [a]\n: b", `1:3: a key of the file is a list; it must be a text`},
		{"target: 1\n---\ntarget: 2", `a second document; the file holds one`},
		{"target: 1\n  from: [", `.natsfix.yaml:2:1: mapping values are not allowed in this context; the file must be YAML`},
		{"a: *x", `.natsfix.yaml:1:1: unknown anchor 'x' referenced; the file must be YAML`},
		{"a: \xff", `.natsfix.yaml:1:1: `},
	} {
		_, err := read(t, c.text)
		if err == nil {
			t.Errorf("%q: no error", c.text)
		} else if got := err.Error(); !strings.Contains(got, c.want) {
			t.Errorf("%q:\ngot  %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestAllProblemsOfAFileAreReported(t *testing.T) {
	_, err := read(t, "a: 1\nroot: 2\n")
	if err == nil || len(strings.Split(err.Error(), "\n")) != 2 {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("rules: {a: {params: {b: c}}}\noverrides: [{paths: [a]}]")
	f.Add("a: &a [")
	f.Add("a: &a [*a]\n<<: *a\nrules: *a")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := decode(Name, "/repo", []byte(text), Known{})
		if (got == nil) == (err == nil) {
			t.Fatal("neither a file nor an error, or both")
		}
		if got != nil {
			newConfig("/repo", []*file{got}).ForPath("/repo/a/b")
		}
	})
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
