package ast

// RenameKey gives an entry another key. The key keeps its quotes, and gets
// quotes if it needs them.
func RenameKey(entry Node, key string) ([]Edit, error) {
	if err := checkPlace(entry); err != nil {
		return nil, err
	}
	if entry.Kind() != KindEntry {
		return nil, refuse(entry, "a %s has no key", entry.Kind())
	}
	text, err := QuoteKey(key, entry.Quote())
	if err != nil {
		return nil, err
	}
	s := entry.KeySpan()
	if quoted := text[0] == '"' || text[0] == '\''; quoted && s.Start > 0 && entry.doc.src[s.Start-1] == '/' {
		return nil, refuse(entry, "a stray / stands before the key")
	}
	return checked(entry, Edit{s.Start, s.End, text})
}
