package ast_test

import (
	"bytes"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

// FuzzRoundTrip holds for any bytes, configuration or not: the tokens cover
// the text, printing gives it back, nodes lie inside their parents in the order
// of the text, and every error has a place.
func FuzzRoundTrip(f *testing.F) {
	for _, in := range serverConfigs(f) {
		f.Add(in.text)
	}
	for _, s := range oddities {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, syntax := range []ast.Syntax{ast.Syntax214, ast.Syntax215} {
			checkTree(t, ast.Parse("fuzz", text, syntax), text)
		}
	})
}

func checkTree(t *testing.T, d *ast.Document, text []byte) {
	t.Helper()
	if !d.RoundTrips() || !bytes.Equal(d.Print(), text) {
		t.Fatalf("the tree does not print back\n%q", text)
	}
	for n := range d.Root().Walk() {
		span, parent := n.Span(), n.Parent()
		if span.Start < 0 || span.End < span.Start || span.End > len(text) {
			t.Fatalf("%v spans %v of %d bytes\n%q", n.Kind(), span, len(text), text)
		}
		if parent.Valid() && (span.Start < parent.Start() || span.End > parent.End()) {
			t.Fatalf("%v %v lies outside its parent %v %v\n%q", n.Kind(), span, parent.Kind(), parent.Span(), text)
		}
		if prev := n.Prev(); prev.Valid() && prev.End() > span.Start {
			t.Fatalf("%v %v begins before %v %v ends\n%q", n.Kind(), span, prev.Kind(), prev.Span(), text)
		}
		if v := n.Value(); v.Valid() && v.Kind() != ast.KindMap && v.Kind() != ast.KindArray {
			_ = v.Text()
		}
	}
	for _, e := range d.Errors() {
		if p := e.Position(); p.Line < 1 || p.Column < 1 || e.Span.End > len(text) || e.Message() == "" {
			t.Fatalf("error without a place: %+v\n%q", e, text)
		}
	}
}
