package host

import (
	"bytes"
	"regexp"
	"strings"
)

// role says what a construct of a template language does.
type role uint8

const (
	prints    role = iota // gives text: {{ .Values.port }}
	does                  // gives none: {{ $x := 1 }}, a comment
	opens                 // begins a block whose text is used: {% if x %}
	opensAway             // begins a block whose text stands elsewhere or is not used: {{ define "x" }}
	turns                 // begins another branch: {% else %}
	closes                // ends a block: {% endif %}
)

// construct is one construct of a template language, in the bytes of a text.
type construct struct {
	start, end int
	role       role
}

// language returns the template language that a text is written in: as its
// file's name says, or else as the text does.
func language(lang Language, text []byte) Language {
	switch {
	case lang != AnyTemplate && lang != NoTemplate && lang != Autoconf:
		return lang
	case bytes.Contains(text, []byte("{%")) || bytes.Contains(text, []byte("{# ")) && bytes.Contains(text, []byte("{{")):
		return Jinja
	case bytes.Contains(text, []byte("{{")) && bytes.Contains(text, []byte("}}")):
		return GoTemplate
	case bytes.Contains(text, []byte("<%")) && bytes.Contains(text, []byte("%>")):
		return ERB
	case lang == NoTemplate, lang == Autoconf:
		return lang
	case bytes.Contains(text, []byte("%{")):
		return Terraform
	case bytes.Contains(text, []byte("${")):
		return Shell
	}
	return NoTemplate
}

// constructs lists the constructs of a text in their order. What begins like one
// and has no end is text.
func constructs(lang Language, text []byte) (list []construct) {
	last := make(map[string]int) // of each end marker: what begins behind it has no end
	closing := func(i int, open, end string, strs bool) int {
		at, ok := last[end]
		if !ok {
			at = bytes.LastIndex(text, []byte(end))
			last[end] = at
		}
		if i > at {
			return 0
		}
		if end == "}" {
			return balanced(text[i:])
		}
		return closing(text[i:], open, end, strs)
	}
	for i := 0; i < len(text); {
		end, role := 0, prints
		rest := text[i:]
		switch {
		case lang == Jinja && bytes.HasPrefix(rest, []byte("{{")), lang == GoTemplate && bytes.HasPrefix(rest, []byte("{{")):
			end = closing(i, "{{", "}}", true)
			if lang == GoTemplate && end > 0 {
				role = goRole(inner(rest[:end], 2))
			}
		case lang == Jinja && bytes.HasPrefix(rest, []byte("{%")):
			if end = closing(i, "{%", "%}", true); end > 0 {
				role = jinjaRole(inner(rest[:end], 2))
			}
		case lang == Jinja && bytes.HasPrefix(rest, []byte("{#")):
			end, role = closing(i, "{#", "#}", false), does
		case lang == ERB && bytes.HasPrefix(rest, []byte("<%%")):
			i += 3
			continue
		case lang == ERB && bytes.HasPrefix(rest, []byte("<%")):
			if end = closing(i, "<%", "%>", false); end > 0 && !bytes.HasPrefix(rest, []byte("<%=")) {
				role = rubyRole(inner(rest[:end], 2))
			}
		case lang == Compose && rest[0] == '$' && composeName.Match(rest):
			end = len(composeName.Find(rest))
		case lang == HereDoc && hereDoc(rest) > 0:
			end = hereDoc(rest)
		case lang == Autoconf && rest[0] == '@' && autoconfName.Match(rest):
			end = len(autoconfName.Find(rest))
		case (lang == Shell || lang == Terraform) && bytes.HasPrefix(rest, []byte("$${")), lang == Terraform && bytes.HasPrefix(rest, []byte("%%{")):
			i += 3
			continue
		case (lang == Shell || lang == Compose || lang == Autoconf) && bytes.HasPrefix(rest, []byte("${")), lang == Terraform && bytes.HasPrefix(rest, []byte("${")):
			end = closing(i, "${", "}", false)
		case lang == Terraform && bytes.HasPrefix(rest, []byte("%{")):
			if end = closing(i, "%{", "}", false); end > 0 {
				role = terraformRole(inner(rest[:end], 1))
			}
		default:
			i++
			continue
		}
		if end <= 0 {
			i += 2
			continue
		}
		if mapping.Match(rest[:end]) || lang == GoTemplate && role == prints && misspelt(text, i, i+end) {
			i += end // the server's own
			continue
		}
		list = append(list, construct{i, i + end, role})
		i += end
		if lang == Jinja && isRaw.Match(rest[:end]) { // nothing in it is the template's
			if at := endRaw.FindIndex(text[i:]); at != nil {
				list[len(list)-1].role = does
				list = append(list, construct{i + at[0], i + at[1], does})
				i += at[1]
			}
		}
	}
	return list
}

// isRaw and endRaw match what begins and ends text that Jinja copies as it is.
var (
	isRaw  = regexp.MustCompile(`^\{%[-+]?\s*raw\s*[-+]?%\}$`)
	endRaw = regexp.MustCompile(`\{%[-+]?\s*endraw\s*[-+]?%\}`)
)

// madeOf reports whether a template language would read something of its own in
// a text that is put into a file.
func madeOf(lang Language, text string) bool {
	if lang == Shell { // ${NAME} is what is looked for, but envsubst replaces $NAME, too
		lang = Compose
	}
	return lang != NoTemplate && len(constructs(lang, []byte(text))) > 0
}

// autoconfName matches what configure and CMake replace beside ${NAME}.
var autoconfName = regexp.MustCompile(`^@[A-Za-z_][A-Za-z0-9_]*@`)

