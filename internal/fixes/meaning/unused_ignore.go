package meaning

import "github.com/natsfix/natsfix/internal/fixes"

// UnusedIgnore reports comments that are to silence findings and do not. The
// engine finds them: it knows what every comment silenced.
func UnusedIgnore() *fixes.Rule {
	return &fixes.Rule{
		Name: "unused-ignore", Severity: fixes.Warning,
		Summary: "A comment that is to silence findings silences none, or has expired.",
		Ignores: true,
		Doc: fixes.Doc{
			Stage: "silent",
			What: "A comment natsfix:ignore RULE -- reason, on a line or above it, silences what that rule finds there, and\n" +
				"natsfix:ignore-file RULE -- reason what it finds in the file; with until=YYYY-MM-DD to the end of that day\n" +
				"([ignoring.md](../ignoring.md)). Such a comment outlives its cause: it then hides what is new, or nothing at all. This\n" +
				"rule reports those that silence nothing, that have expired, that name a rule which does not exist or which the settings\n" +
				"do not let be ignored, those without a reason, and those with until= behind the --, where it ends nothing. Whether a comment is of use can only be said of rules that run, in\n" +
				"files that can be read to the end.",
			Fix:           "None: somebody must correct the comment, or take it out.",
			Applicability: "Manual: the comment may be meant for another line or rule.",
			Effect:        "None: the server does not read comments.",
			Before: "server_name: n1\n# natsfix:ignore plaintext-password until=2024-12-31 -- until the vault is there\n" +
				"authorization { user: app, password: s3cret }\n",
			After: "server_name: n1\nauthorization { user: app, password: s3cret }\n",
		},
	}
}
