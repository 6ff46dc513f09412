package silent

import (
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// JetStreamStoreDir finds JetStream without a directory of its own.
func JetStreamStoreDir() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-store-dir",
		Severity: fixes.Info,
		Summary:  "JetStream stores its data in the directory for temporary files, or two servers in one directory",
		Params: []fixes.Param{{
			Name: "dir", Default: "none: without it no edit is offered",
			Doc: "the directory for servers that have none; {file} and {server_name} stand for the file's name without extension and the server's name",
		}},
		Doc:    jetStreamStoreDirDoc,
		Needs:  []string{"jetstream"},
		Check:  checkJetStreamStoreDir,
		Linked: true,
		Ties: func(s *fleet.Server) string {
			at := placeOf(s)
			if at.store == "" {
				return ""
			}
			return at.folder + "\x00" + at.store
		},
	}
}

func checkJetStreamStoreDir(p *fixes.Pass) {
	type realmPlace struct {
		realm *fleet.Realm
		place
	}
	first := make(map[realmPlace]*fixes.Visit)
	for _, s := range p.Fleet.Servers {
		if !stores(s) {
			continue
		}
		v := storeDir(s)
		if v == nil {
			p.Report(noStoreDir(p, s))
			continue
		}
		at := realmPlace{s.Realm, placeOf(s)}
		if at.store == "" {
			continue
		}
		other := first[at]
		if other == nil {
			first[at] = v
			continue
		}
		if !onOneHost(s, other.Server) {
			continue
		}
		f := v.Finding("%s has the same store_dir, and another port: if both run on one machine, each takes the other's streams for its own", filepath.Base(other.Server.Root.Path))
		n, doc := other.Value.Place()
		f.Related = append(f.Related, fixes.Related{Doc: doc, Span: n.Span(), Message: "the other store_dir is here"})
		p.Report(f.Because(fixes.Manual, "give each server on a machine a directory of its own"))
	}
}

// stores reports whether the server has JetStream, and no flag says where.
func stores(s *fleet.Server) bool {
	return s.JetStream.Enabled && !s.JetStream.Unknown && !s.Broken() && s.Args.StoreDir == ""
}

// place is a directory for JetStream, as the servers of a folder name it.
type place struct{ folder, store string }

// placeOf returns where a server stores its data, without a store if that is not
// known.
func placeOf(s *fleet.Server) place {
	if !stores(s) {
		return place{}
	}
	v := storeDir(s)
	if v == nil || !v.Value.IsString() || v.Value.Text() == "" {
		return place{}
	}
	return place{filepath.Dir(s.Root.Path), filepath.Clean(v.Value.Text())}
}

// storeDir returns the field that says where JetStream stores its data.
func storeDir(s *fleet.Server) *fixes.Visit {
	if v := fixes.Below(fixes.Top(s, "jetstream"), "store_dir", "store", "storedir"); v != nil {
		return v
	}
	return fixes.Top(s, "store_dir", "storedir")
}

// onOneHost reports whether two servers of one folder are likely to run on one
// machine: why else should they listen on different ports?
func onOneHost(a, b *fleet.Server) bool {
	pa, pb := clientPortOf(a), clientPortOf(b)
	return pa != pb && isPort(pa) && isPort(pb)
}

func isPort(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func noStoreDir(p *fixes.Pass, s *fleet.Server) *fixes.Finding {
	const message = "JetStream has no store_dir: unless the flag --store_dir gives one, the server stores streams below the directory for temporary files (\"Temporary storage directory used, data could be lost on system reboot\")"
	js := fixes.Top(s, "jetstream")
	f := &fixes.Finding{Doc: s.Root, Message: message} // JetStream comes from a flag
	if js != nil {
		f = js.KeyFinding(message)
	}
	dir, given := p.Param("dir")
	if given {
		dir = strings.NewReplacer("{file}", baseName(s), "{server_name}", s.ServerName.Text).Replace(dir)
	}
	if dir == "" {
		return f.Because(fixes.Manual, "give the directory with --set jetstream-store-dir.dir=DIR")
	}
	var block *fleet.Value
	if js != nil && js.Value.IsMap() {
		block = js.Value
	}
	fix := p.Insert(s, block, ast.Field{Key: "store_dir", Value: ast.String(dir)}, ast.AtEnd(), "store JetStream's data in %s", dir)
	return f.With(fix, "the block comes from a place that cannot be edited").
		Because(fixes.ChangesBehaviour, "streams that are stored already stay where they are: move them before the restart")
}

func baseName(s *fleet.Server) string {
	base := filepath.Base(s.Root.Path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
