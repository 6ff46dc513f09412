package meaning

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
)

// NameWithSpace finds names of servers, clusters, gateways and accounts with a
// space.
func NameWithSpace() *fixes.Rule {
	return &fixes.Rule{
		Name:     "name-with-space",
		Severity: fixes.Error,
		Summary:  "the name of a server, cluster, gateway or account has a space, which the server refuses, or logs errors for",
		Params: []fixes.Param{{
			Name: "with", Default: "-", Values: []string{"-", "_"},
			Doc: "what takes the place of spaces",
		}},
		Doc: fixes.Doc{
			Stage:   "-t; for accounts the start, in the log",
			Message: "server name cannot contain spaces",
			Since:   "2.11.0",
			What: `Since 2.11.0 the server refuses a space in server_name, cluster.name and gateway.name ("cluster name cannot contain
spaces", "gateway name cannot contain spaces"); names go into protocol lines that spaces take apart. A gateways entry
with a space is accepted, and can never find its gateway. An account with a space is accepted, too, but the server makes a subject of
its name and logs "Error setting up system service import ... sublist: invalid subject" at each start; both are warnings.`,
			Fix: `Spaces become -, or what --set name-with-space.with= says; those at the ends go. All names are treated alike, so that
gateways entries and members of a cluster keep to each other.`,
			Applicability: `Unsafe (needs a choice): the name is somebody's to choose. With the parameter given it is safe, since the server
refuses the file today; for files that must also serve releases before 2.11 it changes what these are called. Manual for an
account: imports, leaf nodes and clients of other files name it, and its streams are stored under its name.`,
			Effect: `The server does not run. Older releases need a restart, all members of a cluster together.`,
			Before: `server_name: "nats 1"
cluster {
  name: "north east"
  port: 6222
}
`,
			After: `server_name: "nats-1"
cluster {
  name: "north-east"
  port: 6222
}
`,
		},
		Fields:     fixes.Either(fixes.Named("server_name", "name"), fixes.In("accounts"), fixes.At("", "accounts")),
		CheckValue: checkNameWithSpace,
	}
}

func checkNameWithSpace(p *fixes.Pass, v *fixes.Visit) {
	if checkAccountName(p, v) {
		return
	}
	what, severity := "", fixes.Error
	switch {
	case v.Field == nil || !v.Value.IsString() || !strings.Contains(v.Value.Text(), " ") || !p.Window.Reaches(2, 11, 0):
		return
	case strings.Contains(v.Value.Text(), "\n") && len(v.Value.Doc.Tree.Errors()) > 0:
		return // unclosed-quote
	case v.Is("", "server_name"):
		what = "server"
	case v.Is("cluster", "name"):
		what = "cluster"
	case v.Is("gateway", "name"):
		what = "gateway"
	case v.Is("gateway.gateways[]", "name"):
		what, severity = "gateway", fixes.Warning
	default:
		return
	}
	f := v.Finding("the name %q has a space: the server refuses to start (\"%s name cannot contain spaces\")", v.Value.Text(), what)
	if severity == fixes.Warning {
		f = v.Finding("the name %q has a space: no gateway can bear it, so this entry leads nowhere", v.Value.Text())
	}
	f.Severity = severity
	with, given := p.Param("with")
	if !given {
		with = "-"
	}
	name := strings.Join(strings.Fields(v.Value.Text()), with)
	f.With(p.Replace(v, fixes.Text(name).Literal, "call it %q", name), "the text is shared with other fields: choose a name by hand")
	switch {
	case p.Window.Before(2, 11, 0):
		f.Because(fixes.ChangesBehaviour, "releases before 2.11 run under the old name")
	case !given:
		f.Because(fixes.NeedsChoice, "a name has to be chosen: --set name-with-space.with=- takes this one")
	}
	p.Report(f)
}