// composeName matches what Compose replaces beside ${NAME}.
var composeName = regexp.MustCompile(`^\$(\$[A-Za-z0-9_{}]*|[A-Za-z_][A-Za-z0-9_]*)`)

// mapping matches the functions of the server's subject mappings and of the
// permissions in account templates (server/subject_transform.go, server/auth.go),
// which stand between the same braces.
var mapping = regexp.MustCompile(`(?i)^\{\{[ \t]*(wildcard|partition|split|splitfromleft|splitfromright|slicefromleft|slicefromright|left|right|random|` +
	`name|subject|tag|account-name|account-subject|account-tag)[ \t]*\(`)

// call matches what can only be meant for such a function although it has none
// of their names: Go templates have no arguments in brackets behind a name, and
// other languages have better ones than a number and what split takes.
var call = regexp.MustCompile("^\\{\\{[ \\t]*[A-Za-z][A-Za-z-]*\\([ \\t]*-?[0-9]+[ \\t]*(,[ \\t]*(-?[0-9]+|[^\\w\\s'\"`(){}.,$]{1,3})[ \\t]*)*\\)[ \\t]*\\}\\}$")

// misspelt reports whether text[start:end] is a function of the server's with a
// wrong name: a token of a subject, which a dot separates from the next.
func misspelt(text []byte, start, end int) bool {
	return (start > 0 && text[start-1] == '.' || end < len(text) && text[end] == '.') && call.Match(text[start:end])
}

// closing returns the length of a construct with its end marker, 0 if there is
// none. Strings inside may hold the marker where the language has them.
func closing(text []byte, open, end string, strs bool) int {
	for i := len(open); i < len(text); {
		switch c := text[i]; {
		case bytes.HasPrefix(text[i:], []byte("/*")) && open == "{{":
			j := bytes.Index(text[i:], []byte("*/"))
			if j < 0 {
				return 0
			}
			i += j + 2
		case strs && (c == '"' || c == '\'' || c == '`') && text[i-1] != '\\':
			i = max(i+1, i+stringEnd(text[i:]))
		case bytes.HasPrefix(text[i:], []byte(end)):
			return i + len(end)
		default:
			i++
		}
	}
	return 0
}

// stringEnd returns the length of the string that a text begins with, 0 if it
// does not end on the line.
func stringEnd(text []byte) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\n' && quote != '`':
			return 0
		case text[i] == '\\' && quote != '`':
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return 0
}

// balanced returns the length of ${...} or %{...} with all braces inside.
func balanced(text []byte) int {
	depth := 0
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '\n':
			if depth == 1 && text[0] == '$' {
				return 0
			}
		}
	}
	return 0
}

// inner returns the words of a construct, without its markers of n bytes and
// those that trim white space.
func inner(text []byte, n int) []string {
	s := string(text[n : len(text)-min(n, len(text)-n)])
	if n == 1 { // %{ } has one byte more in front
		s = strings.TrimPrefix(s, "{")
	}
	s = strings.Trim(s, "-+~_ \t\r\n")
	s = strings.NewReplacer("(", " ( ", ")", " ) ").Replace(s)
	return strings.Fields(s)
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

func goRole(words []string) role {
	switch w := first(words); {
	case w == "if" || w == "range" || w == "with" || w == "block":
		return opens
	case w == "define":
		return opensAway
	case w == "else":
		return turns
	case w == "end":
		return closes
	case w == "" || w == "break" || w == "continue" || strings.HasPrefix(w, "/*"):
		return does
	case strings.HasPrefix(w, "$") && len(words) > 1 && (words[1] == ":=" || words[1] == "="):
		return does
	}
	return prints
}

func jinjaRole(words []string) role {
	switch w := first(words); {
	case w == "if" || w == "for" || w == "block" || w == "filter" || w == "with" || w == "autoescape":
		return opens
	case w == "macro" || w == "call" || w == "raw" || w == "set" && !contains(words, "="):
		return opensAway
	case w == "else" || w == "elif":
		return turns
	case strings.HasPrefix(w, "end"):
		return closes
	case w == "include" || w == "import" || w == "from":
		return prints
	}
	return does
}

func rubyRole(words []string) role {
	w := first(words)
	if w == "" || strings.HasPrefix(w, "#") {
		return does
	}
	depth := 0 // what a construct of several lines leaves open
	for i, word := range words {
		starts := i == 0 || strings.HasSuffix(words[i-1], ";")
		switch {
		case word == "do", starts && (word == "if" || word == "unless" || word == "case" || word == "while" || word == "for" || word == "begin"):
			depth++
		case word == "end":
			depth--
		}
	}
	switch {
	case len(words) > 40: // a program of its own, which gives no text
		return does
	case w == "else" || w == "elsif" || w == "when" || w == "}" && words[len(words)-1] == "{" && len(words) > 2 || strings.HasPrefix(w, "end.else"): // the last as BOSH has it
		return turns
	case depth > 0 || strings.HasSuffix(words[len(words)-1], "{") || len(words) > 2 && words[len(words)-2] == "{":
		return opens
	case depth < 0 || w == "}":
		return closes
	}
	return does
}

func terraformRole(words []string) role {
	switch w := first(words); {
	case w == "if" || w == "for":
		return opens
	case w == "else":
		return turns
	case strings.HasPrefix(w, "end"):
		return closes
	}
	return does
}

func contains(words []string, want string) bool {
	for _, w := range words {
		if w == want || strings.HasPrefix(w, want) || strings.HasSuffix(w, want) {
			return true
		}
	}
	return false
}
