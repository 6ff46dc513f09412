package verify

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// file is a file or directory that a configuration names and that the judge
// never opens.
type file struct {
	field    string // its path
	value    *fleet.Value
	key      *fleet.Value // the key of a certificate, nil if none is named
	operator bool
	check    func(*filesCheck, file) error
}

// filesCheck opens what configurations name.
type filesCheck struct {
	read func(path string) ([]byte, error)
	env  fleet.Env
	now  time.Time
}

// filesOf returns the files that a server's configuration names: certificates,
// keys, operators' JWTs, credentials, and the directory of a resolver
// (server/opts.go: parseTLS, GenTLSConfig, readOperatorJWT, the resolver;
// server/leafnode.go: solicitLeafNodeRemotes).
func filesOf(s *fleet.Server) []file {
	var list []file
	add := func(field string, v *fleet.Value, check func(*filesCheck, file) error) {
		if v.IsString() && v.Text() != "" {
			list = append(list, file{field: field, value: v, check: check})
		}
	}
	s.Each(func(path string, _ *fleet.Entry, v *fleet.Value) {
		if v.Map == nil {
			return
		}
		if cert := v.Map.Value("cert_file"); cert.IsString() && cert.Text() != "" {
			list = append(list, file{field: fleet.JoinKey(path, "cert_file"), value: cert, key: v.Map.Value("key_file"), check: (*filesCheck).certificate})
		}
		add(fleet.JoinKey(path, "key_file"), v.Map.Value("key_file"), (*filesCheck).readable)
		add(fleet.JoinKey(path, "ca_file"), v.Map.Value("ca_file"), (*filesCheck).authorities)
	})
	for _, f := range lookup(s.Values, []string{operators}) {
		values := f.value.List
		if !f.value.IsList() {
			values = []*fleet.Value{f.value}
		}
		for _, v := range values {
			if v.IsString() && !isJWT(v.Text()) {
				list = append(list, file{field: f.entry.Key, value: v, operator: true, check: (*filesCheck).operator})
			}
		}
	}
	for _, f := range lookup(s.Values, []string{resolvers}) {
		if f.value.Map != nil {
			if e := f.value.Map.Get("dir"); e != nil {
				add(f.entry.Key+".dir", e.Value, (*filesCheck).directory)
			}
		}
	}
	for _, r := range s.Remotes {
		add(r.Path+".credentials", r.Value.Map.Value("credentials", "creds"), (*filesCheck).credentials)
	}
	return list
}

