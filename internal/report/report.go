// Package report renders what a run found, for people and for programs.
//
// A format is one file with one [Reporter], and one line in the table of
// [Formats]. No report ever shows a secret unless [Run.Reveal] is set.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/engine"
)

// Reporter renders one run.
type Reporter interface {
	// Report writes the whole report to w. Its error is that of w.
	Report(w io.Writer, run *Run) error
}

// Run is what is reported, and how.
type Run struct {
	Result *engine.Result
	// Name gives the name under which a file is reported: relative to the
	// current directory, with slashes.
	Name func(path string) string
	// DiffName gives the name of a file in diffs, which must lead to nothing
	// outside the directory that the diff is applied in.
	DiffName func(path string) string
	// Reveal shows secrets.
	Reveal bool
	// Color allows colours, in formats for people.
	Color bool
	// Context is the number of unchanged lines around a change in diffs.
	Context int

	masked bool
}

// Masked reports whether a secret was replaced in what was rendered so far.
func (r *Run) Masked() bool { return r.masked }

// Diff computes the diff of a file, secrets masked unless Reveal is set. It is
// nil if the file does not change.
func (r *Run) Diff(f *engine.File) *diff.File {
	if f.Before == nil && f.After == nil {
		return nil
	}
	c := diff.Change{Name: r.DiffName(f.Path), Old: f.Before, New: f.After}
	if !r.Reveal {
		c.OldSecrets, c.NewSecrets = spans(f.SecretsBefore), spans(f.SecretsAfter)
	}
	d := diff.Compute(c, r.Context)
	r.masked = r.masked || d.Masked
	return d
}

// secret returns the text to show for one that may be a secret.
func (r *Run) secret(text string, secret bool) string {
	if !secret || r.Reveal || text == "" {
		return text
	}
	r.masked = true
	return diff.Mask
}

func spans(list []engine.Span) []diff.Span {
	out := make([]diff.Span, len(list))
	for i, s := range list {
		out[i] = diff.Span(s)
	}
	return out
}

// formats lists the reporters by name, in the order of the documentation.
var formats = []struct {
	name string
	new  func() Reporter
}{
	{"text", func() Reporter { return text{} }},
	{"json", func() Reporter { return jsonFormat{} }},
}

// Formats returns the names of all formats.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// New returns the reporter of a format.
func New(format string) (Reporter, error) {
	for _, f := range formats {
		if f.name == format {
			return f.new(), nil
		}
	}
	return nil, fmt.Errorf("there is no format %q; the formats are %s", format, strings.Join(Formats(), ", "))
}

// Written reports whether a finding's fix is on disk: its files were all
// changed.
func Written(r *engine.Result) func(*engine.Finding) bool {
	changed := make(map[string]bool)
	for _, f := range r.Files {
		changed[f.Path] = f.Status == engine.Changed
	}
	return func(f *engine.Finding) bool {
		if !f.Fixed || f.Fix == nil {
			return false
		}
		return !slices.ContainsFunc(f.Fix.Group, func(path string) bool { return !changed[path] })
	}
}
