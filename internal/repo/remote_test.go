package repo

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestAddressesAreToldFromPaths(t *testing.T) {
	for text, want := range map[string]bool{
		"https://example.com/a.git": true, "git@example.com:org/a.git": true, "example.com:a": true, "file:///a": true, "ext::sh -c x": true,
		"/a/b": false, "a/b": false, "./a:b": false, "a": false, "C:\\a": false, "../a.git": false,
	} {
		if got := IsURL(text); got != want {
			t.Errorf("IsURL(%q) is %v", text, got)
		}
	}
	for text, ok := range map[string]bool{
		"https://example.com/a.git": true, "git@example.com:org/a.git": true, "ssh://git@example.com/a": true, "ssh://[::1]/a": true,
		"ext::sh -c x": false, "fd::17": false, "-x": false, "rsync://a/b": false, "transport::https://a": false,
	} {
		if err := CheckURL(text); (err == nil) != ok {
			t.Errorf("CheckURL(%q): %v", text, err)
		}
	}
}

func TestMaskURLHidesPasswordsAndTokens(t *testing.T) {
	for text, want := range map[string]string{
		"https://user:pass@example.com/a.git": "https://user:********@example.com/a.git",
		"https://ghp_token@example.com/a":     "https://********@example.com/a",
		"https://u:p@ss@example.com/a":        "https://u:********@example.com/a",
		"HTTPS://ghp_token@example.com":       "https://********@example.com",
		"https://example.com/a@b":             "https://example.com/a@b",
		"ssh://git@example.com/a":             "ssh://git@example.com/a",
		"git@example.com:a":                   "git@example.com:a",
		"/a/b":                                "/a/b",
	} {
		if got := MaskURL(text); got != want {
			t.Errorf("MaskURL(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestWithoutSecretIsTheSameForEveryPassword(t *testing.T) {
	for text, want := range map[string]string{
		"https://user:pass@example.com/a.git": "https://example.com/a.git",
		"https://ghp_token@example.com/a":     "https://example.com/a",
		"https://example.com/a@b":             "https://example.com/a@b",
		"ssh://git:pass@example.com/a":        "ssh://git@example.com/a",
		"ssh://git@example.com":               "ssh://git@example.com",
		"git@example.com:a":                   "git@example.com:a",
		"/a@b":                                "/a@b",
	} {
		if got := WithoutSecret(text); got != want {
			t.Errorf("WithoutSecret(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestACloneDoesNotKeepThePassword(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no shell to stand in for ssh")
	}
	top := isolate(t)
	write(t, "r/a.conf")
	commit(t, "r")
	// ssh that runs its last argument here.
	put(t, "ssh.sh", "for last; do :; done\nexec sh -c \"$last\"\n")
	t.Setenv("GIT_SSH_COMMAND", "sh "+top+"/ssh.sh")
	if err := Clone(Exec(context.Background()), "ssh://user:pa55word@example.com"+top+"/r", top+"/to/clone"); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err := filepath.WalkDir("to", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "pa55word") {
			t.Errorf("%s holds the password", path)
		}
		return err
	})
	if err != nil || seen == 0 {
		t.Fatal(seen, err)
	}
}
