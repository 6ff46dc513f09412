package golden

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/diff"
)

// Format returns the text of the case with the sections that an outcome gives
// it. The comment, the files, and the order in which the sections stand are
// left as they are. A case that says nothing yet gets every section that has
// something to say, any other one the optional sections only that it has.
// What a txtar file cannot hold, or nobody could read, is an error.
func (c *Case) Format(o *Outcome) ([]byte, error) {
	want, err := c.expected(o)
	if err != nil {
		return nil, err
	}
	out := &archive{comment: c.archive.comment}
	for _, f := range c.archive.files {
		if strings.HasPrefix(f.name, "in/") {
			out.files = append(out.files, f)
			continue
		}
		data, ok := want[f.name]
		if ok || len(f.data) == 0 && c.Sections[f.name] == "" && !strings.HasPrefix(f.name, "out/") {
			out.files = append(out.files, archived{name: f.name, data: data})
		}
		delete(want, f.name)
	}
	for _, name := range slices.SortedFunc(maps.Keys(want), compareSections) {
		at := slices.IndexFunc(out.files, func(f archived) bool {
			return !strings.HasPrefix(f.name, "in/") && compareSections(f.name, name) > 0
		})
		if at < 0 {
			at = len(out.files)
		}
		out.files = slices.Insert(out.files, at, archived{name: name, data: want[name]})
	}
	text := out.format()
	if c.crlf {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	if len(text) > MaxSize {
		return nil, fmt.Errorf("%s: with what came out the case would be larger than %d bytes", c.Name, MaxSize)
	}
	return text, nil
}

// unsaid shows what came of a case that says nothing yet, as a difference.
func (c *Case) unsaid(o *Outcome) string {
	var b strings.Builder
	for _, s := range sections() {
		if text := o.Sections[s.name]; text != "" && s.name != diffSection {
			b.Write(diff.Compute(diff.Change{Name: s.name, New: []byte(text)}, 3).Unified())
		}
	}
	return b.String()
}

// expected returns the sections with something to say, by name. The optional
// ones come in if nothing would be left without them: the case would say no
// more what is expected.
func (c *Case) expected(o *Outcome) (map[string][]byte, error) {
	want, err := c.sectionsFor(o, c.fresh())
	if err == nil && len(want) == 0 {
		return c.sectionsFor(o, true)
	}
	return want, err
}

func (c *Case) sectionsFor(o *Outcome, all bool) (map[string][]byte, error) {
	want := make(map[string][]byte)
	for _, s := range sections() {
		_, given := c.Sections[s.name]
		text := []byte(o.Sections[s.name])
		if len(text) == 0 || s.optional && !given && (!all || s.name == diffSection) {
			continue
		}
		if hasMarker(text) || text[len(text)-1] != '\n' {
			return nil, fmt.Errorf("%s: the section %s cannot be held in a txtar file: %q", c.Name, s.name, text)
		}
		want[s.name] = text
	}
	if c.byDiff() {
		return want, nil
	}
	for name, content := range o.Files {
		data, ok := c.forms[name].decode(content)
		if !ok {
			return nil, fmt.Errorf("%s: out/%s cannot be held in a txtar file: %q", c.Name, name, content)
		}
		want["out/"+name] = data
	}
	return want, nil
}

// compareSections orders sections as a new case has them: those of the list,
// then the files.
func compareSections(a, b string) int {
	rank := func(name string) int {
		i := slices.IndexFunc(sections(), func(s section) bool { return s.name == name })
		if i < 0 {
			return len(sections())
		}
		return i
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
