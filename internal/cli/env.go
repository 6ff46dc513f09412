package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"strings"

	"github.com/natsfix/natsfix/internal/safeio"
)

// environment holds the values of variables. Nothing is taken from the
// process's own environment unless it was asked for.
type environment struct {
	values map[string]string
	// secret names the variables whose values must not be shown: those from
	// files.
	secret  map[string]bool
	inherit bool
}

// clone returns a copy that can be added to.
func (e environment) clone() environment {
	return environment{maps.Clone(e.values), maps.Clone(e.secret), e.inherit}
}

// lookup gives the value of a variable.
func (e environment) lookup(name string) (string, bool) {
	if v, ok := e.values[name]; ok {
		return v, true
	}
	if e.inherit {
		return os.LookupEnv(name)
	}
	return "", false
}

// maxEnvFile is the largest file of variables, in bytes.
const maxEnvFile = 16 << 20

// readEnvironment reads --env-file, --env and --env-inherit; the last value
// given for a name holds, and --env before --env-file.
func readEnvironment(files, names []string, inherit bool) (environment, error) {
	e := environment{values: make(map[string]string), secret: make(map[string]bool), inherit: inherit}
	for _, path := range files {
		f, err := safeio.Read(path, safeio.Limits{MaxSize: maxEnvFile})
		if err != nil {
			return e, fmt.Errorf("--env-file: %w", err)
		}
		if err := e.readFile(path, f.Data); err != nil {
			return e, err
		}
	}
	for _, text := range names {
		name, value, given := strings.Cut(text, "=")
		if name == "" {
			return e, usage("--env takes NAME or NAME=VALUE")
		}
		if !given {
			var ok bool
			if value, ok = os.LookupEnv(name); !ok {
				return e, usage("--env %s: the environment has no such variable; give it a value with --env %s=VALUE", name, name)
			}
		}
		e.values[name] = value
		delete(e.secret, name)
	}
	return e, nil
}

// readFile reads lines of NAME=VALUE as systemd and docker take them: empty
// lines and # comments are left out, "export " in front and one pair of quotes
// around the value are taken off.
func (e environment) readFile(path string, data []byte) error {
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, maxEnvFile)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			return fmt.Errorf("%s:%d:1: expected NAME=VALUE", path, n)
		}
		value = strings.TrimSpace(value)
		if len(value) >= 2 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
			value = value[1 : len(value)-1]
		}
		e.values[name] = value
		e.secret[name] = true
	}
	return sc.Err()
}
