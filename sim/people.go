package sim

import (
	"fmt"
	"strings"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/variants"
)

// what people play: mostly short games, some with more to go wrong.
var games = func() []client.Join {
	var list []client.Join
	for _, s := range []string{"omok:freestyle none", "omok:freestyle 1+1", "omok:freestyle 20s+2x5s", "omok:renju:swap2 none", "chess 1+0", "omok:freestyle:19 10s"} {
		game, time, _ := strings.Cut(s, " ")
		v, err := variants.Parse(game)
		if err != nil {
			panic(err)
		}
		tc, err := rules.ParseTimeControl(time)
		if err != nil {
			panic(err)
		}
		list = append(list, client.Join{Variant: v, Time: tc})
	}
	return list
}()

// people brings the clients into the world.
func (w *world) people() {
	a := w.actor()
	for i := range w.plan.players {
		p := &player{name: fmt.Sprintf("player %d", i+1), quota: 1 + a.rand.IntN(3)}
		p.devices = append(p.devices, w.device(p))
		p.devices[0].live()
		if a.chance(w.plan.second) {
			a.after(a.between(sec, 10*sec), func() { w.second(p) })
		}
	}
	for i := range w.plan.watchers {
		p := &player{name: fmt.Sprintf("watcher %d", i+1)}
		d := w.device(p)
		p.devices = append(p.devices, d)
		d.look()
	}
	for range w.plan.hostile {
		newRogue(w)
	}
}

// second gives a player another device with the same token.
func (w *world) second(p *player) {
	if p.gone || p.done || p.token == (client.Token{}) {
		return
	}
	d := w.device(p)
	p.devices = append(p.devices, d)
	d.live()
}

// live lets a device's person think, now and again, for as long as there is something to do.
func (d *device) live() {
	d.after(d.between(50*ms, 1200*ms), func() {
		if d.over {
			return
		}
		d.think()
		d.flush()
		d.live()
	})
}

// look is a spectator's life.
func (d *device) look() {
	d.after(d.between(100*ms, 2*sec), func() {
		if d.over {
			return
		}
		switch {
		case !d.w.faulty && d.w.settled():
			d.leaveAll()
			if len(d.tables) == 0 && len(d.busy) == 0 {
				d.drop()
				d.over = true
				return
			}
		case len(d.tables) == 0 && !d.joining && d.online && len(d.w.tables) > 0:
			d.watching = d.w.tables[d.rand.IntN(len(d.w.tables))]
			d.do(client.Watch{Code: d.watching})
		case len(d.tables) > 0 && d.chance(0.05):
			d.leaveAll()
		}
		d.flush()
		d.look()
	})
}

func (d *device) leaveAll() {
	for _, id := range d.tables {
		if !d.asked(id) {
			d.do(client.Leave{Table: id})
		}
	}
}

// asked reports whether some command has no answer: one thing at a time.
func (d *device) asked(uint32) bool { return len(d.busy) > 0 }

// think does what the person at a device wants next.
func (d *device) think() {
	if d.player.done {
		d.leaveAll()
		if len(d.tables) == 0 && len(d.busy) == 0 {
			d.drop()
			d.over = true
		}
		return
	}
	if len(d.busy) > 0 && !d.chance(0.05) {
		return
	}
	for _, id := range d.tables {
		d.act(d.core.Table(id))
	}
	if len(d.tables) == 0 && !d.joining && d.online {
		d.seek()
	}
}

// seek looks for a game, or for the end.
func (d *device) seek() {
	switch {
	case d != d.player.devices[0]: // a second device follows the first
		if d.chance(0.1) {
			d.do(client.Resume{})
		}
		if d.player.devices[0].over {
			d.drop()
			d.over = true
		}
	case d.player.wish != nil && d.player.quota > 0:
		d.do(*d.player.wish)
	case (d.player.quota <= 0 || !d.w.faulty && d.chance(0.3)) && !d.w.needed():
		d.player.done = true
	case d.chance(0.7):
		d.do(games[d.kind()])
	case d.chance(0.5) && len(d.w.tables) > 0:
		d.do(client.Enter{Code: d.w.tables[d.rand.IntN(len(d.w.tables))]})
	default:
		g := games[d.kind()]
		d.do(client.Open{Variant: g.Variant, Time: g.Time, Private: d.chance(0.5)})
	}
}

