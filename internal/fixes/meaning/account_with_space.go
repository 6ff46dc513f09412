package meaning

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
)

// blanks are the characters that no token of a subject has.
const blanks = " \t\r\n\f"

// checkAccountName reports an account with a space in its name, and whether the
// value is an account at all. The server makes a subject of the name for what the
// account may ask the system account.
func checkAccountName(p *fixes.Pass, v *fixes.Visit) bool {
	var f *fixes.Finding
	var name string
	switch {
	case v.Entry != nil && v.Block != nil && v.Block.Path == "accounts":
		if !v.Value.IsMap() || v.Entry.Used {
			return true
		}
		f, name = v.KeyFinding(""), v.Entry.Key
	case v.Entry == nil && v.Parent != nil && v.Parent.Is("", "accounts"):
		f, name = v.Finding(""), v.Value.Text()
	default:
		return false
	}
	if !strings.ContainsAny(name, blanks) || fixes.IsFormat(name) || v.Server.Broken() || lacksSystemAccount(v, name) {
		return true
	}
	f.Severity = fixes.Warning
	f.Message = sprintf("the account name %q has a space: the server starts, logs errors (\"Error setting up system service import\", \"sublist: invalid subject\"), and what the account asks of $SYS.REQ.ACCOUNT.PING.CONNZ and STATZ is not answered", name)
	p.Report(f.Because(fixes.Manual, "choose a name without a space, wherever the account is named: streams are stored under the old one"))
	return true
}

// lacksSystemAccount reports whether an account has no other one to ask, or that
// is not known.
func lacksSystemAccount(v *fixes.Visit, name string) bool {
	if none := fixes.Top(v.Server, "no_system_account", "no_system", "no_sys_acc"); none != nil && none.Value.Plain() != false {
		return true
	}
	system := fixes.Top(v.Server, "system_account", "system")
	return system != nil && system.Value.Unknown() || v.Server.SystemAccount() == name
}
