package engine_test

import (
	"path"
	"slices"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
)

// TestRealmsAreToldApart puts beside the files of every golden case the same ones
// twice more, as they are and corrected, as examples that have nothing to do with
// them: all that is found in the files must be told, and corrected, as without.
func TestRealmsAreToldApart(t *testing.T) {
	inputs := append(goldenInputs(t), input{name: "a port that leads to a hub beside", in: files{
		"hub.conf":  "server_name: hub\nport: 4333\nleafnodes { port: 7422 }\n",
		"leaf.conf": "server_name: l\nport: 4334\nleafnodes { remotes: [ { url: \"nats://localhost:4333\" } ] }\n",
	}})
	for _, i := range sample(inputs) {
		if path.Dir(i.name) == "include-missing" {
			continue // it looks for a file of that name everywhere
		}
		t.Run(i.name, func(t *testing.T) {
			req := i.req
			if req.Read == nil {
				req = i.in.request()
			}
			req.Unsafe, req.Jobs = true, 1
			alone := run(t, req)
			want := told(alone, i.in)

			both := make(files)
			realms := make(map[string]string)
			for name, text := range i.in {
				for _, dir := range []string{"example/", "corrected/"} {
					both[name], both[dir+name], realms[dir+name] = text, text, dir
				}
			}
			for _, f := range alone.Files {
				if f.After != nil {
					both["corrected/"+f.Path] = string(f.After)
				}
			}
			with := both.request()
			with.Env, with.Args, with.Hosts, with.Params, with.Window = req.Env, req.Args, req.Hosts, req.Params, req.Window
			with.Unsafe, with.Jobs, with.Realms = true, 1, realms
			if got := told(run(t, with), i.in); !slices.Equal(got, want) {
				t.Errorf("beside an example\n%q\nwithout\n%q", got, want)
			}
		})
	}
}

// told returns what is said about files, and what they become.
func told(res *engine.Result, in files) []string {
	var out []string
	for _, f := range res.Findings {
		if _, ours := in[f.File]; ours {
			out = append(out, f.File+": "+f.Rule+": "+f.Message+" / "+f.Reason)
		}
	}
	for _, f := range res.Files {
		if _, ours := in[f.Path]; ours {
			out = append(out, f.Path+": "+string(f.After))
		}
	}
	return out
}
