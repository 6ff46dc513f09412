package oracle

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestGatewayNameConflictIsSeenOnlyAtTheStart(t *testing.T) {
	j := newJudge(t, Options{})
	v := askText(t, j, "cluster { name: a, port: 6222 }\ngateway { name: b, port: 7222 }\n")
	if v.NotJudged != "" || v.Reached != StageStart || v.Accepted() {
		t.Fatalf("%+v", v)
	}
	if got, want := messages(v), "start: cluster name conflicts between cluster and gateway definitions"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if v := askText(t, j, "cluster { name: a, port: 6222 }\ngateway { name: a, port: 7222 }\n"); !v.Accepted() {
		t.Errorf("the cured configuration is refused: %+v", v)
	}
}

func files(pairs ...string) map[string][]byte {
	m := map[string][]byte{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = []byte(pairs[i+1])
	}
	return m
}

func TestIncludesResolveBesideTheIncludingFile(t *testing.T) {
	j := newJudge(t, Options{})
	v := ask(t, j, Case{Root: "etc/nats.conf", Files: files(
		"etc/nats.conf", "port: 4222\ninclude 'parts/a.conf'\n",
		"etc/parts/a.conf", "include ../b.conf\nhttp_port: 8222\n",
		"etc/b.conf", "debug: true\n",
	)})
	if !v.Accepted() || !Equal(v.Values, map[string]any{"port": int64(4222), "http_port": int64(8222), "debug": true}) {
		t.Errorf("%+v", v)
	}
	v = ask(t, j, Case{Root: "etc/nats.conf", Files: files(
		"etc/nats.conf", "include 'a.conf'\n", "etc/a.conf", "\n\nport: 2020-foo\n")})
	if len(v.Problems) != 1 || v.Problems[0].File != "etc/a.conf" || v.Problems[0].Line != 3 || v.Reached != StageParse {
		t.Errorf("%+v", v)
	}
	v = ask(t, j, Case{Root: "nats.conf", Files: files("nats.conf", "include missing.conf\n")})
	want := "error parsing include file 'missing.conf', open missing.conf: no such file or directory"
	if len(v.Problems) != 1 || v.Problems[0].Message != want {
		t.Errorf("%+v", v)
	}
	v = ask(t, j, Case{Root: "nats.conf", Files: files("nats.conf", "include a.conf\n", "a.conf", "nonsense: 1\n")})
	if len(v.Problems) != 1 || v.Problems[0].File != "a.conf" || v.Problems[0].Message != `unknown field "nonsense"` {
		t.Errorf("%+v", v)
	}
}

