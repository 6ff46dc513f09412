package oracle

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Where the official packages put positions into their messages.
var (
	// file:line:column: reason (server/errors.go, configErr).
	positioned = regexp.MustCompile(`^(.*?):(\d+):(\d+): (?s:(.*))$`)
	// Parse error on line 3: '...' (conf/parse.go).
	parseLine = regexp.MustCompile(`^Parse error on line (\d+): `)
	// variable reference for 'X' on line 3 can not be found (conf/parse.go).
	variableLine = regexp.MustCompile(`^variable reference for '.*' on line (\d+) `)
	// config is invalid (file:line:column) (conf/parse.go).
	danglingKey = regexp.MustCompile(`^config is invalid \((.*):(\d+):(\d+)\)$`)
	// error parsing include file 'x', reason (conf/parse.go).
	inclusion = regexp.MustCompile(`(?s)^error parsing include file '(.*?)', (.*)$`)
)

// parseProblem turns an error of the official parser into a problem. The
// parser names only the includes that it came through; the file is theirs.
func parseProblem(root, message string) Problem {
	p := Problem{Stage: StageParse, File: root, Message: message}
	inner := message
	for {
		m := inclusion.FindStringSubmatch(inner)
		if m == nil {
			break
		}
		if strings.HasPrefix(m[2], "open ") || strings.HasPrefix(m[2], "read ") {
			return p // the include itself cannot be read: the place is the include
		}
		p.File, inner = path.Join(path.Dir(p.File), m[1]), m[2]
	}
	if m := parseLine.FindStringSubmatch(inner); m != nil {
		p.Line = atoi(m[1])
	} else if m := variableLine.FindStringSubmatch(inner); m != nil {
		p.Line = atoi(m[1])
	} else if m := danglingKey.FindStringSubmatch(inner); m != nil {
		p.Line, p.Column = atoi(m[2]), atoi(m[3])
	}
	return p
}

// configProblem turns an error of ProcessConfigFile into a problem.
func configProblem(root, message string, warning bool) Problem {
	p := Problem{Stage: StageConfig, Message: message, Warning: warning}
	if m := positioned.FindStringSubmatch(message); m != nil {
		p.File, p.Line, p.Column, p.Message = m[1], atoi(m[2]), atoi(m[3]), m[4]
		if p.File == "" {
			p.File = root
		}
		// Some blocks put a position of their own in front, without the file.
		if m := positioned.FindStringSubmatch(p.Message); m != nil && m[1] == "" {
			p.Line, p.Column, p.Message = atoi(m[2]), atoi(m[3]), m[4]
		}
	} else if rest, ok := strings.CutPrefix(message, root+": "); ok {
		p.File, p.Message = root, rest
	} else if rest, ok := strings.CutPrefix(message, ": "); ok {
		p.File, p.Message = root, rest
	}
	return p
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
