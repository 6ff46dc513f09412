package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/natsfix/natsfix/internal/safeio"
)

// terminal is a program that runs on a terminal of its own, and what it wrote.
type terminal struct {
	t    *testing.T
	cmd  *exec.Cmd
	side *os.File // of the person
	out  chan []byte
	text []byte // not expected yet
}

// onTerminal starts a program with a terminal for its three streams.
func onTerminal(t *testing.T, env []string, name string, args ...string) *terminal {
	t.Helper()
	side, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("there are no terminals here: %v", err)
	}
	t.Cleanup(func() { side.Close() })
	if err := unix.IoctlSetPointerInt(int(side.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(side.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no terminals here: %v", err)
	}
	defer tty.Close()
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	term := &terminal{t: t, cmd: cmd, side: side, out: make(chan []byte)}
	go func() {
		defer close(term.out)
		for {
			buf := make([]byte, 4096)
			n, err := side.Read(buf)
			if n > 0 {
				term.out <- buf[:n]
			}
			if err != nil { // the program's side is closed
				return
			}
		}
	}()
	return term
}

// expect waits until the program has written a text.
func (term *terminal) expect(text string) {
	term.t.Helper()
	deadline := time.After(30 * time.Second)
	for !bytes.Contains(term.text, []byte(text)) {
		select {
		case data, ok := <-term.out:
			if !ok {
				term.t.Fatalf("the program ended without %q:\n%s", text, term.text)
			}
			term.text = append(term.text, data...)
		case <-deadline:
			term.t.Fatalf("the program does not write %q:\n%s", text, term.text)
		}
	}
	_, term.text, _ = bytes.Cut(term.text, []byte(text))
}

func (term *terminal) send(keys string) {
	term.t.Helper()
	if _, err := term.side.WriteString(keys); err != nil {
		term.t.Fatal(err)
	}
}

// exit waits for the end of the program and returns its exit code.
func (term *terminal) exit() int {
	go func() {
		for range term.out { // so that it can write its last words
		}
	}()
	term.cmd.Wait() // an exit code is no error here
	return term.cmd.ProcessState.ExitCode()
}

const (
	ctrlC     = "\x03"
	wrongCase = "The names agree.\n-- in/nats.conf --\ngateway { name: east, listen: \"0.0.0.0:5421\" }\n" +
		"cluster { name: east, listen: \"0.0.0.0:4242\" }\n-- findings --\nnats.conf: something\n"
)

// caseDir makes a directory with cases that differ, a.txtar and so on, and
// goes there.
func caseDir(t *testing.T, names ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if err := os.Mkdir("gateway-cluster-name", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join("gateway-cluster-name", name), []byte(wrongCase), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Ctrl-C ends a review at once: what was decided is written, the rest is kept
// for later, and nothing is half done.
func TestCtrlCInAReviewKeepsWhatWasDecided(t *testing.T) {
	caseDir(t, "a.txtar", "b.txtar", "c.txtar")
	term := onTerminal(t, nil, "natsfix", "test", "--review")
	term.expect("[1/3] gateway-cluster-name/a.txtar")
	term.expect("[a,r,s,e,q,?] ")
	term.send("a\n")
	term.expect("[2/3] gateway-cluster-name/b.txtar")
	term.expect("[a,r,s,e,q,?] ")
	term.send(ctrlC)
	term.expect("interrupted; 1 accepted, 2 left")
	if code := term.exit(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	list, err := filepath.Glob("gateway-cluster-name/*")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(list, " "), "gateway-cluster-name/a.txtar gateway-cluster-name/b.txtar gateway-cluster-name/b.txtar.new "+
		"gateway-cluster-name/c.txtar gateway-cluster-name/c.txtar.new"; got != want {
		t.Errorf("the files are %s, want %s", got, want)
	}
	if hidden, _ := filepath.Glob("gateway-cluster-name/" + safeio.TempPrefix + "*"); hidden != nil {
		t.Errorf("temporary files are left: %s", hidden)
	}
	for name, accepted := range map[string]bool{"a.txtar": true, "b.txtar": false, "c.txtar": false} {
		text, err := os.ReadFile(filepath.Join("gateway-cluster-name", name))
		if err != nil || (string(text) != wrongCase) != accepted {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	if out, err := exec.Command("natsfix", "test", "gateway-cluster-name/a.txtar").CombinedOutput(); err != nil {
		t.Errorf("what was accepted does not pass: %s", out)
	}
}

// Ctrl-C in the editor is for the editor.
func TestCtrlCInTheEditorDoesNotEndTheReview(t *testing.T) {
	caseDir(t, "a.txtar", "b.txtar")
	editor := "trap 'rm \"$1\"; exit 0' INT; echo editing; while :; do sleep 0.02; done\n"
	if err := os.WriteFile("editor.sh", []byte(editor), 0o600); err != nil {
		t.Fatal(err)
	}
	term := onTerminal(t, []string{"VISUAL=sh editor.sh"}, "natsfix", "test", "--review")
	term.expect("[1/2]")
	term.expect("[a,r,s,e,q,?] ")
	term.send("e\n")
	term.expect("editing")
	term.send(ctrlC)
	term.expect("gateway-cluster-name/a.txtar: no such file")
	term.expect("This cannot be accepted. [s,e,q,?] ")
	term.send("s\n")
	term.expect("[2/2] gateway-cluster-name/b.txtar")
	term.expect("[a,r,s,e,q,?] ")
	term.send("q\n")
	term.expect("2 left")
	if code := term.exit(); code != exitFindings {
		t.Errorf("exit code %d, want %d", code, exitFindings)
	}
}

// Somebody who writes the case while it is being looked at is not overwritten.
func TestAReviewDoesNotOverwriteWhatChangedMeanwhile(t *testing.T) {
	caseDir(t, "a.txtar")
	term := onTerminal(t, nil, "natsfix", "test", "--review")
	term.expect("[a,r,s,e,q,?] ")
	changed := strings.Replace(wrongCase, "agree", "are equal", 1)
	if err := os.WriteFile("gateway-cluster-name/a.txtar", []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	term.send("a\n")
	term.expect("changed on disk since it was read")
	term.expect("a.txtar.new was out of date and is replaced")
	term.expect("The names are equal.")
	term.expect("[a,r,s,e,q,?] ")
	term.send("a\n")
	term.expect("1 accepted")
	term.exit()
	text, err := os.ReadFile("gateway-cluster-name/a.txtar")
	if err != nil || !strings.Contains(string(text), "are equal") || strings.Contains(string(text), "something") {
		t.Errorf("%v\n%s", err, text)
	}
}

// In a directory that may not be written, cases are run, and nothing is lost.
func TestCasesInAReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a directory to another user")
	}
	caseDir(t, "a.txtar", "b.txtar")
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	for path, mode := range map[string]os.FileMode{
		filepath.Dir(home): 0o755, home: 0o755, filepath.Dir(state): 0o755, state: 0o777,
		"gateway-cluster-name": 0o755, "gateway-cluster-name/a.txtar": 0o644,
	} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	// Where the tests were built others may not look; the judge is started from there, too.
	program := filepath.Join(state, "natsfix")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", self, program).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, tt := range []struct {
		flag, want string
		code       int
	}{
		{"-q", "gateway-cluster-name/b.txtar: cannot be read", exitUsage},
		{"--pending", "gateway-cluster-name/a.txtar.new: no file can be created in its directory", exitUsage},
		{"--update", "not written: gateway-cluster-name/a.txtar: ", exitRefused},
	} {
		cmd := exec.Cmd{Path: program, Args: []string{"natsfix", "test", tt.flag}, Dir: home}
		cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(state, "state"), "TMPDIR="+state)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Skipf("cannot act as another user here: %v", err)
		}
		if code := cmd.ProcessState.ExitCode(); code != tt.code || !strings.Contains(string(out), tt.want) {
			t.Errorf("%s: exit code %d, want %d and %q in\n%s", tt.flag, code, tt.code, tt.want, out)
		}
	}
	list, err := filepath.Glob("gateway-cluster-name/*")
	if err != nil || len(list) != 2 {
		t.Errorf("%v, %s", err, list)
	}
	if text, err := os.ReadFile("gateway-cluster-name/a.txtar"); err != nil || string(text) != wrongCase {
		t.Errorf("%v\n%s", err, text)
	}
}
