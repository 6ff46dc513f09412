package meaning

import (
	"fmt"
	"slices"
)

// sprintf is fmt.Sprintf under a name that keeps the messages readable.
func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// sortedKeys returns the keys of a set that are in it.
func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for k, in := range set {
		if in {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}
