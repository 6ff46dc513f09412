package oracle

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// quoted matches what a message quotes: "x", 'x', `x` and [list].
var quoted = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|`[^`]*`|\\[[^\\]]*\\]")

// numbered matches numbers and durations.
var numbered = regexp.MustCompile(`\b[0-9][0-9a-zµ.]*\b`)

// Kind returns the problem's message with what it quotes and counts taken out:
// two problems of one stage and kind are the same problem in [NewProblems],
// whatever names and positions they speak of.
func (p Problem) Kind() string {
	// The server notices this conflict in authorization or in accounts,
	// whichever it happens to read last (server/opts.go).
	if conflict, ok := strings.CutSuffix(p.Message, " and a users array"); ok {
		return conflict + " and accounts"
	}
	return numbered.ReplaceAllString(quoted.ReplaceAllString(p.Message, "…"), "0")
}

// NewProblems compares the problems of a configuration before and after a
// rewrite, warnings left out. Fresh holds the errors that the rewrite brought;
// if it is empty the rewrite made nothing worse. Revealed holds errors that
// could not show before, because the judgement before ended at an earlier
// stage or left parts out ([Verdict.Partial], [Verdict.Incomplete]): whoever
// asks has to decide about them.
//
// Two problems are the same if stage and message are equal, or else stage and
// [Problem.Kind]: a rename changes the names that a message quotes, and an
// insertion its line. Each problem before answers for one after. Hidden
// problems count before and not after: the rewrite may have brought them to
// light, and what hides them after is there to be compared itself. A verdict
// with NotJudged has no problems: look at that first.
func NewProblems(before, after Verdict) (fresh, revealed []Problem) {
	type key struct {
		stage   Stage
		message string
	}
	left := map[key]int{}
	for _, p := range before.Problems {
		if !p.Warning {
			left[key{p.Stage, p.Message}]++
		}
	}
	var rest []Problem
	for _, p := range after.Problems {
		switch k := (key{p.Stage, p.Message}); {
		case p.Warning, p.Hidden:
		case left[k] > 0:
			left[k]--
		default:
			rest = append(rest, p)
		}
	}
	kinds := map[key]int{}
	for _, p := range before.Problems {
		if k := (key{p.Stage, p.Message}); !p.Warning && left[k] > 0 {
			left[k]--
			kinds[key{p.Stage, p.Kind()}]++
		}
	}
	for _, p := range rest {
		k := key{p.Stage, p.Kind()}
		switch {
		case kinds[k] > 0:
			kinds[k]--
		case p.Stage > before.Reached, p.Stage == StageStart && (before.Partial || before.Incomplete):
			revealed = append(revealed, p)
		default:
			fresh = append(fresh, p)
		}
	}
	return fresh, revealed
}

// findings collects the problems of several rounds over one configuration.
type findings []Problem

// add adds the problems of one round. If the configuration was read as it is,
// the list holds as many of each kind as the round with most of them: of two
// users with one name the server reports now this one, now that one. If
// entries were left out (hidden), everything not said before is added.
func (f *findings) add(round []Problem, hidden bool) {
	sortProblems(round)
	have, seen := map[string]int{}, map[Problem]int{}
	for _, p := range *f {
		p.Hidden = false
		have[p.Kind()]++
		seen[p]++
	}
	missing := map[string]int{}
	for _, p := range round {
		missing[p.Kind()]++
	}
	for _, p := range round {
		switch kind := p.Kind(); {
		case seen[p] > 0:
			seen[p]--
		case hidden && !p.Warning: // an emptied configuration has warnings of its own
			p.Hidden = true
			*f = append(*f, p)
		case !hidden && missing[kind] > have[kind]:
			have[kind]++
			*f = append(*f, p)
		}
	}
}

// sortProblems puts problems into an order that does not depend on the
// server's map iteration.
func sortProblems(list []Problem) {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.Stage, b.Stage),
			strings.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			strings.Compare(a.Message, b.Message),
		)
	})
}
