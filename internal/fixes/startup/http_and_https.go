package startup

import (
	"fmt"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// HTTPAndHTTPS finds servers that are to monitor over HTTP and HTTPS.
func HTTPAndHTTPS() *fixes.Rule {
	return &fixes.Rule{
		Name:     "http-and-https",
		Severity: fixes.Error,
		Summary:  "both an HTTP and an HTTPS port for monitoring are set, so the server gives up at the start",
		Params: []fixes.Param{{
			Name: "keep", Default: "https with a tls block at the top level, else http", Values: []string{"http", "https"},
			Doc: "which of the two stays",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "can't specify both HTTP (8222) and HTTPs (8223) ports",
			Since:   "2.0.0",
			What:    `A server answers for monitoring on one port, HTTP or HTTPS, and ends at the start if both are set (server/server.go, StartMonitoring).`,
			Fix:     "Takes one of them out.",
			Applicability: `Somebody must choose: without --set http-and-https.keep=http or =https the fix is unsafe and keeps HTTPS
where the server has certificates. Manual for a port that comes from a flag.`,
			Effect: "The server does not run.",
			Before: `http_port: 8222
https_port: 8223
`,
			After: `http_port: 8222
`,
		},
		Needs:       []string{"https", "https_port"},
		CheckServer: checkHTTPAndHTTPS,
	}
}

// monitoring returns what sets the HTTP or HTTPS port, of the fields by the
// names, and whether it is set: not to 0, which means none. Where one of two fields
// says so and the other does not, the server takes one at random
// (conflicting-aliases).
func monitoring(s *fleet.Server, listen string, ports []string, flag int) (fields []*fixes.Visit, on bool) {
	off := false
	if v := fixes.Top(s, listen); v != nil {
		fields = append(fields, v)
		a := parseListen(v)
		off = unknown(v) || !a.on()
	}
	if v := fixes.Top(s, ports...); v != nil {
		fields = append(fields, v)
		n, known := number(v, 0)
		off = off || !known || n == 0
	}
	return fields, len(fields) > 0 && !off || flag != 0
}

func checkHTTPAndHTTPS(p *fixes.Pass, s *fleet.Server) {
	https, secure := monitoring(s, "https", []string{"https_port"}, s.Args.HTTPSPort)
	if !secure {
		return
	}
	http, plain := monitoring(s, "http", []string{"http_port", "monitor_port"}, s.Args.HTTPPort)
	if !plain || s.Broken() {
		return
	}
	const message = "monitoring is set to HTTP and to HTTPS: the server ends at the start (\"can't specify both HTTP and HTTPs ports\"), though nats-server -t calls the file valid"
	f := &fixes.Finding{Doc: s.Root, Message: message}
	if all := slices.Concat(https, http); len(all) > 0 {
		f = all[0].KeyFinding(message)
		for _, v := range all[1:] {
			beside(f, v, "the other port")
		}
	}
	keep, chose := p.Param("keep")
	if !chose {
		keep = "http"
		if fixes.Top(s, "tls") != nil {
			keep = "https"
		}
	}
	drop, flag := https, s.Args.HTTPSPort
	if keep == "https" {
		drop, flag = http, s.Args.HTTPPort
	}
	if flag != 0 || len(drop) == 0 {
		p.Report(f.Because(fixes.Manual, "the other port comes from a flag"))
		return
	}
	fix := p.Delete(drop[0], "monitor over %s only", keep)
	for _, v := range drop[1:] {
		fix = fix.Join(p.Delete(v, "monitor over %s only", keep))
	}
	if fix != nil && overlapping(fix) {
		fix = nil
	}
	f.With(fix, "take one of them out")
	p.Report(chosen(p, f, "keep", fmt.Sprintf("somebody asks one of the two ports today: monitoring stays on %s", keep)))
}

// overlapping reports whether edits of a fix cannot be made together.
func overlapping(fix *fixes.Fix) bool {
	byDoc := make(map[*fleet.Doc][]ast.Edit)
	for _, e := range fix.Edits {
		byDoc[e.Doc] = append(byDoc[e.Doc], e.Edit)
	}
	for doc, edits := range byDoc {
		ast.SortEdits(edits)
		if ast.CheckEdits(len(doc.Tree.Source()), edits) != nil {
			return true
		}
	}
	return false
}
