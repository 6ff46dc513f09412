// Package baseline reads and writes the file that lists known findings, so that
// an old repository can adopt natsfix and see only what is new.
//
// An entry names a finding by its rule, its file and the keys that lead to its
// place, and says how often it is found there: no lines, no columns and nothing
// of the values, so that it survives edits around it and holds no secret.
package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/yamlnode"
	"go.yaml.in/yaml/v3"
)

// Schema names the shape of the file.
const Schema = "natsfix/baseline/1"

// Entry is a finding as a baseline knows it.
type Entry struct {
	// Repository is the address of the repository that the file is in, without
	// secrets; "" for files on this machine.
	Repository string
	// File is relative to the folder of the baseline, or to the top of the
	// repository, with slashes; FILE#NAME for a document inside a file.
	File string
	Rule string
	// Place are the keys that lead to the place in the file, joined by dots; ""
	// for what is missing in the file as a whole.
	Place string
}

// OnDisk returns the file without the name of a document in it.
func (e Entry) OnDisk() string {
	file, _, _ := strings.Cut(e.File, "#")
	return file
}

// Compare orders entries by repository, file, rule and place.
func (e Entry) Compare(o Entry) int {
	return cmp.Or(cmp.Compare(e.Repository, o.Repository), cmp.Compare(e.File, o.File), cmp.Compare(e.Rule, o.Rule), cmp.Compare(e.Place, o.Place))
}

// Sorted returns the entries in order.
func Sorted(entries map[Entry]int) []Entry {
	return slices.SortedFunc(maps.Keys(entries), Entry.Compare)
}

// Format returns the text of a baseline: sorted, one entry a line, so that its
// changes are read and merged line by line.
func Format(entries map[Entry]int) []byte {
	var b bytes.Buffer
	b.WriteString("# Findings that are known and left alone, made by: natsfix check --update-baseline\n")
	fmt.Fprintf(&b, "schema: %s\n", Schema)
	if len(entries) == 0 {
		b.WriteString("findings: []\n")
		return b.Bytes()
	}
	b.WriteString("findings:\n")
	for _, e := range Sorted(entries) {
		b.WriteString("- {")
		if e.Repository != "" {
			fmt.Fprintf(&b, "repository: %s, ", quote(e.Repository))
		}
		fmt.Fprintf(&b, "file: %s, rule: %s", quote(e.File), quote(e.Rule))
		if e.Place != "" {
			fmt.Fprintf(&b, ", place: %s", quote(e.Place))
		}
		if n := entries[e]; n != 1 {
			fmt.Fprintf(&b, ", count: %d", n)
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

// quote returns a text as YAML, bare if it reads as a text for certain.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./-", r)
	}
	if s != "" && strings.Trim(s, "-.0123456789") != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 && s[0] != '-' {
		var n yaml.Node
		if yaml.Unmarshal([]byte(s), &n) == nil && len(n.Content) == 1 && n.Content[0].ShortTag() == "!!str" {
			return s
		}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b) // a JSON string is one of YAML
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Parse reads the text of a baseline; name is for errors, which begin with
// NAME:LINE:COLUMN, one for each line.
func Parse(name string, data []byte) (map[Entry]int, error) {
	p := &parser{Reader: yamlnode.Reader{Name: name}, entries: make(map[Entry]int)}
	root, err := p.Document(data)
	if err != nil {
		return nil, err
	}
	if root == nil {
		return nil, fmt.Errorf("%s:1:1: the file is empty; natsfix check --update-baseline writes one", name)
	}
	p.file(root)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return p.entries, nil
}

type parser struct {
	yamlnode.Reader
	entries map[Entry]int
}

func (p *parser) file(n *yaml.Node) {
	schema := false
	p.Mapping(n, "the baseline", "schema and findings", func(k, v *yaml.Node) {
		switch k.Value {
		case "schema":
			schema = true
			if text, ok := p.Text(v, "schema"); ok && text.Text != Schema {
				p.Fail(v, fmt.Sprintf("schema is %q", text.Text), "this natsfix reads "+Schema)
			}
		case "findings":
			p.List(v, "findings", "entries", p.entry)
		default:
			p.Unknown(k, "key", k.Value, []string{"schema", "findings"})
		}
	})
	if !schema && len(p.Errs) == 0 {
		p.Fail(n, "there is no schema", "a baseline says schema: "+Schema)
	}
}

func (p *parser) entry(n *yaml.Node) {
	e, count, before := Entry{}, 1, len(p.Errs)
	p.Mapping(n, "an entry", "repository, file, rule, place and count", func(k, v *yaml.Node) {
		text, ok := p.Text(v, k.Value)
		if !ok {
			return
		}
		switch k.Value {
		case "repository":
			e.Repository = text.Text
		case "file":
			e.File = text.Text
		case "rule":
			e.Rule = text.Text
		case "place":
			e.Place = text.Text
		case "count":
			var err error
			if count, err = strconv.Atoi(text.Text); err != nil || count < 1 {
				p.Fail(v, fmt.Sprintf("count is %q", text.Text), "it must be a number from 1")
			}
		default:
			p.Unknown(k, "key", k.Value, []string{"repository", "file", "rule", "place", "count"})
		}
	})
	_, have := p.entries[e]
	switch {
	case len(p.Errs) > before:
	case e.File == "" || e.Rule == "":
		p.Fail(n, "the entry lacks file or rule", "it needs both")
	case path.IsAbs(e.File):
		p.Fail(n, fmt.Sprintf("file is %q", e.File), "it must be relative to the folder of the baseline, or to the top of its repository")
	case have:
		p.Fail(n, "the entry stands in the list twice", "add its counts up, or run natsfix check --update-baseline")
	default:
		p.entries[e] = count
	}
}
