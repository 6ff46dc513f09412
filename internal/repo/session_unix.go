//go:build unix

package repo

import (
	"os/exec"
	"syscall"
)

// detach starts a program in a session of its own. Ctrl-C does not reach it, which
// would end git in the middle of what a run means to end properly, and ssh has no
// terminal on which it could wait for a password. If its context ends it is killed
// with all that it has started.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
