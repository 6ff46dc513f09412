// Package startup holds the rules for configurations that nats-server refuses
// when it starts although nats-server -t calls them valid.
package startup
