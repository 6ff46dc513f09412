// Package campaign makes configurations up and holds what natsfix says of them
// against what the official server says.
//
// [Generate] writes the files of one server from the field table: small ones
// around one field, whole servers with all their blocks, in many styles, valid
// and broken. A seed and a number always give the same case.
//
// [Campaign.Compare] asks the official parser and server (package oracle) and
// the whole suite about a case and returns the disagreements: acceptance,
// effective values, errors of the server without a finding, findings of
// severity error that the server does not share, and fixes that do not do what
// they say. [Campaign.Minimise] makes a case smaller for as long as a
// disagreement stays. Disagreements that are known, with their reasons, stand in
// known.go.
package campaign
