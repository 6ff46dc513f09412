package recipe

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed example.yaml
var example string

// New returns the text of a recipe to begin with: commented, with a test that
// passes.
func New(name string) (string, error) {
	if !kebab.MatchString(name) {
		return "", fmt.Errorf("the name of a recipe is words of small letters and digits with - between them, not %q", name)
	}
	return strings.ReplaceAll(example, "NAME", name), nil
}
