package host

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// hereOpens matches what opens a heredoc of a shell: <<EOF, <<-EOF, <<'EOF',
// <<"EOF" and <<\EOF.
var hereOpens = regexp.MustCompile(`(?:^|[^<])<<(-?)[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|(\\?)([A-Za-z_][A-Za-z0-9_.-]*))`)

// redirects matches the file that a line of a script writes, copies or fills.
var redirects = regexp.MustCompile(`(?:>{1,2}[|]?[ \t]*|\btee(?:[ \t]+-[a-z]+)*[ \t]+|^[ \t]*(?:COPY|ADD)[ \t].*[ \t])["']?([^\s"'<>|;&()]+)["']?`)

// appends matches the file that a line of a script adds to.
var appends = regexp.MustCompile(`(?:>>[ \t]*|\btee[ \t]+(?:-a|--append)[ \t]+)["']?([^\s"'<>|;&()]+)["']?`)

// here is a heredoc of a script.
type here struct {
	tabs   bool   // <<-: tabs in front of lines are none of it
	quoted bool   // nothing in it is replaced
	end    string // what ends it
}

// script looks for documents in the heredocs of a shell script or Dockerfile
// whose lines are given. fl is the template around it, nil if there is none.
func (f *File) script(all *lines, fl *flow, dir string) {
	if !bytes.Contains(f.Src, []byte("<<")) {
		return
	}
	s := &scriptFile{File: f, lines: all, flow: fl, dir: dir, written: make(map[string]*Document), added: make(map[string]bool)}
	for i := range all.list {
		for _, m := range appends.FindAllStringSubmatch(s.text(i), -1) {
			s.added[path.Clean(m[1])] = true
		}
	}
	s.scan(0, len(all.list), true)
	s.starts()
}

// scriptFile is a script while it is looked through.
type scriptFile struct {
	*File
	lines   *lines
	flow    *flow
	dir     string
	written map[string]*Document // by the path that the script writes
	added   map[string]bool      // the paths that it adds to
	// commands are the lines outside of heredocs that are documents.
	commands []string
}

func (s *scriptFile) text(i int) string {
	n := s.lines.list[i]
	return strings.TrimSuffix(string(s.lines.src[n.content:n.end]), "\r")
}

// scan goes through lines. raw says that nothing around them replaces variables.
// What is no document may be a script of its own (sh <<EOF).
func (s *scriptFile) scan(from, to int, raw bool) {
	for i := from; i < to; i++ {
		line := s.text(i)
		s.commands = append(s.commands, line)
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") {
			continue
		}
		at := i + 1
		for _, h := range opened(line) {
			end := s.end(h, at, to)
			if end < 0 {
				break
			}
			if !s.body(h, line, at, end, raw) {
				s.scan(at, end, raw && h.quoted)
			}
			i, at = end, end+1
		}
	}
}

// opened lists the heredocs that a line opens.
func opened(line string) (list []here) {
	for _, m := range hereOpens.FindAllStringSubmatch(line, -1) {
		h := here{tabs: m[1] == "-", quoted: m[2]+m[3]+m[4] != "", end: m[2] + m[3] + m[5]}
		list = append(list, h)
	}
	return list
}

// end returns the line that ends a heredoc, -1 if there is none.
func (s *scriptFile) end(h here, from, to int) int {
	for i := from; i < to; i++ {
		line := s.text(i)
		if h.tabs {
			line = strings.TrimLeft(line, "\t")
		}
		if line == h.end {
			return i
		}
	}
	return -1
}

