package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A bulk run that is killed at any time and started again comes to the same
// end as one that is not: every branch once, with the same commits.
// NATSFIX_BULK=1 takes 300 repositories and 20 kills instead of 12 and 3.
func TestBulkSurvivesBeingKilled(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	repositories, kills := 12, 3
	if os.Getenv("NATSFIX_BULK") != "" {
		repositories, kills = 300, 20
	}
	b := newBulkBench(t, repositories)
	random := rand.New(rand.NewPCG(1, 2))
	whole := time.Duration(repositories) * 20 * time.Millisecond
	cut := 0
	for range kills {
		cmd := b.natsfix("bulk", "-w", "-q", "src")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(whole))) / 2)
		if cmd.Process.Kill() == nil {
			cut++
		}
		_ = cmd.Wait() // it was killed
		b.noBranchIsHalf()
	}
	if cut == 0 {
		t.Error("no run was cut off")
	}
	table, code := b.run("bulk", "-w", "src")
	if code != exitUsage && code != exitRefused {
		t.Errorf("exit code %d", code)
	}
	b.check(table)
	before := b.branches()
	again, _ := b.run("bulk", "-w", "src")
	if again != table {
		t.Errorf("a further run says\n%s\ninstead of\n%s", again, table)
	}
	if after := b.branches(); after != before {
		t.Errorf("a further run changed branches:\n%s\n%s", before, after)
	}
}

// bulkBench is a directory with repositories of several kinds.
type bulkBench struct {
	t     *testing.T
	dir   string
	kinds []string // of src/NNN
	want  map[string]int
}

// kinds of repositories, and how many commits the branch gets.
var bulkKinds = []string{"plain", "two", "clean", "dirty", "broken", "nothing", "blocked", "plain", "two", "readonly"}

const (
	bulkGateway = "cluster { name: c1, port: 6222 }\ngateway { name: g1, port: 7222 }\n"
	bulkServer  = "server_name: b\njetstream { store_dir: /data }\ndebug: \"true\"\n"
)

