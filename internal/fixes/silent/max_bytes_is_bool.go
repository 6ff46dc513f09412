package silent

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// MaxBytesIsBool finds sizes where an account's JetStream limits take a bool.
func MaxBytesIsBool() *fixes.Rule {
	return &fixes.Rule{
		Name:     "max-bytes-is-bool",
		Severity: fixes.Error,
		Summary:  "max_bytes of an account's JetStream is a switch and no size, so the server refuses the file",
		Params: []fixes.Param{{
			Name: "meaning", Default: "stream for max_stream_bytes, required for max_bytes_required, else account", Values: []string{"account", "stream", "required"},
			Doc: "what the size was meant for: all files of the account (max_file), the files of one stream (disk_max_stream_bytes), or nothing but that every stream must have a limit (true)",
		}},
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: `Expected a parseable bool for "max_bytes"`,
			Since:   "2.7.0",
			What: `max_bytes and max_stream_bytes in the jetstream block of an account look like sizes. They are other names of
max_bytes_required, a switch: with true each stream must have a max_bytes of its own. What all streams of the account may
take is max_file and max_memory; what one stream may take, disk_max_stream_bytes and memory_max_stream_bytes.`,
			Fix: `The key becomes the one that takes the size: max_file for max_bytes, disk_max_stream_bytes for max_stream_bytes. A size
in max_bytes_required becomes true.`,
			Applicability: `Unsafe until the meaning is given. Manual if the key that takes the size is there already, or the value is no size.`,
			Effect:        `The server does not run with the file as it is; a running one needs a reload.`,
			Before: `accounts {
  APP { jetstream { max_bytes: 1GB } }
}
`,
			After: `accounts {
  APP { jetstream { max_file: 1GB } }
}
`,
		},
		Fields:     fixes.At("accounts.<name>.jetstream", "max_bytes_required"),
		CheckValue: checkMaxBytesIsBool,
	}
}

func checkMaxBytesIsBool(p *fixes.Pass, v *fixes.Visit) {
	if !v.Is("accounts.<name>.jetstream", "max_bytes_required") || v.Value.Kind() != ast.KindInt || v.Server.Garbled() {
		return
	}
	meaning, given := p.Param("meaning")
	if !given {
		meaning = map[string]string{"max_stream_bytes": "stream", "max_bytes_required": "required"}[strings.ToLower(v.Entry.Key)]
	}
	f := v.Finding("%s is a switch and no size: the server refuses the file (\"Expected a parseable bool for %q\")", v.Entry.Key, strings.ToLower(v.Entry.Key))
	var fix *fixes.Fix
	switch meaning {
	case "required":
		fix = p.Replace(v, ast.Bool(v.Value.Node.IntValue() != 0), "demand a limit of each stream")
	case "stream":
		fix = renameUnlessThere(p, v, "disk_max_stream_bytes", "store_max_stream_bytes")
	default:
		fix = renameUnlessThere(p, v, "max_file", "max_store", "max_disk", "store", "disk")
	}
	f.With(fix, "the key that takes the size is there already, or the entry cannot be edited")
	if !given {
		f.Because(fixes.NeedsChoice, "say what the size is for with --set max-bytes-is-bool.meaning=account, =stream or =required")
	}
	p.Report(f)
}

// renameUnlessThere returns the fix that gives an entry another key, nil if
// its block has that field already.
func renameUnlessThere(p *fixes.Pass, v *fixes.Visit, key string, aliases ...string) *fixes.Fix {
	if v.Parent.Value.Map.Field(append(aliases, key)...) != nil {
		return nil
	}
	return p.Rename(v, key, "rename %s to %s", v.Entry.Key, key)
}
