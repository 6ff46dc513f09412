package access

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/suggest"
)

// transformFunctions match what a token of a mapping's destination may be
// (server/subject_transform.go), in the order in which the server tries them.
var transformFunctions = []struct {
	is   *regexp.Regexp
	args func(args []string) (wildcards []int, ok bool)
	// noSource says that the function needs no wildcard of the source.
	noSource bool
}{
	{function("[wW]ildcard"), func(args []string) ([]int, bool) { return numbers(args, 1, 1) }, false},
	{function("[pP]artition"), partitionArgs, true},
	{function("[sS]plit[fF]rom[lL]eft"), indexAndNumber, false},
	{function("[sS]plit[fF]rom[rR]ight"), indexAndNumber, false},
	{function("[sS]lice[fF]rom[lL]eft"), indexAndNumber, false},
	{function("[sS]lice[fF]rom[rR]ight"), indexAndNumber, false},
	{function("[rR]ight"), indexAndNumber, false},
	{function("[lL]eft"), indexAndNumber, false},
	{function("[sS]plit"), func(args []string) ([]int, bool) {
		if len(args) != 2 || strings.ContainsAny(args[1], " .") {
			return nil, false
		}
		return numbers(args[:1], 1, 1)
	}, false},
	{function("[rR]andom"), func(args []string) ([]int, bool) {
		n, ok := numbers(args, 1, 1)
		return nil, ok && n[0] <= math.MaxInt32
	}, true},
}

func function(name string) *regexp.Regexp {
	return regexp.MustCompile(`\{\{\s*` + name + `\s*\((.*)\)\s*\}\}`)
}

