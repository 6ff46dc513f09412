package fleet

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// Args are the command line flags of nats-server that say something about its
// configuration. A flag wins over the file (server/opts.go, ConfigureOptions).
// Zero values mean that the flag is not given. A name with a dollar sign in it is
// one that is filled in at the start, and unknown.
type Args struct {
	ServerName  string // --name
	ClusterName string // --cluster_name
	Cluster     string // --cluster, a URL such as nats://0.0.0.0:6222
	Routes      string // --routes, URLs separated by commas
	Host        string // --addr
	Port        int    // --port
	HTTPPort    int    // --http_port
	HTTPSPort   int    // --https_port
	JetStream   bool   // --jetstream
	StoreDir    string // --store_dir
}

// Server is one root document with its includes and variables resolved. One
// root may stand for many servers: see [Server.Many].
type Server struct {
	Root     *Doc
	Docs     []*Doc // the root and what it includes, each once
	Values   *Map
	Problems []Problem
	Args     Args

	ServerName  Name
	ClusterName Name // cluster.name; see also [Server.Cluster]
	GatewayName Name
	Gateways    []GatewayEntry
	Routes      []*Value // URLs of cluster.routes
	Remotes     []Remote // leafnodes.remotes
	JetStream   JetStream

	Cluster     *Cluster // the cluster that it belongs to; never nil in a built fleet
	Realm       *Realm   // the servers that it may have to do with; never nil in a built fleet
	clusterPort listener
	gatewayPort listener
	leafPort    listener
	wsPort      listener
	broken      bool // asked for with every value, of which there may be as many as problems
	garbled     bool
}

// Name is a name that a server goes by.
type Name struct {
	Text  string // "" if there is none or it is unknown
	Value *Value // where it is written, nil if absent or given by a flag
	Path  string // of the value in the effective configuration
	Flag  string // the flag that gives it, "" if the file does
}

// Unknown reports whether the name comes from a variable that nothing defines,
// in the file or in a flag (--name $(POD_NAME)), or is no string.
func (n Name) Unknown() bool {
	if n.Flag != "" {
		return n.Text == ""
	}
	return n.Value != nil && !n.Value.IsString()
}

// GatewayEntry is one entry of gateway.gateways.
type GatewayEntry struct {
	Path  string // of the entry
	Value *Value // the map
	Name  Name
	URLs  []*Value
}

// Remote is one entry of leafnodes.remotes.
type Remote struct {
	Path        string // of the entry
	Value       *Value // the map
	URLs        []*Value
	Account     *Value // the local account, nil for $G
	Credentials bool   // it authenticates by a credentials file or an nkey
}

// JetStream is what a server's configuration says of JetStream.
type JetStream struct {
	Path    string // of the field
	Value   *Value // nil if there is no such field
	Entry   *Entry // the entry that gives it
	Enabled bool
	Unknown bool // whether it is enabled depends on an unknown variable
	Domain  *Value
}

// listener is an address that a server listens on.
type listener struct {
	on        bool // a port is set
	host      string
	port      string // "" if unknown or random
	advertise string // host[:port]
}

// Many reports whether the root stands for more than one server: its
// server_name comes from a variable that nothing defines.
func (s *Server) Many() bool {
	return s.ServerName.Unknown() && (s.ServerName.Flag != "" || s.ServerName.Value.Unknown())
}

// Broken reports whether a document of the server does not parse or cannot be
// read, so that its values are not the whole of it.
func (s *Server) Broken() bool { return s.broken }

// Garbled is Broken but for includes that may be there where the server is
// started: what the documents say is right as far as it goes, and more may
// belong to it. It is for rules that look at one value at a time.
func (s *Server) Garbled() bool { return s.garbled }

// breaks reports whether a problem keeps the values of a server from being the
// whole of it.
func (p Problem) breaks() bool {
	switch p.Kind {
	case SyntaxProblem, UnreadableInclude, IncludeCycle, MissingInclude, BadVariable, TooDeep:
		return true
	}
	return false
}

// SystemAccount returns the name of the system account: system_account, else
// system, else $SYS. Unlike other fields the server finds these two in lower
// case only (server/opts.go, configureSystemAccount).
func (s *Server) SystemAccount() string {
	for _, key := range []string{"system_account", "system"} {
		if e := s.Values.Get(key); e != nil && e.Value.IsString() {
			return e.Value.Text()
		}
	}
	return "$SYS"
}

// AcceptsLeaves reports whether the server listens for leaf nodes.
func (s *Server) AcceptsLeaves() bool { return s.leafPort.on }

// LeafPort returns the port on which the server listens for leaf nodes, "" if
// it is unknown or there is none.
func (s *Server) LeafPort() string { return s.leafPort.port }

// AcceptsRoutes reports whether the server listens for routes: a port is set
// in cluster, or by the flag --cluster.
func (s *Server) AcceptsRoutes() bool { return s.clusterPort.on }

// AcceptsGateways reports whether the server listens for gateways.
func (s *Server) AcceptsGateways() bool { return s.gatewayPort.on }

// AcceptsWebsockets reports whether the server listens for websockets.
func (s *Server) AcceptsWebsockets() bool { return s.wsPort.on }

// Clustered reports whether the server listens for routes or gateways, or
// solicits routes.
func (s *Server) Clustered() bool {
	return s.clusterPort.on || s.gatewayPort.on || len(s.Routes) > 0 || s.Args.Routes != ""
}

