package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/oracle"
)

// silentRow is a row of what the server takes without a word, with a
// configuration of ours.
type silentRow struct {
	input
	rule, line, severity string // rule is "-" if none is right
	check, why           string
	env                  map[string]string
	window               fixes.Window
}

// silentRows reads silent.cases. A header is "ROW RULE LINE SEVERITY | CHECK" or
// "ROW - | CHECK | WHY", and behind these may stand "env NAME=VALUE", and "from
// RELEASE" for rows about older releases. A check is "values PATH JSON", of the
// effective configuration, or "options PATH TEXT", of what the server has read;
// "TEXT or TEXT" if that is random.
func silentRows(tb testing.TB) []silentRow {
	tb.Helper()
	var rows []silentRow
	for _, in := range ownInputs(tb, "silent.cases") {
		_, header, _ := strings.Cut(in.name, ": ")
		row := silentRow{input: in}
		cells := strings.Split(header, " | ")
		head := strings.Fields(cells[0])
		for i := len(cells) - 1; i > 1; i-- {
			if env, ok := strings.CutPrefix(cells[i], "env "); ok {
				name, value, _ := strings.Cut(env, "=")
				row.env = map[string]string{name: value}
			} else if from, ok := strings.CutPrefix(cells[i], "from "); ok {
				release, err := fixes.ParseRelease(from)
				if err != nil {
					tb.Fatal(err)
				}
				row.window = fixes.Window{From: release, To: fixes.DefaultWindow.To}
			} else {
				continue
			}
			cells = cells[:i]
		}
		switch {
		case len(head) == 2 && head[1] == "-" && len(cells) == 3 && cells[2] != "":
			row.rule, row.check, row.why = "-", cells[1], cells[2]
		case len(head) == 4 && len(cells) == 2:
			row.rule, row.line, row.severity, row.check = head[1], head[2], head[3], cells[1]
		default:
			tb.Fatalf("%s: the header is neither ROW RULE LINE SEVERITY | CHECK nor ROW - | CHECK | WHY", in.name)
		}
		rows = append(rows, row)
	}
	return rows
}

