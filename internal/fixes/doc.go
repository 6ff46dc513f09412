// Package fixes holds what a rule is: the types Rule, Finding and Fix, and the
// helpers by which rules change effective values where they are written.
//
// The rules themselves live in topic packages below this one, and package
// suite lists them all in the order in which they run.
package fixes