// kind is mostly the first.
func (d *device) kind() int {
	if d.chance(0.6) {
		return 0
	}
	return d.rand.IntN(len(games))
}

// act does something at a table.
func (d *device) act(t *client.Table) {
	switch {
	case t == nil:
		return
	case t.Seat == client.NoSeat: // it was given up while this device was away
		d.do(client.Leave{Table: t.ID})
	case d.chance(0.03):
		d.do(client.Say{Table: t.ID, Text: d.line()})
	case t.Number == 0:
		if d.player.wish == nil && (!d.w.faulty && d.chance(0.1) || d.chance(0.005)) {
			d.do(client.Leave{Table: t.ID})
		}
	case !t.Running():
		d.afterGame(t)
	case t.CanClaim(d.w.clock()):
		d.do(client.Claim{Table: t.ID, What: client.ClaimWinAbsent})
	case t.Player(t.Seat.Other()).Offer != 0:
		verdict := client.Decline
		if d.chance(0.3) {
			verdict = client.Accept
		}
		d.do(client.Reply{Table: t.ID, What: t.Player(t.Seat.Other()).Offer, Verdict: verdict})
	case d.chance(0.01):
		d.do(client.Propose{Table: t.ID, What: client.DrawOffer})
	case d.chance(0.01):
		d.do(client.Propose{Table: t.ID, What: client.TakebackOffer})
	case d.chance(0.002), len(t.Moves) > 30:
		d.do(client.Resign{Table: t.ID})
	case t.MyTurn():
		d.do(t.Play(d.choose(t)))
	}
}

// afterGame asks for another game, or leaves.
func (d *device) afterGame(t *client.Table) {
	opponent := t.Player(t.Seat.Other())
	switch {
	case opponent.Offer == client.RematchOffer && d.player.quota > 0 && d.w.faulty:
		d.player.quota--
		d.do(client.Reply{Table: t.ID, What: client.RematchOffer, Verdict: client.Accept})
	case d.player.quota > 0 && opponent.Here && !opponent.Away && d.w.faulty && d.chance(0.3):
		d.do(client.Propose{Table: t.ID, What: client.RematchOffer})
	case d.chance(0.3):
		d.do(client.Leave{Table: t.ID})
	}
}

// choose picks a move: five in a row of one's own where that wins, else anything legal; and
// sometimes what is not.
func (d *device) choose(t *client.Table) rules.Move {
	if d.chance(0.03) {
		return rules.Move{To: rules.Point{Col: 7, Row: 7}}
	}
	if t.Variant.Rules == rules.Freestyle && !d.chance(0.1) {
		taken := map[rules.Point]bool{}
		for _, m := range t.Moves {
			taken[m.Move.To] = true
		}
		for col := uint8(3); col < 12; col++ {
			if p := (rules.Point{Col: col, Row: uint8(4 * t.Seat)}); !taken[p] {
				return rules.Move{To: p}
			}
		}
	}
	legal := t.Position.Legal(nil)
	return legal[d.rand.IntN(len(legal))]
}

// needed reports whether players must go on looking for a game: none has been played yet, and there are two
// who still can. Every run shall have one.
func (w *world) needed() bool {
	if w.result.Games > 0 {
		return false
	}
	able := map[*player]bool{}
	for _, d := range w.devices {
		if p := d.player; p.plays() && !p.gone && !p.done {
			able[p] = true
		}
	}
	return len(able) >= 2
}

// settled reports whether no player wants anything more.
func (w *world) settled() bool {
	for _, d := range w.devices {
		if !d.over && d.player.quota >= 0 && d.player.plays() {
			return false
		}
	}
	return true
}