func newBulkBench(t *testing.T, n int) *bulkBench {
	b := &bulkBench{t: t, dir: t.TempDir(), want: map[string]int{"plain": 1, "two": 2, "dirty": 1, "readonly": 1}}
	for name, value := range map[string]string{
		"XDG_STATE_HOME": filepath.Join(b.dir, "state"), "HOME": b.dir, "TMPDIR": filepath.Join(b.dir, "tmp"),
	} {
		t.Setenv(name, value)
	}
	setGit(t)
	if err := os.Mkdir(filepath.Join(b.dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	texts := map[string]map[string]string{
		"plain": {"a.conf": bulkGateway}, "two": {"a.conf": bulkGateway, "conf/b.conf": bulkServer}, "clean": {"a.conf": "port: 4222\nserver_name: x\n"},
		"dirty": {"a.conf": bulkGateway}, "broken": {"a.conf": bulkGateway}, "nothing": {"README": "nothing\n"}, "blocked": {"a.conf": bulkGateway},
		"readonly": {"a.conf": bulkGateway},
	}
	for kind, files := range texts {
		dir := filepath.Join(b.dir, "kinds", kind)
		for name, text := range files {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		b.git(dir, "init", "-q", "-b", "main", "--template=")
		b.git(dir, "add", "-A")
		b.git(dir, "commit", "-q", "-m", "first")
	}
	b.git(filepath.Join(b.dir, "kinds", "blocked"), "branch", "natsfix") // natsfix/fixes cannot stand beside it
	if err := os.RemoveAll(filepath.Join(b.dir, "kinds", "broken", ".git", "objects")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "kinds", "dirty", "a.conf"), []byte(bulkGateway+"# dirty\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		kind := bulkKinds[i%len(bulkKinds)]
		b.kinds = append(b.kinds, kind)
		dir := b.repository(i)
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(b.dir, "kinds", kind))); err != nil {
			t.Fatal(err)
		}
		if kind == "readonly" {
			b.lock(dir, 0o555)
			t.Cleanup(func() { b.lock(dir, 0o755) })
		}
	}
	if os.Geteuid() == 0 {
		return b // nothing is read-only to root
	}
	delete(b.want, "readonly")
	return b
}

// lock sets the mode of all directories of a repository.
func (b *bulkBench) lock(dir string, mode fs.FileMode) {
	err := filepath.WalkDir(filepath.Join(dir, ".git"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		b.t.Error(err)
	}
}

func (b *bulkBench) repository(i int) string {
	return filepath.Join(b.dir, "src", fmt.Sprintf("%03d", i))
}

func (b *bulkBench) git(dir string, args ...string) string {
	b.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.t.Fatalf("git %v in %s: %v\n%s", args, dir, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (b *bulkBench) natsfix(args ...string) *exec.Cmd {
	cmd := exec.Command("natsfix", args...)
	cmd.Dir = b.dir
	return cmd
}

func (b *bulkBench) run(args ...string) (stdout string, code int) {
	b.t.Helper()
	cmd := b.natsfix(args...)
	var out, msg bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &msg
	_ = cmd.Run() // the caller looks at the code
	if code = cmd.ProcessState.ExitCode(); code < 0 {
		b.t.Fatalf("%v: %s", args, &msg)
	}
	return out.String(), code
}

// branch returns the commits of the branch of a repository, the first one
// last, or "".
func (b *bulkBench) branch(i int) string {
	cmd := exec.Command("git", "log", "--format=%s", "refs/heads/natsfix/fixes", "--")
	cmd.Dir = b.repository(i)
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// branches returns all branches with their commits.
func (b *bulkBench) branches() string {
	var all strings.Builder
	for i, kind := range b.kinds {
		if b.want[kind] > 0 {
			all.WriteString(b.git(b.repository(i), "rev-parse", "refs/heads/natsfix/fixes") + "\n")
		}
	}
	return all.String()
}

// noBranchIsHalf checks that a branch is there with all of its commits or not
// at all.
func (b *bulkBench) noBranchIsHalf() {
	b.t.Helper()
	for i, kind := range b.kinds {
		if kind != "two" {
			continue
		}
		if got := b.branch(i); got != "" && strings.Count(got, "\n") != 2 {
			b.t.Errorf("%s has the branch with\n%s", b.repository(i), got)
		}
	}
}

func (b *bulkBench) check(table string) {
	b.t.Helper()
	lines := strings.Split(table, "\n")
	for i, kind := range b.kinds {
		dir, want := b.repository(i), b.want[kind]
		last := map[bool]string{true: "natsfix/fixes", false: "-"}[want > 0]
		if kind == "blocked" {
			last = "refused"
		}
		if kind == "broken" || kind == "readonly" && want == 0 {
			last = "error"
		}
		if row := lines[i+1]; !strings.HasPrefix(row, fmt.Sprintf("src/%03d ", i)) || !strings.HasSuffix(row, " "+last) {
			b.t.Errorf("%s: the table says %q, which should end with %s", kind, row, last)
		}
		if kind == "broken" {
			continue
		}
		switch got := b.branch(i); {
		case want == 0 && got != "":
			b.t.Errorf("%s %s has a branch: %s", kind, dir, got)
		case want > 0 && (strings.Count(got, "\n") != want || strings.Count(got, "gateway-cluster-name") != 1):
			b.t.Errorf("%s %s: the branch holds\n%s", kind, dir, got)
		case want > 0:
			if text := b.git(dir, "show", "natsfix/fixes:a.conf"); text != strings.TrimSpace(strings.Replace(bulkGateway, "g1", "c1", 1)) {
				b.t.Errorf("%s %s: a.conf holds\n%s", kind, dir, text)
			}
		}
		if status := b.git(dir, "status", "--porcelain"); (status != "") != (kind == "dirty") {
			b.t.Errorf("%s %s: the work tree changed: %s", kind, dir, status)
		}
		if head := b.git(dir, "symbolic-ref", "HEAD"); head != "refs/heads/main" {
			b.t.Errorf("%s: %s is checked out", dir, head)
		}
	}
	for _, top := range []string{"src", "state", "tmp"} {
		err := filepath.WalkDir(filepath.Join(b.dir, top), func(path string, d fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".lock") || strings.Contains(path, "/tmp/natsfix-") || strings.Contains(path, "/tmp/repo-") {
				b.t.Errorf("%s was left behind", path)
			}
			return err
		})
		if err != nil {
			b.t.Error(err)
		}
	}
}
