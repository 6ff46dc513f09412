package repo

import (
	"os"
	"strings"
	"testing"
)

// judging returns options under which a file's text says what it is.
func judging() Options {
	o := options()
	o.Decisions = true
	o.Wanted = func(name string) int {
		if strings.HasSuffix(name, ".conf") || strings.HasSuffix(name, ".txt") {
			return 20
		}
		return 0
	}
	o.Judge = func(name string, head []byte, whole bool) Verdict {
		text := string(head)
		for word, class := range map[string]Class{"ours": Ours, "unsure": Unsure, "part": Part, "foreign": Foreign} {
			if strings.HasPrefix(text, word) {
				return Verdict{Class: class, Why: word, Includes: strings.Contains(text, "include")}
			}
		}
		return Verdict{Class: Nothing, Why: "nothing"}
	}
	return o
}

func judge(t *testing.T, paths ...string) *Found {
	t.Helper()
	f, err := Discover(paths, judging())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFilesAreTakenByTheirContent(t *testing.T) {
	isolate(t)
	for name, text := range map[string]string{
		"a.conf": "ours", "b.txt": "ours", "c.bin": "ours", "d.conf": "foreign", "e.conf": "unsure", "f.conf": "part", "g.conf": "",
		"x/h.conf": "foreign", "x/.natsfix.yaml": "exclude: [no.conf]\n", "x/no.conf": "ours",
	} {
		put(t, name, text)
	}
	f := judge(t, ".")
	wantNames(t, "targets", f.Targets, "a.conf", "b.txt")
	wantNames(t, "parts", f.Parts, "e.conf", "f.conf")
	var got []string
	for _, d := range f.Decisions {
		word := "-"
		if d.Taken {
			word = "+"
		}
		got = append(got, word+d.Path+" "+d.Why)
	}
	wantNames(t, "decisions", got, "+a.conf ours", "+b.txt ours", "-d.conf foreign", "-e.conf unsure", "-f.conf part", "-g.conf nothing",
		"-x/h.conf foreign", "-x/no.conf an exclude list names it")
	if f.Left != 5 {
		t.Errorf("%d left", f.Left)
	}
	wantNames(t, "named ones", judge(t, "c.bin", "d.conf", ".").Targets, "a.conf", "b.txt", "c.bin", "d.conf")
}

func TestNeighboursSpeakForAFile(t *testing.T) {
	isolate(t)
	for _, name := range []string{"a.conf", "b.conf", "c.conf"} {
		put(t, "all/"+name, "ours")
		put(t, "mixed/"+name, "ours")
	}
	put(t, "all/d.conf", "unsure")
	put(t, "all/e.txt", "unsure")
	put(t, "all/f.conf", "part")
	put(t, "all/g.txt", "foreign")
	put(t, "mixed/d.conf", "unsure")
	put(t, "mixed/e.conf", "foreign")
	put(t, "few/a.conf", "ours")
	put(t, "few/b.conf", "unsure")
	put(t, "root/main.conf", "unsure include")
	put(t, "root/conf/a.conf", "ours")
	put(t, "alone/main.conf", "unsure include")
	wantNames(t, "all", judge(t, "all").Targets, "all/a.conf", "all/b.conf", "all/c.conf", "all/d.conf")
	wantNames(t, "mixed", judge(t, "mixed").Targets, "mixed/a.conf", "mixed/b.conf", "mixed/c.conf")
	wantNames(t, "few", judge(t, "few").Targets, "few/a.conf")
	wantNames(t, "a file that includes", judge(t, "root").Targets, "root/conf/a.conf", "root/main.conf")
	wantNames(t, "alone", judge(t, "alone").Targets)
}

func TestContextHoldsWhatIncludes(t *testing.T) {
	isolate(t)
	for name, text := range map[string]string{
		"a.conf": "part", "b.conf": "unsure include", "c.conf": "foreign include", "d.conf": "unsure", "e.conf": "ours", "f.conf": "foreign",
	} {
		put(t, name, text)
	}
	f := judge(t, "a.conf")
	wantNames(t, "targets", f.Targets, "a.conf")
	wantNames(t, "context", f.Context, "b.conf", "e.conf")
}

func TestAFileThatCannotBeReadIsNamed(t *testing.T) {
	isolate(t)
	put(t, "a.conf", "ours")
	put(t, "b.conf", "ours")
	if err := os.Chmod("b.conf", 0); err != nil {
		t.Fatal(err)
	}
	if file, err := os.Open("b.conf"); err == nil {
		file.Close()
		t.Skip("this user may read everything")
	}
	f := judge(t, ".")
	wantNames(t, "targets", f.Targets, "a.conf")
	if len(f.Unreadable) != 1 || f.Unreadable[0].Path != "b.conf" {
		t.Errorf("%+v", f.Unreadable)
	}
}

func TestTheHeadHasTheSizeAskedFor(t *testing.T) {
	isolate(t)
	put(t, "short.conf", "ours")
	put(t, "long.conf", "ours"+strings.Repeat(".", 100))
	put(t, "fit.conf", "ours"+strings.Repeat(".", 16))
	o := judging()
	o.Jobs = 1
	got := map[string]bool{}
	o.Judge = func(name string, head []byte, whole bool) Verdict {
		if len(head) > 20 || len(head) < 4 {
			t.Errorf("%s: %d bytes", name, len(head))
		}
		got[name] = whole
		return Verdict{}
	}
	if _, err := Discover([]string{"."}, o); err != nil {
		t.Fatal(err)
	}
	if !got["short.conf"] || got["long.conf"] || !got["fit.conf"] {
		t.Errorf("whole: %v", got)
	}
}
