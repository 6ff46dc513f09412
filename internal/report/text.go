package report

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

// text is the report for people: one line per finding, in the form that
// editors and compilers share, and what explains it indented below.
type text struct{}

// The colours are those that compilers use.
const (
	bold    = "\x1b[1m"
	dim     = "\x1b[2m"
	red     = "\x1b[1;31m"
	yellow  = "\x1b[1;33m"
	cyan    = "\x1b[1;36m"
	green   = "\x1b[32m"
	noColor = "\x1b[m"
)

// maxSource is the longest source line, in characters, that is shown.
const maxSource = 160

// Report implements [Reporter].
func (text) Report(w io.Writer, run *Run) error {
	out := bufio.NewWriter(w)
	if err := run.writeFindings(out); err != nil {
		return err
	}
	for _, e := range run.Result.Errors {
		if !e.Finding {
			run.WriteError(out, e)
		}
	}
	return out.Flush()
}

// partSize is how many findings are made text at a time by one processor.
const partSize = 256

// writeFindings writes all findings, which are made text on all processors.
func (r *Run) writeFindings(w io.Writer) error {
	changed := make(map[string]*engine.File)
	for _, f := range r.Result.Files {
		if f.Before != nil {
			changed[f.Path] = f
		}
	}
	jobs := runtime.GOMAXPROCS(0)
	for some := range slices.Chunk(r.Result.Findings, partSize*jobs) {
		parts := slices.Collect(slices.Chunk(some, partSize))
		runs, texts := make([]Run, len(parts)), make([]bytes.Buffer, len(parts))
		var wg sync.WaitGroup
		for i, part := range parts {
			runs[i] = *r // each notes by itself that something was masked
			wg.Go(func() {
				for _, f := range part {
					runs[i].WriteFinding(&texts[i], f, changed[f.File])
				}
			})
		}
		wg.Wait()
		for i := range parts {
			r.masked = r.masked || runs[i].masked
			if _, err := texts[i].WriteTo(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// WriteFinding writes one finding as text. file is the file that it is in; nil
// leaves the source line out.
func (r *Run) WriteFinding(w io.Writer, f *engine.Finding, file *engine.File) {
	for _, s := range []string{
		r.paint(bold, position(f.File, f.Line, f.Column)+":"), " ", r.paint(severityColor(f.Severity), f.Severity.String()), ": ",
		Plain(f.Message), " ", r.paint(dim, "["+f.Rule+"]"), "\n",
	} {
		io.WriteString(w, s)
	}
	if file != nil {
		r.writeSource(w, f, file)
	}
	r.writeOfficial(w, f)
	for _, p := range f.Related {
		fmt.Fprintf(w, "    %s %s\n", position(p.File, p.Line, p.Column)+":", Plain(p.Message))
	}
	if f.Fix != nil {
		fmt.Fprintf(w, "    fix (%s): %s\n", f.Applicability, Plain(f.Fix.Title))
	}
	switch {
	case f.Reason == "":
	case f.Fix == nil:
		fmt.Fprintf(w, "    no fix is offered: %s\n", Plain(f.Reason))
	default:
		fmt.Fprintf(w, "    why %s: %s\n", f.Applicability, Plain(f.Reason))
	}
	if why := notApplied(f); why != "" {
		fmt.Fprintf(w, "    not applied: %s\n", Plain(why))
	}
}

// notApplied says why a fix that the flags of the run allow was not applied, ""
// if it was or there is none such.
func notApplied(f *engine.Finding) string {
	if outside, ok := strings.CutPrefix(f.Hidden, "outside the paths: "); ok {
		return "it would change " + outside + ", too; name that file as well to have it applied"
	}
	if f.Hidden == "unsafe" || f.Hidden == "needs a choice" || f.Hidden == "manual" {
		return ""
	}
	return f.Hidden
}

// stages say when the official server speaks.
var stages = map[string]string{
	"parse": "when it parses", "config": "when it reads", "start": "at the start, where -t is silent",
	"boot": "when it starts",
}

// writeOfficial writes what the official server says.
func (r *Run) writeOfficial(w io.Writer, f *engine.Finding) {
	for _, o := range f.Official {
		who := ""
		if n := len(o.Servers); n > 1 {
			who = fmt.Sprintf(" (%s)", Count(n, "server"))
		}
		if o.Release != r.Result.Asked {
			fmt.Fprintf(w, "    nats-server %s -t%s: %s\n", o.Release, who, Plain(o.Message))
			continue
		}
		fmt.Fprintf(w, "    nats-server %s, %s%s: %s\n", o.Release, stages[o.Stage], who, Plain(o.Message))
	}
}

// WriteError writes one error as text.
func (r *Run) WriteError(w io.Writer, e engine.Error) {
	fmt.Fprintf(w, "%s %s: %s\n", r.paint(bold, position(e.File, e.Line, e.Column)+":"), r.paint(red, "error"), Plain(e.Message))
}

// At returns file:line:column, or the file alone where there is no line.
func At(file string, line, column int) string { return position(file, line, column) }

// position returns file:line:column, or the file alone.
func position(file string, line, column int) string {
	if line == 0 {
		return Plain(file)
	}
	return Plain(file) + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(column)
}

// writeSource shows the line of a finding and points at its place. Only files
// that change come with their text and with what is secret in it.
func (r *Run) writeSource(w io.Writer, f *engine.Finding, file *engine.File) {
	src := file.Before
	if f.Offset >= len(src) || f.End < f.Offset || f.Line == 0 {
		return
	}
	start := bytes.LastIndexByte(src[:f.Offset], '\n') + 1
	end := len(src)
	if i := bytes.IndexByte(src[f.Offset:], '\n'); i >= 0 {
		end = f.Offset + i
	}
	before := r.maskLine(src, start, f.Offset, file.SecretsBefore)
	mark := r.maskLine(src, f.Offset, min(f.End, end), file.SecretsBefore)
	after := strings.TrimSuffix(r.maskLine(src, max(f.Offset, min(f.End, end)), end, file.SecretsBefore), "\r")
	line := strings.ReplaceAll(before+mark+after, "\t", " ")
	if utf8.RuneCountInString(line) > maxSource {
		return
	}
	carets := "^" + strings.Repeat("~", max(0, utf8.RuneCountInString(Plain(mark))-1))
	indent := strings.Repeat(" ", utf8.RuneCountInString(Plain(strings.ReplaceAll(before, "\t", " "))))
	fmt.Fprintf(w, "    %s\n    %s%s\n", Plain(line), indent, r.paint(green, carets))
}

// maskLine returns the text from start to end with secrets masked.
func (r *Run) maskLine(src []byte, start, end int, secrets []engine.Span) string {
	if r.Reveal {
		return string(src[start:end])
	}
	var b strings.Builder
	for _, s := range secrets {
		if s.End <= start || s.Start >= end {
			continue
		}
		if s.Start > start {
			b.Write(src[start:s.Start])
		}
		b.WriteString(diff.Mask)
		r.masked = true
		start = min(s.End, end)
	}
	b.Write(src[start:end])
	return b.String()
}

func severityColor(s fixes.Severity) string {
	switch s {
	case fixes.Error:
		return red
	case fixes.Warning:
		return yellow
	}
	return cyan
}

// paint colours a text.
func (r *Run) paint(color, s string) string {
	if !r.Color {
		return s
	}
	return color + s + noColor
}