// readFacts fills in what the links and rules ask for again and again.
func (s *Server) readFacts() {
	v := s.Values
	cluster, clusterPath := v.at("", "cluster")
	gateway, gatewayPath := v.at("", "gateway")
	leaf, leafPath := v.at("", "leafnodes", "leaf")
	s.ServerName = readName(v, "", "server_name", s.Args.ServerName, "--name")
	s.ClusterName = readName(cluster, clusterPath, "name", s.Args.ClusterName, "--cluster_name")
	s.GatewayName = readName(gateway, gatewayPath, "name", "", "")
	s.clusterPort = readListener(cluster)
	if flag := s.Args.Cluster; flag != "" {
		addr, _, _ := parseURL(flag, "")
		s.clusterPort.host, s.clusterPort.port = addr.host, addr.port
		s.clusterPort.on = addr.port != "" && addr.port != "0"
		if addr.port == "-1" || strings.HasSuffix(flag, ":-1") {
			s.clusterPort.on, s.clusterPort.port = true, ""
		}
	}
	s.gatewayPort = readListener(gateway)
	s.leafPort = readListener(leaf)
	s.wsPort = readListener(v.Block("websocket", "ws"))
	s.Routes = urls(cluster.Value("routes"))
	if e := gateway.Field("gateways"); e != nil {
		for i, item := range e.Value.List {
			if item.IsMap() {
				path := JoinIndex(JoinKey(gatewayPath, e.Key), i)
				s.Gateways = append(s.Gateways, GatewayEntry{
					Path: path, Value: item, Name: readName(item.Map, path, "name", "", ""),
					URLs: append(urls(item.Map.Value("url")), urls(item.Map.Value("urls"))...),
				})
			}
		}
	}
	if e := leaf.Field("remotes"); e != nil {
		for i, item := range e.Value.List {
			if !item.IsMap() || isTrue(item.Map.Value("disabled")) {
				continue
			}
			s.Remotes = append(s.Remotes, Remote{
				Path:        JoinIndex(JoinKey(leafPath, e.Key), i),
				Value:       item,
				URLs:        append(urls(item.Map.Value("url")), urls(item.Map.Value("urls"))...),
				Account:     item.Map.Value("account", "local"),
				Credentials: item.Map.Field("credentials", "creds", "nkey", "seed") != nil,
			})
		}
	}
	s.JetStream = readJetStream(v.Field("jetstream"), s.Args.JetStream)
}

// at returns the map that is the value of one of the server's own fields, and
// its path; the map is nil if there is none.
func (m *Map) at(path string, names ...string) (*Map, string) {
	e := m.Field(names...)
	if e == nil {
		return nil, ""
	}
	return e.Value.Map, JoinKey(path, e.Key)
}

func readName(m *Map, path, key, flag, flagName string) Name {
	if strings.Contains(flag, "$") {
		return Name{Flag: flagName}
	}
	if flag != "" {
		return Name{Text: flag, Flag: flagName}
	}
	e := m.Field(key)
	if e == nil {
		return Name{}
	}
	n := Name{Value: e.Value, Path: JoinKey(path, e.Key)}
	if e.Value.IsString() {
		n.Text = e.Value.Text()
	}
	return n
}

func isTrue(v *Value) bool {
	return v != nil && v.Kind() == ast.KindBool && v.Node.BoolValue()
}

// readJetStream follows parseJetStream (server/opts.go).
func readJetStream(e *Entry, flag bool) JetStream {
	js := JetStream{Entry: e, Enabled: flag}
	if e == nil {
		return js
	}
	js.Value, js.Path = e.Value, JoinKey("", e.Key)
	switch v := e.Value; v.Kind() {
	case ast.KindVariable:
		js.Unknown = !flag
	case ast.KindBool:
		js.Enabled = v.Node.BoolValue() || flag
	case ast.KindString:
		switch strings.ToLower(v.Text()) {
		case "enabled", "enable":
			js.Enabled = true
		}
	case ast.KindMap:
		js.Domain = v.Map.Value("domain")
		js.Enabled = true
		if on := v.Map.Value("enabled", "enable"); on != nil {
			js.Enabled = isTrue(on)
			js.Unknown = on.Unknown()
		}
		js.Enabled = js.Enabled || flag
	}
	return js
}

// urls returns the string values of a field that takes a URL or a list of
// them.
func urls(v *Value) []*Value {
	switch {
	case v.IsString():
		return []*Value{v}
	case v.IsList():
		var out []*Value
		for _, item := range v.List {
			if item.IsString() {
				out = append(out, item)
			}
		}
		return out
	}
	return nil
}

// readListener reads the address fields that cluster, gateway, leafnodes and
// websocket share. A port of 0, or none, means that the block listens on
// nothing (facts: no implicit listen).
func readListener(m *Map) listener {
	var l listener
	if m == nil {
		return l
	}
	l.advertise = m.Value("advertise", "cluster_advertise", "leafnode_advertise").Text()
	if v := m.Value("host", "net"); v.IsString() {
		l.host = strings.ToLower(v.Text())
	}
	if v := m.Value("port"); v != nil {
		l.setPort(v)
	}
	switch v := m.Value("listen"); {
	case v.IsString():
		host, port := splitHostPort(v.Text())
		if host != "" {
			l.host = host
		}
		l.on, l.port = port != "" && port != "0", port
	case v != nil:
		l.setPort(v)
	}
	if l.port == "-1" {
		l.port = ""
	}
	return l
}

func (l *listener) setPort(v *Value) {
	switch v.Kind() {
	case ast.KindVariable:
		l.on = true
	case ast.KindInt:
		l.port = v.Text()
		l.on = v.Node.IntValue() != 0
	}
}

// splitHostPort splits host:port, [v6]:port, host, or :port; host comes back
// in lower case.
func splitHostPort(s string) (host, port string) {
	s = strings.ToLower(strings.TrimSpace(s))
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.HasSuffix(s, "]") {
		return strings.Trim(s, "[]"), ""
	}
	return strings.Trim(s[:i], "[]"), s[i+1:]
}
