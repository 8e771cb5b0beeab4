package rules

import (
	"math/rand/v2"
	"testing"
)

// step is one event at a clock, and what the clock must say right after it.
type step struct {
	at   Millis
	do   string // "start", "press", "turn", "stop", or "" to look only
	next Player
	// want is what First has at that time, flag who has lost on time.
	want TimeLeft
	flag Player
}

const (
	sec  = millisSecond
	mins = millisMinute
)

// clockTables play one clock a case. First runs from 0 in all of them; times are
// offsets from there.
var clockTables = []struct {
	name, control string
	steps         []step
}{
	{"untimed never flags", "none", []step{
		{400 * millisDay, "", 0, TimeLeft{}, NoPlayer},
		{400 * millisDay, "press", Second, TimeLeft{}, NoPlayer},
	}},
	{"Fischer adds after the move", "5+3", []step{
		{0, "", 0, TimeLeft{Main: 5 * mins}, NoPlayer},
		{10 * sec, "", 0, TimeLeft{Main: 290 * sec}, NoPlayer},
		{10 * sec, "press", Second, TimeLeft{Main: 293 * sec}, NoPlayer},
		{60 * sec, "press", First, TimeLeft{Main: 293 * sec}, NoPlayer},
		{61 * sec, "", 0, TimeLeft{Main: 292 * sec}, NoPlayer},
	}},
	{"Fischer: a move one millisecond before the flag counts", "5", []step{
		{5*mins - 1, "press", Second, TimeLeft{Main: 1}, NoPlayer},
	}},
	{"Fischer: a move at the deadline is too late and gets no increment", "5+3", []step{
		{5 * mins, "press", Second, TimeLeft{}, First},
		{6 * mins, "press", First, TimeLeft{}, First},
	}},
	{"Fischer without main time starts with one increment", "0+3", []step{
		{2 * sec, "press", Second, TimeLeft{Main: 4 * sec}, NoPlayer},
	}},
	{"Fischer never passes the bound", "43200+86400", []step{
		{1, "press", Second, TimeLeft{Main: MaxMain}, NoPlayer},
	}},
	{"delay: a quick move costs nothing", "1d3", []step{
		{2 * sec, "", 0, TimeLeft{Main: mins, Extra: sec}, NoPlayer},
		{2 * sec, "press", Second, TimeLeft{Main: mins, Extra: 3 * sec}, NoPlayer},
	}},
	{"delay: what is over the delay costs", "1d3", []step{
		{5 * sec, "press", Second, TimeLeft{Main: 58 * sec, Extra: 3 * sec}, NoPlayer},
	}},
	{"delay: the flag falls when both are gone", "1d3", []step{
		{63*sec - 1, "", 0, TimeLeft{Main: 1}, NoPlayer},
		{63 * sec, "", 0, TimeLeft{}, First},
	}},
	{"byo-yomi: main time first", "1m+3x30s", []step{
		{59 * sec, "press", Second, TimeLeft{sec, 30 * sec, 3, 0}, NoPlayer},
		{70 * sec, "press", First, TimeLeft{sec, 30 * sec, 3, 0}, NoPlayer},
		{71 * sec, "", 0, TimeLeft{0, 30 * sec, 3, 0}, NoPlayer},
		{72 * sec, "press", Second, TimeLeft{0, 30 * sec, 3, 0}, NoPlayer},
	}},
	{"byo-yomi: a period in which one moved is kept", "0m+3x30s", []step{
		{30*sec - 1, "", 0, TimeLeft{0, 1, 3, 0}, NoPlayer},
		{30*sec - 1, "press", Second, TimeLeft{0, 30 * sec, 3, 0}, NoPlayer},
	}},
	{"byo-yomi: a period used to its end is gone", "0m+3x30s", []step{
		{30 * sec, "", 0, TimeLeft{0, 30 * sec, 2, 0}, NoPlayer},
		{30 * sec, "press", Second, TimeLeft{0, 30 * sec, 2, 0}, NoPlayer},
	}},
	{"byo-yomi: two periods in one move", "1m+3x30s", []step{
		{60*sec + 65*sec, "", 0, TimeLeft{0, 25 * sec, 1, 0}, NoPlayer},
		{60*sec + 65*sec, "press", Second, TimeLeft{0, 30 * sec, 1, 0}, NoPlayer},
	}},
	{"byo-yomi: the flag falls after the last period", "1m+3x30s", []step{
		{150*sec - 1, "", 0, TimeLeft{0, 1, 1, 0}, NoPlayer},
		{150 * sec, "", 0, TimeLeft{}, First},
		{151 * sec, "press", Second, TimeLeft{}, First},
	}},
	{"byo-yomi: stopping does not renew the period", "0m+3x30s", []step{
		{20 * sec, "stop", 0, TimeLeft{0, 10 * sec, 3, 0}, NoPlayer},
		{90 * sec, "", 0, TimeLeft{0, 10 * sec, 3, 0}, NoPlayer},
		{100 * sec, "start", First, TimeLeft{0, 10 * sec, 3, 0}, NoPlayer},
		{110 * sec, "", 0, TimeLeft{0, 30 * sec, 2, 0}, NoPlayer},
	}},
	{"Canadian: moves in main time do not count", "1m+2/5m", []step{
		{59 * sec, "press", Second, TimeLeft{sec, 5 * mins, 0, 2}, NoPlayer},
	}},
	{"Canadian: the last move of a period refills it", "0m+2/5m", []step{
		{1 * mins, "press", Second, TimeLeft{0, 4 * mins, 0, 1}, NoPlayer},
		{2 * mins, "press", First, TimeLeft{0, 4 * mins, 0, 1}, NoPlayer},
		{6*mins - 1, "press", Second, TimeLeft{0, 5 * mins, 0, 2}, NoPlayer},
	}},
	{"Canadian: the move that begins overtime counts in it", "1m+2/5m", []step{
		{90 * sec, "press", Second, TimeLeft{0, 270 * sec, 0, 1}, NoPlayer},
	}},
	{"Canadian: the flag falls at the period's end", "1m+2/5m", []step{
		{6*mins - 1, "", 0, TimeLeft{0, 1, 0, 2}, NoPlayer},
		{6 * mins, "", 0, TimeLeft{}, First},
	}},
	{"per move: nothing is kept", "30s/move", []step{
		{29 * sec, "", 0, TimeLeft{Extra: sec}, NoPlayer},
		{29 * sec, "press", Second, TimeLeft{Extra: 30 * sec}, NoPlayer},
		{59*sec - 1, "press", First, TimeLeft{Extra: 30 * sec}, NoPlayer},
		{89*sec - 1, "", 0, TimeLeft{}, First},
	}},
	{"correspondence", "3d/move", []step{
		{2 * millisDay, "press", Second, TimeLeft{Extra: 3 * millisDay}, NoPlayer},
		{5 * millisDay, "", 0, TimeLeft{Extra: 3 * millisDay}, Second},
	}},
	{"the same player goes on without increment", "5+3", []step{
		{10 * sec, "press", First, TimeLeft{Main: 290 * sec}, NoPlayer},
		{20 * sec, "press", Second, TimeLeft{Main: 283 * sec}, NoPlayer},
	}},
	{"a turn handed over without a move adds nothing", "5+3", []step{
		{10 * sec, "turn", Second, TimeLeft{Main: 290 * sec}, NoPlayer},
		{20 * sec, "turn", First, TimeLeft{Main: 290 * sec}, NoPlayer},
		{30 * sec, "", 0, TimeLeft{Main: 280 * sec}, NoPlayer},
	}},
	{"the last move stops the clock and counts", "5+3", []step{
		{10 * sec, "press", NoPlayer, TimeLeft{Main: 293 * sec}, NoPlayer},
		{60 * mins, "", 0, TimeLeft{Main: 293 * sec}, NoPlayer},
	}},
	{"time that goes back counts as none, and not twice", "5", []step{
		{10 * sec, "press", Second, TimeLeft{Main: 290 * sec}, NoPlayer},
		{5 * sec, "press", First, TimeLeft{Main: 290 * sec}, NoPlayer},
		{10 * sec, "", 0, TimeLeft{Main: 290 * sec}, NoPlayer},
		{11 * sec, "", 0, TimeLeft{Main: 289 * sec}, NoPlayer},
	}},
	{"a flag that fell before the clock was stopped stays down", "5+3", []step{
		{6 * mins, "stop", NoPlayer, TimeLeft{}, First},
		{7 * mins, "start", Second, TimeLeft{}, First},
		{60 * mins, "", 0, TimeLeft{}, First},
	}},
}

