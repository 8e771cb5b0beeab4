package table

import "hansu/rules"

// What happens at a table because time has passed, not because anyone asked.

// grace lets players be without a connection until at: the server was just started.
func (t *Table) grace(at rules.Millis) { t.awol, t.published = at, t.seq }

// expire makes records of what has become due, before anything else is decided.
func (d *decision) expire() {
	t, now := d.t, d.now.Service
	if t.phase == Shut || t.seq == 0 {
		return
	}
	if t.awol != 0 && now >= t.awol {
		t.awol = 0
		for s := Seat(1); s <= 2; s++ {
			if p := t.place(s); p.taken && p.present == 0 && !p.away {
				d.emit(Away{Seat: s, Grace: t.set.Grace})
			}
		}
		d.commit(Author{})
	}
	switch {
	case t.phase == Playing:
		d.expireGame()
	default:
		for s := Seat(1); s <= 2 && t.phase != Shut; s++ {
			if p := t.place(s); p.taken && p.away && now >= p.since+t.set.Grace {
				d.emit(Left{s})
				d.commit(Author{})
			}
		}
	}
	t.deadline = t.nextDeadline(d.core.cfg)
	d.core.queue(t)
}

func (d *decision) expireGame() {
	t, now := d.t, d.now.Service
	if loser := t.clock.Flagged(now); loser != rules.NoPlayer {
		winner := loser.Other()
		if t.game.CanWin(winner) {
			d.end(t.seat(winner), rules.Flag)
		} else {
			d.end(0, rules.FlagDraw)
		}
		d.commit(Author{})
		return
	}
	if at, ok := t.abandonAt(d.core.cfg); ok && now >= at {
		d.end(0, rules.Aborted)
		d.commit(Author{})
	}
}

// abandonAt says when a game that nobody's clock will end is called off.
func (t *Table) abandonAt(cfg Config) (rules.Millis, bool) {
	a, b := &t.places[0], &t.places[1]
	if t.phase != Playing || t.set.Time.Timing != rules.Untimed || !a.away || !b.away || cfg.Abandon == 0 {
		return 0, false
	}
	return max(a.since, b.since) + cfg.Abandon, true
}

// nextDeadline says when the table must be looked at although no command comes; 0: never.
func (t *Table) nextDeadline(cfg Config) rules.Millis {
	var at rules.Millis
	earlier := func(x rules.Millis) {
		if at == 0 || x < at {
			at = x
		}
	}
	if t.phase == Shut {
		return 0
	}
	if t.awol != 0 {
		earlier(t.awol)
	}
	if t.phase == Playing {
		if x, ok := t.clock.Deadline(); ok {
			earlier(x)
		}
		if x, ok := t.abandonAt(cfg); ok {
			earlier(x)
		}
		return at
	}
	for i := range t.places {
		if p := &t.places[i]; p.taken && p.away {
			earlier(p.since + t.set.Grace)
		}
	}
	return at
}
