package cli

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/engine"
)

// exit returns the exit code of a command that rewrites.
func (f *fixRun) exit() int {
	code := exitDone
	if f.opts.exitCode && (len(f.shown)+len(f.written) > 0 || f.failing(f.unfixed())) {
		code = exitFindings
	}
	for _, e := range f.result.Errors {
		if e.Kind == engine.Unreadable || e.Kind == engine.Syntax {
			code = exitUsage
		}
		if e.Kind == engine.Unresolved && f.opts.exitCode {
			code = max(code, exitFindings)
		}
	}
	if f.refused() > 0 {
		return exitRefused
	}
	if slices.ContainsFunc(f.result.Findings, failedProof) {
		return exitRefused
	}
	return code
}

// failedProof reports whether a finding's fix was left out because a proof
// refused it.
func failedProof(f *engine.Finding) bool { return strings.HasPrefix(f.Hidden, "failed proof") }

// exitOfCheck returns the exit code of a command that only reports.
func (s *session) exitOfCheck() int {
	code := exitDone
	if s.failing(s.result.Findings) || s.opts.exitCode && len(s.result.Findings) > 0 {
		code = exitFindings
	}
	for _, e := range s.result.Errors {
		if e.Kind == engine.Unreadable {
			return exitUsage
		}
		code = exitFindings
	}
	return code
}

// failing reports whether one of the findings is at least as severe as
// --fail-on.
func (s *session) failing(list []*engine.Finding) bool {
	for _, f := range list {
		if f.Severity >= s.opts.failOn {
			return true
		}
	}
	return false
}