// TestSilentRowsAreFound holds each row of what the server takes without a word
// against the suite: the server starts with the configuration, makes of it what
// the row says, and the rule speaks of it at its line; or no rule does, and the
// row says why that is right.
func TestSilentRowsAreFound(t *testing.T) {
	judge := newJudge(t)
	for _, row := range silentRows(t) {
		v, err := judge.Ask(t.Context(), oracle.Case{Root: root, Files: map[string][]byte{root: []byte(row.text)}, Env: row.env})
		if err != nil {
			t.Fatal(err)
		}
		if !v.Accepted() {
			t.Errorf("%s: the server does not start: %v", row.name, v.Problems)
			continue
		}
		if got, ok := effect(t, v, row.text, row.check); !ok {
			t.Errorf("%s: the server has %s", row.name, got)
		}
		res, err := engine.Run(t.Context(), engine.Request{
			Targets: []string{root},
			Read:    func(string) ([]byte, error) { return []byte(row.text), nil },
			Rules:   suite.All(), Jobs: 1, Window: row.window,
			Env:   func(name string) (string, bool) { value, ok := row.env[name]; return value, ok },
			Judge: func() (*oracle.Judge, error) { return judge, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		found, right := "", row.rule == "-"
		for _, f := range res.Findings {
			at := fmt.Sprintf("%s %d %s", f.Rule, f.Line, f.Severity)
			found += "\n" + at + ": " + f.Message
			if row.rule == "-" {
				right = right && f.Severity == fixes.Info
			} else {
				right = right || at == strings.Join([]string{row.rule, row.line, row.severity}, " ")
			}
		}
		if !right {
			t.Errorf("%s: found is%s", row.name, found)
		}
	}
}

// effect returns what the server makes of a configuration at a place, and
// whether that is what the check says.
func effect(t *testing.T, v oracle.Verdict, text, check string) (string, bool) {
	t.Helper()
	kind, rest, _ := strings.Cut(check, " ")
	path, want, _ := strings.Cut(rest, " ")
	if kind == "values" {
		got, err := json.Marshal(valueAt(v.Values, strings.Split(path, ".")))
		if err != nil {
			t.Fatal(err)
		}
		return string(got), string(got) == want
	}
	file := filepath.Join(t.TempDir(), "nats.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	wants := strings.Split(want, " or ")
	got := make(map[string]bool)
	for range 500 { // the server reads maps in random order
		opts := &server.Options{}
		_ = opts.ProcessConfigFile(file) // warnings: the judge has said that there are no errors
		got[optionAt(reflect.ValueOf(opts), strings.Split(path, "."))] = true
		if len(wants) == 1 || len(got) == len(wants) {
			break
		}
	}
	if len(got) != len(wants) {
		return fmt.Sprint(got), false
	}
	return fmt.Sprint(got), !slices.ContainsFunc(wants, func(w string) bool { return !got[w] })
}

// valueAt returns the value at a path of keys and indexes, nil if there is none.
func valueAt(v any, path []string) any {
	for _, key := range path {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// optionAt prints what is at a path of fields and indexes of the server's
// options; "len" is the length of a list, and "type" the Go type of a value.
func optionAt(v reflect.Value, path []string) string {
	for _, name := range path {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
			if v.IsNil() {
				return "nil"
			}
			if name == "type" && v.Kind() == reflect.Interface {
				return v.Elem().Type().String()
			}
			v = v.Elem()
		}
		if i, err := strconv.Atoi(name); err == nil {
			v = v.Index(i)
		} else if name == "len" {
			return strconv.Itoa(v.Len())
		} else {
			v = v.FieldByName(name)
		}
	}
	switch {
	case !v.IsValid():
		return "no such option"
	case v.CanInterface():
		if s := fmt.Sprint(v.Interface()); s != "<nil>" {
			return s
		}
		return "nil"
	}
	return fmt.Sprint(v)
}

// rowsOfSilence are the gotchas that the server takes without a word, by the
// number that they have in the notes on the parser (G) and on what it reads (Q).
var rowsOfSilence = []string{
	"G4", "G6", "G7", "G8", "G9", "G10", "G11", "G14", "G15", "G16", "G18", "G20", "G21", "G23", "G27", "G30",
	"Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "Q9", "Q10", "Q11", "Q12", "Q14", "Q15", "Q16", "Q17",
}

// rowsOfRefusal are the gotchas that the server refuses, with the rules that know
// them. G31 is about the places that messages name.
var rowsOfRefusal = map[string][]string{
	"G1": {"glued-brace"}, "G2": {"int-before-bracket"}, "G3": {"duration-unit"}, "G4": {"size-suffix"}, "G5": {"empty-value"},
	"G11": {"single-quote"}, "G12": {"quote-dollar-value"}, "G13": {"quote-dollar-value"}, "G17": {"include-absolute-path", "include-assignment"},
	"G18": {"stray-brace"}, "G19": {"int-before-bracket", "backslash-escape"}, "G20": {"backslash-escape", "scalar-type"}, "G21": {"quote-digit-value"},
	"G22": {"quote-digit-value"}, "G24": {"comment-as-value"}, "G25": {"empty-value"}, "G26": {"extra-comma", "missing-comma"},
	"G28": {"byte-order-mark"}, "G29": {"block-string-newline"},
}

// TestEveryGotchaHasACase holds the list of gotchas against the cases: each has a
// configuration that shows it.
func TestEveryGotchaHasACase(t *testing.T) {
	silent := make(map[string]bool)
	for _, row := range silentRows(t) {
		silent[row.name[len("silent.cases: "):][:strings.IndexByte(row.name[len("silent.cases: "):], ' ')]] = true
	}
	for _, row := range rowsOfSilence {
		if !silent[row] {
			t.Errorf("%s: no case in silent.cases", row)
		}
		delete(silent, row)
	}
	for row := range silent {
		t.Errorf("%s is no row of silence", row)
	}
	refusing := make(map[string]bool)
	for _, in := range ownInputs(t, "refused.cases") {
		refusing[in.rule] = true
	}
	for row, rules := range rowsOfRefusal {
		for _, rule := range rules {
			if !refusing[rule] {
				t.Errorf("%s: no case of %s in refused.cases", row, rule)
			}
		}
	}
}
