package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// schema is the part of JSON Schema that docs/natsfix.schema.json uses.
type schema struct {
	ID          string             `json:"$id"`
	Meta        string             `json:"$schema"`
	Title       string             `json:"title"`
	Description string             `json:"description"`
	Ref         string             `json:"$ref"`
	Type        any                `json:"type"`
	Enum        []string           `json:"enum"`
	AnyOf       []*schema          `json:"anyOf"`
	Properties  map[string]*schema `json:"properties"`
	Patterns    map[string]*schema `json:"patternProperties"`
	Others      json.RawMessage    `json:"additionalProperties"` // false or a schema
	Required    []string           `json:"required"`
	Items       *schema            `json:"items"`
	MinItems    int                `json:"minItems"`
	Definitions map[string]*schema `json:"definitions"`
}

func readSchema(t *testing.T) *schema {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "docs", "natsfix.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	var s schema
	if err := dec.Decode(&s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// validate returns what is wrong with a value, or "".
func (root *schema) validate(s *schema, n *yaml.Node, at string) string {
	if s.Ref != "" {
		return root.validate(root.Definitions[strings.TrimPrefix(s.Ref, "#/definitions/")], n, at)
	}
	if len(s.AnyOf) > 0 {
		var all []string
		for _, one := range s.AnyOf {
			why := root.validate(one, n, at)
			if why == "" {
				return ""
			}
			all = append(all, why)
		}
		return strings.Join(all, ", and ")
	}
	if !s.takes(typeOf(n)) {
		return fmt.Sprintf("%s is %s, not %v", at, typeOf(n), s.Type)
	}
	if s.Enum != nil && !slices.Contains(s.Enum, n.Value) {
		return at + " is none of the words"
	}
	if n.Kind == yaml.SequenceNode {
		if len(n.Content) < s.MinItems {
			return at + " is too short"
		}
		for i, item := range n.Content {
			if why := root.validate(s.Items, item, fmt.Sprintf("%s[%d]", at, i)); why != "" {
				return why
			}
		}
	}
	if n.Kind != yaml.MappingNode {
		return ""
	}
	for _, key := range s.Required {
		if !slices.ContainsFunc(n.Content, func(k *yaml.Node) bool { return k.Value == key }) {
			return at + " lacks " + key
		}
	}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i].Value
		of := s.Properties[key]
		for pattern, have := range s.Patterns {
			if regexp.MustCompile(pattern).MatchString(key) {
				of = have
			}
		}
		if of == nil && string(s.Others) == "false" {
			return at + " has no key " + key
		}
		if of == nil {
			of = &schema{}
			if err := json.Unmarshal(s.Others, of); err != nil {
				return err.Error()
			}
		}
		if why := root.validate(of, n.Content[i+1], at+"."+key); why != "" {
			return why
		}
	}
	return ""
}

// takes reports whether values of a type are allowed.
func (s *schema) takes(kind string) bool {
	switch want := s.Type.(type) {
	case string:
		return want == kind
	case []any:
		return slices.Contains(want, any(kind))
	}
	return true
}

func typeOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "object"
	case yaml.SequenceNode:
		return "array"
	}
	switch n.ShortTag() {
	case "!!null":
		return "null"
	case "!!bool":
		return "boolean"
	case "!!int", "!!float":
		return "number"
	}
	return "string"
}

func keysOf(m map[string]*schema) []string { return slices.Sorted(maps.Keys(m)) }

func TestTheSchemaKnowsTheKeysThatAreRead(t *testing.T) {
	s := readSchema(t)
	rule := s.Definitions["rule"].AnyOf[1]
	for _, c := range []struct {
		what      string
		have, key []string
	}{
		{"the file", keysOf(s.Properties), fileKeys},
		{"an override", keysOf(s.Definitions["override"].Properties), append([]string{"paths"}, settingKeys...)},
		{"a rule", keysOf(rule.Properties), ruleKeys},
		{"severities", slices.Sorted(slices.Values(s.Definitions["severity"].Enum)), severities},
	} {
		if want := slices.Sorted(slices.Values(c.key)); !slices.Equal(c.have, want) {
			t.Errorf("%s: the schema has %v, what is read is %v", c.what, c.have, want)
		}
	}
	if s.ID != SchemaURL {
		t.Errorf("the schema says it is %s, and is looked for at %s", s.ID, SchemaURL)
	}
}

// uncommented is the template with all that it offers switched on.
func uncommented() string {
	text := regexp.MustCompile(`(?m)^#([^ \n#])`).ReplaceAllString(Template, "$1")
	text = regexp.MustCompile(`(?m)^#(  +\S)`).ReplaceAllString(text, "$1")
	return strings.NewReplacer("exclude: []", "exclude:", "rules: {}", "rules:").Replace(text)
}

func TestTheSchemaAndTheReaderAgree(t *testing.T) {
	s := readSchema(t)
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{Template, true},
		{uncommented(), true},
		{"rules: {a: off, b: {severity: info, params: {n: 1, t: yes}, ignorable: false}}\ntarget: 2.12\n", true},
		{"rules.a.ignorable: false\nrules.b: info\nrules.c.params.p: x\n", true},
		{"overrides: [{paths: [x], rules: {a: off}, baseline: b}]\n", true},
		{"rules:\nexclude:\n", true},
		{"rulez: {}\n", false},
		{"rules: {a: loud}\n", false},
		{"rules: {a: {level: info}}\n", false},
		{"root: 1\n", false},
		{"exclude: x\n", false},
		{"overrides: [{rules: {a: off}}]\n", false},
		{"overrides: [{paths: [x], hosts: {}}]\n", false},
		{"rules: {a: {ignorable: never}}\n", false},
		{"- a\n", false},
	} {
		_, err := decode(".natsfix.yaml", "/", []byte(c.text), Known{})
		if (err == nil) != c.ok {
			t.Errorf("%q: read with %v", c.text, err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(c.text), &doc); err != nil {
			t.Fatal(err)
		}
		if why := s.validate(s, doc.Content[0], "the file"); (why == "") != c.ok {
			t.Errorf("%q: the schema says %q", c.text, why)
		}
	}
}

func TestTheTemplateShowsEveryKey(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(uncommented()), &doc); err != nil {
		t.Fatal(err)
	}
	var have []string
	for i := 0; i < len(doc.Content[0].Content); i += 2 {
		have = append(have, doc.Content[0].Content[i].Value)
	}
	for _, key := range fileKeys {
		if !slices.Contains(have, key) {
			t.Errorf("the template does not speak of %s", key)
		}
	}
}
