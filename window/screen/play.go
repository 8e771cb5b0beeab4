package screen

import (
	"cmp"
	"time"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
)

// play is one visit to a server: from connecting to leaving the table.
type play struct {
	goal    client.Command
	goalNo  uint32
	online  client.Online
	seeking bool // the tables of a kept token are awaited
	resumed bool // the answer to that has come
	found   map[uint32]*client.Table
	limit   time.Time // when what is awaited must have come

	table   *client.Table // nil before the first
	settled bool          // what had happened before is known: from now on everything is told
	offline string        // why there is no connection, while there is none
	leaving bool          // Leave has been sent
	typed   string        // in the line of chat

	picked  *rules.Point // chess: the man that is to move
	promote *rules.Move
	waiting *rules.Move // sent, and not answered
	sent    uint32      // its number
	wrong   string      // what was wrong with the last click
	confirm ID          // what is to be confirmed: ResignID, LeaveID; 0 for nothing
}

// resumeWait bounds waiting for the tables of a kept token.
const resumeWait = 3 * time.Second

// connect begins a visit.
func (a *App) connect(goal client.Command) {
	a.disconnect()
	a.page, a.game, a.socket, a.tab = connectPage, log{}, log{}, GameLogID
	a.play = play{goal: goal, found: map[uint32]*client.Table{}}
	address := client.Address(a.form.address)
	cfg := client.Config{Address: address, Name: a.form.name, Language: uint8(a.lang)}
	if _, watch := goal.(client.Watch); !watch && a.o.Keep != nil {
		k, err := a.o.Keep(address, true)
		if err != nil {
			a.say(i18n.PlayNoKeep, a.reason(err))
		} else {
			a.keeper, cfg.Token = k, k.Token()
		}
	}
	l, err := client.NewLink(cfg, a.out)
	if err != nil {
		a.disconnect()
		a.note, a.bad = a.lang.Error(codeBadName, 0), true
		return
	}
	a.link = l
	a.note, a.bad = a.text(i18n.WindowConnecting, address), false
	a.socket.add(a.now(), a.note)
	a.changed = true
	l.Connect(a.now())
	a.handle()
}

const codeBadName = 20

// disconnect ends the visit on this side.
func (a *App) disconnect() {
	if a.link != nil {
		a.link.Close()
		a.link = nil
	}
	if a.keeper != nil {
		a.keeper.Close()
		a.keeper = nil
	}
	a.changed = true
}

// handle acts on what the link reports.
func (a *App) handle() {
	for a.link != nil {
		events := a.link.Events()
		if len(events) == 0 {
			break
		}
		for _, e := range events {
			if a.link != nil {
				a.event(e)
			}
		}
		a.changed = true
	}
	if !a.play.limit.IsZero() && !a.now().Before(a.play.limit) {
		a.play.limit = time.Time{}
		a.settleOn(true)
	}
}

func (a *App) event(e client.Event) {
	switch e := e.(type) {
	case client.Online:
		a.connected(e)
	case client.Offline:
		a.disconnected(e)
	case client.Sat:
		a.sat(e.Table)
	case client.Record:
		a.record(e)
	case client.Clocked:
		a.known(e.Table)
	case client.Watched:
		a.known(e.Table)
	case client.Answer:
		a.answered(e)
	case client.Gone:
		a.gone(e)
	}
}

// known takes what is known of the table otherwise than by a record.
func (a *App) known(t *client.Table) {
	if p := &a.play; p.table != nil && p.table.ID == t.ID {
		p.table = t
	}
}

func (a *App) connected(e client.Online) {
	p := &a.play
	p.online, p.offline = e, ""
	if e.Again {
		a.say(i18n.PlayOnline)
		if p.table != nil && p.table.Seat != client.NoSeat {
			a.keep()
		}
		return
	}
	a.note = a.text(i18n.PlayConnected, a.link.Address(), a.form.name)
	_, enter := p.goal.(client.Enter)
	if a.keeper != nil && !a.keeper.Token().IsZero() && e.Tables > 0 && !enter {
		p.seeking = a.do(client.Resume{}) != 0
		p.limit = a.now().Add(resumeWait)
		return
	}
	a.ask()
}

// ask sends what the visit is for.
func (a *App) ask() { a.play.goalNo = a.do(a.play.goal) }

// do sends a command and returns its number, or says why it cannot be sent and returns 0.
func (a *App) do(cmd client.Command) uint32 {
	if a.link == nil {
		return 0
	}
	n, err := a.link.Do(a.now(), cmd)
	if err != nil {
		a.complain(a.reason(err))
		return 0
	}
	return n
}

// complain shows what was wrong, on either screen.
func (a *App) complain(text string) {
	a.changed = true
	if a.page == connectPage {
		a.note, a.bad = text, true
		return
	}
	a.play.wrong = text
}

