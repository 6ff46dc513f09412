package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

var destinations = []string{
	"x", "x.$1", "x.$2", "x.$2.$1", "x.$1.$1", "x.$0", "x.>", ">", "x.$1.>", "$1", "$SYS.$1", "x-$1", "x..y", "x y", "x y.$1", ".x", "x.", ">.x",
	"x.*", "x.*.*", "x.*.$1", "x.*.>", "*", "{{wildcard(1)}}", "x.{{wildcard(1)}}", "x.{{ Wildcard( 2 ) }}", "x.{{wildcard()}}", "x.{{wildcard(1,2)}}", "x.{{wildcard(a)}}",
	"x.{{partition(3)}}", "x.{{partition(3,1)}}", "x.{{partition(3,1,2)}}", "x.{{partition(99999999999)}}", "x.{{partitions(3,1)}}", "x.{{PARTITION(3,1)}}",
	"x.{{split(1,-)}}", "x.{{split(1)}}", "x.{{splitFromLeft(1,2)}}", "x.{{SplitFromRight(1,2)}}", "x.{{sliceFromLeft(1,2)}}", "x.{{slicefromright(3,2)}}",
	"x.{{left(1,2)}}", "x.{{right(1,2)}}", "x.{{right(1)}}", "x.{{random(3)}}", "x.{{random()}}", "x.{{random(3)}}.$1", "x.{{}}", "x.{{a}}", "x-{{wildcard(1)}}",
	"{{wildcard(1)}}{{wildcard(2)}}",
}

var sources = []string{"ev", "ev.*", "ev.*.*", "ev.>", "ev.*.>", ">", "*", "ev.*.created"}

func TestTransformsAgreeWithTheServer(t *testing.T) {
	for _, source := range sources {
		for _, dest := range destinations {
			why, _ := mappingTransformRefused(source, dest)
			if err := server.ValidateMapping(source, dest); (why != "") != (err != nil) {
				t.Errorf("a mapping from %q to %q: %q, the server says %v", source, dest, why, err)
			}
			why, _ = transformRefused(source, dest, true)
			if _, err := server.NewSubjectTransformStrict(source, numbered(dest)); hasWildcard(source) && (why != "") != (err != nil) {
				t.Errorf("an import of %q to %q: %q, the server says %v", source, dest, why, err)
			}
		}
	}
}

func TestCoversAgreesWithTheServer(t *testing.T) {
	subjects := []string{">", "*", "a", "*.>", "a.>", "a.*", "a.b", "*.b", "a.*b", "a.**", "a.b.c", "a.*.c", "a.*.>", "a..b", "a.", "a.>b"}
	for _, super := range subjects {
		for _, sub := range subjects {
			if got, want := covers(super, sub), server.SubjectMatchesFilter(sub, super); got != want {
				t.Errorf("covers(%q, %q) = %v, want %v", super, sub, got, want)
			}
		}
	}
}

func TestNearFunction(t *testing.T) {
	for _, c := range []struct{ token, want string }{
		{"{{partitions(3,1)}}", "{{partition(3,1)}}"},
		{"{{ WILDCARD(1) }}", "{{ wildcard(1) }}"},
		{"{{wildcards(1,2)}}", ""}, // wildcard has one argument
		{"{{hash(1)}}", ""},
		{"{{splitFromleft(1,2)}}", "{{splitFromLeft(1,2)}}"},
		{"x", ""},
	} {
		if got := nearFunction(c.token); got != c.want {
			t.Errorf("nearFunction(%q) = %q, want %q", c.token, got, c.want)
		}
	}
}

func TestLiteralPartsAreNotReplaced(t *testing.T) {
	for _, dest := range destinations {
		tr, err := server.NewSubjectTransform("ev.*.*", dest)
		if err != nil || strings.Contains(dest, "{{}}") || strings.Contains(dest, "$SYS") {
			continue
		}
		got := tr.TransformSubject("ev.A.B")
		for _, token := range strings.Split(dest, ".") {
			if part := literalPart(token, 2); part != "" && !strings.Contains(got, token) {
				t.Errorf("%s of %q is replaced: %q", part, dest, got)
			}
		}
		if strings.ContainsAny(got, "${") && !slices.ContainsFunc(strings.Split(dest, "."), func(t string) bool { return literalPart(t, 2) != "" }) {
			t.Errorf("%q gives %q, and nothing is found", dest, got)
		}
	}
}
