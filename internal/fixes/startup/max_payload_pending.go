package startup

import (
	"fmt"
	"math"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// The server's defaults (server/const.go).
const (
	defaultMaxPayload = 1 << 20
	defaultMaxPending = 64 << 20
)

// MaxPayloadPending finds max_payload above max_pending.
func MaxPayloadPending() *fixes.Rule {
	return &fixes.Rule{
		Name:     "max-payload-pending",
		Severity: fixes.Error,
		Summary:  "max_payload is higher than max_pending, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "keep", Default: "payload", Values: []string{"payload", "pending"},
			Doc: "which of the two stays as it is: the other one becomes equal to it",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "max_payload (134217728) cannot be higher than max_pending (67108864)",
			Since:   "2.3.4",
			What: `max_pending is how much the server holds back for a client that reads too slowly, 64MB if it is not set. A message
must fit in it, so the server refuses to start if max_payload is higher (server/server.go, validateOptions).`,
			Fix: "Raises max_pending to max_payload, or with --set max-payload-pending.keep=pending lowers max_payload.",
			Applicability: `Somebody must choose: without the parameter the fix is unsafe and raises max_pending, which costs memory for
every slow client. Messages over 8MB are discouraged.`,
			Effect: "The server does not run.",
			Before: "max_payload: 128MB\n",
			After: `max_payload: 128MB
max_pending: 128MB
`,
		},
		Needs:       []string{"max_payload", "max_pending"},
		CheckServer: checkMaxPayloadPending,
	}
}

func checkMaxPayloadPending(p *fixes.Pass, s *fleet.Server) {
	payload, pending := fixes.Top(s, "max_payload"), fixes.Top(s, "max_pending")
	if payload == nil && pending == nil || s.Broken() {
		return
	}
	most, known := number(payload, defaultMaxPayload)
	room, known2 := number(pending, defaultMaxPending)
	if most < math.MinInt32 {
		most = int64(int32(most)) // as the server reads it
	}
	if most == 0 {
		most = defaultMaxPayload
	}
	if room == 0 {
		room = defaultMaxPending
	}
	if !known || !known2 || most <= room || most > 1<<31-1 {
		return
	}
	at := payload
	if at == nil || at.Value.Node.IntValue() == 0 {
		at = pending
	}
	f := at.Finding("a message may have %d bytes, and only %d may wait for a client: the server refuses to start (%q), though nats-server -t calls the file valid",
		most, room, fmt.Sprintf("max_payload (%d) cannot be higher than max_pending (%d)", most, room))
	if at == payload {
		beside(f, pending, "max_pending")
	}
	keep, _ := p.Param("keep")
	key, change, from, to := "max_pending", pending, payload, most
	if keep == "pending" && room > 0 {
		key, change, from, to = "max_payload", payload, pending, room
	}
	lit := ast.Int(to)
	if n, _ := number(from, 0); from != nil && n == to {
		lit = ast.Raw(from.Value.Node.Raw())
	}
	title := fmt.Sprintf("set %s to %d", key, to)
	if change != nil {
		f.With(p.Replace(change, lit, "%s", title), key+" cannot be written in this file")
	} else {
		where := ast.AtEnd()
		if from != nil && from.Entry.Doc == s.Root && from.Entry.Node.Valid() {
			where = ast.After(from.Entry.Node)
		}
		f.With(p.Insert(s, nil, ast.Field{Key: key, Value: lit}, where, "%s", title), key+" cannot be written in this file")
	}
	p.Report(rooted(s, chosen(p, f, "keep", "either max_pending is raised, which costs memory for every slow client, or max_payload is lowered")))
}
