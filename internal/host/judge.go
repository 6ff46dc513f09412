package host

import (
	"bytes"
	"strings"

	"github.com/natsfix/natsfix/internal/repo"
)

// maxHost is how much of a file is read to find the documents in it. A larger
// one is left alone unless it is named.
const maxHost = 1 << 20

// Wanted says how many bytes of the beginning of a file [Judge] wants to see,
// going by its name; 0 stands for none.
func Wanted(name string) int {
	switch form, lang := FormOf(name); {
	case form == Other && mayBeManifest(name):
		return maxHead
	case form == Other:
		return 0
	case form == Plain && lang == NoTemplate:
		return maxHead
	}
	return maxHost
}

// Judge says what the file of that name holds; head is its beginning, of as many
// bytes as Wanted asked for, and whole says that it is all of it.
func Judge(name string, head []byte, whole bool) repo.Verdict {
	form, lang := FormOf(name)
	if form == Other && !(isManifest(name, head) && (whole || bytes.Contains(head, []byte(".conf\"")))) {
		return repo.Verdict{Class: repo.Unrelated, Why: "it is no object of Kubernetes with configuration in it"}
	}
	if form == Plain && !(whole && isManifest(name, head)) && (lang == NoTemplate && language(lang, head) == NoTemplate || !whole) {
		return Sniff(name, head)
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return repo.Verdict{Class: repo.Nothing, Why: "it is text in UTF-16; only UTF-8 is looked into"}
	}
	if !whole {
		return repo.Verdict{Class: repo.Nothing, Why: "it is too large to look for documents in it, unless it is named"}
	}
	if form == YAML && isRecipe(head) {
		return repo.Verdict{Class: repo.Unrelated, Why: "it is a natsfix recipe; what is in it are examples"}
	}
	f := Find(name, head)
	v := f.verdict(name)
	v.Starts, v.Missed = len(f.Commands) > 0, f.Missed
	return v
}

func (f *File) verdict(name string) repo.Verdict {
	switch {
	case f.Whole():
		return Sniff(name, f.Src)
	case len(f.Documents) > 0:
		var names []string
		for _, d := range f.Documents {
			names = append(names, d.Name())
		}
		why := "NATS configuration in it: " + list(names)
		if len(f.Missed) > 0 {
			why += "; left: " + shortened(f.Missed)
		}
		return repo.Verdict{Class: repo.Ours, Why: why, Hosts: true}
	case len(f.Left) > 0:
		return repo.Verdict{Class: repo.Nothing, Why: "no NATS configuration in it: " + shortened(f.Left)}
	}
	return repo.Verdict{Class: repo.Unrelated, Why: "no NATS configuration in it"}
}

// shortened joins the first of some reasons.
func shortened(why []string) string {
	if len(why) > 2 {
		return strings.Join(why[:2], "; ") + "; ..."
	}
	return strings.Join(why, "; ")
}
