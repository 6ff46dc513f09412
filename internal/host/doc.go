// Package host says which files hold NATS configuration, and finds the
// documents in files of other kinds.
package host
