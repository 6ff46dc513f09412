package ast_test

import "testing"

func TestNewMapsTakeTheLinesOfTheMapsBesideThem(t *testing.T) {
	on := kv{"m", mapping(kv{"b", num(1)})}
	runEditCases(t, []editCase{
		{"set: beside maps on one line", "a: x\nc { d: 1 }\n", do(set("a", mapping(kv{"b", num(1)}))), "a: { b: 1 }\nc { d: 1 }\n"},
		{"set: beside maps on lines", "a: x\nc {\n  d: 1\n}\n", do(set("a", mapping(kv{"b", num(1)}))), "a: {\n  b: 1\n}\nc {\n  d: 1\n}\n"},
		{"set: an empty map is no example", "a: x\nc {}\n", do(set("a", mapping(kv{"b", num(1)}))), "a: {\n  b: 1\n}\nc {}\n"},
		{"set: most maps take lines", "a: x\nc { d: 1 }\ne {\n  f: 1\n}\ng {\n  h: 1\n}\n", do(set("a", mapping(kv{"b", num(1)}))), "a: {\n  b: 1\n}\nc { d: 1 }\ne {\n  f: 1\n}\ng {\n  h: 1\n}\n"},
		{"set: a comment stays behind the value", "a: x  # why\nb: 1\n", do(set("a", mapping(kv{"b", num(1)}))), "a: { b: 1 }  # why\nb: 1\n"},
		{"set: a new string in a map is quoted as those nearby", "s: \"x\"\nu: \"y\"\na: word\n", do(set("a", mapping(kv{"b", str("z")}))), "s: \"x\"\nu: \"y\"\na: {\n  b: \"z\"\n}\n"},
		{"insert: beside maps on one line", "c { d: 1 }\n", do(insert("", "end", on)), "c { d: 1 }\nm { b: 1 }\n"},
		{"insert: beside maps on lines", "c {\n  d: 1\n}\n", do(insert("", "end", on)), "c {\n  d: 1\n}\nm {\n  b: 1\n}\n"},
		{"insert: in JSON", "{\n  \"c\": { \"d\": 1 }\n}\n", do(insert("", "end", on)), "{\n  \"c\": { \"d\": 1 },\n  \"m\": { \"b\": 1 }\n}\n"},
	})
}
