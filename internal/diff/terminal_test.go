package diff

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestTerminalGolden(t *testing.T) {
	tests := []struct {
		name  string
		color bool
		Change
	}{
		{"colour", true, Change{
			Name: "my dir/hub.conf",
			Old:  []byte("server_name: hub\nport: 4222\n\ngateway {\n  name: gateway\n  port: 7222\n}\nmax_payload: 1048576"),
			New:  []byte("server_name: hub\nport: 4222\n\ngateway {\n  name: \"cluster\"\n  port: 7222\n}\njetstream: enabled\n"),
		}},
		{"plain", false, Change{
			Name: "hub.conf",
			Old:  []byte("port: 4222 # \x1b[2J\u202eolleh\n"),
			New:  []byte("port: 4223 # \x1b[2J\u202eolleh\n"),
		}},
		{"control", true, Change{
			Name: "tab\there.conf",
			Old:  []byte("a: \x1b]0;title\x07\tb\r\nc\xe9\x9b31m\u009b \u202e \u200b\u00a0\x7f größe\nsame \x1b[31m\n"),
			New:  []byte("a: \x1b]0;other\x07\tb\nc\xe8\x9b31m\u009b \u202e \u200b\u00a0\x7f größer\nsame \x1b[31m\n"),
		}},
		{"crlf", true, Change{
			Name: "x",
			Old:  []byte("a\r\nport: 1\r\nb"),
			New:  []byte("a\r\nport: 2\r\nb"),
		}},
		{"masked", true, func() Change {
			c := secretChange("user: al, pass: «s3cret», x: 1\nfoo: «bar»\n", "user: al, pass: «hunter2», x: 1\nfoo: «bar»\n")
			c.Name = "x"
			return c
		}()},
		{"created", true, Change{Name: "x", Status: Created, New: []byte("a\n")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Compute(tt.Change, 3).Terminal(tt.color)
			path := filepath.Join("testdata", "terminal-"+tt.name+".golden")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("got\n%q\nwant\n%q", got, want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	tests := []struct {
		name         string
		old, new     string
		wantO, wantN []string // marked words
	}{
		{"a value", "port: 4222\n", "port: 4223\n", []string{"4222"}, []string{"4223"}},
		{"quotes added", "name: x\n", "name: \"x\"\n", nil, []string{`"`, `"`}},
		{"words with only blanks between", "a b c d e f\n", "a x y d e f\n", []string{"b c"}, []string{"x y"}},
		{"nothing in common", "abc\n", "def\n", nil, nil},
		{"too little in common", "aaaaaaaaaa: b\n", "cccccccccc: d\n", nil, nil},
		{"UTF-8 is not cut", "name: größe, port: 1\n", "name: grüße, port: 1\n", []string{"größe"}, []string{"grüße"}},
		{"bytes that are not UTF-8", "name: caf\xe9, port: 1\n", "name: caf\xe8, port: 1\n", []string{"caf\xe9"}, []string{"caf\xe8"}},
		{"the line ending is no word", "a: b\r\n", "a: b\n", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Compute(Change{Old: []byte(tt.old), New: []byte(tt.new)}, 3).Hunks[0]
			words := h.Words()
			for i, want := range [][]string{tt.wantO, tt.wantN} {
				var got []string
				for _, s := range words[i] {
					got = append(got, string(h.Lines[i].Text[s.Start:s.End]))
				}
				if !slices.Equal(got, want) {
					t.Errorf("line %c: %q, want %q", h.Lines[i].Kind, got, want)
				}
			}
		})
	}
}

func TestWordsPairLinesInOrder(t *testing.T) {
	h := Compute(Change{Old: []byte("a: 1\nb: 1\n"), New: []byte("a: 2\nb: 2\nc: 2\n")}, 3).Hunks[0]
	for i, want := range []int{1, 1, 1, 1, 0} {
		if got := len(h.Words()[i]); got != want {
			t.Errorf("line %q has %d marks, want %d", h.Lines[i].Text, got, want)
		}
	}
}
