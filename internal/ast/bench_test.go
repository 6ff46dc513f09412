package ast_test

import (
	"runtime"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/ast"
)

// benchInputs are the server configurations that both parsers read without
// opening another file.
func benchInputs(b *testing.B) (all []input, size int64) {
	for _, in := range serverConfigs(b) {
		if _, err := conf.Parse(string(in.text)); err == nil {
			all = append(all, in)
			size += int64(len(in.text))
		}
	}
	return all, size
}

// BenchmarkParse reads the configurations of the nats-server module with this
// package and with the official parser, one after the other in the same run.
func BenchmarkParse(b *testing.B) {
	// One processor: the collection of garbage counts, too, for both.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	all, size := benchInputs(b)
	b.Run("natsfix", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			for _, in := range all {
				ast.Parse(in.name, in.text, ast.Latest)
			}
		}
	})
	b.Run("official", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			for _, in := range all {
				if _, err := conf.Parse(string(in.text)); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
