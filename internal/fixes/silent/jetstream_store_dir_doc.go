package silent

import "github.com/natsfix/natsfix/internal/fixes"

var jetStreamStoreDirDoc = fixes.Doc{
	Stage:   "start warns",
	Message: "Temporary storage directory used, data could be lost on system reboot",
	Since:   "2.2.0",
	What: `Without store_dir, in jetstream or at the top level, and without the flag -sd, JetStream stores its data in nats/jetstream
below the directory for temporary files, which many systems empty when they start. To store_dir the server adds
/jetstream of its own.
Two servers must never share a directory. The rule tells of servers whose files stand in one folder and have one store_dir
but different ports, because those most likely run on one machine.`,
	Fix: `With --set jetstream-store-dir.dir=DIR a store_dir is added, in the jetstream block if there is one.`,
	Applicability: `Manual until the directory is given, and unsafe then: data that is stored already is not found in the new directory
unless somebody moves it. Manual for a shared directory.`,
	Effect: `A restart of the servers concerned.`,
	Before: `jetstream {
  max_file_store: 10GB
}
`,
	After: `jetstream {
  max_file_store: 10GB
  store_dir: "/var/lib/nats"
}
`,
}
