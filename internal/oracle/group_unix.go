//go:build unix

package oracle

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// alone puts a program that is to be started into a process group of its own,
// and has all of that ended where the program would be: nats-server may be run
// by a script, which is not the process that hangs.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return unix.Kill(-cmd.Process.Pid, unix.SIGKILL) }
}

// endGroup ends what a program that was started alone has left running.
func endGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = unix.Kill(-cmd.Process.Pid, unix.SIGKILL) // mostly nothing is left
	}
}
