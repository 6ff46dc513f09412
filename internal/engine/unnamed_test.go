package engine_test

import (
	"maps"
	"testing"
)

// What is wrong in files that were not asked for is counted if a server that was
// includes them, each problem once; comments silence it, and other context is
// nobody's business.
func TestUnnamedCountsWhatIsWrongInIncludes(t *testing.T) {
	for name, c := range map[string]struct {
		files files
		want  map[string]int
	}{
		"a rule":         {files{"a.conf": "include inc.conf\n", "inc.conf": "debug: \"true\"\n"}, map[string]int{"inc.conf": 1}},
		"not parsed":     {files{"a.conf": "include inc.conf\n", "inc.conf": "port: {\n"}, map[string]int{"inc.conf": 1}},
		"a missing file": {files{"a.conf": "include inc.conf\n", "inc.conf": "server_name: a\ninclude no.conf\n"}, map[string]int{"inc.conf": 1}},
		"deeper":         {files{"a.conf": "include b.conf\n", "b.conf": "include c.conf\n", "c.conf": "debug: \"true\"\n"}, map[string]int{"c.conf": 1}},
		"silenced":       {files{"a.conf": "include inc.conf\n", "inc.conf": "debug: \"true\" # natsfix:ignore scalar-type, debug-logging -- why\n"}, map[string]int{}},
		"beside":         {files{"a.conf": "server_name: a\n", "b.conf": "debug: \"true\"\n"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			req := c.files.request()
			req.Targets, req.Context = []string{"a.conf"}, nil
			for file := range c.files {
				if file != "a.conf" {
					req.Context = append(req.Context, file)
				}
			}
			res := run(t, req)
			if !maps.Equal(res.Unnamed, c.want) {
				t.Errorf("%v, want %v", res.Unnamed, c.want)
			}
			for _, f := range res.Findings {
				if f.File != "a.conf" {
					t.Errorf("%s was not asked for: %s", f.File, f.Message)
				}
			}
		})
	}
}
