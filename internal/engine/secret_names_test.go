package engine

import (
	"testing"

	"github.com/natsfix/natsfix/internal/schema"
)

func TestEverySecretFieldHasANameThatTheQuickAnswerKnows(t *testing.T) {
	fields := 0
	seen := make(map[*schema.Block]bool)
	var look func(b *schema.Block, around string)
	look = func(b *schema.Block, around string) {
		if b == nil || seen[b] {
			return
		}
		seen[b] = true
		check := func(f *schema.Field, name string) {
			if f.Secret {
				fields++
				if !mayNameSecret(name) {
					t.Errorf("%s.%s is a secret, and mayNameSecret does not know the name", b.Path, name)
				}
			}
		}
		for i := range b.Fields {
			f := &b.Fields[i]
			check(f, f.Name)
			for _, name := range f.Aliases {
				check(f, name)
			}
			look(f.Block, f.Name)
		}
		if b.Data != nil {
			check(b.Data, around)
			look(b.Data.Block, around)
		}
	}
	look(schema.Root(), "")
	if fields < 20 {
		t.Errorf("only %d names of secret fields were found", fields)
	}
}
