// Package suggest finds the word that was probably meant.
package suggest

import "strings"

// Suggest returns the word of known that is nearest to word, or "" if none is
// near: at most one slip (a letter too many, too few, wrong, or swapped with
// its neighbour) for every three letters, and at least one. Case does not
// count. Of equally near words the first one is taken.
func Suggest(word string, known []string) string {
	w := []rune(strings.ToLower(word))
	best, least := "", max(1, len(w)/3)+1
	for _, k := range known {
		r := []rune(strings.ToLower(k))
		if abs(len(r)-len(w)) >= least {
			continue
		}
		if d := distance(w, r); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the slips between a and b ("optimal string alignment").
func distance(a, b []rune) int {
	before := make([]int, len(b)+1) // the row of a[:i-2]
	above := make([]int, len(b)+1)  // the row of a[:i-1]
	row := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

func abs(n int) int { return max(n, -n) }
