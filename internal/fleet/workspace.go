package fleet

import (
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// Workspace is memory in which one server after the other is looked at that has
// nothing to do with others, for those that look at very many and keep none. The
// zero Workspace is ready.
type Workspace struct {
	tree ast.Workspace
	ev   evaluation

	fleet    Fleet
	doc      Doc
	server   Server
	cluster  Cluster
	super    Super
	realm    Realm
	gateways addressBook
	docs     [1]*Doc
	servers  [1]*Server
	clusters [1]*Cluster
	supers   [1]*Super
}

// Alone returns the fleet that a document makes up by itself: what [Build] makes
// of it whatever else there is, unless something includes the document. It
// returns false if others may have a say in it: it includes documents, or may take
// part in a cluster, in gateways or in leaf links. The fleet and all that belongs
// to it are valid until the next call. It cannot be built anew ([Fleet.With]).
func (w *Workspace) Alone(path string, src []byte, opts Options) (*Fleet, bool) {
	path = filepath.Clean(path)
	w.doc = Doc{Path: path, Tree: w.tree.Parse(path, src, ast.Latest)}
	if len(w.doc.Tree.Errors()) > 0 || w.doc.Tree.HasIncludes() || mayLink(w.doc.Tree) {
		return nil, false
	}
	w.ev.reset(opts.Env)
	w.server = Server{}
	s := &w.server
	s.evaluate(&w.ev, &w.doc, opts)
	if s.linked() {
		return nil, false
	}
	w.docs[0], w.servers[0], w.clusters[0], w.supers[0] = &w.doc, s, &w.cluster, &w.super
	w.cluster = Cluster{Servers: w.servers[:], Super: &w.super}
	w.super = Super{Clusters: w.clusters[:], Servers: w.servers[:]}
	w.realm = Realm{Name: opts.Realms[path], Servers: w.servers[:], Clusters: w.clusters[:], gateways: &w.gateways}
	s.Cluster, s.Realm = &w.cluster, &w.realm
	w.fleet = Fleet{
		Docs: w.docs[:], Servers: w.servers[:], Clusters: w.clusters[:], Supers: w.supers[:],
		opts: opts,
	}
	return &w.fleet, true
}

// Keep returns the document of the last call of Alone, to be kept.
func (w *Workspace) Keep() *Doc { return &Doc{Path: w.doc.Path, Tree: w.tree.Keep()} }

// mayLink reports whether a block for links stands at the top level, which is
// quicker to tell than what is in it.
func mayLink(tree *ast.Document) bool {
	for n := range tree.Root().Children() {
		if n.Kind() == ast.KindBraces {
			return true // it may stand there
		}
		for _, name := range linkBlocks {
			if key := n.Key(); len(key) == len(name) && strings.EqualFold(key, name) {
				return true
			}
		}
	}
	return false
}

// linkBlocks are the names of the blocks that may link a server to others.
var linkBlocks = []string{"cluster", "gateway", "leafnodes", "leaf", "websocket", "ws"}

// linked reports whether the server is, or may be linked to others: by a name of
// a cluster or gateway, or since it listens for, or solicits, routes, gateways or
// leaf nodes.
func (s *Server) linked() bool {
	return s.Clustered() || s.EffectiveClusterName() != "" || s.ClusterName.Unknown() || s.GatewayName.Unknown() ||
		len(s.Gateways) > 0 || len(s.Remotes) > 0 || s.leafPort.on || s.wsPort.on
}