func TestCasesThatWouldHarmTheParserAreRefused(t *testing.T) {
	j := newJudge(t, Options{})
	for _, c := range []struct {
		name, root, want string
		files            map[string][]byte
	}{
		{"cycle", "a", "circle: a -> b -> a", files("a", "include b\n", "b", "x { include a\n}\n")},
		{"own cycle", "a", "circle: a -> a", files("a", "include a\n")},
		{"escape", "a", `a includes "../../etc/passwd", which leaves`, files("a", "include ../../etc/passwd\n")},
		{"escape of a part", "d/a", `d/b includes "../../x", which leaves`, files("d/a", "include b\n", "d/b", "include ../../x\n")},
		{"path", "../a", `the path "../a" leaves`, files("../a", "port: 1\n")},
		{"absolute path", "/a", `the path "/a" leaves`, files("/a", "port: 1\n")},
		{"no root", "a", `the root document "a" is not among the files`, files("b", "port: 1\n")},
		{"depth", "a", "nested more than", files("a", strings.Repeat("a { ", 20_000)+strings.Repeat("}", 20_000)+"\n")},
	} {
		v := ask(t, j, Case{Root: c.root, Files: c.files})
		if !strings.Contains(v.NotJudged, c.want) || v.Accepted() {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

func TestAVariableCannotIncludeFiles(t *testing.T) {
	j := newJudge(t, Options{})
	for _, value := range []string{"1\ninclude /etc/passwd", "{ a: 1\n Include \"../../x\"\n}", "[ {\ninclude '../c'\n} ]"} {
		v := ask(t, j, Case{Root: "a", Files: files("a", "port: $A\n"), Env: map[string]string{"A": value}})
		if v.NotJudged != "the value of the variable A holds an include" {
			t.Errorf("%q: %+v", value, v)
		}
	}
	v := ask(t, j, Case{Root: "a", Files: files("a", "server_name: $A\n"), Env: map[string]string{"A": "'to include me'"}})
	if v.Values["server_name"] != "to include me" || v.NotJudged != "" {
		t.Errorf("%+v", v)
	}
}

func TestVariables(t *testing.T) {
	j := newJudge(t, Options{})
	env := map[string]string{
		"INT": "42", "SIZE": "2m", "FLOAT": "1.5", "BOOL": "yes", "TEXT": "'a b'", "WORD": "word",
		"LIST": "[a, b]", "MAP": "{a: 1}", "TIME": "2026-01-02T03:04:05Z", "NESTED": "$INT",
	}
	c := Case{Root: "a", Env: env, Files: files("a",
		"m { int: $INT, size: $SIZE, float: $FLOAT, bool: $BOOL, text: $TEXT, word: $WORD, list: $LIST, map: $MAP, time: $TIME, nested: $NESTED }\n")}
	v := ask(t, j, c)
	want := map[string]any{"m": map[string]any{
		"int": int64(42), "size": int64(2_000_000), "float": 1.5, "bool": true, "text": "a b", "word": "word",
		"list": []any{"a", "b"}, "map": map[string]any{"a": int64(1)},
		"time": time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "nested": int64(42),
	}}
	if !Equal(v.Values, want) {
		t.Errorf("got %v, want %v", v.Values, want)
	}
	c.Env = nil
	for _, name := range []string{"INT", "FROM_THE_PARENT", "HOME", "PATH"} {
		v := ask(t, j, Case{Root: "a", Files: files("a", "\nserver_name: $"+name+"\n")})
		want := Problem{Stage: StageParse, File: "a", Line: 2, Message: "variable reference for '" + name + "' on line 2 can not be found"}
		if len(v.Problems) != 1 || v.Problems[0] != want {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestFlagsCauseAndCureProblems(t *testing.T) {
	j := newJudge(t, Options{})
	text := "cluster { port: 6222 }\ngateway { name: b, port: 7222 }\n"
	for _, c := range []struct {
		text, want string
		args       Args
	}{
		{text, "start: cluster name conflicts between cluster and gateway definitions", Args{ClusterName: "a"}},
		{text, "", Args{ClusterName: "b"}},
		{"cluster { name: a, port: 6222, routes: [\"nats://h:6222\"] }\n", "start: jetstream cluster requires `server_name` to be set", Args{JetStream: true}},
		{"cluster { name: a, port: 6222 }\n", "", Args{JetStream: true, ServerName: "s", Routes: "nats://h:6222"}},
		{"port: 4222\n", "config: solicited routes require cluster capabilities, e.g. --cluster", Args{Routes: "nats://h:6222"}},
		{"port: 4222\n", "", Args{Routes: "nats://h:6222", Cluster: "nats://0.0.0.0:-1"}},
		{"jetstream { store_dir: /a }\n", "config: Duplicate 'store_dir' configuration", Args{StoreDir: "/b"}},
		{"https_port: 8223\n", "start: can't specify both HTTP (8222) and HTTPs (8223) ports", Args{HTTPPort: 8222}},
	} {
		v := ask(t, j, Case{Root: "a", Files: files("a", c.text), Args: c.args})
		if got := messages(v); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.args, got, c.want)
		}
	}
}

func TestAllErrorsAndWarningsAreReportedInOrder(t *testing.T) {
	j := newJudge(t, Options{})
	text := "port: \"4222\"\nping_interval: 5\nnonsense: 1\ncluster { name: a, port: 6222 }\ngateway { name: b, port: 7222 }\n"
	first := askText(t, j, text)
	var got []string
	for _, p := range first.Problems {
		got = append(got, fmt.Sprintf("%v %v %v", p.Stage, p.Warning, p))
	}
	want := []string{
		"config false nats.conf:1:0: interface conversion: interface {} is string, not int64",
		`config true nats.conf:2:1: invalid use of field "ping_interval": ping_interval should be converted to a duration`,
		`config false nats.conf:3:1: unknown field "nonsense"`,
		"start false cluster name conflicts between cluster and gateway definitions",
	}
	if !slices.Equal(got, want) || !first.Partial {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
	for range 20 {
		if v := askText(t, j, text); !reflect.DeepEqual(v, first) {
			t.Fatalf("a second answer differs: %+v and %+v", v, first)
		}
	}
	if v := askText(t, j, ""); len(v.Problems) != 1 || v.Problems[0].Message != "config has no values or is empty" || !v.Accepted() {
		t.Errorf("%+v", v)
	}
}

func TestErrorsThatHideEachOtherAreFound(t *testing.T) {
	j := newJudge(t, Options{})
	// At a value of a wrong type the server leaves the block, whose entries it
	// reads in random order.
	text := "cluster {\n  port: \"6222\"\n  routes: \"nats://h:6222\"\n  name: a\n  pool_size: true\n}\ngateway { name: b, port: 7222 }\n"
	for range 5 {
		v := askText(t, j, text)
		for _, want := range []string{
			"is string, not int64", "is string, not []interface {}", "is bool, not int64", "cluster name conflicts",
		} {
			if strings.Count(messages(v), want) != 1 {
				t.Errorf("%q is not reported once in:\n%s", want, messages(v))
			}
		}
		shown := slices.ContainsFunc(v.Problems, func(p Problem) bool { return p.Stage == StageConfig && !p.Hidden })
		if !shown || !v.Partial {
			t.Errorf("%+v", v)
		}
		if fresh, revealed := NewProblems(v, askText(t, j, text)); fresh != nil || revealed != nil {
			t.Errorf("worse than itself: %v %v", fresh, revealed)
		}
		cured := askText(t, j, strings.Replace(text, `"6222"`, "6222", 1))
		if fresh, _ := NewProblems(v, cured); fresh != nil {
			t.Errorf("curing one error brings %v", fresh)
		}
	}
}

func TestAnErrorInAnIncludeIsFoundBehindAnother(t *testing.T) {
	j := newJudge(t, Options{})
	v := ask(t, j, Case{Root: "r", Files: files("r", "leafnodes { include a\n port: x }\n", "a", "host: 5, no_advertise: 7\n")})
	if got := strings.Count(messages(v), "interface conversion"); got != 3 {
		t.Errorf("%d errors: %+v", got, v.Problems)
	}
}
