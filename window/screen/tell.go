package screen

import (
	"fmt"
	"strings"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
)

// record takes what happened at a table, and tells it once the past is known.
func (a *App) record(r client.Record) {
	p := &a.play
	if p.seeking {
		p.found[r.Table.ID] = r.Table
		a.settleOn(false)
		return
	}
	if p.table == nil || r.Table.ID != p.table.ID {
		return
	}
	before := p.table
	p.table = r.Table
	if len(before.Moves) != len(r.Table.Moves) || before.Number != r.Table.Number || !r.Table.Running() {
		p.picked, p.promote, p.waiting, p.wrong = nil, nil, nil, ""
	}
	if !r.Table.Running() && p.confirm == ResignID {
		p.confirm = 0
	}
	if !p.settled {
		a.caughtUp()
		return
	}
	for _, h := range r.Events {
		a.happened(h)
	}
	if before.Number == r.Table.Number && before.Black != r.Table.Black && before.Running() {
		a.say(i18n.PlaySides, a.player(r.Table.First), a.player(r.Table.First.Other()))
	}
}

// happened tells one event.
func (a *App) happened(h client.Happening) {
	t := a.play.table
	switch h := h.(type) {
	case client.Seated:
		a.say(i18n.PlaySeated, h.Seat, h.Name)
	case client.Started:
		a.say(i18n.PlayStarted, t.Number, a.player(t.First), a.player(t.First.Other()))
	case client.Moved:
		a.say(i18n.PlayMoved, h.Number, a.player(h.Seat), h.Text)
	case client.TookBack:
		a.say(i18n.PlayTookBack, h.Remain)
	case client.Proposed:
		a.say(i18n.PlayOffered, a.name(h.Seat), a.lang.Offer(uint8(h.What)))
	case client.Replied:
		text := i18n.PlayDeclined
		switch h.Reply {
		case client.Accept:
			text = i18n.PlayAccepted
		case client.Withdraw:
			text = i18n.PlayWithdrawn
		}
		a.say(text, a.name(h.Seat), a.lang.Offer(uint8(h.What)))
	case client.Said:
		a.say(i18n.PlaySaid, a.name(h.Seat), h.Text)
	case client.Away:
		a.say(i18n.PlayAway, a.name(h.Seat), a.lang.Duration(h.Grace))
	case client.Back:
		a.say(i18n.PlayBack, a.name(h.Seat))
	case client.Left:
		a.say(i18n.PlayLeft, a.name(h.Seat))
	case client.Ended:
		a.say(i18n.WindowLine, a.result())
	}
}

// result says how the game has ended.
func (a *App) result() string {
	t := a.play.table
	return caption.Result(a.lang, t, t.Winner, t.Reason)
}

func (a *App) name(seat client.Seat) string { return caption.Name(a.lang, a.play.table, seat) }

func (a *App) player(seat client.Seat) string { return caption.Player(a.lang, a.play.table, seat) }

// describe names a table's game with its rules, board and time control.
func describe(lang i18n.Lang, t *client.Table) string {
	return caption.Game(lang, t.Variant, t.Time, t.Private)
}

// clock is what a seat has on the clock now; empty without a clock.
func (a *App) clock(seat client.Seat) string {
	t := a.play.table
	if t == nil || t.Number == 0 || t.Time.Timing == rules.Untimed {
		return ""
	}
	return caption.Clock(t.Time, t.Clock(seat, a.now()))
}

// clocks is all that changes with time alone.
func (a *App) clocks() string {
	if a.page != playPage || a.play.table == nil {
		return ""
	}
	return a.clock(client.SeatOne) + " " + a.clock(client.SeatTwo) + fmt.Sprint(a.claimableWin(), a.claimableDraw())
}

// trimStop takes off a sentence's full stop, to put the sentence within another.
func trimStop(s string) string { return strings.TrimSuffix(s, ".") }

// status says in a sentence or two what is to be done, and in what colour.
func (a *App) status() (string, tone) {
	p := &a.play
	t := p.table
	switch {
	case p.offline != "" && a.link == nil:
		return a.text(i18n.WindowLost, p.offline), bad
	case p.offline != "":
		return a.text(i18n.PlayOffline, p.offline), bad
	case p.wrong != "":
		return p.wrong, bad
	case t.Number == 0 && t.Seat == client.NoSeat:
		return a.text(i18n.PlayWatching), calm
	case t.Number == 0:
		return a.text(i18n.WindowWaiting, t.Code), calm
	case !t.Running():
		return a.result(), a.resultTone()
	case t.Position == nil:
		return a.text(i18n.PlayNoBoard), bad
	case p.waiting != nil:
		return a.text(i18n.WindowSent), calm
	}
	text, tone := a.text(i18n.PlayTheirTurn, a.player(t.Turn)), calm
	if t.MyTurn() {
		text, tone = a.text(i18n.PlayYourTurn), good
	}
	switch g := t.Position.(type) {
	case *chess.Game:
		if g.Check() {
			text += " " + a.text(i18n.PlayCheck)
		}
	case omok.Game:
		if t.MyTurn() {
			text += a.opening(g)
		}
	}
	return text, tone
}

// tone is the mood of a text.
type tone uint8

const (
	calm tone = iota
	good
	bad
)

func (a *App) resultTone() tone {
	t := a.play.table
	switch t.Winner {
	case client.NoSeat:
		return calm
	case t.Seat:
		return good
	}
	return calm
}

// opening says what an opening asks of the player, where no buttons do.
func (a *App) opening(g omok.Game) string {
	switch o := g.Opening(); {
	case o.Phase == omok.Picking:
		return " " + a.text(i18n.WindowPick)
	case o.Phase == omok.Playing || len(o.Options) > 0:
		return ""
	}
	return " " + strings.Join(caption.Opening(a.lang, g), " ")
}
