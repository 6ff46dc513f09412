// Package oracle asks the official nats-server packages what they make of a
// configuration: the effective values (conf.ParseFileWithChecks), the errors
// and warnings of Options.ProcessConfigFile, and the refusals of NewServer and
// Start.
//
// Those packages open certificates, create resolver directories, dial URL
// resolvers, read the process environment, overflow the stack on an include
// cycle and need unbounded memory for some inputs. So they run in a child
// process: the program itself, started again with [ChildArgument] as its first
// argument, in which main hands over to [Serve]. A child has an empty
// environment and works in a private directory (mode 0700) that is removed
// when it ends; it reads many cases from a pipe. A child that crashes, hangs
// or grows too large costs the case it worked on and is replaced.
//
// Nothing outside the private directory is opened or created, and nothing is
// dialled: the paths in the copies are replaced by stand-ins of the same
// length before the server sees them (see neutral.go), which
// [Verdict.NotChecked] names. The child parses what it is about to judge and
// refuses the case if a path is left that it does not know to be harmless.
//
// [Delta] compares two effective configurations, [NewProblems] two verdicts.
package oracle
