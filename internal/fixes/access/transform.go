package access

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
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

// transformRefused returns why the server takes no mapping from source to
// destination, "" if it does (server/subject_transform.go, ValidateMapping and
// NewSubjectTransform), with what it says.
func transformRefused(source, dest string) (why, message string) {
	if dest == "" {
		return "", ""
	}
	from, to := strings.Split(source, "."), strings.Split(dest, ".")
	for i, t := range to {
		if t == "" || !isFunction(t) && strings.ContainsAny(t, "\t\n\f\r ") || i > 0 && to[i-1] == ">" {
			return strconv.Quote(dest) + " is no subject", "invalid mapping destination"
		}
	}
	if slices.Contains(to, "*") {
		return "a destination names the wildcards of its source by $1 and so on, and * is no name", "invalid subject"
	}
	if (from[len(from)-1] == ">") != (to[len(to)-1] == ">") {
		return source + " and " + dest + " must both end in >, or neither", "invalid subject"
	}
	wildcards := 0
	for _, t := range from {
		if t == "*" {
			wildcards++
		}
	}
	none := wildcards == 0 && from[len(from)-1] != ">"
	for _, t := range to {
		names, plain, noSource, ok := placeholders(t)
		switch {
		case !ok:
			return t + " is no function that the server knows, or has other arguments", "invalid mapping destination"
		case plain, noSource:
			continue
		case none && isFunction(t) && partition(t):
			continue // the server does not look at what it is made of
		case none:
			return source + " has no wildcards, and " + t + " stands for one", "wildcard index out of range"
		}
		for _, n := range names {
			if n > wildcards {
				return source + " has " + strconv.Itoa(wildcards) + " wildcards, and " + t + " stands for the one of number " + strconv.Itoa(n), "wildcard index out of range"
			}
		}
	}
	return "", ""
}

// partition reports whether a function is partition, which the server takes
// with a source that has no wildcards, whatever it names.
func partition(token string) bool {
	return transformFunctions[1].is.MatchString(token) && !transformFunctions[0].is.MatchString(token)
}
