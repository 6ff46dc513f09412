// Package suggest finds the word that was probably meant.
package suggest

import (
	"strings"
	"unicode/utf8"
)

// Suggest returns the word of known that is nearest to word, or "" if none is
// near: at most one slip (a letter too many, too few, wrong, or swapped with
// its neighbour) for every three letters, and at least one. Case does not
// count. Of equally near words the first one is taken.
func Suggest(word string, known []string) string {
	w := []rune(strings.ToLower(word))
	best, least := "", max(1, len(w)/3)+1
	var slips slips
	for _, k := range known {
		if abs(utf8.RuneCountInString(k)-len(w)) >= least {
			continue
		}
		if d := slips.count(w, strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// Slips counts the slips between two words. Case counts.
func Slips(a, b string) int { return new(slips).count([]rune(a), b) }

// slips counts how far words are apart, and keeps its room between them.
type slips struct {
	word               []rune
	before, above, row []int // rows of the table: the last but one, the last, the next
}

// count returns the number of slips between a and b ("optimal string
// alignment").
func (s *slips) count(a []rune, word string) int {
	s.word = s.word[:0]
	for _, r := range word {
		s.word = append(s.word, r)
	}
	b := s.word
	if len(s.row) <= len(b) {
		s.before, s.above, s.row = make([]int, 2*len(b)+1), make([]int, 2*len(b)+1), make([]int, 2*len(b)+1)
	}
	before, above, row := s.before, s.above, s.row
	for j := range len(b) + 1 {
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
