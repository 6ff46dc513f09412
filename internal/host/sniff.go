package host

import (
	"bytes"
	"iter"

	"github.com/natsfix/natsfix/internal/repo"
)

// enough is the weight of evidence from which on a text is surely a server's
// configuration. One setting that no other program has is enough.
const enough = 4

// maxHead is how much of a text is looked at. What follows in a longer one
// could not make up for a beginning that says nothing.
const maxHead = 64 << 10

// Sniff judges a text by its first 64 KB. The name of the file it stands in
// helps where the text says little; "" is no help. The reason it gives names
// keys, never values.
//
// What counts is the shape: keys of the server's top level that hold what the
// server takes there speak for it, the more the rarer they are elsewhere; keys
// that the server does not know and values of another shape speak against it.
// Text that only makes sense inside a block of a configuration (users, the
// files of a tls block) is not a server's configuration, and neither is what
// other programs read in the same syntax.
func Sniff(name string, text []byte) repo.Verdict {
	switch head := text[:min(len(text), 8000)]; {
	case len(bytes.TrimSpace(head)) == 0:
		return repo.Verdict{Class: repo.Nothing, Why: "it is empty"}
	case bytes.IndexByte(head, 0) >= 0:
		return repo.Verdict{Class: repo.Foreign, Why: "it is binary"}
	}
	text = upTo(text, maxHead)
	if !hint(text) {
		return repo.Verdict{Class: repo.Foreign, Why: "it has no setting of nats-server"}
	}
	if start := upTo(text, maxFirst); len(start) < len(text) {
		if v := weigh(name, start); v.Class == repo.Ours && !mayBeOther(text) {
			return v
		}
	}
	return weigh(name, text)
}

// maxFirst is how much of a text is parsed at first: mostly that is enough.
const maxFirst = 2 << 10

// upTo cuts a text that is longer than max behind the last line end before.
func upTo(text []byte, max int) []byte {
	if len(text) <= max {
		return text
	}
	text = text[:max]
	return text[:bytes.LastIndexByte(text, '\n')+1]
}

// hint reports whether a word that begins an entry is a key that nats-server
// knows in some block. Most files of other programs are turned away here
// without being parsed.
func hint(text []byte) bool {
	for word := range words(text) {
		if anyBlock[string(word)] {
			return true
		}
	}
	return false
}

// mayBeOther reports whether a key that tells another program apart may stand
// somewhere in the text.
func mayBeOther(text []byte) bool {
	for word := range words(text) {
		for _, p := range programs {
			if string(word) == p.keys[0] {
				return true
			}
		}
	}
	return false
}

// words iterates over the words that begin a line or an entry, in lower case,
// outside of comments. A word is valid until the next one.
func words(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var lower [maxKey]byte
		start := true
		for i := 0; i < len(text); {
			switch c := text[i]; {
			case isKeyByte(c):
				j := i + 1
				for j < len(text) && isKeyByte(text[j]) {
					j++
				}
				if n := copy(lower[:], text[i:j]); start && n == j-i {
					for k, c := range lower[:n] {
						if 'A' <= c && c <= 'Z' {
							lower[k] = c + 'a' - 'A'
						}
					}
					if !yield(lower[:n]) {
						return
					}
				}
				start = false
				i = j
			case c == '\n' || c == '{' || c == ';' || c == ',':
				start = true
				i++
			case start && (c == '#' || c == '/'):
				j := bytes.IndexByte(text[i:], '\n')
				if j < 0 {
					return
				}
				i += j
			default:
				start = start && (c == ' ' || c == '\t' || c == '\r' || c == '"' || c == '\'' || c >= 0x80)
				i++
			}
		}
	}
}

func isKeyByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// maxKey is the length of the longest key that is looked up.
const maxKey = 40
