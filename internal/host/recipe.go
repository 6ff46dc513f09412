package host

import "regexp"

// recipeKeys are keys that a natsfix recipe has side by side: at the top, or in
// an item of recipes.
var recipeKeys = regexp.MustCompile(`(?m)^(?:  - |    |)(name|description|steps):`)

// isRecipe reports whether a YAML file is a natsfix recipe. The configurations
// in it are its tests: examples of what is wrong.
func isRecipe(text []byte) bool {
	seen := make(map[string]bool)
	for _, m := range recipeKeys.FindAllSubmatch(text, -1) {
		seen[string(m[1])] = true
	}
	return len(seen) == 3
}
