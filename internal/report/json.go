package report

import (
	"encoding/json"
	"io"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

// jsonFormat writes one object, described by Document.
type jsonFormat struct{}

// Schema names the shape of the JSON report.
const Schema = "natsfix/report/1"

// Document is the JSON report. Offsets are bytes in the file as it was read,
// lines and columns count from 1, columns count characters.
type Document struct {
	Schema   string    `json:"schema"`
	Summary  Summary   `json:"summary"`
	Findings []Finding `json:"findings"`
	Files    []File    `json:"files"`
	Errors   []Problem `json:"errors"`
	// Server is the nats-server release that verify asked, NotChecked what it
	// could not be asked about. Other reports have neither.
	Server     string    `json:"server,omitempty"`
	NotChecked []Problem `json:"not_checked,omitempty"`
}

// Summary counts what the report holds.
type Summary struct {
	Files     int `json:"files"`
	Documents int `json:"documents"`
	Servers   int `json:"servers"`
	Findings  int `json:"findings"`
	Fixable   int `json:"fixable"` // findings with a safe fix
	Changed   int `json:"changed"` // files that changed or would change
	Errors    int `json:"errors"`
}

// Finding is one finding. Fixed says that its fix was written.
type Finding struct {
	Rule          string  `json:"rule"`
	Severity      string  `json:"severity"`
	Applicability string  `json:"applicability"`
	Reason        string  `json:"reason"`
	Message       string  `json:"message"`
	File          string  `json:"file"`
	Line          int     `json:"line"`
	Column        int     `json:"column"`
	Offset        int     `json:"offset"`
	EndOffset     int     `json:"end_offset"`
	Round         int     `json:"round"`
	Fixed         bool    `json:"fixed"`
	Fix           *Fix    `json:"fix"` // null if no edit is offered
	Related       []Place `json:"related"`
	// NotApplied says why a fix that the flags allow was not applied, such as a
	// proof that failed.
	NotApplied string `json:"not_applied,omitempty"`
	// Official is what the official server says, in a report of verify.
	Official []Official `json:"official,omitempty"`
}

// Official is something that the official server says. Stage is parse, config
// (the last stage of nats-server -t), start or boot.
type Official struct {
	Release string   `json:"release"`
	Stage   string   `json:"stage"`
	Message string   `json:"message"`
	Servers []string `json:"servers"`
}

// Fix is what a finding offers.
type Fix struct {
	Title   string   `json:"title"`
	Group   []string `json:"group"`
	Edits   []Edit   `json:"edits"`
	Changes []Change `json:"changes"`
}

// Edit replaces the bytes from start to end.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Change is one difference in a server's effective configuration. Values are
// null where there is none.
type Change struct {
	Server string          `json:"server"`
	Path   string          `json:"path"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
	Effect string          `json:"effect"`
}

// Place is another place that a finding speaks of.
type Place struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// File is what became of one file.
type File struct {
	Path    string `json:"path"`
	Status  string `json:"status"`
	Diff    string `json:"diff"`
	Message string `json:"message"`
}

// Problem is something that could not be read, parsed or resolved.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // 0 if it concerns the whole file
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// Failure returns the report of a run that an error ended before it had looked at
// anything.
func Failure(message string) *Document {
	return &Document{
		Schema: Schema, Summary: Summary{Errors: 1}, Findings: []Finding{}, Files: []File{}, Errors: []Problem{{Message: message}},
	}
}

// Report implements [Reporter].
func (jsonFormat) Report(w io.Writer, run *Run) error {
	enc := json.NewEncoder(Escaping(w))
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(run.document())
}

// document builds the report.
func (r *Run) document() *Document {
	res := r.Result
	doc := &Document{
		Schema:   Schema,
		Server:   res.Asked,
		Findings: make([]Finding, 0, len(res.Findings)),
		Files:    make([]File, 0, len(res.Files)),
		Errors:   make([]Problem, 0, len(res.Errors)),
		Summary: Summary{
			Files: len(res.Files), Documents: res.Documents, Servers: res.Servers,
			Findings: len(res.Findings), Errors: len(res.Errors),
		},
	}
	written := Written(res)
	for _, f := range res.Findings {
		if f.Fix != nil && f.Applicability == fixes.Safe {
			doc.Summary.Fixable++
		}
		doc.Findings = append(doc.Findings, r.finding(f, written(f)))
	}
	for _, f := range res.Files {
		if f.Status == engine.Changed || f.Status == engine.WouldChange {
			doc.Summary.Changed++
		}
		file := File{Path: r.Name(f.Path), Status: string(f.Status), Message: f.Message}
		if d := r.Diff(f); d != nil {
			file.Diff = string(d.Unified())
		}
		doc.Files = append(doc.Files, file)
	}
	for _, n := range res.NotChecked {
		doc.NotChecked = append(doc.NotChecked, Problem{r.Name(n.File), n.Line, n.Column, n.Message})
	}
	for _, e := range res.Errors {
		doc.Errors = append(doc.Errors, Problem{r.Name(e.File), e.Line, e.Column, e.Message})
	}
	return doc
}

func (r *Run) finding(f *engine.Finding, written bool) Finding {
	out := Finding{
		Rule: f.Rule, Severity: f.Severity.String(), Applicability: f.Applicability.String(),
		Reason: f.Reason, Message: f.Message, File: r.Name(f.File), Line: f.Line, Column: f.Column,
		Offset: f.Offset, EndOffset: f.End, Round: f.Round, Fixed: written,
		Related: make([]Place, 0, len(f.Related)), NotApplied: notApplied(f),
	}
	for _, p := range f.Related {
		out.Related = append(out.Related, Place{r.Name(p.File), p.Line, p.Column, p.Message})
	}
	for _, o := range f.Official {
		said := Official{o.Release, o.Stage, o.Message, make([]string, 0, len(o.Servers))}
		for _, path := range o.Servers {
			said.Servers = append(said.Servers, r.Name(path))
		}
		out.Official = append(out.Official, said)
	}
	if f.Fix == nil {
		return out
	}
	out.Fix = &Fix{
		Title:   f.Fix.Title,
		Group:   make([]string, 0, len(f.Fix.Group)),
		Edits:   make([]Edit, 0, len(f.Fix.Edits)),
		Changes: make([]Change, 0, len(f.Fix.Changes)),
	}
	for _, path := range f.Fix.Group {
		out.Fix.Group = append(out.Fix.Group, r.Name(path))
	}
	for _, e := range f.Fix.Edits {
		out.Fix.Edits = append(out.Fix.Edits, Edit{r.Name(e.File), e.Start, e.End, r.secret(e.New, e.Secret)})
	}
	for _, c := range f.Fix.Changes {
		out.Fix.Changes = append(out.Fix.Changes, Change{
			r.Name(c.Server), c.Path, raw(c.Before), raw(c.After), c.Effect,
		})
	}
	return out
}

// raw returns a value that is given as JSON text; what is no JSON becomes a
// string.
func raw(text string) json.RawMessage {
	switch {
	case text == "":
		return json.RawMessage("null")
	case json.Valid([]byte(text)):
		return json.RawMessage(text)
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		return json.RawMessage("null")
	}
	return quoted
}
