package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
)

type watchCmd struct {
	Code    string `arg:"" help:"${help_watch_code}"`
	Address string `arg:"" optional:"" help:"${help_address}"`
	Name    string `placeholder:"NAME" help:"${help_name}"`
	Plain   bool   `help:"${help_plain}"`
	ASCII   bool   `name:"ascii" help:"${help_ascii}"`
	NoBoard bool   `help:"${help_no_board}"`
	JSON    bool   `name:"json" help:"${help_watch_json}"`
}

// Run watches a table: on the full screen, line by line, or as a line of JSON for each event.
func (c *watchCmd) Run(e *env) error {
	if !c.JSON {
		p := playCmd{
			Address: c.Address, Name: c.Name, Watch: c.Code, Plain: c.Plain, ASCII: c.ASCII, NoBoard: c.NoBoard, Forbidden: "refused",
		}
		return p.Run(e)
	}
	cfg := client.Config{Address: c.Address, Name: cmp.Or(c.Name, accountName(e)), Language: uint8(e.lang)}
	conn, err := client.Dial(e.ctx, cfg)
	if err != nil {
		return caption.Unreachable(e.lang, cfg, program()+" serve", err)
	}
	defer conn.Close()
	if _, err := conn.Do(client.Watch{Code: c.Code}); err != nil {
		return errors.New(e.lang.Text(i18n.PlayRefused, caption.Reason(e.lang, err)))
	}
	return c.follow(e.ctx, e, conn)
}

// follow writes events until the game is over, or ctx ends. What a lost connection has kept back
// comes when it is taken up again.
func (c *watchCmd) follow(ctx context.Context, e *env, conn *client.Client) error {
	out := json.NewEncoder(e.out)
	for {
		var event client.Event
		var ok bool
		select {
		case <-ctx.Done():
			return nil
		case event, ok = <-conn.Events():
			if !ok {
				return nil
			}
		}
		switch event := event.(type) {
		case client.Record:
			for i, h := range event.Events {
				line := newEventJSON(event, h)
				line.More = i < len(event.Events)-1
				if err := out.Encode(line); err != nil {
					return fmt.Errorf("writing an event: %w", err)
				}
			}
			if t := event.Table; t.Seen >= t.Past && t.Number > 0 && !t.Running() {
				return nil
			}
		case client.Answer:
			if event.Err != nil {
				return errors.New(e.lang.Text(i18n.PlayRefused, caption.Reason(e.lang, event.Err)))
			}
		case client.Offline:
			if event.Retry == 0 {
				return errors.New(e.lang.Text(i18n.PlayGaveUp, caption.Reason(e.lang, event.Err)))
			}
			fmt.Fprintln(e.err, e.lang.Text(i18n.PlayOffline, strings.TrimSuffix(caption.Reason(e.lang, event.Err), ".")))
		case client.Gone:
			return errors.New(e.lang.Text(i18n.PlayGone, caption.Reason(e.lang, cmp.Or(event.Err, client.ErrClosed))))
		}
	}
}

// eventJSON is one thing that happened at a table, with the fields that the JSON API's stream has. What
// a type does not have is left out.
type eventJSON struct {
	Record uint32      `json:"record"`
	Type   string      `json:"type"`
	Seat   client.Seat `json:"seat,omitempty"`
	Name   string      `json:"name,omitempty"`
	Game   uint16      `json:"game,omitempty"`
	First  client.Seat `json:"first,omitempty"`
	Next   client.Seat `json:"next,omitempty"`
	Black  client.Seat `json:"black,omitempty"`
	Ply    uint16      `json:"ply,omitempty"`
	Move   string      `json:"move,omitempty"`
	What   string      `json:"what,omitempty"`
	Winner client.Seat `json:"winner,omitempty"`
	Reason string      `json:"reason,omitempty"`
	Text   string      `json:"text,omitempty"`
	LeftMS *[2]leftMS  `json:"left_ms,omitempty"`
	More   bool        `json:"more,omitempty"` // the next event is of the same record
}

// leftMS is what a seat's clock has.
type leftMS struct {
	Main    rules.Millis `json:"main"`
	Extra   rules.Millis `json:"extra"`
	Periods uint8        `json:"periods"`
}

var (
	offerNames   = map[client.Offer]string{client.DrawOffer: "draw", client.TakebackOffer: "takeback", client.RematchOffer: "rematch"}
	verdictNames = map[client.Verdict]string{client.Decline: "declined", client.Accept: "accepted", client.Withdraw: "withdrawn"}
)

func newEventJSON(r client.Record, h client.Happening) eventJSON {
	t := r.Table
	left := func() *[2]leftMS {
		var both [2]leftMS
		for i := range both {
			l := t.Player(client.Seat(i + 1)).Left
			both[i] = leftMS{l.Main, l.Extra, l.Periods}
		}
		return &both
	}
	e := eventJSON{Record: r.Number, Type: strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", h), "client."))}
	switch h := h.(type) {
	case client.Seated:
		e.Seat, e.Name = h.Seat, h.Name
	case client.Started:
		e.Game, e.First, e.LeftMS = h.Game, h.First, left()
	case client.Moved:
		e.Seat, e.Next, e.Black, e.Ply, e.Move, e.LeftMS = h.Seat, t.Turn, t.Black, h.Number, h.Text, left()
	case client.Proposed:
		e.Seat, e.What = h.Seat, offerNames[h.What]
	case client.Replied:
		e.Seat, e.What, e.Text = h.Seat, offerNames[h.What], verdictNames[h.Reply]
	case client.TookBack:
		e.Ply, e.Next, e.Black, e.LeftMS = h.Remain, t.Turn, t.Black, left()
	case client.Ended:
		e.Game, e.Winner, e.Reason, e.LeftMS = h.Game, h.Winner, h.Reason.String(), left()
	case client.Said:
		e.Seat, e.Text = h.Seat, h.Text
	case client.Away:
		e.Seat = h.Seat
	case client.Back:
		e.Seat = h.Seat
	case client.Left:
		e.Seat = h.Seat
	}
	return e
}