func (a *App) disconnected(e client.Offline) {
	why := a.reason(e.Err)
	a.play.waiting = nil
	if e.Retry != 0 {
		if a.play.offline == "" {
			a.say(i18n.PlayOffline, trimStop(why))
		}
		a.play.offline = trimStop(why)
		return
	}
	address := a.link.Address()
	a.disconnect()
	if a.page == playPage {
		a.say(i18n.WindowLost, why)
		a.play.offline = trimStop(why)
		return
	}
	a.note, a.bad = a.text(i18n.PlayNoServer, address, why), true
}

func (a *App) sat(t *client.Table) {
	p := &a.play
	switch {
	case p.seeking:
		p.found[t.ID] = t
	case p.table == nil:
		a.follow(t)
	case p.table.ID == t.ID:
		gone := p.table.Seat != client.NoSeat && t.Seat == client.NoSeat
		p.table = t
		if gone {
			a.say(i18n.PlaySeatGone)
		}
	}
}

// follow makes t the table of this visit.
func (a *App) follow(t *client.Table) {
	a.play.table, a.page, a.cursor = t, playPage, nil
	a.note, a.bad = "", false
	if t.Seat != client.NoSeat {
		a.keep()
	}
	a.caughtUp()
}

// caughtUp tells how things stand, once what had happened before has come.
func (a *App) caughtUp() {
	p := &a.play
	if p.settled || p.table.Seen < p.table.Past {
		return
	}
	p.settled = true
	a.say(i18n.PlayTable, p.table.Code, describe(a.lang, p.table))
	if p.table.Seat == client.NoSeat {
		a.say(i18n.PlayWatching)
	} else {
		a.say(i18n.PlayYouAre, p.table.Seat)
	}
	if p.table.Number > 0 {
		a.say(i18n.PlayGameNow, p.table.Number, a.player(p.table.First), a.player(p.table.First.Other()), len(p.table.Moves))
	}
}

func (a *App) keep() {
	if a.keeper == nil {
		return
	}
	if err := a.keeper.Save(a.play.online.Token); err != nil {
		a.say(i18n.PlayNoKeep, a.reason(err))
		a.keeper.Close()
		a.keeper = nil
	}
}

func (a *App) forget() {
	if a.keeper != nil {
		if err := a.keeper.Forget(); err != nil {
			a.say(i18n.PlayNoKeep, a.reason(err))
		}
	}
}

func (a *App) answered(e client.Answer) {
	p := &a.play
	if _, ok := e.To.(client.Resume); ok {
		p.resumed = true
		a.settleOn(false)
		return
	}
	if p.waiting != nil && e.Command == p.sent {
		p.waiting = nil
	}
	if e.Err == nil {
		return
	}
	why := a.reason(e.Err)
	if e.Command == p.goalNo && p.table == nil {
		a.disconnect()
		a.page = connectPage
		a.note, a.bad = a.text(i18n.PlayRefused, why), true
		return
	}
	a.complain(why)
}

// settleOn decides, once the tables of a kept token are known, which to go on with: one where it is
// the player's turn, one with a running game, one that waits. What is over is left.
func (a *App) settleOn(late bool) {
	p := &a.play
	if !p.seeking {
		return
	}
	complete := p.resumed && len(p.found) >= p.online.Tables
	for _, t := range p.found {
		complete = complete && t.Seen >= t.Past
	}
	if !complete && !late {
		return
	}
	p.seeking, p.limit = false, time.Time{}
	var best *client.Table
	for _, t := range p.found {
		switch {
		case t.Number > 0 && !t.Running():
			a.do(client.Leave{Table: t.ID})
		case best == nil || cmp.Or(less(t.MyTurn(), best.MyTurn()), less(t.Running(), best.Running()), cmp.Compare(t.ID, best.ID)) < 0:
			best = t
		}
	}
	if best == nil {
		a.ask()
		return
	}
	a.follow(best)
	a.say(i18n.WindowResumed)
}

// less orders what is so before what is not.
func less(a, b bool) int {
	switch {
	case a && !b:
		return -1
	case b && !a:
		return 1
	}
	return 0
}

func (a *App) gone(g client.Gone) {
	p := &a.play
	if p.table == nil || g.Table.ID != p.table.ID {
		return
	}
	if !a.closing.IsZero() {
		a.over = true
	}
	if !p.leaving && g.Err != nil {
		a.forget()
		a.note, a.bad = a.text(i18n.PlayGone, a.reason(g.Err)), true
	}
	a.home()
}

// home ends the visit and shows the first screen.
func (a *App) home() {
	a.disconnect()
	a.page = connectPage
	a.play = play{}
	a.changed = true
}

// leave gives up the seat, or stops watching.
func (a *App) leave() {
	p := &a.play
	if p.table == nil || a.link == nil || !a.link.Up() {
		a.home()
		return
	}
	p.leaving = true
	a.forget()
	a.do(client.Leave{Table: p.table.ID})
}
