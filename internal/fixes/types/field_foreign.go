package types

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
)

// streamSettings are settings of a stream that people look for in the jetstream
// blocks of the server. What these blocks have themselves is not among them.
var streamSettings = [...]string{
	"discard", "duplicate_window", "max_age", "max_msg_size", "max_msgs", "max_msgs_per_subject",
	"num_replicas", "replicas", "retention", "storage", "streams", "subjects",
}

// foreign says of a key that the server does not know where it belongs outside of
// the server's configuration, "" if that is not known.
func foreign(v *fixes.Visit) string {
	key, path := strings.ToLower(v.Entry.Key), v.Block.Path
	switch {
	case path == "" && key == "streaming" && v.Value.Map != nil:
		return "it is a block of NATS Streaming, another server: take it out, switch on jetstream, and make streams by its API"
	case (path == "jetstream" || path == "jetstream.limits" || path == "accounts.<name>.jetstream") && slices.Contains(streamSettings[:], key):
		return "it is a setting of a stream, which the API takes (nats stream add, nats stream edit) and no configuration of the server"
	}
	return ""
}
