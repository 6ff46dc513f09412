package oracle

import "os/exec"

// alone and endGroup have nothing to do: ending a program is all that can be
// done there without a job object.
func alone(*exec.Cmd)    {}
func endGroup(*exec.Cmd) {}
