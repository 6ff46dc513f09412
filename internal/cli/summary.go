package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/report"
)

// maxListed is how many findings or changes a summary lists without --verbose.
const maxListed = 20

// errors lists what could not be read, parsed or resolved, unless a report on
// standard output has done so; told leaves out what findings told already.
func (s *session) errors(told bool) {
	if s.opts.stdoutFormat() == "text" {
		return
	}
	r := s.messages()
	for _, e := range s.result.Errors {
		if !e.Finding || !told {
			r.WriteError(s.msg, e)
		}
	}
}

// fileNotes tells what was not done to files that are neither refused nor
// unreadable, such as those that are too large to be rewritten.
func (s *session) fileNotes() {
	for _, f := range s.result.Files {
		if f.Message != "" && f.Status != engine.Refused && f.Status != engine.Failed {
			s.say("%s: %s", report.Plain(s.name(f.Path)), report.Plain(f.Message))
		}
	}
}

// summary ends a run: what happened, what it means for the servers, what was
// hidden and what to type next.
func (f *fixRun) summary() {
	f.errors(f.remaining())
	f.fileNotes()
	if f.silent && len(f.shown) > 0 {
		f.say("Nothing was written: there is no terminal to ask on, and --write was not given.")
	}
	if n := len(f.written); n > 0 {
		f.say("Wrote %s.", f.counts(f.written))
		f.changes(f.written)
	}
	if n := len(f.shown); n > 0 {
		verb := "would change"
		if f.mode == ask {
			verb = "left unchanged"
		}
		f.say("%s %s.", f.counts(f.shown), verb)
		if f.mode == dryRun {
			f.changes(f.shown)
		}
	}
	left := len(f.result.Groups) - len(f.shown) - len(f.written) - f.refused()
	switch {
	case f.interrupted && len(f.written) == 0:
		f.warn("interrupted; nothing was written")
	case f.interrupted:
		what := f.counts(f.written) + " written"
		if f.opts.quiet { // the last line is not there that says it
			what += " (natsfix undo takes them back)"
		}
		f.warn("interrupted; %s, %s not looked at", what, report.Count(left, "more change"))
	case left > 0:
		f.say("Stopped; %s not looked at.", report.Count(left, "more change"))
	}
	if len(f.shown)+len(f.written)+left == 0 {
		outcome := "nothing to " + map[string]string{"fix": "correct", "edit": "change", "comment": "silence"}[f.noun()]
		if len(f.result.Errors)+len(f.result.Findings) > 0 {
			outcome = "none would change"
		}
		f.say("%s checked, %s.", report.Count(len(f.result.Files), "file"), outcome)
	}
	if f.result.Judge != "" && len(f.shown)+len(f.written) > 0 {
		f.say("Proved with nats-server %s.", strings.TrimPrefix(f.result.Judge, "v"))
	}
	f.hidden()
	f.addedSummary()
	f.maskNote()
	f.nextCommand()
}

func (f *fixRun) refused() int {
	n := 0
	for _, g := range f.result.Groups {
		if g.Refused != "" {
			n++
		}
	}
	return n
}

// counts returns "2 files (3 fixes)".
func (f *fixRun) counts(groups []*engine.Group) string {
	files, findings := 0, 0
	for _, g := range groups {
		files += len(g.Files)
		findings += len(g.Findings)
	}
	return fmt.Sprintf("%s (%s)", report.Count(files, "file"), report.Count(findings, f.noun()))
}

// noun is what a change of the command is called.
func (f *fixRun) noun() string {
	if f.adding {
		return "comment"
	}
	if f.command == "edit" {
		return "edit"
	}
	return "fix"
}

// effectiveChanges returns the changes that were proved, else those that the
// fixes declare. That an empty block gains entries is said by the entries.
func effectiveChanges(g *engine.Group) []engine.Change {
	changes := slices.Clone(g.Changes)
	if len(changes) == 0 {
		for _, f := range g.Findings {
			if f.Fix != nil {
				changes = append(changes, f.Fix.Changes...)
			}
		}
	}
	all := slices.Clone(changes)
	return slices.DeleteFunc(changes, func(c engine.Change) bool {
		return c.After == "" && slices.ContainsFunc(all, func(o engine.Change) bool {
			return o.Server == c.Server && strings.HasPrefix(o.Path, c.Path+".") && o.Before == ""
		})
	})
}

