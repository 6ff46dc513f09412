package meaning

import (
	"github.com/natsfix/natsfix/internal/fixes"
)

// DuplicateAccount finds accounts that a list of accounts names twice.
func DuplicateAccount() *fixes.Rule {
	return &fixes.Rule{
		Name:     "duplicate-account",
		Severity: fixes.Error,
		Summary:  "the list of accounts names one twice, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: `Duplicate Account Entry: A`,
			What: `accounts may be a list of names instead of a block. The server refuses a list that names an account twice
(server/opts.go, parseAccounts). Two blocks for one account are another matter: of these it drops the first without a
word, see duplicate-key.`,
			Fix:           `The second mention goes.`,
			Applicability: `Safe: the server refuses the file today, and both mentions say the same.`,
			Effect:        `The server does not run.`,
			Before:        "accounts: [SALES, ORDERS, SALES]\n",
			After:         "accounts: [SALES, ORDERS]\n",
		},
		Fields:     fixes.At("", "accounts"),
		CheckValue: checkDuplicateAccount,
	}
}

func checkDuplicateAccount(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry != nil || v.Parent == nil || !v.Parent.Is("", "accounts") || !v.Value.IsString() || v.Value.Text() == "$G" { // reserved-account
		return
	}
	for _, other := range v.Parent.Value.List[:v.Index] {
		if !other.IsString() || other.Text() != v.Value.Text() {
			continue
		}
		f := v.Finding("account %q is in the list already: the server refuses to start (\"Duplicate Account Entry: %s\")", v.Value.Text(), v.Value.Text())
		n, doc := other.Place()
		f.Related = append(f.Related, fixes.Related{Doc: doc, Span: n.Span(), Message: "the first mention"})
		p.Report(f.With(p.Delete(v, "take out the second mention of %s", v.Value.Text()), "the list cannot be edited here"))
		return
	}
}