func (s step) apply(c Clock, zero Millis) Clock {
	switch at := zero + s.at; s.do {
	case "start":
		return c.Start(s.next, at)
	case "press":
		return c.Press(s.next, at)
	case "turn":
		return c.Turn(s.next, at)
	case "stop":
		return c.Stop(at)
	}
	return c
}

func TestClock(t *testing.T) {
	for _, c := range clockTables {
		t.Run(c.name, func(t *testing.T) {
			tc, err := ParseTimeControl(c.control)
			if err != nil {
				t.Fatal(err)
			}
			// Where zero lies must not matter.
			for _, zero := range []Millis{0, -7 * millisHour, 1_760_000_000_000} {
				clock := NewClock(tc).Start(First, zero)
				for i, s := range c.steps {
					clock = s.apply(clock, zero)
					at := zero + s.at
					if got := clock.Left(First, at); got != s.want {
						t.Errorf("step %d: First has %+v, want %+v", i, got, s.want)
					}
					if got := clock.Flagged(at); got != s.flag {
						t.Errorf("step %d: flag of %v, want %v", i, got, s.flag)
					}
				}
			}
		})
	}
}

func TestClockRuns(t *testing.T) {
	tc := TimeControl{Timing: Fischer, Main: mins}
	c := NewClock(tc)
	if c.Running() != NoPlayer || c.Control() != tc {
		t.Fatalf("a new clock runs for %v by %v", c.Running(), c.Control())
	}
	if _, ok := c.Deadline(); ok {
		t.Error("a stopped clock has a deadline")
	}
	if got := c.Press(Second, 5); got.Running() != Second {
		t.Errorf("press on a stopped clock: %v runs, want second", got.Running())
	}
	c = c.Start(Second, 100)
	if d, ok := c.Deadline(); c.Running() != Second || !ok || d != 100+mins {
		t.Errorf("%v runs with deadline %v, %v", c.Running(), d, ok)
	}
	if got := c.Stop(200); got.Running() != NoPlayer || got.Stop(300) != got {
		t.Error("Stop does not stop, or not only once")
	}
	if d, ok := NewClock(TimeControl{}).Start(First, 0).Deadline(); ok {
		t.Errorf("no time control, but deadline %v", d)
	}
	if flagged := c.Press(First, 100+mins); flagged.Running() != NoPlayer {
		t.Error("the clock runs on after a flag has fallen")
	}
	if c.Left(NoPlayer, 100) != (TimeLeft{}) || c.Left(Player(9), 100) != (TimeLeft{}) {
		t.Error("one who does not play has time")
	}
}

