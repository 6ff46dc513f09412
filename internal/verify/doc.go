// Package verify asks the official server about every server of a run, and
// says what it answers so that people can act on it: all problems and not only
// the first, each at its place in the file that holds it, in natsfix's own
// words where a rule knows the problem, and with what could not be checked.
//
// It is what nats-server -t should do: it goes on to the server's own start-up
// validation, opens no file and makes no directory that the configuration
// names, and dials nothing. The answers come from [oracle], which proves
// rewrites, too.
package verify
