package recipe

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

// TestSchemaKnowsTheKeysOfRecipes compares the JSON Schema with what the
// decoder takes.
func TestSchemaKnowsTheKeysOfRecipes(t *testing.T) {
	s := readSchema(t)
	defs := s.root["$defs"].(map[string]any)
	step := defs["step"].(map[string]any)["anyOf"].([]any)[1]
	for name, c := range map[string]struct {
		schema any
		keys   []string
	}{
		"recipe": {defs["recipe"], recipeKeys}, "param": {defs["param"], paramKeys}, "test": {defs["test"], testKeys}, "step": {step, stepKeys},
	} {
		got := slices.Sorted(maps.Keys(c.schema.(map[string]any)["properties"].(map[string]any)))
		if want := slices.Sorted(slices.Values(c.keys)); !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %q, the decoder takes %q", name, got, want)
		}
	}
}

// TestSchemaAcceptsRecipesAndRefusesOthers validates the recipes of the
// repository, and files that are wrong.
func TestSchemaAcceptsRecipesAndRefusesOthers(t *testing.T) {
	s := readSchema(t)
	files, err := filepath.Glob("../../recipes/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d recipe files: %v", len(files), err)
	}
	for _, file := range append(files, "example.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(data), "NAME", "name")
		if why := s.validate(t, text); why != "" {
			t.Errorf("%s: %s", file, why)
		}
	}
	for _, text := range []string{
		"name: x", "name: X\ndescription: d\nsteps: []", "name: x\ndescription: d\nsteps: [{five: 6}]", "name: x\ndescription: d\nsteps: []\nwhen: y",
		"recipes: []\nname: x", "name: x\ndescription: d\nsteps: [{rule: a, of: b}]", "name: x\ndescription: d\nsteps: []\nseverity: fatal",
		"name: x\ndescription: d\nsteps: []\ntests: [{name: t}]", "[]",
	} {
		if s.validate(t, text) == "" {
			t.Errorf("the schema accepts %q", text)
		}
	}
}

// schema validates the part of JSON Schema that schema.json is written in.
type schema struct{ root map[string]any }

func readSchema(t *testing.T) schema {
	t.Helper()
	data, err := os.ReadFile("../../recipes/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(data, &s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s schema) validate(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		return err.Error()
	}
	return s.check(s.root, v, "")
}

// check returns what is wrong with a value, "" if nothing is.
func (s schema) check(rule map[string]any, v any, at string) string {
	for key, arg := range rule {
		why := ""
		switch key {
		case "$ref":
			why = s.check(s.root["$defs"].(map[string]any)[strings.TrimPrefix(arg.(string), "#/$defs/")].(map[string]any), v, at)
		case "oneOf", "anyOf":
			fit := 0
			for _, one := range arg.([]any) {
				if reason := s.check(one.(map[string]any), v, at); reason == "" {
					fit++
				} else {
					why = reason
				}
			}
			if fit == 1 || fit > 1 && key == "anyOf" {
				why = ""
			}
		case "type":
			types, ok := arg.([]any)
			if !ok {
				types = []any{arg}
			}
			if !slices.Contains(types, any(typeOf(v))) {
				why = fmt.Sprintf("%s is a %s, not %v", at, typeOf(v), arg)
			}
		case "enum":
			if !slices.Contains(arg.([]any), v) {
				why = fmt.Sprintf("%s is %v, not of %v", at, v, arg)
			}
		case "pattern":
			if text, ok := v.(string); ok && !regexp.MustCompile(arg.(string)).MatchString(text) {
				why = fmt.Sprintf("%s is %q", at, text)
			}
		case "items":
			list, _ := v.([]any)
			for i, item := range list {
				if why == "" {
					why = s.check(arg.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))
				}
			}
		case "required":
			m, _ := v.(map[string]any)
			for _, name := range arg.([]any) {
				if _, ok := m[name.(string)]; !ok && m != nil {
					why = fmt.Sprintf("%s has no %s", at, name)
				}
			}
		case "properties", "additionalProperties":
			why = s.properties(rule, v, at)
		}
		if why != "" {
			return why
		}
	}
	return ""
}

func (s schema) properties(rule map[string]any, v any, at string) string {
	m, _ := v.(map[string]any)
	known, _ := rule["properties"].(map[string]any)
	for name, value := range m {
		sub, ok := known[name].(map[string]any)
		if !ok {
			switch extra := rule["additionalProperties"].(type) {
			case bool:
				return fmt.Sprintf("%s has a key %s", at, name)
			case map[string]any:
				sub = extra
			}
		}
		if why := s.check(sub, value, at+"."+name); why != "" {
			return why
		}
	}
	return ""
}

func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case int, float64, int64:
		return "number"
	case []any:
		return "array"
	}
	return "object"
}
