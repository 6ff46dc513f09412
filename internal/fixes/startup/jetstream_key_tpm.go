package startup

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// JetStreamKeyTPM finds an encryption key beside one that the TPM holds.
func JetStreamKeyTPM() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-key-tpm",
		Severity: fixes.Error,
		Summary:  "JetStream has an encryption key and one from the TPM, so the server gives up at the start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "JetStream encryption key may not be used with TPM options",
			Since:   "2.11.0",
			What: `JetStream's files are encrypted with one key: the one that the file gives, or one that the TPM keeps sealed. With both
the server ends at the start (server/jetstream.go, EnableJetStream).`,
			Fix: "Takes the key of the file out.",
			Applicability: `Unsafe, as it changes behaviour: files that were encrypted with that key cannot be read without it. Keep it if
there are any, and take tpm out by hand.`,
			Effect: "The server does not run.",
			Before: `jetstream {
  store_dir: /data
  encryption_key: changeme
  tpm { keys_file: /data/keys, encryption_password: changeme }
}
`,
			After: `jetstream {
  store_dir: /data
  tpm { keys_file: /data/keys, encryption_password: changeme }
}
`,
		},
		Needs:       []string{"jetstream"},
		CheckServer: checkJetStreamKeyTPM,
	}
}

func checkJetStreamKeyTPM(p *fixes.Pass, s *fleet.Server) {
	js := fixes.Top(s, "jetstream")
	key, tpm := fixes.Below(js, "encryption_key", "key", "ek"), fixes.Below(js, "tpm")
	if text(key) == "" || text(fixes.Below(tpm, "keys_file")) == "" || !s.JetStream.Enabled || s.Broken() {
		return
	}
	f := key.KeyFinding("JetStream has an encryption key, and another one from the TPM: the server ends at the start (\"JetStream encryption key may not be used with TPM options\"), though nats-server -t calls the file valid")
	beside(f, tpm, "the TPM's")
	f.With(p.Delete(key, "take the encryption key out"), "take one of the two out")
	p.Report(f.Because(fixes.ChangesBehaviour, "files that were encrypted with that key cannot be read without it"))
}
