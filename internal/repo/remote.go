package repo

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// protocols are those that addresses may have.
var protocols = []string{"https", "http", "ssh", "git", "file", "git+ssh", "ssh+git"}

// scpLike is host:path or user@host:path, as git and scp read it.
var scpLike = regexp.MustCompile(`^([A-Za-z0-9._-]+@)?[A-Za-z0-9.\[][A-Za-z0-9.:\[\]-]*:[^:]`)

// IsURL reports whether a text is the address of a repository, and not a path.
func IsURL(s string) bool {
	if strings.Contains(s, "://") || strings.Contains(s, "::") {
		return true
	}
	slash := strings.IndexAny(s, `/\`)
	colon := strings.Index(s, ":")
	return colon > 1 && (slash < 0 || colon < slash) && scpLike.MatchString(s)
}

// CheckURL returns an error if an address is not one that may be spoken to.
func CheckURL(s string) error {
	if strings.HasPrefix(s, "-") {
		return fmt.Errorf("an address cannot begin with -")
	}
	if name, _, ok := strings.Cut(s, "::"); ok && !strings.ContainsAny(name, "/.@") {
		return fmt.Errorf("the protocol %s:: runs programs, and is not allowed", name)
	}
	if scheme, _, ok := strings.Cut(s, "://"); ok && !slices.Contains(protocols, strings.ToLower(scheme)) {
		return fmt.Errorf("the protocol %s is not allowed; use one of %s", scheme, strings.Join(protocols, ", "))
	}
	return nil
}

// MaskURL returns an address without the password or token in it.
func MaskURL(s string) string {
	scheme, user, rest, ok := splitUser(s)
	if !ok {
		return s
	}
	if name, _, has := strings.Cut(user, ":"); has {
		user = name + ":********"
	} else if scheme == "http" || scheme == "https" {
		user = "********" // a token
	}
	return scheme + "://" + user + "@" + rest
}

// WithoutSecret returns an address without what may change from run to run and
// is nobody else's business: the password, and for http the user, who is often a
// token.
func WithoutSecret(s string) string {
	scheme, user, rest, ok := splitUser(s)
	if !ok {
		return s
	}
	if user, _, _ = strings.Cut(user, ":"); user != "" && scheme != "http" && scheme != "https" {
		rest = user + "@" + rest
	}
	return scheme + "://" + rest
}

// splitUser takes apart the address scheme://user@rest, whose scheme it returns
// in lower case; user is a name, or a name and a password. ok is false for an
// address without a user.
func splitUser(s string) (scheme, user, rest string, ok bool) {
	scheme, rest, _ = strings.Cut(s, "://")
	host, _, _ := strings.Cut(rest, "/")
	i := strings.LastIndex(host, "@")
	if i < 0 {
		return "", "", "", false
	}
	return strings.ToLower(scheme), host[:i], rest[i+1:], true
}

// tame are the options of the programs that a repository on this machine is
// served by: it runs none of its own.
const tame = "git -c core.hooksPath=/dev/null -c core.fsmonitor= -c core.alternateRefsCommand=true -c receive.autogc=false -c gc.auto=0 "

// localOf returns the path of a repository on this machine, or "".
func localOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Scheme == "file" {
		return u.Path
	}
	if IsURL(address) {
		return ""
	}
	return address
}

// Clone makes a bare clone of the branch that a repository has checked out, with
// its last commit only. dir must not exist. It is there as a whole or not at all,
// and holds no password of the address.
func Clone(run Runner, address, dir string) error {
	if err := CheckURL(address); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".clone-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	args := []string{"clone", "--quiet", "--bare", "--depth=1", "--single-branch", "--no-tags", "--template=", "--no-local"}
	if localOf(address) != "" {
		args = append(args, "--upload-pack="+tame+"upload-pack")
	}
	to := filepath.Join(temp, "repo")
	if _, err := run(Command{Dir: temp, Args: append(args, "--", address, to), Network: true}); err != nil {
		return masked(err, address)
	}
	if bare := WithoutSecret(address); bare != address { // git has written it down
		if _, err := run(Command{Dir: to, Args: []string{"config", "remote.origin.url", bare}}); err != nil {
			return masked(err, address)
		}
	}
	return os.Rename(to, dir)
}

// masked hides an address in what git says.
func masked(err error, address string) error {
	var failed *GitError
	if errors.As(err, &failed) {
		copied := *failed
		copied.Text = strings.ReplaceAll(failed.Text, address, MaskURL(address))
		return &copied
	}
	return err
}

// RemoteURL returns where a remote of the repository is pushed to, with a path
// made absolute, or "" if there is no such remote. It is read as it stands:
// what the repository's configuration would make of it (insteadOf) is not.
func (c *Checkout) RemoteURL(remote string) (string, error) {
	for _, key := range []string{"pushurl", "url"} {
		address, err := c.Config("remote." + remote + "." + key)
		if err != nil || address == "" {
			if err != nil {
				return "", err
			}
			continue
		}
		if !IsURL(address) && !filepath.IsAbs(address) {
			address = filepath.Join(c.at, address)
		}
		return address, nil
	}
	return "", nil
}

// RemoteBranch returns the commit that a branch has at an address, or "". dir is
// a directory outside of any repository.
func RemoteBranch(run Runner, dir, address, branch string) (string, error) {
	return remoteRef(run, dir, address, branches+branch)
}

// RemoteHead returns the commit of the default branch at an address, or "".
func RemoteHead(run Runner, dir, address string) (string, error) {
	return remoteRef(run, dir, address, "HEAD")
}

func remoteRef(run Runner, dir, address, ref string) (string, error) {
	if err := CheckURL(address); err != nil {
		return "", err
	}
	var out bytes.Buffer
	args := []string{"ls-remote", "--quiet"}
	if localOf(address) != "" {
		args = append(args, "--upload-pack="+tame+"upload-pack")
	}
	_, err := run(Command{
		Dir: dir, Args: append(args, "--", address, ref), Stdout: &out, Network: true,
		Env: []string{"GIT_CEILING_DIRECTORIES=" + filepath.Dir(dir)},
	})
	id, _, _ := strings.Cut(out.String(), "\t")
	return id, masked(err, address)
}

// Push makes a branch at an address; if it is there with another commit, it is
// left alone and the error is ErrBranchExists. The repository's configuration
// and hooks have no part in it, nor have hooks of a repository on this machine
// that is pushed to.
func (c *Checkout) Push(address, branch, commit string) error {
	there, err := RemoteBranch(c.run, c.scratch, address, branch)
	switch {
	case err != nil:
		return err
	case there == commit:
		return nil
	case there != "":
		return fmt.Errorf("%s at %s: %w", branch, MaskURL(address), ErrBranchExists)
	}
	cmd := c.apart("push", "--quiet", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no",
		"--force-with-lease="+branches+branch+":")
	if localOf(address) != "" {
		cmd.Args = append(cmd.Args, "--receive-pack="+tame+"receive-pack")
	}
	cmd.Args = append(cmd.Args, "--", address, commit+":"+branches+branch)
	cmd.Network = true
	_, err = c.run(cmd)
	return masked(err, address)
}
