package safeio

import (
	"os"

	"golang.org/x/sys/windows"
)

// copyAttributes gives to the access list of from.
func copyAttributes(to, from *os.File) error {
	sd, err := windows.GetNamedSecurityInfo(from.Name(), windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return os.NewSyscallError("GetNamedSecurityInfo", err)
	}
	dacl, _, err := sd.DACL()
	if err != nil {
		return os.NewSyscallError("GetSecurityDescriptorDacl", err)
	}
	info := windows.SECURITY_INFORMATION(windows.DACL_SECURITY_INFORMATION)
	if control, _, err := sd.Control(); err == nil && control&windows.SE_DACL_PROTECTED != 0 {
		info |= windows.PROTECTED_DACL_SECURITY_INFORMATION
	}
	err = windows.SetNamedSecurityInfo(to.Name(), windows.SE_FILE_OBJECT, info, nil, nil, dacl, nil)
	return os.NewSyscallError("SetNamedSecurityInfo", err)
}

func isMountPoint(string) bool { return false }
