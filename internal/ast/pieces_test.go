package ast_test

import (
	"math/rand/v2"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

// TestPiecesGiveOneEditForManySteps makes random edits step by step and
// compares the text with what the edits of the original make.
func TestPiecesGiveOneEditForManySteps(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	original := []byte("a: 1 # é\nblock {\n  ü: x\n}\nlist: [1, 2, 3]\n")
	for range 2000 {
		text := original
		p := ast.NewPieces(original)
		for range 1 + r.IntN(6) {
			var edits []ast.Edit
			for at := r.IntN(5); at <= len(text); at += 1 + r.IntN(20) {
				end := min(len(text), at+r.IntN(6))
				edits = append(edits, ast.Edit{Start: at, End: end, New: []string{"", "x", "new\n", "a: "}[r.IntN(4)]})
				at = end
			}
			var err error
			if text, err = ast.Apply(text, edits); err != nil {
				t.Fatal(err)
			}
			if err := p.Apply(edits); err != nil {
				t.Fatal(err)
			}
		}
		if string(p.Text()) != string(text) {
			t.Fatalf("the pieces are %q, the text is %q", p.Text(), text)
		}
		got, err := ast.Apply(original, p.Edits())
		if err != nil || string(got) != string(text) {
			t.Fatalf("the edits %v make %q (%v), want %q", p.Edits(), got, err, text)
		}
		for off := range text {
			if back := p.Back(off); back < 0 || back > len(original) {
				t.Fatalf("byte %d maps to %d, outside the original", off, back)
			}
		}
	}
}

func TestPiecesForgetWhatWasTakenBack(t *testing.T) {
	p := ast.NewPieces([]byte("abc"))
	if err := p.Apply([]ast.Edit{{Start: 1, End: 2, New: "X"}}); err != nil {
		t.Fatal(err)
	}
	if back := p.Back(2); back != 2 {
		t.Errorf("c maps to %d", back)
	}
	if err := p.Apply([]ast.Edit{{Start: 1, End: 2, New: "b"}}); err != nil {
		t.Fatal(err)
	}
	if edits := p.Edits(); len(edits) != 0 {
		t.Errorf("edits are left: %v", edits)
	}
	if err := p.Apply([]ast.Edit{{Start: 1, End: 9}}); err == nil {
		t.Error("an edit outside the text is taken")
	}
}