// isJWT reports whether the server takes an operator for the JWT itself.
func isJWT(s string) bool { return strings.HasPrefix(s, "eyJ") && !strings.ContainsAny(s, `/\`) }

// errWarn is wrapped by what does not keep a server from starting.
var errWarn = errors.New("warning")

// strict looks at the files that a server names, and adds a problem for each
// that is absent, unreadable, or not what the server needs.
func (in *inquiry) strict(c *filesCheck) {
	for _, f := range filesOf(in.server) {
		err := f.check(c, f)
		if err == nil {
			continue
		}
		p := oracle.Problem{Message: f.field + ": " + plainError(err), Warning: errors.Is(err, errWarn)}
		in.list = append(in.list, problem{Problem: p, place: found{value: f.value}.place(), ofFile: true})
	}
}

// open reads a file as the server would from the current directory.
func (c *filesCheck) open(path string) ([]byte, error) { return c.read(filepath.Clean(path)) }

// certificate checks that a certificate and its key can be loaded, belong
// together, and hold today.
func (c *filesCheck) certificate(f file) error {
	cert, err := c.open(f.value.Text())
	if err != nil || f.key == nil || !f.key.IsString() {
		return err // that the key is missing the server says itself
	}
	key, err := c.open(f.key.Text())
	if err != nil {
		return nil // told where the key is named
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("the certificate and the key %s do not do: %w", f.key.Text(), err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return err
	}
	return c.valid(leaf)
}

func (c *filesCheck) valid(cert *x509.Certificate) error {
	const day = "2006-01-02"
	switch {
	case c.now.After(cert.NotAfter):
		return fmt.Errorf("the certificate has expired on %s (%w)", cert.NotAfter.Format(day), errWarn)
	case c.now.Before(cert.NotBefore):
		return fmt.Errorf("the certificate holds from %s on (%w)", cert.NotBefore.Format(day), errWarn)
	}
	return nil
}

// readable checks that a file can be read.
func (c *filesCheck) readable(f file) error {
	_, err := c.open(f.value.Text())
	return err
}

// authorities checks that a file holds certificates.
func (c *filesCheck) authorities(f file) error {
	data, err := c.open(f.value.Text())
	if err != nil {
		return err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(data) {
		return errors.New("the file holds no certificate that can be read")
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil && c.valid(cert) != nil {
			return fmt.Errorf("%s: %w", cert.Subject, c.valid(cert))
		}
	}
	return nil
}

// operator checks the JWT of an operator.
func (c *filesCheck) operator(f file) error {
	data, err := c.open(f.value.Text())
	if err != nil {
		return err
	}
	_, err = operatorJWT(data)
	return err
}

// operatorJWT returns the JWT that a file holds, decorated or not.
func operatorJWT(data []byte) (string, error) {
	token, err := jwt.ParseDecoratedJWT(data)
	if err != nil {
		return "", err
	}
	_, err = jwt.DecodeOperatorClaims(token)
	return token, err
}

// credentials checks that a file holds the JWT of a user and its seed.
func (c *filesCheck) credentials(f file) error {
	path, err := c.expand(f.value.Text())
	if err != nil {
		return err
	}
	data, err := c.open(path)
	if err != nil {
		return err
	}
	token, err := jwt.ParseDecoratedJWT(data)
	if err != nil {
		return err
	}
	claims, err := jwt.DecodeUserClaims(token)
	if err != nil {
		return fmt.Errorf("the JWT is no user's: %w", err)
	}
	pair, err := jwt.ParseDecoratedNKey(data)
	if err != nil {
		return fmt.Errorf("the seed: %w", err)
	}
	if public, err := pair.PublicKey(); err != nil || !nkeys.IsValidPublicUserKey(public) || public != claims.Subject {
		return errors.New("the seed does not belong to the JWT")
	}
	if claims.Expires > 0 && c.now.Unix() > claims.Expires {
		return fmt.Errorf("the credentials have expired on %s (%w)", time.Unix(claims.Expires, 0).UTC().Format("2006-01-02"), errWarn)
	}
	return nil
}

// expand puts in what the server puts in for variables and ~ in a path
// (server/opts.go, expandPath): from what was given as the environment.
func (c *filesCheck) expand(path string) (string, error) {
	var unknown string
	get := func(name string) string {
		if c.env != nil {
			if v, ok := c.env(name); ok {
				return v
			}
		}
		unknown = name
		return ""
	}
	path = os.Expand(path, get)
	if rest, ok := strings.CutPrefix(path, "~"); ok {
		path = filepath.Join(get("HOME"), rest)
	}
	if unknown != "" {
		return "", fmt.Errorf("the path depends on $%s, which has no value here: give one with --env", unknown)
	}
	return path, nil
}

// directory checks that a directory is there.
func (c *filesCheck) directory(f file) error {
	info, err := os.Stat(f.value.Text())
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is no directory", f.value.Text())
	}
	return nil
}

// plainError returns an error without the operation that failed.
func plainError(err error) string {
	text := strings.TrimSuffix(err.Error(), " ("+errWarn.Error()+")")
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		text = strings.Replace(text, pe.Error(), pe.Path+": "+pe.Err.Error(), 1)
	}
	return text
}

// inlineOperators puts the JWTs of operators into the copy in the place of the
// files that hold them, so that the judge sees the real ones.
func (in *inquiry) inlineOperators(c *filesCheck) {
	for _, f := range filesOf(in.server) {
		d := in.copy.of(f.value.Doc)
		if !f.operator || d == nil || f.value.Node.Kind() != ast.KindString {
			continue // the judge has a stand-in for it
		}
		data, err := c.open(f.value.Text())
		if err != nil {
			continue // which is told
		}
		if token, err := operatorJWT(data); err == nil {
			span := f.value.Node.Span()
			d.change(ast.Edit{Start: span.Start, End: span.End, New: strconv.Quote(token)})
		}
	}
}
