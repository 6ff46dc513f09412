package access

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// MappingLiteral finds destinations of mappings with a placeholder that the
// server does not replace, since it is a part of a token.
func MappingLiteral() *fixes.Rule {
	return &fixes.Rule{
		Name:     "mapping-literal",
		Severity: fixes.Warning,
		Summary:  "a mapping has $1 or {{wildcard(1)}} inside a token, which the server does not replace",
		Doc: fixes.Doc{
			Stage: "silent",
			What: `In the destination of a mapping $1 and {{wildcard(1)}} stand for a wildcard of the source if they are a whole token. As
a part of one, as in "bar-$1", they are text: each message goes to the subject bar-$1, whatever the wildcard matched, and who listens to bar-a
hears nothing.`,
			Fix:           "Nothing: the server cannot put a wildcard into a token. A person gives it a token of its own.",
			Applicability: "Manual: who listens has to know the subject.",
			Effect:        "A reload of the servers concerned.",
			Before:        "mappings {\n  \"foo.*\": \"bar-$1\"\n}\n",
			After:         "mappings {\n  \"foo.*\": \"bar.$1\"\n}\n",
			References:    []string{"server/subject_transform.go: indexPlaceHolders"},
		},
		CheckValue: checkMappingLiteral,
	}
}

func checkMappingLiteral(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || v.Block == nil || v.Block.Path != "mappings" || v.Server.Broken() || !isSubject(v.Entry.Key) {
		return
	}
	for i, item := range items(v.Value) {
		w := &fixes.Visit{Server: v.Server, Parent: v, Block: v.Block, Field: v.Field, Value: item, Index: i}
		dest := item
		if item.IsMap() {
			e, _ := text(item.Map, "destination", "dest")
			if e == nil {
				continue
			}
			w, dest = &fixes.Visit{Server: v.Server, Parent: w, Entry: e, Value: e.Value}, e.Value
		}
		checkLiteral(p, w, v.Entry.Key, dest)
	}
}

func checkLiteral(p *fixes.Pass, v *fixes.Visit, source string, dest *fleet.Value) {
	if dest.Unknown() || !dest.IsString() {
		return
	}
	if why, _ := mappingTransformRefused(source, dest.Text()); why != "" {
		return // mapping-refused
	}
	wildcards := 0
	for _, t := range strings.Split(source, ".") {
		if t == "*" {
			wildcards++
		}
	}
	for _, t := range strings.Split(dest.Text(), ".") {
		if part := literalPart(t, wildcards); part != "" {
			f := v.Finding("%s is not replaced, since it is a part of the token %s: messages go to the subject with these very letters in it, whatever the wildcard of %s is", part, t, source)
			p.Report(manual(f, "give the wildcard a token of its own between dots: the server cannot put one into a token"))
			return
		}
	}
}

// inToken matches what stands for a wildcard if it is a token.
var inToken = regexp.MustCompile(`\$([0-9]+)|\{\{\s*[wW]ildcard\s*\(\s*([0-9]+)\s*\)\s*\}\}`)

// literalPart returns the part of a token that would stand for one of so many
// wildcards if it were the whole token, "" if there is none.
func literalPart(token string, wildcards int) string {
	if _, plain, _, _ := placeholders(token); !plain {
		return ""
	}
	for _, m := range inToken.FindAllStringSubmatch(token, -1) {
		if n, err := strconv.Atoi(m[1] + m[2]); err == nil && n >= 1 && n <= wildcards {
			return m[0]
		}
	}
	return ""
}
