package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Copy is a case as the official packages see it: the paths that a server
// would open are stand-ins, relative to a directory that holds them.
type Copy struct {
	Files map[string][]byte
	Env   map[string]string
	// Certificate and Operator are the contents of the stand-ins.
	Certificate, Operator []byte
}

// copyCase returns the case as it is now. If the parser refuses it nothing has
// looked at it yet, so that the stand-ins are put in as far as it is understood.
func (e *examiner) copyCase(c *Case, parsed bool) (*Copy, error) {
	if !parsed {
		if err := replacePaths(c); err != nil {
			return nil, err
		}
	}
	cp := &Copy{Files: c.Files, Env: c.Env}
	var err error
	if cp.Certificate, err = os.ReadFile(certStandin.of(1)); err == nil {
		cp.Operator, err = os.ReadFile(operatorStandin.of(1))
	}
	return cp, err
}

// Binary is a nats-server program, of whatever release.
type Binary struct {
	Path    string
	Release string // such as "2.10.18"
}

// binaryTime bounds one call of such a program.
const binaryTime = 20 * time.Second

var release = regexp.MustCompile(`v?(\d+\.\d+\.\d+[-.\w]*)`)

// OpenBinary asks a nats-server program for its release.
func OpenBinary(ctx context.Context, path string) (*Binary, error) {
	found, err := exec.LookPath(path)
	if err == nil {
		found, err = filepath.Abs(found)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot run %s: %w", path, err)
	}
	out, err := (&Binary{Path: found}).run(ctx, os.TempDir(), nil, "--version")
	m := release.FindStringSubmatch(out)
	if err != nil || m == nil {
		return nil, fmt.Errorf("%s --version names no release of nats-server: %s", path, strings.TrimSpace(firstLine(out)))
	}
	return &Binary{Path: found, Release: m[1]}, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// Ask runs the program with -t over a copy, in a private directory. It returns
// what the program refuses, nothing if it calls the copy valid. An error means
// that it could not be run, or did not come to an end.
func (b *Binary) Ask(ctx context.Context, root string, cp *Copy, args Args) (problems []Problem, err error) {
	dir, err := makePrivate(parents(""))
	if err != nil {
		return nil, err
	}
	defer dir.remove()
	caseDir, workDir := filepath.Join(dir.path, "case"), filepath.Join(dir.path, "work")
	if err := cp.write(caseDir, workDir); err != nil {
		return nil, err
	}
	config := filepath.Join(caseDir, filepath.FromSlash(root))
	out, err := b.run(ctx, workDir, cp.Env, append([]string{"-t", "-c", config}, args.flags()...)...)
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		return nil, fmt.Errorf("%s: %w", b.Path, err)
	}
	if err == nil {
		return nil, nil
	}
	out = strings.ReplaceAll(out, caseDir+string(filepath.Separator), "")
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), filepath.Base(b.Path)+": "))
		line = strings.TrimPrefix(line, "nats-server: ")
		if line == "" {
			continue
		}
		p := configProblem(root, line, false)
		if p.Line == 0 {
			if at := parseProblem(root, line); at.Line > 0 || at.File != root {
				p = at
			}
		}
		problems = append(problems, p)
	}
	if len(problems) == 0 {
		problems = []Problem{{Stage: StageConfig, Message: "it gives no reason"}}
	}
	sortProblems(problems)
	return problems, nil
}

// write puts the copy and its stand-ins where the program finds them.
func (cp *Copy) write(caseDir, workDir string) error {
	put := func(path string, data []byte) error {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o600)
	}
	for name, data := range cp.Files {
		if err := put(filepath.Join(caseDir, filepath.FromSlash(name)), data); err != nil {
			return err
		}
	}
	for _, s := range []struct {
		kind standin
		data []byte
	}{{certStandin, cp.Certificate}, {operatorStandin, cp.Operator}} {
		for _, name := range s.kind.names() {
			if err := put(filepath.Join(workDir, name), s.data); err != nil {
				return err
			}
		}
	}
	return nil
}

// run runs the program with nothing in its environment but some variables.
func (b *Binary) run(ctx context.Context, dir string, env map[string]string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, binaryTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.Path, args...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, []string{"HOME=" + dir}, time.Second
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	slices.Sort(cmd.Env)
	var out head
	out.max = 64 << 10
	cmd.Stdout, cmd.Stderr = &out, &out
	alone(cmd)
	err := cmd.Run()
	endGroup(cmd) // a wrapper may leave its own children behind
	if ctx.Err() != nil {
		err = fmt.Errorf("it did not come to an end within %v", binaryTime)
	}
	return string(out.text), err
}

// flags returns the flags as nats-server takes them.
func (a Args) flags() []string {
	var list []string
	for _, f := range []struct{ name, value string }{
		{"--name", a.ServerName}, {"--cluster_name", a.ClusterName}, {"--cluster", a.Cluster}, {"--routes", a.Routes},
		{"--addr", a.Host}, {"--store_dir", a.StoreDir},
	} {
		if f.value != "" {
			list = append(list, f.name, f.value)
		}
	}
	for _, f := range []struct {
		name  string
		value int
	}{{"--port", a.Port}, {"--http_port", a.HTTPPort}, {"--https_port", a.HTTPSPort}} {
		if f.value != 0 {
			list = append(list, f.name, strconv.Itoa(f.value))
		}
	}
	if a.JetStream {
		list = append(list, "--jetstream")
	}
	return list
}
