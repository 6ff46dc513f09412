package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/natsfix/natsfix/internal/engine"
)

const ignored = "gateway { name: west, listen: \"0.0.0.0:7222\" } # natsfix:ignore gateway-cluster-name -- why\n" +
	"cluster { name: east, listen: \"0.0.0.0:6222\" }\nserver_name: n1\n"

// about returns the findings of a rule.
func about(res *engine.Result, rule string) []*engine.Finding {
	var list []*engine.Finding
	for _, f := range res.Findings {
		if f.Rule == rule {
			list = append(list, f)
		}
	}
	return list
}

// A silenced finding is neither reported nor fixed, and what else there is to
// fix in the file is.
func TestASilencedFindingIsLeftAlone(t *testing.T) {
	f := files{"a.conf": ignored + "https: 8222\n"}
	req := f.request()
	req.Params = map[string]string{"https-tls.use": "http"}
	res := run(t, req)
	text := f.after(res)["a.conf"]
	if len(about(res, "gateway-cluster-name")) > 0 || !strings.HasPrefix(text, ignored) || !strings.Contains(text, "\nhttp: 8222") {
		t.Errorf("%v\n%s", about(res, "gateway-cluster-name"), text)
	}
	if len(about(res, "unused-ignore")) > 0 || res.Ignored != 1 {
		t.Errorf("%d ignored, %v", res.Ignored, about(res, "unused-ignore"))
	}
}

// What is in a file that several servers include is silenced for all of them,
// and is one finding.
func TestASharedFileIsSilencedOnce(t *testing.T) {
	res := run(t, files{
		"a.conf": "server_name: a\ninclude shared.conf\n", "b.conf": "server_name: b\ninclude shared.conf\n",
		"shared.conf": strings.Replace(ignored, "server_name: n1\n", "", 1),
	}.request())
	if len(about(res, "gateway-cluster-name"))+len(about(res, "unused-ignore")) > 0 || res.Ignored != 1 {
		t.Errorf("%d ignored, %+v", res.Ignored, res.Findings)
	}
}

func TestRulesThatMustNotBeIgnored(t *testing.T) {
	req := files{"a.conf": ignored, "b.conf": strings.NewReplacer("east", "south", "west", "north").Replace(ignored)}.request()
	req.NeverIgnore = func(path, rule string) bool { return path == "a.conf" && rule == "gateway-cluster-name" }
	res := run(t, req)
	found, told := about(res, "gateway-cluster-name"), about(res, "unused-ignore")
	if len(found) != 1 || found[0].File != "a.conf" || !found[0].Fixed {
		t.Errorf("found %+v", found)
	}
	if len(told) != 1 || told[0].File != "a.conf" || told[0].Line != 1 || !strings.Contains(told[0].Message, "do not let gateway-cluster-name be ignored") {
		t.Errorf("told %+v", told)
	}
}

// A comment that holds until a day holds on that day, wherever the sun stands.
func TestACommentHoldsToTheEndOfItsDay(t *testing.T) {
	for now, silenced := range map[string]bool{
		"2026-01-30T00:00:00Z": true, "2026-01-31T23:59:59Z": true, "2026-02-01T00:00:00Z": false, "2027-01-01T00:00:00Z": false,
	} {
		req := files{"a.conf": strings.Replace(ignored, " -- why", " until=2026-01-31 -- why", 1)}.request()
		var err error
		if req.Now, err = time.Parse(time.RFC3339, now); err != nil {
			t.Fatal(err)
		}
		res := run(t, req)
		if (len(about(res, "gateway-cluster-name")) == 0) != silenced || (len(about(res, "unused-ignore")) == 0) != silenced {
			t.Errorf("%s: %+v", now, res.Findings)
		}
	}
}

// Comments in files that were not asked for hold, and are not reported on.
func TestCommentsInContext(t *testing.T) {
	req := files{
		"a.conf": "include b.conf\n", "b.conf": ignored,
		"c.conf": "# natsfix:ignore gateway-cluster-name -- of no use\nserver_name: c\n",
	}.request()
	req.Targets, req.Context = []string{"a.conf"}, []string{"b.conf", "c.conf"}
	res := run(t, req)
	if len(about(res, "gateway-cluster-name"))+len(about(res, "unused-ignore")) > 0 {
		t.Errorf("%+v", res.Findings[0])
	}
}

// No comment, however odd, ends the program or silences more than it says.
func FuzzIgnoreComments(f *testing.F) {
	for _, comment := range []string{
		"natsfix:ignore gateway-cluster-name -- why", "natsfix:", "natsfix:ignore --", "natsfix:ignore until= -- x",
		"natsfix:ignore-file gateway-cluster-name,x until=9999-12-31", "natsfix:ignore ,,, gateway-cluster-name--", "natsfix:ignore until=0001-01-01",
	} {
		f.Add(comment)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		if strings.ContainsAny(comment, "\r\n") {
			return
		}
		found := func(comment string) bool {
			text := "gateway { name: west, listen: \"0.0.0.0:7222\" } # " + comment + "\n" +
				"cluster { name: east, listen: \"0.0.0.0:6222\" }\nserver_name: n1\n"
			return len(about(run(t, files{"a.conf": text}.request()), "gateway-cluster-name")) > 0
		}
		named := strings.Contains(comment, "natsfix:ignore") && strings.Contains(comment, "gateway-cluster-name")
		if !found(comment) && found(strings.ReplaceAll(comment, "natsfix:", "natsfox:")) && !named {
			t.Errorf("%q silences what it does not name", comment)
		}
	})
}