// body adds the document in a heredoc, if there is one.
func (s *scriptFile) body(h here, opener string, from, to int, raw bool) bool {
	l := &lines{src: s.lines.src, eol: s.lines.eol, prefix: s.lines.prefix}
	lead := 0
	if h.tabs {
		lead = leadingTabs(l.src, s.lines.list[from:to])
	}
	for _, n := range s.lines.list[from:to] {
		text := l.src[n.content:n.end]
		if n.hasEnd && bytes.HasSuffix(text, []byte("\r")) {
			n.end--
			l.eol = "\r\n"
			text = text[:len(text)-1]
		}
		if h.tabs {
			tabs := min(lead, len(text)-len(bytes.TrimLeft(text, "\t")))
			if len(l.list) == 0 {
				l.prefix += string(text[:tabs])
			}
			n.content += tabs
		}
		l.list = append(l.list, n)
	}
	if len(l.list) == 0 {
		return false
	}
	base, target := "heredoc.conf", ""
	for _, m := range redirects.FindAllStringSubmatch(opener, -1) {
		if strings.HasPrefix(m[1], "/dev/") {
			continue
		}
		target = m[1]
		if b := path.Base(target); !strings.ContainsAny(b, "$`{}") && b != "." {
			base = b
		}
	}
	if target != "" && s.added[path.Clean(target)] {
		s.missedText(&Document{Base: base}, l.text(), "the script puts it together of several parts")
		return false
	}
	fl := s.flow
	lang := s.lang
	if raw && h.quoted {
		defer func() { s.lang = lang }()
		if fl == nil {
			s.lang = NoTemplate
		}
	} else {
		var ok bool
		if fl, ok = s.replaced(l); !ok {
			s.missedText(&Document{Base: base}, l.text(), "a backslash joins lines of it")
			return false
		}
		defer func() { s.lang = lang }()
		s.lang = HereDoc
	}
	d := s.add(base, l, fl, strings.Trim(fmt.Sprintf("%s.L%d", s.dir, bytes.Count(l.src[:l.list[0].start], []byte("\n"))), "."))
	if d == nil {
		return false
	}
	d.scalar, d.Object = s.lines.list[0].start, Object{}
	if target != "" {
		s.written[path.Clean(target)] = d
	}
	return true
}

// leadingTabs returns how many tabs in front of the lines of a heredoc are left out
// of its document. The shell takes them all; those by which a line stands further to
// the right than others are no part of a setting and show how to write its neighbours,
// unless there are texts over several lines.
func leadingTabs(src []byte, list []line) int {
	least := -1
	for _, n := range list {
		text := bytes.TrimRight(src[n.content:n.end], " \t\r")
		switch tabs := len(text) - len(bytes.TrimLeft(text, "\t")); {
		case len(text) == 0:
		case text[len(text)-1] == '(':
			return len(src)
		case least < 0 || tabs < least:
			least = tabs
		}
	}
	return max(least, 0)
}

// replaced returns the flow of a heredoc in which the shell replaces variables,
// together with that of a template around it. It reports false where lines are
// joined, which no document of lines can express.
func (s *scriptFile) replaced(l *lines) (*flow, bool) {
	var list []construct
	if s.flow != nil {
		list = slices.Clone(s.flow.list)
	}
	for _, n := range l.list {
		for _, c := range constructs(HereDoc, l.src[n.content:n.end]) {
			c.start, c.end = c.start+n.content, c.end+n.content
			inside := func(o construct) bool { return o.start < c.end && c.start < o.end }
			if !slices.ContainsFunc(list, inside) {
				list = append(list, c)
			}
		}
		if odd := len(l.src[n.content:n.end]) - len(bytes.TrimRight(l.src[n.content:n.end], `\`)); odd%2 == 1 {
			return nil, false
		}
	}
	if len(list) == 0 {
		return nil, true
	}
	slices.SortFunc(list, func(a, b construct) int { return a.start - b.start })
	return newFlow(l.src, list), true
}

// hereConstruct matches what a shell replaces in a heredoc beside ${...} and
// $(...): variables, commands between backticks, and escapes.
var hereConstruct = regexp.MustCompile("^(?:\\$[A-Za-z_][A-Za-z0-9_]*|\\$[0-9@*#?$!-]|`[^`\n]*`|\\\\[\\\\$`])")

// hereDoc returns the length of what a shell replaces at the beginning of a text.
func hereDoc(text []byte) int {
	switch {
	case bytes.HasPrefix(text, []byte("${")):
		return balanced(text)
	case bytes.HasPrefix(text, []byte("$(")):
		depth := 0
		for i := 1; i < len(text) && text[i] != '\n'; i++ {
			switch text[i] {
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return 0
	}
	return len(hereConstruct.Find(text))
}

// starts notes the commands in the script that start a server with a file that
// it writes.
func (s *scriptFile) starts() {
	if len(s.written) == 0 {
		return
	}
	text := strings.ReplaceAll(strings.Join(s.commands, "\n"), "\\\n", " ")
	for line := range strings.Lines(text) {
		words := splitCommand(strings.TrimRight(strings.TrimSpace(line), "&; \t"))
		if len(words) > 0 && (words[0] == "exec" || words[0] == "nohup") {
			words = words[1:]
		}
		flags, ok := serverFlags(words, false)
		config := configFlag(flags)
		if d := s.written[path.Clean(config)]; ok && config != "" && d != nil {
			s.Commands = append(s.Commands, Command{Flags: flags, Config: config, Document: d.Name()})
		}
	}
}

// scalarOf reports whether a document stands in the script that begins at an
// offset.
func (d *Document) scalarOf(at ast.Span) bool {
	return d.scalar > 0 && at.Start <= d.scalar && d.scalar <= at.End+1
}
