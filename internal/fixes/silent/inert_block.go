package silent

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// InertBlock finds blocks that should listen and name no port.
func InertBlock() *fixes.Rule {
	blocks := inertBlocks()
	return &fixes.Rule{
		Name:        "inert-block",
		Severity:    fixes.Warning,
		Summary:     "a block that should listen names no port, so it does nothing",
		Params:      inertBlockParams(),
		Doc:         inertBlockDoc,
		Needs:       []string{"cluster", "gateway", "leafnodes", "websocket", "mqtt"},
		CheckServer: func(p *fixes.Pass, s *fleet.Server) { checkInertBlock(p, s, blocks) },
	}
}

// inertBlock is a block that does nothing without a port.
type inertBlock struct {
	names   []string
	port    int64
	without string // what the server does not do then
}

// name returns the name of the block, which is that of its parameter, too.
func (b inertBlock) name() string { return b.names[0] }

func inertBlockParams() []fixes.Param {
	var params []fixes.Param
	for _, b := range inertBlocks() {
		params = append(params, fixes.Param{
			Name: b.name(), Default: fmt.Sprintf("%d, as in the server's documentation", b.port), Doc: "the port for " + b.name(),
		})
	}
	return params
}

func inertBlocks() []inertBlock {
	return []inertBlock{
		{[]string{"cluster"}, 6222, "the server starts as one without a cluster, and neither takes nor makes routes"},
		{[]string{"gateway"}, 7222, "the server has no gateway"},
		{[]string{"leafnodes", "leaf"}, 7422, "the server takes no leaf nodes"},
		{[]string{"websocket", "ws"}, 8080, "the server takes no websocket clients"},
		{[]string{"mqtt"}, 1883, "the server takes no MQTT clients"},
	}
}

func checkInertBlock(p *fixes.Pass, s *fleet.Server, blocks []inertBlock) {
	for _, b := range blocks {
		v := fixes.Top(s, b.names...)
		if b.name() == "gateway" {
			checkGatewayPortZero(p, s, v)
		}
		if v == nil || !v.Value.IsMap() || fixes.Below(v, "port") != nil || fixes.Below(v, "listen") != nil {
			continue
		}
		if s.Broken() || harmless(s, v, b) {
			continue
		}
		f := v.KeyFinding("%s has no port and no listen: there is no default, %s", v.Entry.Key, b.without)
		if name := fixes.Below(v, "name"); b.name() == "gateway" && name != nil {
			f.Message = fmt.Sprintf("gateway has no port: the server refuses to start (\"gateway %q has no port specified (select -1 for random port)\"), though nats-server -t calls the file valid", name.Value.Text())
			f.Severity = fixes.Error
		}
		fix := p.Insert(s, v.Value, ast.Field{Key: "port", Value: portOf(p, b)}, ast.AtEnd(), "give %s a port", v.Entry.Key)
		f.With(fix, "the block comes from a place that cannot be edited")
		if b.name() == "gateway" && fixes.Below(v, "name") == nil {
			f.With(nil, "with a port the server would refuse the block, which has no name: give it both, or take it out")
			p.Report(f)
			continue
		}
		if _, given := p.Param(b.name()); !given {
			f.Because(fixes.NeedsChoice, "the server will listen on one more port; choose it with --set inert-block."+b.name()+"=PORT")
		}
		p.Report(f)
	}
}

// checkGatewayPortZero reports a gateway with a name whose port is 0, which for
// other blocks means that they do not listen.
func checkGatewayPortZero(p *fixes.Pass, s *fleet.Server, gateway *fixes.Visit) {
	port, listen := fixes.Below(gateway, "port"), fixes.Below(gateway, "listen")
	if s.Broken() || s.GatewayName.Text == "" || s.AcceptsGateways() || port == nil && listen == nil {
		return
	}
	at := port
	if listen != nil {
		at = listen
		if text := listen.Value.Text(); listen.Value.IsString() && !strings.HasSuffix(text, ":0") {
			return // listen-scheme
		}
	}
	if k := at.Value.Kind(); k != ast.KindInt && (k != ast.KindString || at == port) {
		return // scalar-type
	}
	f := at.Finding("the port of the gateway is 0: the server refuses to start (\"gateway %q has no port specified (select -1 for random port)\"), though nats-server -t calls the file valid", s.GatewayName.Text)
	f.Severity = fixes.Error
	p.Report(f.Because(fixes.Manual, "give the port, 7222 by custom; the other clusters name it in their URLs"))
}

// harmless reports whether a block makes sense without a port.
func harmless(s *fleet.Server, v *fixes.Visit, b inertBlock) bool {
	switch b.name() {
	case "cluster": // the name alone serves leaf nodes and JetStream
		if routes := fixes.Below(v, "routes"); s.AcceptsRoutes() || routes == nil || routes.Value.IsList() && len(routes.Value.List) == 0 {
			return true
		}
	case "gateway": // without a name it is another rule's, or empty
		return fixes.Below(v, "name") == nil && fixes.Below(v, "gateways") == nil
	case "leafnodes": // most fields serve remotes, too
		return fixes.Below(v, "remotes") != nil
	}
	return false
}

func portOf(p *fixes.Pass, b inertBlock) ast.Literal {
	if port, given := p.Param(b.name()); given {
		return ast.Raw(port)
	}
	return ast.Int(b.port)
}
