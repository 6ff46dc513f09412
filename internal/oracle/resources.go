package oracle

import "github.com/nats-io/nats-server/v2/server"

// resourceProblems lists what the server's own JetStream has too little of for
// its accounts, which a server by itself adds up when it starts
// (server/jetstream.go, sufficientResources). Limits that the configuration does
// not set are those of the machine.
func resourceProblems(o *server.Options, values map[string]any) []string {
	if o.Cluster.Port != 0 || o.Gateway.Port != 0 || o.JetStreamExtHint != "" || len(o.TrustedOperators) > 0 || len(o.TrustedKeys) > 0 {
		return nil
	}
	js, _ := lookup(values, "jetstream")
	block, _ := js.(map[string]any)
	var list []string
	for _, r := range []struct {
		most    int64
		server  []string
		account []string
		message string
	}{
		{o.JetStreamMaxMemory, []string{"max_memory_store", "max_mem_store", "max_mem"}, []string{"max_memory", "max_mem", "mem", "memory"},
			"insufficient memory resources available (10028)"},
		{o.JetStreamMaxStore, []string{"max_file_store", "max_file"}, []string{"max_store", "max_file", "max_disk", "store", "disk"},
			"insufficient storage resources available (10047)"},
	} {
		if _, said := lookup(block, r.server...); !said || r.most < 0 {
			continue
		}
		if promised(values, r.account) > float64(r.most) {
			// The accounts come in any order, so that either may be short first.
			list = append(list, "Can't start JetStream: Error enabling jetstream on configured accounts: "+r.message)
		}
	}
	return list
}

// promised adds up what the accounts may have.
func promised(values map[string]any, names []string) (sum float64) {
	accounts, _ := lookup(values, "accounts")
	byName, _ := accounts.(map[string]any)
	for _, account := range byName {
		fields, _ := account.(map[string]any)
		js, _ := lookup(fields, "jetstream")
		limits, _ := js.(map[string]any)
		if n, ok := lookup(limits, names...); ok {
			if n, ok := n.(int64); ok && n > 0 {
				sum += float64(n)
			}
		}
	}
	return sum
}
