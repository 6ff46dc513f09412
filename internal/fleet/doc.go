// Package fleet turns documents into servers: it resolves includes and
// variables as nats-server does, keeps for every effective value where it is
// written, and links the servers of one run into clusters, superclusters,
// hubs and leaf nodes.
//
// It opens no file by itself: the caller hands in how to read one. Nothing in
// it judges; that is what rules are for.
package fleet
