package cli

import (
	"strings"

	"github.com/natsfix/natsfix/internal/suggest"
)

// nearest returns the one of words that was probably meant: one that is
// spelled nearly like word, or else the first that begins with it; "" if there
// is none.
func nearest(word string, words []string) string {
	if s := suggest.Suggest(word, words); s != "" {
		return s
	}
	for _, w := range words {
		if len(word) >= 3 && strings.HasPrefix(w, word) {
			return w
		}
	}
	return ""
}
