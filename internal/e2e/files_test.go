package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/cli"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes/suite"
)

// texts are configurations by file name. In them @dir@ and every other @...dir@
// is a directory of the file's own, and every other @name@ a free port, the same
// in all files of a system.
type texts map[string]string

// write makes a system of the texts.
func write(t *testing.T, in texts) *system {
	t.Helper()
	s := &system{t: t, dir: t.TempDir(), stores: t.TempDir(), running: map[string]*node{}}
	ports := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		dirs := map[string]string{}
		s.put(name, marker.ReplaceAllStringFunc(in[name], func(m string) string {
			if strings.HasSuffix(m, "dir@") {
				if dirs[m] == "" {
					dirs[m] = t.TempDir()
				}
				return dirs[m]
			}
			if ports[m] == "" {
				ports[m] = freePort(t)
			}
			return ports[m]
		}))
	}
	t.Cleanup(func() {
		s.stop(slices.Sorted(maps.Keys(s.running))...)
	})
	return s
}

var marker = regexp.MustCompile(`@[a-z0-9-]+@`)

// examples reads a folder of the examples, with pairs of texts that are
// replaced in them, each of which must be there.
func examples(t *testing.T, folder string, pairs ...string) texts {
	t.Helper()
	out := make(texts)
	paths, err := filepath.Glob(filepath.Join("..", "..", "examples", folder, "*.conf"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no example in %s: %v", folder, err)
	}
	var all strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = strings.NewReplacer(pairs...).Replace(string(text))
		all.Write(text)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(all.String(), pairs[i]) {
			t.Fatalf("there is no %q in the example %s", pairs[i], folder)
		}
	}
	return out
}

// freePort returns a TCP port that nobody listens on. It lies below those that
// the system hands out by itself, to clients for instance, and the UDP port of
// the same number, held until the test ends, keeps it from other tests.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := fmt.Sprint(10000 + rand.IntN(22000))
		claim, err := net.ListenPacket("udp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			claim.Close()
			continue
		}
		l.Close()
		t.Cleanup(func() { claim.Close() })
		return port
	}
	t.Fatal("found no free port")
	return ""
}

func (s *system) path(name string) string { return filepath.Join(s.dir, name) }

// put writes one file.
func (s *system) put(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// text returns a file as it is now.
func (s *system) text(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// fix runs "natsfix fix -w" over the directory, and returns what it writes to
// standard output. It must succeed.
func (s *system) fix(args ...string) string {
	s.t.Helper()
	return s.natsfix(append([]string{"fix", "-w"}, args...)...)
}

// natsfix runs the command line, in this process, over the directory.
func (s *system) natsfix(args ...string) string {
	s.t.Helper()
	var out, messages bytes.Buffer
	app := cli.App{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages, Rules: suite.All(), Run: engine.Run}
	if code := app.Main(slices.Concat([]string{"natsfix"}, args, []string{s.dir})); code > 1 || code == 1 && args[0] == "fix" {
		s.t.Fatalf("natsfix %s: exit %d\n%s%s", strings.Join(args, " "), code, messages.String(), out.String())
	}
	return out.String()
}

// fixed fixes the files and reports whether that changed the one of that name.
func (s *system) fixed(name string, args ...string) bool {
	s.t.Helper()
	before := s.text(name)
	s.fix(args...)
	return s.text(name) != before
}

// names returns the files' names, sorted.
func (s *system) names() []string {
	s.t.Helper()
	found, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	var list []string
	for _, e := range found {
		list = append(list, e.Name())
	}
	return list
}
