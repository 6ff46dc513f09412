package types

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// kinds are the flags that say what a value is, as opposed to what it means.
const kinds = schema.String | schema.Int | schema.Float | schema.Bool | schema.List | schema.Map

// otherKind is the kind of a date, which no field takes.
const otherKind schema.Type = 1 << 31

// kindOf returns what a value is: one of the kinds, or 0 if nobody knows.
func kindOf(v *fleet.Value) schema.Type {
	switch v.Kind() {
	case ast.KindString:
		return schema.String
	case ast.KindInt:
		return schema.Int
	case ast.KindFloat:
		return schema.Float
	case ast.KindBool:
		return schema.Bool
	case ast.KindArray:
		return schema.List
	case ast.KindMap:
		return schema.Map
	case ast.KindTime:
		return otherKind
	}
	return 0
}

// taken returns what the server takes in place of the value: the type of its
// field, or of the items of the list that it is in; 0 if the server knows no
// field there, or a list that should not be there hides it.
func taken(v *fixes.Visit) schema.Type {
	switch {
	case v.Field == nil:
		return 0
	case v.Entry != nil:
		return v.Field.Type
	case v.Parent.Entry == nil || !v.Field.Takes(schema.List):
		return 0
	}
	return v.Field.Elem
}

// takes says in words which kinds of values a type accepts.
func takes(t schema.Type) string {
	var words []string
	add := func(flag schema.Type, word string) {
		if t.Has(flag) {
			words = append(words, word)
		}
	}
	add(schema.Bool, "true or false")
	switch {
	case t.Has(schema.Duration):
		add(schema.String, `a duration in quotes such as "30s"`)
	case t.Has(schema.Percent):
		add(schema.String, `a percentage such as "50%"`)
	case t.Has(schema.HostPort):
		add(schema.String, `"host:port"`)
	case t.Has(schema.URL):
		add(schema.String, "a URL")
	default:
		add(schema.String, "a text")
	}
	if t.Has(schema.Float) {
		words = append(words, "a number")
	} else {
		add(schema.Int, "a whole number")
	}
	add(schema.List, "a list [ ]")
	add(schema.Map, "a block { }")
	switch len(words) {
	case 0:
		return "nothing"
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// found says in words what a value is, and shows it unless it may be a secret.
func found(v *fixes.Visit) string {
	text := shown(v)
	switch kindOf(v.Value) {
	case schema.String:
		return join("text", text)
	case schema.Int, schema.Float:
		return join("number", text)
	case schema.Bool:
		return join("boolean", text)
	case schema.List:
		return "a list"
	case schema.Map:
		return "a block"
	}
	return join("date", text)
}

func join(what, text string) string {
	if text == "" {
		return "a " + what
	}
	return "the " + what + " " + text
}

// longest is how much of a value a message shows.
const longest = 60

// shown returns a scalar as messages show it, "" if it may be a secret.
func shown(v *fixes.Visit) string {
	const private = schema.URL | schema.JWT | schema.Seed
	text := v.Value.Text()
	f := v.Field
	if f == nil || f.Secret || (f.Type|f.Elem)&private != 0 || v.Value.Doc.Env != "" || len(text) > longest ||
		strings.Contains(text, "://") && strings.ContainsAny(text, "@?") {
		return ""
	}
	if v.Value.IsString() {
		return strconv.Quote(text)
	}
	return text
}

// name returns what messages call the place of a value.
func name(v *fixes.Visit) string {
	if v.Entry != nil {
		return v.Entry.Key
	}
	return fmt.Sprintf("an item of %s", v.Parent.Entry.Key)
}

// whyNot says why a value cannot be edited although the right one is known.
func whyNot(v *fixes.Visit) string {
	if env := v.Value.Doc.Env; env != "" {
		return fmt.Sprintf("the value comes from the environment: change it there ($%s is read as configuration text, so quotes belong into its value)", env)
	}
	return "the value is shared with other fields through a variable: write it out here, or give this field a variable of its own"
}

// isJSON reports whether a value stands in a document that is JSON and should
// stay so.
func isJSON(v *fixes.Visit) bool { return json.Valid(v.Value.Doc.Tree.Source()) }

// boolWords are what the server reads as true or false without quotes
// (conf/lex.go), and what people write instead.
var boolWords = map[string]string{
	"true": "", "yes": "", "on": "", "false": "", "no": "", "off": "",
	"1": "true", "t": "true", "enabled": "true", "enable": "true",
	"0": "false", "f": "false", "disabled": "false", "disable": "false",
}

// boolOf returns the unquoted word that says the same as a text, "" if none
// does.
func boolOf(text string) string {
	text = strings.TrimSpace(text)
	word, ok := boolWords[strings.ToLower(text)]
	if ok && word == "" {
		return text
	}
	return word
}

// jsonBool returns the word of JSON for one that boolOf returned.
func jsonBool(word string) string {
	switch strings.ToLower(word) {
	case "true", "yes", "on":
		return "true"
	}
	return "false"
}
