package engine

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/suggest"
)

// ignore is a comment that silences findings:
//
//	# natsfix:ignore RULE[,RULE] [until=YYYY-MM-DD] -- reason
//	# natsfix:ignore-file RULE[,RULE] [until=YYYY-MM-DD] -- reason
//
// The first form is for the line that it stands on or, on a line of its own, for
// the next one, other comments left out; the second for the whole file. It holds
// to the end of that day.
type ignore struct {
	span  ast.Span // of the comment
	line  int      // that it is for, 0 for the file
	rules []string
	until time.Time // zero if it does not end
	// reason says whether there is one, late that it holds an until=, wrong what
	// keeps the comment from being understood.
	reason, late bool
	wrong        string
}

// dashes stand in front of a reason. Editors make one dash of two.
var dashes = regexp.MustCompile("--|[–—]")

// ignoreWord begins every comment that is meant for natsfix.
const ignoreWord = "natsfix:"

// ignoresOf reads the comments of a document that silence findings.
func ignoresOf(d *fleet.Doc) []*ignore {
	src := d.Tree.Source()
	if d.Env != "" || !bytes.Contains(src, []byte(ignoreWord)) {
		return nil
	}
	var list []*ignore
	for t := range d.Tree.Tokens() {
		if t.Kind != ast.TokenComment {
			continue
		}
		text := strings.TrimLeft(string(src[t.Start:t.End]), "#/ \t")
		if !strings.HasPrefix(text, ignoreWord) {
			continue
		}
		ig := parseIgnore(strings.TrimSpace(text))
		ig.span = ast.Span{Start: t.Start, End: t.End}
		if ig.line == 0 {
			list = append(list, ig)
			continue
		}
		ig.line = d.Tree.Position(t.Start).Line
		if start := d.Tree.LineStart(t.Start); len(bytes.TrimSpace(src[start:t.Start])) == 0 {
			ig.line = lineBelow(src, t.End, ig.line)
		}
		list = append(list, ig)
	}
	return list
}

// lineBelow returns the number of the first line behind a comment that is no
// comment itself; that of the comment if it is empty.
func lineBelow(src []byte, end, line int) int {
	rest := src[end:]
	for n := line; ; n++ {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return line
		}
		rest = rest[i+1:]
		text, _, _ := bytes.Cut(rest, []byte("\n"))
		switch text = bytes.TrimSpace(text); {
		case len(text) == 0:
			return line
		case text[0] != '#' && !bytes.HasPrefix(text, []byte("//")):
			return n + 1
		}
	}
}

