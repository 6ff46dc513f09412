//go:build !linux && !windows

package safeio

import "os"

// copyAttributes keeps nothing beyond owner and mode on these systems.
func copyAttributes(_, _ *os.File) error { return nil }

func isMountPoint(string) bool { return false }
