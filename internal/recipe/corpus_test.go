package recipe

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
)

// inCorpus are the recipes of the repository with parameters for which real
// files have something to do.
func inCorpus() []struct {
	name string
	set  map[string]string
	rows []map[string]string
} {
	const hash = "$2a$11$3kIDaCxw.Glsl1.u5nKa6eUnNDLV5HV9tIuUp7EHhMt6Nm9myW1aS"
	return []struct {
		name string
		set  map[string]string
		rows []map[string]string
	}{
		{name: "move-store-dir", set: map[string]string{"from": "/data", "to": "/srv/nats"}},
		{name: "rotate-gateway-hosts", set: map[string]string{"old": "localhost", "new": "gateway.example.org"}},
		{name: "add-system-account", set: map[string]string{"password": hash}},
		{name: "require-tls-1-3"},
		{name: "normalise-log-settings"},
		{name: "add-leaf-remote", set: map[string]string{"url": "tls://connect.ngs.global", "credentials": "/etc/nats/ngs.creds"}},
		{name: "replace-seed-servers", set: map[string]string{"routes": "[nats://n1:6222, nats://n2:6222, nats://n3:6222]"}},
		{name: "account-limits", rows: []map[string]string{
			{"account": "account_a", "max_mem": "1GB", "max_streams": "20"}, {"account": "account_m", "max_store": "5GB"}, {"account": "A", "max_store": "1GB"},
		}},
		{name: "js-publisher", set: map[string]string{"user": "alice", "subject": "orders.>"}},
		{name: "bcrypt-users", rows: []map[string]string{{"user": "alice", "hash": hash}, {"user": "bob", "hash": hash}}},
		{name: "jetstream-domains", rows: []map[string]string{
			{"server": "nats-serviceradar-docker", "domain": "docker"}, {"server": "jetstream", "domain": "main"}, {"path": "leaf*.conf", "domain": "leaf"},
		}},
		{name: "house-style"},
	}
}

// TestRecipesOverRealFiles runs the recipes over all files below
// $NATSFIX_CORPUS at once, and logs how many files they matched, changed and
// refused, and why.
func TestRecipesOverRealFiles(t *testing.T) {
	dir := os.Getenv("NATSFIX_CORPUS")
	if dir == "" {
		t.Skip("NATSFIX_CORPUS names no directory")
	}
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && filepath.Ext(path) == ".conf" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := Load([]string{"../../recipes"}, suite.All())
	if err != nil {
		t.Fatal(err)
	}
	judge := startJudge(t)
	var table strings.Builder
	for _, c := range inCorpus() {
		i := slices.IndexFunc(list, func(r *Recipe) bool { return r.Name == c.name })
		r := list[i]
		if c.rows != nil {
			r.Table = &Table{rows: c.rows}
		}
		params := make(map[string]string)
		for name, value := range c.set {
			params[c.name+"."+name] = value
		}
		res, err := engine.Run(t.Context(), engine.Request{
			Targets: files, Read: os.ReadFile, Rules: []*fixes.Rule{r.Rule()}, Unsafe: true, Params: params, Prove: true, Judge: judge,
		})
		if err != nil {
			t.Fatal(err)
		}
		matched, changed := make(map[string]bool), 0
		refused := make(map[string]map[string]bool)
		for _, f := range res.Findings {
			if f.Rule != c.name {
				continue
			}
			matched[f.File] = true
			if !f.Fixed {
				why := reason(cmp.Or(f.Hidden, f.Reason))
				if f.Hidden == "manual" {
					why = reason(f.Reason)
				}
				if refused[why] == nil {
					refused[why] = make(map[string]bool)
				}
				refused[why][f.File] = true
			}
		}
		notJudged := 0
		for _, g := range res.Groups {
			if g.Refused == "" {
				changed += len(g.Files)
			}
			for _, note := range g.Notes {
				if strings.Contains(note, "not judged") {
					notJudged++
				}
			}
		}
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d |\n", c.name, len(matched), changed, len(matched)-changed, notJudged)
		for why, in := range refused {
			fmt.Fprintf(&table, "    %d: %s\n", len(in), why)
		}
		if len(matched) == 0 {
			t.Errorf("%s matches nothing", c.name)
		}
	}
	t.Logf("%d files\n%s", len(files), table.String())
}

var (
	pathWord  = regexp.MustCompile(`\S*/\S+`)
	quotation = regexp.MustCompile(`"[^"]*"`)
)

// reason returns why something was refused without the names in it.
func reason(text string) string {
	return quotation.ReplaceAllString(pathWord.ReplaceAllString(text, "FILE"), `"..."`)
}