// parseIgnore reads the text of a comment that begins with ignoreWord. The line
// is 0 if it is for the whole file, else 1.
func parseIgnore(text string) *ignore {
	ig := &ignore{line: 1}
	head, reason := text, ""
	if at := dashes.FindStringIndex(text); at != nil {
		head, reason = text[:at[0]], text[at[1]:]
	}
	ig.reason = strings.TrimSpace(reason) != ""
	ig.late = strings.Contains(" "+reason, " until=")
	words := strings.FieldsFunc(head, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' })
	switch words[0] {
	case "natsfix:ignore":
	case "natsfix:ignore-file":
		ig.line = 0
	default:
		ig.wrong = fmt.Sprintf("%q is no word of natsfix; expected natsfix:ignore or natsfix:ignore-file", words[0])
		return ig
	}
	for _, word := range words[1:] {
		date, ok := strings.CutPrefix(word, "until=")
		if !ok {
			ig.rules = append(ig.rules, word)
			continue
		}
		var err error
		if ig.until, err = time.Parse(time.DateOnly, date); err != nil {
			ig.wrong = fmt.Sprintf("%q is no day; expected until=YYYY-MM-DD", word)
		}
	}
	if len(ig.rules) == 0 && ig.wrong == "" {
		ig.wrong = "it names no rule; expected natsfix:ignore RULE -- reason"
	}
	return ig
}

// covers reports whether the comment is for a place. A finding about what is
// missing in a file stands at its beginning, where the comment may be itself.
func (ig *ignore) covers(d *fleet.Doc, at int) bool {
	if ig.line == 0 {
		return true
	}
	line := d.Tree.Position(at).Line
	return line == ig.line || line == d.Tree.Position(ig.span.Start).Line
}

// expired reports whether its last day is over.
func (ig *ignore) expired(now time.Time) bool {
	return !ig.until.IsZero() && !now.Before(ig.until.AddDate(0, 0, 1))
}

// ignores are the comments that silence findings in the documents of a run,
// read once for each text. It is nil if there are none in the documents as they
// were read; no fix adds one.
type ignores struct {
	byDoc map[*fleet.Doc][]*ignore
}

func readIgnores(f *fleet.Fleet) *ignores {
	var all *ignores
	for _, d := range f.Docs {
		if list := ignoresOf(d); list != nil {
			if all == nil {
				all = &ignores{make(map[*fleet.Doc][]*ignore)}
			}
			all.byDoc[d] = list
		}
	}
	return all
}

func (all *ignores) of(d *fleet.Doc) []*ignore {
	if all == nil {
		return nil
	}
	list, known := all.byDoc[d]
	if !known {
		list = ignoresOf(d)
		all.byDoc[d] = list
	}
	return list
}

// ignoreUse is a comment, by where it stands in the file as it was read, and a
// rule of which it silenced a finding.
type ignoreUse struct {
	path   string
	offset int
	rule   string
}

// silenced reports whether a comment silences the findings of a rule at a
// place, and notes that the comment is of use.
func (p *plan) silenced(rule string, d *fleet.Doc, at int) bool {
	r := p.run
	found := false
	for _, ig := range r.ignores.of(d) {
		if !slices.Contains(ig.rules, rule) || !ig.covers(d, at) || ig.wrong != "" || ig.expired(r.now()) || r.neverIgnore(d.Path, rule) {
			continue
		}
		p.ignoreUsed[ignoreUse{d.Path, p.asRead(d, ig.span.Start), rule}] = true
		found = true
	}
	if found {
		p.ignored[ignoreUse{d.Path, p.asRead(d, at), rule}] = true
	}
	return found
}

// asRead maps an offset in a document, be it as it was read or as it is now, to
// the file as it was read.
func (p *plan) asRead(d *fleet.Doc, off int) int {
	if d == p.original(d) {
		return off
	}
	return p.back(d.Path, off)
}

// unsilenced returns the findings that are to be reported: those of rules that
// are not off in their file, which no comment silences and no baseline knows.
// It says why fixes must not be applied that would cure others, too.
func (p *plan) unsilenced(found []*fixes.Finding) (kept []*fixes.Finding, why map[*fixes.Fix]string) {
	if p.run.ignores == nil && p.run.req.Off == nil && p.run.req.Baseline == nil {
		return found, nil
	}
	all := true // of the findings so far
	leave := func(i int, reason func() string) {
		if all {
			all, kept, why = false, slices.Clone(found[:i]), make(map[*fixes.Fix]string)
		}
		if fix := found[i].Fix; fix != nil {
			why[fix] = reason()
		}
	}
	for i, f := range found {
		if p.run.off(f.Doc.Path, f.Rule) {
			leave(i, func() string { return p.run.isOff(f.Doc.Path, f.Rule) })
			continue
		}
		// A rule may speak at a file that was asked for of what is written in one
		// that was not, where the comment stands.
		silenced := p.silenced(f.Rule, f.Doc, f.Span.Start) || slices.ContainsFunc(f.Related, func(rel fixes.Related) bool {
			return rel.Doc.Context && p.silenced(f.Rule, rel.Doc, rel.Span.Start)
		})
		how := "ignored"
		if !silenced && p.baselined(f) {
			silenced, how = true, "in the baseline, with the finding"
		}
		switch {
		case silenced:
			leave(i, func() string {
				d := f.Doc
				if first := p.original(d); first != nil {
					d = first
				}
				file, line, _ := p.run.Position(d, p.asRead(f.Doc, f.Span.Start))
				return fmt.Sprintf("%s at %s:%d, which the fix would change, too", how, file, line)
			})
		case !all:
			kept = append(kept, f)
		}
	}
	if all {
		return found, nil
	}
	return kept, why
}

func (r *run) now() time.Time {
	if r.req.Now.IsZero() {
		return time.Now()
	}
	return r.req.Now
}

func (r *run) neverIgnore(path, rule string) bool {
	return r.req.NeverIgnore != nil && r.req.NeverIgnore(r.fileOf(path), rule)
}

// off reports whether the settings switch a rule off in a file.
func (r *run) off(path, rule string) bool {
	return r.req.Off != nil && r.req.Off(r.fileOf(path), rule)
}

// isOff says that a rule is off in a file.
func (r *run) isOff(path, rule string) string {
	return fmt.Sprintf("%s is off for %s", rule, r.fileOf(path))
}

// fileOf returns the file that a document is or stands in.
func (r *run) fileOf(path string) string {
	if h, ok := r.req.Hosted[path]; ok {
		return h.File.Name
	}
	return path
}

// ignoreFindings reports the comments in the targets that silence nothing, or
// no more, or not what they say, if the rule for that runs.
func (r *run) ignoreFindings(p *plan) []*Finding {
	own := r.ignoring
	if own == nil || r.ignores == nil {
		return nil
	}
	var out []*Finding
	for _, d := range r.first.Docs {
		if d.Context || r.off(d.Path, own.Name) {
			continue
		}
		for _, ig := range r.ignores.of(d) {
			for _, message := range r.judgeIgnore(p, d, ig) {
				f := &fixes.Finding{
					Rule: own.Name, Severity: own.Severity, Applicability: fixes.Manual,
					Message: message, Reason: "correct the comment, or take it out", Doc: d, Span: ig.span,
				}
				if !p.baselined(f) {
					out = append(out, p.finding(f, ig.span.Start, ig.span.End, 1))
				}
			}
		}
	}
	return out
}

// judgeIgnore says what is wrong with a comment.
func (r *run) judgeIgnore(p *plan, d *fleet.Doc, ig *ignore) (list []string) {
	switch {
	case ig.wrong != "":
		return []string{"this comment silences nothing: " + ig.wrong}
	case ig.expired(r.now()):
		return []string{fmt.Sprintf("this comment held until %s and silences nothing any more", ig.until.Format(time.DateOnly))}
	}
	if !ig.reason {
		list = append(list, "this comment does not say why something is ignored; expected -- and a reason at its end")
	}
	if ig.late {
		list = append(list, "this comment does not end: its until= is a part of the reason; expected it in front of --")
	}
	for _, rule := range ig.rules {
		switch own := r.ignoring; {
		case own != nil && own.Name == rule:
			list = append(list, fmt.Sprintf("no comment silences %s; switch it off in the settings", rule))
		case r.neverIgnore(d.Path, rule):
			list = append(list, fmt.Sprintf("the settings do not let %s be ignored", rule))
		case p.ignoreUsed[ignoreUse{d.Path, ig.span.Start, rule}]:
		case !r.isKnown(rule):
			message := fmt.Sprintf("there is no rule %s that could be ignored", rule)
			if near := suggest.Suggest(rule, r.req.KnownRules); near != "" {
				message += "; did you mean " + near + "?"
			}
			list = append(list, message)
		case r.ran(rule) && !r.off(d.Path, rule) && !r.isBroken(p, d):
			where := "on that line"
			if ig.line == 0 {
				where = "in this file"
			}
			list = append(list, fmt.Sprintf("%s finds nothing %s that this comment could silence", rule, where))
		}
	}
	return list
}

// isKnown reports whether there is a rule of that name; any is, if the request
// does not name them.
func (r *run) isKnown(rule string) bool {
	return r.req.KnownRules == nil || slices.Contains(r.req.KnownRules, rule) || r.ran(rule)
}

// ran reports whether a rule was asked for, so that a comment that silences
// none of its findings is of no use.
func (r *run) ran(rule string) bool {
	for kind, name := range problemRules {
		if name == rule {
			return mayBeIgnored(kind)
		}
	}
	return slices.ContainsFunc(r.req.Rules, func(have *fixes.Rule) bool { return have.Name == rule && !have.Ignores })
}

// mayBeIgnored reports whether a comment may silence that something cannot be
// resolved. What does not parse is no configuration, whatever a comment says.
func mayBeIgnored(kind fleet.ProblemKind) bool {
	return kind == fleet.MissingInclude || kind == fleet.UnreadableInclude || kind == fleet.BadVariable
}

// isBroken reports whether rules may not have seen what is in a document: it,
// or what includes it, cannot be read to the end.
func (r *run) isBroken(p *plan, d *fleet.Doc) bool {
	for _, f := range []*fleet.Fleet{r.first, p.fleet} {
		for _, s := range f.Servers {
			if s.Broken() && slices.ContainsFunc(s.Docs, func(have *fleet.Doc) bool { return have.Path == d.Path }) {
				return true
			}
		}
	}
	return len(d.Tree.Errors()) > 0
}