// A clock restored from what was stored goes on as if nothing had happened.
func TestRestoreClock(t *testing.T) {
	for _, c := range clockTables {
		tc, _ := ParseTimeControl(c.control)
		whole := NewClock(tc).Start(First, 0)
		for _, s := range c.steps {
			whole = s.apply(whole, 0)
			at := s.at
			again := RestoreClock(tc, [2]TimeLeft{whole.Left(First, at), whole.Left(Second, at)}).Start(whole.Running(), at)
			if settled := whole.Turn(whole.Running(), at); at >= whole.since && again != settled {
				t.Errorf("%s: restored %+v, want %+v", c.name, again, settled)
			}
		}
	}
}

// randomControl returns a control that has passed Check, small enough that a few
// steps use it up.
func randomControl(r *rand.Rand) TimeControl {
	for {
		tc := TimeControl{
			Timing:  Timing(r.IntN(int(Correspondence) + 1)),
			Main:    Millis(r.IntN(3)) * Millis(r.IntN(5000)),
			Extra:   Millis(r.IntN(3000)),
			Periods: uint8(r.IntN(5)),
			Stones:  uint8(r.IntN(5)),
		}
		switch tc.Timing {
		case Untimed:
			tc = TimeControl{}
		case Fischer, Delay:
			tc.Periods, tc.Stones = 0, 0
		case Byoyomi:
			tc.Stones = 0
		case Canadian:
			tc.Periods = 0
		case PerMove:
			tc.Main, tc.Periods, tc.Stones = 0, 0, 0
		case Correspondence:
			tc = TimeControl{Timing: Correspondence, Extra: Millis(1+r.IntN(30)) * millisDay}
		}
		if tc.Check() == nil {
			return tc
		}
	}
}

// TestClockProperties plays random clocks: times are never negative and never over
// what Check bounds, never grow while they run, the other player's time stands, and
// Deadline agrees with Flagged to the millisecond.
func TestClockProperties(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		tc := randomControl(r)
		c := NewClock(tc)
		now := Millis(r.IntN(1000))
		for range 40 {
			checkClockAt(t, c, now, r)
			if t.Failed() {
				t.Fatalf("seed %d, %v, %+v at %d", seed, tc, c, now)
			}
			next := Player(r.IntN(3))
			switch r.IntN(6) {
			case 0:
				c = c.Stop(now)
			case 1:
				c = c.Turn(next, now)
			case 2:
				c = c.Start(next, now)
			default:
				c = c.Press(next, now)
			}
			now += Millis(r.IntN(2500)) - 50
		}
	}
}

func checkClockAt(t *testing.T, c Clock, now Millis, r *rand.Rand) {
	t.Helper()
	tc, later := c.Control(), now+Millis(r.IntN(4000))
	for p := First; p <= Second; p++ {
		a, b := c.Left(p, now), c.Left(p, later)
		if min(a.Main, a.Extra, b.Main, b.Extra) < 0 || max(a.Main, a.Extra) > MaxMain {
			t.Errorf("%v has %+v, then %+v", p, a, b)
		}
		if tc.Total(b) > tc.Total(a) || p != c.Running() && a != b {
			t.Errorf("%v (%v runs) has %+v, later %+v", p, c.Running(), a, b)
		}
		used := later - max(now, c.since)
		if p == c.Running() && tc.Timing != Untimed && used >= 0 && tc.Total(b) != max(0, tc.Total(a)-used) {
			t.Errorf("%v has %+v, %d ms later %+v", p, a, used, b)
		}
	}
	if d, ok := c.Deadline(); ok {
		if c.Flagged(d-1) != NoPlayer || c.Flagged(d) != c.Running() {
			t.Errorf("deadline %d: flag of %v before it, %v at it", d, c.Flagged(d-1), c.Flagged(d))
		}
	} else if c.Flagged(now) != c.Flagged(now+400*millisDay) {
		t.Error("a flag falls on a clock without deadline")
	}
}
