// Package conformance measures the whole suite against the official server:
// which of the configurations that the server refuses get a finding, which of
// those that start get none, and which can be cured. The measurement is in the
// tests; docs/conformance.md says what counts as what.
package conformance
