package engine

import (
	"crypto/sha256"
	"slices"
	"strings"
)

// digest tells a text that a file had.
type digest [sha256.Size]byte

func digestOf(path string, text []byte) digest {
	h := sha256.New()
	h.Write([]byte(path))
	h.Write([]byte{0})
	h.Write(text)
	return digest(h.Sum(nil))
}

// fight notes that a rule does not come to rest over files, or brought back a
// text that one of them had before; and with it the other rules that edited
// them.
func (p *plan) fight(rule string, files []string) {
	add := func(name string) {
		if !slices.Contains(p.fought, name) {
			p.fought = append(p.fought, name)
		}
	}
	for _, f := range files {
		p.foughtOver[f] = true
	}
	add(rule)
	for _, a := range p.applied {
		if slices.ContainsFunc(a.files, func(f string) bool { return slices.Contains(files, f) }) {
			add(a.rule)
		}
	}
	slices.Sort(p.fought)
}

// lastFiles returns the files that the last fix edited.
func (p *plan) lastFiles() []string {
	if len(p.applied) == 0 {
		return nil
	}
	return p.applied[len(p.applied)-1].files
}

// settleReports marks findings that another rule's fix cured: their rule says
// nothing like it of the file at the end.
func (p *plan) settleReports() {
	if len(p.applied) == 0 {
		return
	}
	left := make(map[string]bool)
	for i := range p.run.req.Rules {
		for _, f := range p.found.Of(i) {
			left[f.Rule+"\x00"+f.Doc.Path+"\x00"+f.Message] = true
		}
	}
	for _, rep := range p.reports {
		f := rep.finding
		if _, edited := p.texts[f.File]; edited && !f.Fixed && !left[f.Rule+"\x00"+f.File+"\x00"+f.Message] {
			f.Fixed, f.Hidden = true, ""
		}
	}
}

func fightText(rules []string) string {
	if len(rules) == 1 {
		return "the rule " + rules[0] + " does not come to rest on these files"
	}
	return "the rules " + strings.Join(rules, ", ") + " undo each other's work on these files"
}
