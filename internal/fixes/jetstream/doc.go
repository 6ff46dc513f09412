// Package jetstream holds the rules about JetStream: domains, leaf links, its
// API subjects.
package jetstream