// changes lists effective changes in words; what is the same for several
// servers is said once.
func (f *fixRun) changes(groups []*engine.Group) {
	var order []string
	servers := make(map[string][]string)
	for _, g := range groups {
		for _, c := range effectiveChanges(g) {
			words := report.Words(c)
			if servers[words] == nil {
				order = append(order, words)
			}
			if name := report.Plain(f.name(c.Server)); !slices.Contains(servers[words][max(0, len(servers[words])-1):], name) {
				servers[words] = append(servers[words], name)
			}
		}
	}
	for i, words := range order {
		if i == maxListed && !f.opts.verbose && len(order) > maxListed+1 {
			f.say("  and %d more (--verbose lists them)", len(order)-i)
			return
		}
		who := servers[words][0]
		if n := len(servers[words]) - 1; n > 0 {
			who += " and " + report.Count(n, "other server")
		}
		f.say("  %s: %s", who, words)
	}
}

// remaining lists findings that are still there, and reports whether it listed
// all of them. Those whose fix failed a proof come first, since they alone make
// the exit code that of a refusal.
func (f *fixRun) remaining() bool {
	if f.opts.stdoutFormat() != "" || f.opts.quiet {
		return false
	}
	var first, others []*engine.Finding
	for _, finding := range f.unfixed() {
		if failedProof(finding) {
			first = append(first, finding)
		} else {
			others = append(others, finding)
		}
	}
	list := append(first, others...)
	r := f.messages()
	for i, finding := range list {
		if i == maxListed && !f.opts.verbose && len(list) > maxListed+1 {
			f.say("and %s (natsfix check lists them)", report.Count(len(list)-i, "more finding"))
			return false
		}
		r.WriteFinding(f.msg, finding, nil)
	}
	return true
}

// unfixed returns the findings that no group cures.
func (s *session) unfixed() []*engine.Finding {
	var list []*engine.Finding
	for _, f := range s.result.Findings {
		if !f.Fixed {
			list = append(list, f)
		}
	}
	return list
}

// unnamed says that something was found in files that the ones which were named
// include. Of --since and --staged it is not said: they leave files out to be
// silent about them.
func (s *session) unnamed() {
	n := 0
	for _, found := range s.result.Unnamed {
		n += found
	}
	if n == 0 || s.opts.since != "" || s.opts.staged || s.readsStdin() {
		return
	}
	const shown = 3
	var files []string
	for _, file := range slices.Sorted(maps.Keys(s.result.Unnamed)) {
		files = append(files, report.Plain(s.name(file)))
	}
	list := strings.Join(files[:min(shown, len(files))], ", ")
	if more := len(files) - shown; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	where, them := "files that are included and were not named", "them"
	if len(files) == 1 {
		where, them = "a file that is included and was not named", "it"
	}
	s.say("%s in %s: %s. Name %s, too.", is(n, "finding"), where, list, them)
}

// hidden says which fixes were not applied, and what would let them.
func (s *session) hidden() {
	s.unnamed()
	unsafe := 0
	choices := make(map[string]int)
	for _, f := range s.unfixed() {
		switch {
		case f.Hidden == "unsafe" && f.Applicability != fixes.NeedsChoice:
			unsafe++
		case f.Hidden == "needs a choice" || f.Hidden == "unsafe":
			choices[f.Rule]++
		}
	}
	if n := s.result.Ignored; n > 0 {
		s.say("%s silenced by comments (natsfix:ignore).", is(n, "finding"))
	}
	s.baselineSummary()
	if unsafe > 0 {
		s.say("%s hidden, see --unsafe.", is(unsafe, "unsafe fix"))
	}
	for _, r := range s.app.Rules {
		n := choices[r.Name]
		if n == 0 {
			continue
		}
		var params []string
		for _, p := range r.Params {
			params = append(params, fmt.Sprintf("--set %s.%s=VALUE", r.Name, p.Name))
		}
		verb := "need"
		if n == 1 {
			verb = "needs"
		}
		s.say("%s of %s %s a choice: %s.", report.Count(n, "fix"), r.Name, verb, strings.Join(params, " or "))
	}
}

