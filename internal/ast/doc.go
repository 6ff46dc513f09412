// Package ast holds the lossless syntax tree of a NATS configuration document.
//
// The parser follows the official lexer and parser
// (github.com/nats-io/nats-server/v2/conf) state by state, oddities included:
// it accepts what they accept, refuses what they refuse, and its scalars have
// the values that they give. Unlike them it keeps every byte: a node knows the
// range of bytes it was read from, the bytes between nodes are white space,
// comments and punctuation that [Document.Tokens] lists on demand, and
// [Document.Print] gives back the input.
//
// A tree is read-only. Text changes by byte edits ([Edit], [Apply]) which the
// helpers of this package compute so that white space, separators, quotes and
// comments come out as a careful person would have typed them.
//
// The package uses the standard library only. Nothing in it recurses over the
// nesting of a document, so depth is bounded by memory and not by the stack.
package ast
