package silent

import (
	"github.com/natsfix/natsfix/internal/fixes"
)

// AccountsScalar finds accounts with one name instead of a list or block, which
// the server passes over.
func AccountsScalar() *fixes.Rule {
	return &fixes.Rule{
		Name:     "accounts-scalar",
		Severity: fixes.Warning,
		Summary:  "accounts is one name and no list, so the server defines no account",
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.0.0",
			What: `accounts takes a block of accounts or a list of names. Of anything else the server says nothing and takes nothing
(server/opts.go, parseAccounts): the account does not exist, and what refers to it is refused or ends up elsewhere.`,
			Fix: `The name is put into a list: an account of that name, without users.`,
			Applicability: `Safe without JetStream. With JetStream it is unsafe: as soon as there is an account, JetStream is enabled only for
the accounts that ask for it, and no longer for the global account $G. Manual for what is no name.`,
			Effect: `A reload of the servers concerned.`,
			Before: "accounts: APP\n",
			After:  "accounts: [APP]\n",
		},
		Fields:     fixes.At("", "accounts"),
		CheckValue: checkAccountsScalar,
	}
}

func checkAccountsScalar(p *fixes.Pass, v *fixes.Visit) {
	if !v.Is("", "accounts") || v.Value.IsMap() || v.Value.IsList() || v.Value.Unknown() || v.Server.Broken() {
		return
	}
	if !v.Value.IsString() {
		p.Report(v.Finding("accounts is a single value, which the server passes over without a word: it defines no account").
			Because(fixes.Manual, "it is no name of an account; write a block such as accounts { APP: { } }"))
		return
	}
	f := v.Finding("accounts is the single name %q, which the server passes over without a word: there will be no account %q", v.Value.Text(), v.Value.Text()).
		With(p.Wrap(v, "make accounts a list"), "the value comes from a place that cannot be edited")
	if operatorMode(v.Server) {
		f.Fix = nil
		p.Report(f.Because(fixes.Manual, "take it out: an operator's server has its accounts from JWTs"))
		return
	}
	if v.Server.JetStream.Enabled || v.Server.JetStream.Unknown {
		f.Because(fixes.ChangesBehaviour, "with an account defined, JetStream is no longer enabled for the global account $G")
	}
	p.Report(f)
}