// is returns "1 unsafe fix is" or "2 unsafe fixes are".
func is(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return report.Count(n, what) + " are"
}

// maskNote says that secrets were masked, since such a diff does not apply. With
// --quiet it is said of nothing but a diff on standard output, which somebody may
// be about to apply.
func (s *session) maskNote() {
	if !s.masked || s.opts.quiet && s.opts.stdoutFormat() != "" {
		return
	}
	text := "Secrets are masked; natsfix --patch FILE writes a diff that has them and applies."
	switch {
	case s.opts.patch != "":
		text = fmt.Sprintf("Secrets are masked in what is shown; %s has them.", s.opts.patch)
	case s.readsStdin():
		text = "Secrets are masked in what is shown; --reveal shows them."
	case s.command == "fix" || s.command == "edit" || s.command == "recipe run":
		text = "Secrets are masked, so the diff shown does not apply; --patch FILE writes one that does."
	}
	fmt.Fprintln(s.msg, report.Lines(text))
}

// nextCommand names the command that goes on from here.
func (f *fixRun) nextCommand() {
	switch {
	case f.mode == dryRun && len(f.shown) > 0 && f.command == "edit" && f.writesSecrets():
		f.say("To write: the same command with --write")
	case f.mode == dryRun && len(f.shown) > 0:
		f.say("To write: %s", f.repeat(f.program(), "--write"))
	case len(f.written) > 0 && !f.opts.commit:
		f.say("To take this back: natsfix undo")
	}
}

// writesSecrets reports whether a secret would be written, which the command
// line has then in it.
func (f *fixRun) writesSecrets() bool {
	secret := func(e engine.Edit) bool { return e.Secret }
	return slices.ContainsFunc(f.result.Findings, func(f *engine.Finding) bool {
		return f.Fix != nil && slices.ContainsFunc(f.Fix.Edits, secret)
	})
}

// program returns how the command is called.
func (s *session) program() string {
	if s.command == "fix" {
		return "natsfix"
	}
	return "natsfix " + s.command
}

// repeat returns a command for the same paths, with the same flags as far as
// they decide what is found.
func (s *session) repeat(words ...string) string {
	var flags []string
	for _, flag := range s.opts.given {
		name, value, _ := strings.Cut(flag, "=")
		switch name {
		case "--recipes", "--only", "--skip", "--set", "--unsafe", "--env-file", "--env-inherit", "--target", "--from",
			"--allow-dirty", "--in-place", "--max-size", "--require-proof", "--since", "--staged", "--commit", "--branch", "--repos", "--push", "--remote", "--summary-dir",
			"--config", "--no-config", "--baseline", "--add-ignores", "--reason",
			"--where", "--commands", "--fail-if-no-match":
			flags = append(flags, shellQuote(flag))
		case "--env":
			// The value may be a secret.
			name, _, given := strings.Cut(value, "=")
			if given {
				name += "=..."
			}
			flags = append(flags, "--env="+shellQuote(name))
		case "--server-args":
			flags = append(flags, "--server-args=...")
		}
	}
	words = append(words, flags...)
	for _, operand := range s.operands {
		words = append(words, shellQuote(operand))
	}
	if s.command == "edit" && len(s.opts.paths) > 0 {
		words = append(words, "--")
	}
	for _, p := range s.opts.paths {
		if strings.HasPrefix(p, "-") && !slices.Contains(words, "--") && p != stdinPath {
			words = append(words, "--")
		}
		words = append(words, shellQuote(p))
	}
	return strings.Join(words, " ")
}

// shellQuote quotes a word for a POSIX shell if it needs it. What a terminal would
// obey is written in digits.
func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_./=,:@+%", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	if report.Plain(s) == s {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch text := s[i : i+size]; {
		case r == '\'' || r == '\\':
			b.WriteString(`\` + text)
		case report.Plain(text) == text:
			b.WriteString(text)
		default:
			for _, c := range []byte(text) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		}
	}
	return b.String() + "'"
}