func numbers(args []string, least, most int) (list []int, ok bool) {
	if len(args) < least || len(args) > most {
		return nil, false
	}
	for _, arg := range args {
		n, err := strconv.Atoi(strings.Trim(arg, " "))
		if err != nil {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}

func indexAndNumber(args []string) ([]int, bool) {
	n, ok := numbers(args, 2, 2)
	if !ok || n[1] != int(int32(n[1])) {
		return nil, false
	}
	return n[:1], true
}

func partitionArgs(args []string) ([]int, bool) {
	n, ok := numbers(args, 1, math.MaxInt)
	if !ok || n[0] > math.MaxInt32 {
		return nil, false
	}
	return n[1:], true
}

// argSeparator separates the arguments of a function.
var argSeparator = regexp.MustCompile(`,\s*`)

// placeholders returns the numbers of the wildcards that a token of a
// destination stands for. Plain says that it stands for itself, noSource that
// it needs no wildcard in the source, and ok that the server takes it
// (server/subject_transform.go, indexPlaceHolders).
func placeholders(token string) (wildcards []int, plain, noSource, ok bool) {
	if len(token) > 1 && token[0] == '$' {
		n, err := strconv.Atoi(token[1:])
		return []int{n}, err != nil, false, true
	}
	if !isFunction(token) {
		return nil, true, false, true
	}
	for _, f := range transformFunctions {
		if m := f.is.FindStringSubmatch(token); m != nil {
			wildcards, ok = f.args(argSeparator.Split(m[1], -1))
			return wildcards, false, f.noSource && ok && len(wildcards) == 0, ok
		}
	}
	return nil, false, false, false
}

func isFunction(token string) bool {
	return len(token) > 4 && strings.HasPrefix(token, "{{") && strings.HasSuffix(token, "}}")
}

// mappingTransformRefused returns why the server takes no mapping from source to
// destination, "" if it does (server/sublist.go, ValidateMapping), with what it
// says.
func mappingTransformRefused(source, dest string) (why, message string) {
	if dest == "" {
		return "", ""
	}
	to := strings.Split(dest, ".")
	for i, t := range to {
		if t == "" || !isFunction(t) && strings.ContainsAny(t, "\t\n\f\r ") || i > 0 && to[i-1] == ">" {
			return strconv.Quote(dest) + " is no subject", "invalid mapping destination"
		}
	}
	return transformRefused(source, dest, false)
}

// transformRefused returns why the server makes no transform of source to
// destination, "" if it does, with what it says. One for an import is strict:
// it must be possible to go back, so that it names each wildcard of the source
// and has no other function (server/subject_transform.go,
// NewSubjectTransformWithStrict). Each * of it is the wildcard of its number.
func transformRefused(source, dest string, strict bool) (why, message string) {
	from, to := strings.Split(source, "."), strings.Split(dest, ".")
	written := to
	if strict {
		to = strings.Split(numbered(dest), ".")
	}
	if slices.Contains(to, "") || slices.Contains(to[:len(to)-1], ">") {
		return strconv.Quote(dest) + " is no subject", "invalid subject"
	}
	if slices.Contains(to, "*") {
		return "a destination names the wildcards of its source by $1 and so on, and * is no name", "invalid subject"
	}
	if (from[len(from)-1] == ">") != (to[len(to)-1] == ">") {
		return source + " and " + dest + " must both end in >, or neither", "invalid subject"
	}
	wildcards, named := 0, 0
	for _, t := range from {
		if t == "*" {
			wildcards++
		}
	}
	none := wildcards == 0 && from[len(from)-1] != ">"
	for i, t := range to {
		names, plain, noSource, ok := placeholders(t)
		switch {
		case !ok:
			return functionRefused(t)
		case plain:
			continue
		case strict && isFunction(t) && !transformFunctions[0].is.MatchString(t):
			return t + " is no function for an import, which takes {{wildcard(1)}} and the like alone", "the only mapping function allowed for import transforms is {{Wildcard()}}"
		case noSource:
			continue
		case none && isFunction(t) && partition(t):
			continue // the server does not look at what it is made of
		case none:
			return source + " has no wildcards, and " + t + " stands for one", "wildcard index out of range"
		}
		named += len(names)
		for _, n := range names {
			if n > wildcards {
				why = source + " has " + count(wildcards) + ", and " + written[i] + " stands for the one of number " + strconv.Itoa(n)
				if written[i] == "*" {
					why = source + " has " + count(wildcards) + ", and " + dest + " more"
				}
				return why, "wildcard index out of range"
			}
		}
	}
	if strict && named < wildcards {
		return source + " has " + count(wildcards) + ", and " + dest + " names " + count(named), "not using all of the token wildcard(s)"
	}
	return "", ""
}

func count(wildcards int) string {
	switch wildcards {
	case 0:
		return "no wildcard"
	case 1:
		return "1 wildcard"
	}
	return strconv.Itoa(wildcards) + " wildcards"
}

// functionRefused returns why the server does not take a function.
func functionRefused(token string) (why, message string) {
	for _, f := range transformFunctions {
		if f.is.MatchString(token) {
			return token + " has other arguments than the function takes", "invalid mapping destination"
		}
	}
	why = token + " is no function that the server knows"
	if near := nearFunction(token); near != "" {
		why += " (is " + near + " meant?)"
	}
	return why, "unknown function"
}

// functionName matches a function and takes its name and its arguments out.
var functionName = regexp.MustCompile(`^(\{\{\s*)(\w+)(\s*\(.*\)\s*\}\})$`)

// nearFunction returns a function with the name that was probably meant, "" if
// none is near, or it would not have the arguments either.
func nearFunction(token string) string {
	m := functionName.FindStringSubmatch(token)
	if m == nil {
		return ""
	}
	name := suggest.Suggest(m[2], []string{"wildcard", "partition", "split", "splitFromLeft", "splitFromRight", "sliceFromLeft", "sliceFromRight", "left", "right", "random"})
	if name == "" {
		return ""
	}
	near := m[1] + name + m[3]
	if _, plain, _, ok := placeholders(near); plain || !ok {
		return ""
	}
	return near
}

// partition reports whether a function is partition, which the server takes
// with a source that has no wildcards, whatever it names.
func partition(token string) bool {
	return transformFunctions[1].is.MatchString(token) && !transformFunctions[0].is.MatchString(token)
}

// numbered returns a subject with $1 and so on for its wildcards
// (server/subject_transform.go, transformTokenize).
func numbered(subject string) string {
	tokens, n := strings.Split(subject, "."), 0
	for i, t := range tokens {
		if t == "*" {
			n++
			tokens[i] = "$" + strconv.Itoa(n)
		}
	}
	return strings.Join(tokens, ".")
}

// unnumbered returns a subject with * for what stands for a wildcard
// (transformUntokenize).
func unnumbered(subject string) string {
	tokens := strings.Split(subject, ".")
	for i, t := range tokens {
		dollar := len(t) > 1 && t[0] == '$' && t[1] >= '1' && t[1] <= '9'
		if m := transformFunctions[0].is.FindStringSubmatch(t); dollar || m != nil && m[1] != "" && !argSeparator.MatchString(m[1]) {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, ".")
}
