package rules

// Millis is a point in time or a span of it, in milliseconds. Where zero lies is the
// caller's affair: rules never reads a clock.
type Millis int64

// Timing is how a clock counts.
type Timing uint8

// The timings. The numbers are stable: they are stored and sent.
const (
	Untimed        Timing = iota // no clock
	Fischer                      // Extra is added after each move
	Delay                        // Bronstein: the first Extra of each move costs nothing (FIDE 6.3.2)
	Byoyomi                      // after Main: Periods of Extra; a period not used up is kept
	Canadian                     // after Main: Stones moves in each Extra
	PerMove                      // Extra for each move, nothing kept
	Correspondence               // Extra for each move, counted in days
)

// TimeControl is a clock's setting. The zero value is no clock.
type TimeControl struct {
	Timing  Timing
	Periods uint8  // Byoyomi
	Stones  uint8  // Canadian
	Main    Millis // each player's main time
	Extra   Millis // increment, delay, period or time a move
}

// TimeLeft is what a player has on the clock.
type TimeLeft struct {
	Main    Millis // of the main time; 0 once in overtime
	Extra   Millis // of the present period (Byoyomi, Canadian, PerMove, Correspondence); of the move's delay (Delay)
	Periods uint8  // periods left, the present one included (Byoyomi)
	Stones  uint8  // moves still to make in the present period (Canadian)
}

// Clock is both players' time in one game: a value that is handed the time and
// never reads it. At most one player's time runs. A span of time is half open: who
// has 30 seconds may act up to 29.999; at 30 the period is used up, or the flag has
// fallen. Once a flag has fallen the clock no longer runs and nothing adds to it.
//
// The zero value is a stopped clock without time control. Clocks are comparable.
type Clock struct {
	control TimeControl
	left    [2]TimeLeft // as of since for the player who runs
	since   Millis      // the time used before it has been counted; 0 if nobody runs
	running Player
}

// NewClock returns a stopped clock with both players' full time. tc must have passed
// Check. Fischer without main time starts with one increment, or nobody could move.
func NewClock(tc TimeControl) Clock {
	full := TimeLeft{Main: tc.Main, Extra: tc.Extra, Periods: tc.Periods, Stones: tc.Stones}
	if tc.Timing == Fischer {
		full.Extra = 0
		if full.Main == 0 {
			full.Main = tc.Extra
		}
	}
	return RestoreClock(tc, [2]TimeLeft{full, full})
}

// RestoreClock returns a stopped clock on which players First and Second have what
// an earlier clock's Left said.
func RestoreClock(tc TimeControl, left [2]TimeLeft) Clock {
	return Clock{control: tc, left: left}
}

// Control returns the setting the clock counts by.
func (c Clock) Control() TimeControl { return c.control }

// Running returns whose time runs, or NoPlayer.
func (c Clock) Running() Player { return c.running }

// Start lets p's time run from now on. It is Turn under the name that a game's
// beginning, or its going on after Stop, has.
func (c Clock) Start(p Player, now Millis) Clock { return c.Turn(p, now) }

// Stop counts the running player's time up to now and stops the clock. Nothing is
// added; Start goes on in the same period.
func (c Clock) Stop(now Millis) Clock { return c.Turn(NoPlayer, now) }

// Turn hands over to next without a move, as after a take-back: the running
// player's time is counted up to now and nothing is added. NoPlayer stops the clock.
func (c Clock) Turn(next Player, now Millis) Clock {
	if c.running != NoPlayer {
		now = max(now, c.since) // else the time after now would be counted twice
		c.left[c.running-First] = c.Left(c.running, now)
	}
	c.running, c.since = NoPlayer, 0
	if next != NoPlayer && c.Flagged(now) == NoPlayer {
		c.running, c.since = next, now
	}
	return c
}

// Press says that the running player has acted: his time is counted up to now, he
// gets what the time control gives for a move, and next's time runs. If next is the
// same player, his time goes on running and nothing is given; NoPlayer stops the
// clock. A player whose flag has fallen by now gets nothing, and the clock stops.
func (c Clock) Press(next Player, now Millis) Clock {
	p := c.running
	c = c.Turn(next, now)
	if p == NoPlayer || p == next || c.Flagged(now) != NoPlayer {
		return c
	}
	c.left[p-First] = c.control.moved(c.left[p-First])
	return c
}

// Left returns what p has at now. Times are never negative; all is zero when the
// flag has fallen, and without time control.
func (c Clock) Left(p Player, now Millis) TimeLeft {
	if p != First && p != Second {
		return TimeLeft{}
	}
	left := c.left[p-First]
	if p != c.running || now <= c.since {
		return left
	}
	return c.control.spent(left, now-c.since)
}

// Deadline returns when the running player's flag falls for good, all periods gone,
// if he does not act; false if nobody's time runs or there is no time control.
func (c Clock) Deadline() (Millis, bool) {
	if c.running == NoPlayer || c.control.Timing == Untimed {
		return 0, false
	}
	return c.since + c.control.Total(c.left[c.running-First]), true
}

// Flagged returns whose flag has fallen by now, or NoPlayer.
func (c Clock) Flagged(now Millis) Player {
	if c.control.Timing == Untimed {
		return NoPlayer
	}
	for p := First; p <= Second; p++ {
		if c.control.Total(c.Left(p, now)) == 0 {
			return p
		}
	}
	return NoPlayer
}

// Total returns how long a player with left can think about one move before the
// flag falls. Without time control it is 0.
func (tc TimeControl) Total(left TimeLeft) Millis {
	total := left.Main + left.Extra
	if tc.Timing == Byoyomi && left.Periods > 1 {
		total += Millis(left.Periods-1) * tc.Extra
	}
	return total
}

// spent returns left after used (> 0) of thinking.
func (tc TimeControl) spent(left TimeLeft, used Millis) TimeLeft {
	if tc.Timing == Untimed || used >= tc.Total(left) {
		return TimeLeft{}
	}
	if tc.Timing == Delay {
		free := min(used, left.Extra)
		left.Extra -= free
		left.Main -= used - free
		return left
	}
	main := min(used, left.Main)
	left.Main -= main
	used -= main
	for used >= left.Extra && left.Periods > 1 { // at most 254 times
		used -= left.Extra
		left.Extra = tc.Extra
		left.Periods--
	}
	left.Extra -= used
	return left
}

// moved returns left with what the time control gives for a move in time.
func (tc TimeControl) moved(left TimeLeft) TimeLeft {
	switch tc.Timing {
	case Fischer:
		// The bound of Check holds for a running clock too: what is stored and sent
		// has a known width.
		left.Main = min(left.Main+tc.Extra, MaxMain)
	case Delay, Byoyomi, PerMove, Correspondence:
		left.Extra = tc.Extra
	case Canadian:
		if left.Main > 0 {
			break
		}
		left.Stones--
		if left.Stones == 0 {
			left.Extra, left.Stones = tc.Extra, tc.Stones
		}
	}
	return left
}
