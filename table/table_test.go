package table

import (
	"reflect"
	"strings"
	"testing"

	"hansu/rules"
	"hansu/store"
)

func TestGameToFive(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	if a.seats[0].Seat != 1 || b.seats[0].Seat != 2 {
		t.Fatalf("seats %v %v", a.seats, b.seats)
	}
	for i, m := range strings.Fields("h8 a1 i8 a2 j8 a3 k8 a4") {
		[]*client{a, b}[i%2].must(stone(m))
	}
	a.must(stone("l8"))
	if got, want := a.last(), "11:[Moved Ended]"; got != want {
		t.Fatalf("heard %q, want %q: the move and the end are one record", got, want)
	}
	if !reflect.DeepEqual(a.heard, append([]string{"1:[Opened Seated]"}, b.heard[1:]...)) {
		t.Fatalf("the players heard different things:\n%v\n%v", a.heard, b.heard)
	}
	if len(h.arch) != 1 || h.arch[0].Outcome != (rules.Outcome{Reason: rules.Five, Winner: rules.First}) || h.arch[0].Plies != 9 {
		t.Fatalf("archive %+v", h.arch)
	}
	a.refused(stone("a9"), NoGame)
}

// TestRefusals: what is refused leaves no record and changes nothing.
func TestRefusals(t *testing.T) {
	h := newHarness(t)
	a := h.client(1, 1)
	a.must(Create{Setting: omokFree, Name: "one"})
	a.refused(stone("h8"), NotStarted)
	a.refused(Resign{}, NotStarted)
	a.refused(Sit{Name: "one"}, OwnTable)
	a.refused(Propose{Rematch}, GameOn)
	b, c := h.client(2, 1), h.client(3, 1)
	b.must(Sit{Name: "two"})
	before := len(h.log[1])
	c.refused(Sit{Name: "three"}, Taken)
	c.refused(stone("h8"), NotSeated)
	c.refused(Resign{}, NotSeated)
	c.refused(Say{"hello"}, NotSeated)
	b.refused(stone("h8"), NotYourTurn)
	a.refused(Propose{TakeBack}, NotPossible)
	a.refused(Propose{9}, NotPossible)
	a.refused(Answering{Draw, Accept}, NoProposal)
	a.refused(Claiming{What: ClaimDraw}, NoClaim)
	a.refused(Claiming{What: ClaimWin}, NoClaim)
	a.refused(Claiming{What: 77}, NoClaim)
	m := stone("h8")
	m.Ply = 1
	a.refused(m, OtherPly)
	m = stone("h8")
	m.Game = 2
	a.refused(m, OtherPly)
	if len(h.log[1]) != before {
		t.Fatalf("refusals made %d records", len(h.log[1])-before)
	}
	a.must(stone("h8"))
	b.refused(stone("h8"), IllegalMove)
	if p := b.answers[len(b.answers)-1].Problem; p != rules.Occupied {
		t.Fatalf("problem %v", p)
	}
	stranger := h.client(9, 77)
	stranger.refused(stone("h8"), NoTable)
}

// TestIdempotence: a command sent again has the same answer and no second effect, also
// after a restart, and also one that was refused.
func TestIdempotence(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	a.must(stone("h8"))
	first := a.answers[len(a.answers)-1]
	refused := b.does(stone("h8"))
	records := len(h.log[1])
	again := func(c *client, do Action, number uint32) Answer {
		h.do(c.again(do, number))
		return c.answers[len(c.answers)-1]
	}
	if got := again(a, stone("h8"), first.Number); got != first {
		t.Errorf("again: %+v, first %+v", got, first)
	}
	a.must(Say{"now black is not on move"})
	b.must(stone("i8"))
	if got := again(b, stone("h8"), refused.Number); got.Refusal != refused.Refusal || got.Problem != refused.Problem {
		t.Errorf("refused again: %+v, first %+v", got, refused)
	}
	h.restart()
	h.do(a.cmd(Attach{Seen: uint32(records)}))
	if got := again(a, stone("h8"), first.Number); got.Record != first.Record || got.Refusal != Accepted {
		t.Errorf("after the restart: %+v, first %+v", got, first)
	}
	if got := len(h.log[1]); got != records+2 {
		t.Errorf("%d records, want %d", got, records+2)
	}
	for i := 0; i < recentKept+3; i++ {
		a.must(Say{"…"})
	}
	if got := again(a, stone("h8"), first.Number); got.Refusal != Stale {
		t.Errorf("long past: %+v", got)
	}
}

// TestIdempotenceOfTwoPrograms: what a program has been told is not forgotten for what another one at the
// same seat does meanwhile.
func TestIdempotenceOfTwoPrograms(t *testing.T) {
	h := newHarness(t)
	a, _ := h.table(omokFree)
	a.must(Say{"from the phone"})
	first := a.answers[len(a.answers)-1]
	for number := range uint32(recentMost) {
		desk := a.again(Say{"from the desk"}, number+1)
		desk.Instance = 1000 + number/(2*recentKept) // a new one now and then
		h.do(desk)
	}
	records := len(h.log[1])
	h.do(a.again(Say{"from the phone"}, first.Number))
	if got := a.answers[len(a.answers)-1]; got != first {
		t.Errorf("again: %+v, first %+v", got, first)
	}
	if len(h.log[1]) != records {
		t.Error("said twice")
	}
}

// TestSeatAgain: the answer to Create or Sit may be lost with its connection; sent again
// on another one it brings the player to the seat.
func TestSeatAgain(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	for i, c := range []*client{a, b} {
		back := h.client(c.key[0], 1)
		do := []Action{Create{Setting: omokFree, Name: "one"}, Sit{Name: "two"}}[i]
		h.do(back.again(do, 1))
		if len(back.seats) != 1 || back.seats[0].Seat != Seat(i+1) || len(back.heard) != 2 {
			t.Fatalf("seat %d: %+v %v", i+1, back.seats, back.heard)
		}
	}
	if len(h.log[1]) != 2 {
		t.Fatalf("%d records", len(h.log[1]))
	}
}

func TestResumeIsGapFree(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	for i, m := range strings.Fields("h8 a1 i8 a2 j8") {
		[]*client{a, b}[i%2].must(stone(m))
	}
	for seen, n := 0, len(h.log[1]); seen <= n; seen++ {
		w := h.client(9, 1)
		h.do(w.cmd(Attach{Seen: uint32(seen)}), b.cmd(Say{"in the same batch"}))
		want := len(h.log[1]) - seen
		if len(w.heard) != want {
			t.Fatalf("seen %d: heard %v", seen, w.heard)
		}
		for i, r := range w.heard {
			if !strings.HasPrefix(r, itoa(seen+i+1)+":") {
				t.Fatalf("seen %d: heard %v", seen, w.heard)
			}
		}
		h.do(w.cmd(Detach{}))
	}
}

func itoa(n int) string {
	if n >= 10 {
		return itoa(n/10) + string(rune('0'+n%10))
	}
	return string(rune('0' + n))
}

// TestOneBatch: what happens before a viewer comes or after it goes in the same batch is
// delivered exactly once, or not at all.
func TestOneBatch(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	w, gone := h.client(8, 1), h.client(9, 1)
	h.do(gone.cmd(Attach{Seen: 2}))
	h.do(a.cmd(stone("h8")), w.cmd(Attach{}), b.cmd(stone("a1")), gone.cmd(Detach{}), a.cmd(stone("i8")))
	if got, want := strings.Join(w.heard, " "), "1:[Opened Seated] 2:[Seated Started] 3:[Moved] 4:[Moved] 5:[Moved]"; got != want {
		t.Errorf("newcomer heard %s", got)
	}
	if got, want := strings.Join(gone.heard, " "), "3:[Moved] 4:[Moved]"; got != want {
		t.Errorf("leaver heard %s", got)
	}
	if n := len(h.live().viewers); n != 3 {
		t.Errorf("%d viewers", n)
	}
}

func TestOffers(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	a.must(stone("h8"))
	a.must(Propose{Draw})
	a.refused(Propose{Draw}, AlreadyOffered)
	b.must(Answering{Draw, Decline})
	a.refused(Propose{Draw}, AlreadyOffered) // once between two own moves
	b.must(stone("a1"))
	a.must(stone("i8"))
	a.must(Propose{Draw})
	b.must(stone("a2")) // moving on is declining
	b.refused(Answering{Draw, Accept}, NoProposal)
	b.must(Propose{TakeBack})
	a.must(Answering{TakeBack, Accept})
	if n := len(h.live().moves); n != 3 || h.live().turn() != 2 {
		t.Fatalf("%d moves, turn %d", n, h.live().turn())
	}
	a.must(Propose{TakeBack}) // undoes one's own last move
	b.must(Answering{TakeBack, Accept})
	if n := len(h.live().moves); n != 2 || h.live().turn() != 1 {
		t.Fatalf("%d moves, turn %d", n, h.live().turn())
	}
	a.must(Propose{TakeBack}) // undoes the opponent's reply too
	b.must(Answering{TakeBack, Accept})
	if n := len(h.live().moves); n != 0 || h.live().turn() != 1 {
		t.Fatalf("%d moves, turn %d", n, h.live().turn())
	}
	a.must(stone("c3"))
	a.must(Propose{Draw})
	a.must(Answering{Draw, Withdraw})
	b.refused(Answering{Draw, Accept}, NoProposal)
	b.must(Propose{Draw})
	a.must(Propose{Draw}) // both want it
	if h.live().phase != Between || h.outcome().Reason != rules.Agreement || h.outcome().Winner != 0 {
		t.Fatalf("%+v", h.outcome())
	}
}

// TestOneOfferAtATime: a newer offer takes the place of one that stands, and all see that.
func TestOneOfferAtATime(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	a.must(stone("h8"))
	a.must(Propose{Draw})
	a.must(Propose{TakeBack})
	if b.last() != "5:[Replied Proposed]" {
		t.Fatal(b.heard)
	}
	b.refused(Answering{Draw, Accept}, NoProposal)
	b.must(Answering{TakeBack, Accept})
}

func TestRematchSwapsSides(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	a.must(Resign{})
	b.must(Propose{Rematch})
	a.must(Answering{Rematch, Accept})
	if h.live().gameNo != 2 || h.live().turn() != 2 || h.live().black() != 2 {
		t.Fatalf("game %d, turn %d, black %d", h.live().gameNo, h.live().turn(), h.live().black())
	}
	a.refused(stone("h8"), NotYourTurn)
	b.must(stone("h8"))
	b.must(Resign{})
	if g := h.arch[1]; g.Names != [2]string{"two", "one"} || g.Outcome.Winner != rules.Second || g.Number != 2 {
		t.Fatalf("archive %+v", g)
	}
	a.must(Leave{})
	b.refused(Propose{Rematch}, NotPossible)
}

func TestFlag(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(with(omokFree, "1+2"))
	h.pass(30_000)
	a.must(stone("h8"))
	if got := h.live().left(h.live().clock, h.now.Service)[0].Main; got != 32_000 {
		t.Fatalf("left %d", got)
	}
	h.pass(59_999)
	if h.live().phase != Playing {
		t.Fatal("fell too early")
	}
	h.pass(1)
	if o := h.outcome(); o.Reason != rules.Flag || o.Winner != 1 {
		t.Fatalf("%+v", o)
	}
	if a.last() != "4:[Ended]" || b.last() != "4:[Ended]" {
		t.Fatalf("heard %s %s", a.last(), b.last())
	}
	b.refused(stone("i8"), NoGame)
}

// TestFlagDraw: who cannot win by any legal moves does not win on time either.
func TestFlagDraw(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(chess("1+0"))
	// White is left with a bare king: 1.e4 d5 … is long; a short way is to let Black take all
	// is not to be had in a test of the table, so the position's answer is asked for instead.
	h.live().game = bare{h.live().game}
	h.pass(60_000)
	if o := h.outcome(); o.Reason != rules.FlagDraw || o.Winner != 0 {
		t.Fatalf("%+v", o)
	}
	_, _ = a, b
}

// bare is a game that nobody can win.
type bare struct{ rules.Game }

func (bare) CanWin(rules.Player) bool { return false }

// TestMoveAtTheFlag: a move that arrives after the flag has fallen does not count, even
// if no timer has said so yet.
func TestMoveAtTheFlag(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(with(omokFree, "1+0"))
	h.now.Service += 60_000
	a.refused(stone("h8"), NoGame)
	if o := h.outcome(); o.Reason != rules.Flag || o.Winner != 2 {
		t.Fatalf("%+v", o)
	}
	if b.last() != "3:[Ended]" {
		t.Fatal(b.heard)
	}
}

func TestAwayAndClaim(t *testing.T) {
	for _, c := range []struct {
		what   ClaimKind
		winner Seat
		why    rules.Reason
	}{{ClaimWin, 1, rules.Abandoned}, {ClaimAway, 0, rules.AbandonedDraw}} {
		h := newHarness(t)
		a, b := h.table(omokFree)
		h.do(b.cmd(Detach{}))
		if a.last() != "3:[Away]" {
			t.Fatal(a.heard)
		}
		a.refused(Claiming{What: c.what}, TooEarly)
		h.pass(30_000)
		back := h.client(2, 1)
		h.do(back.cmd(Attach{Seen: 2}))
		if a.last() != "4:[Back]" || back.last() != "4:[Back]" {
			t.Fatal(a.heard, back.heard)
		}
		a.refused(Claiming{What: c.what}, NoClaim)
		h.do(back.cmd(Detach{}))
		h.pass(60_000)
		a.must(Claiming{What: c.what})
		if o := h.outcome(); o.Winner != c.winner || o.Reason != c.why {
			t.Fatalf("%+v", o)
		}
	}
}

// TestBackAfterClaim: whoever was away when the game was claimed has the grace anew to come back and ask for
// another game; only then is the seat given up.
func TestBackAfterClaim(t *testing.T) {
	for _, late := range []bool{false, true} {
		h := newHarness(t)
		a, b := h.table(omokFree)
		h.do(b.cmd(Detach{}))
		h.pass(90_000)
		a.must(Claiming{What: ClaimWin})
		h.pass(59_999)
		if late {
			h.pass(1)
		}
		back := h.client(2, 1)
		h.do(back.cmd(Attach{Seen: 3}))
		seat, want := h.live().seatOf(back.key), Seat(2)
		if late {
			want = 0
		}
		if seat != want || !strings.Contains(strings.Join(back.heard, " "), "4:[Ended]") {
			t.Fatalf("late %v: seat %d, heard %v", late, seat, back.heard)
		}
		if !late {
			back.must(Propose{What: Rematch})
		}
	}
}

// TestTwoTabs: a seat is away only when its last connection is gone.
func TestTwoTabs(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	tab := h.client(2, 1)
	h.do(tab.cmd(Attach{}))
	h.do(b.cmd(Detach{}))
	if strings.Contains(strings.Join(a.heard, ""), "Away") {
		t.Fatal(a.heard)
	}
	a.must(stone("h8"))
	tab.must(stone("i8"))
	h.do(tab.cmd(Detach{}))
	if a.last() != "5:[Away]" {
		t.Fatal(a.heard)
	}
}

func TestCorrespondenceIsNeverClaimed(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(with(omokFree, "3d/move"))
	h.do(b.cmd(Detach{}))
	h.pass(24 * 3600 * 1000)
	a.refused(Claiming{What: ClaimWin}, NoClaim)
}

// TestOpenSeatVanishes: nobody is paired with a player who has been gone for long.
func TestOpenSeatVanishes(t *testing.T) {
	h := newHarness(t)
	a := h.client(1, 1)
	a.must(Create{Setting: omokFree, Name: "one"})
	h.do(a.cmd(Detach{}))
	h.pass(60_000)
	if h.live().phase != Shut {
		t.Fatalf("phase %d", h.live().phase)
	}
	if s := h.sums[1]; s.State != store.Shut || s.Seats[0] != nil {
		t.Fatalf("%+v", s)
	}
	h.client(2, 1).refused(Sit{Name: "two"}, NoTable)
}

func TestLeaveResigns(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	b.must(Leave{})
	if b.last() != "3:[Ended Left]" || a.last() != b.last() {
		t.Fatal(a.heard, b.heard)
	}
	if o := h.outcome(); o.Winner != 1 || o.Reason != rules.Resignation {
		t.Fatalf("%+v", o)
	}
	back := h.client(2, 1) // the token has no seat any more
	h.do(back.cmd(Attach{}))
	if back.seats[0].Seat != 0 {
		t.Fatal("the seat was given up")
	}
	a.must(Leave{})
	if h.live().phase != Shut {
		t.Fatal("nobody is there")
	}
}

// TestRestart: clocks stand still while the server is down; absent players are noticed; what was
// played is there.
func TestRestart(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(with(omokFree, "5+0"))
	h.pass(10_000)
	a.must(stone("h8"))
	h.pass(20_000)
	before := h.live().left(h.live().clock, h.now.Service)
	h.now.Wall += 3_600_000 // an hour down: service time stands still
	h.restart()
	if got := h.live().left(h.live().clock, h.now.Service); got != before {
		t.Fatalf("clocks %v, before %v", got, before)
	}
	b2 := h.client(2, 1)
	h.do(b2.cmd(Attach{Seen: uint32(len(h.log[1]))}))
	h.pass(10_000)
	if b2.last() != "4:[Away]" { // a has not come back
		t.Fatal(b2.heard)
	}
	b2.number = b.number
	b2.must(stone("i8"))
	h.pass(60_000)
	b2.must(Claiming{What: ClaimWin})
}

func TestAbandonedUntimedGameIsCalledOff(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	h.do(a.cmd(Detach{}), b.cmd(Detach{}))
	h.pass(999_999)
	if h.live().phase != Playing {
		t.Fatal("too early")
	}
	h.pass(100_000)
	if h.live().phase != Shut || len(h.arch) != 0 {
		t.Fatalf("phase %d, archive %v", h.live().phase, h.arch)
	}
}

// TestSweep: a table that nobody looks at leaves memory and comes back when it is due.
func TestSweep(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(with(omokFree, "5+0"))
	h.core.Sweep(h.now.Service, 1000)
	if h.core.Len() != 1 {
		t.Fatal("swept from under its viewers")
	}
	h.do(a.cmd(Detach{}), b.cmd(Detach{}))
	h.core.Sweep(h.now.Service, 1000)
	if h.core.Len() != 0 {
		t.Fatal("not swept")
	}
	h.pass(300_000)
	if got := h.arch; len(got) != 1 || got[0].Outcome.Reason != rules.Flag {
		t.Fatalf("the flag did not fall: %+v", got)
	}
}

func TestClaimDrawWithMove(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(chess("none"))
	for i, m := range strings.Fields("g1f3 g8f6 f3g1 f6g8 g1f3 g8f6 f3g1") {
		[]*client{a, b}[i%2].must(piece(m))
	}
	b.refused(Claiming{What: ClaimDraw}, NoClaim)
	b.refused(Claiming{What: ClaimDraw, WithMove: true, Move: piece("g8h6").Move}, IllegalMove)
	b.refused(Claiming{What: ClaimDraw, WithMove: true, Move: piece("f6d5").Move}, NoClaim)
	b.must(Claiming{What: ClaimDraw, WithMove: true, Move: piece("f6g8").Move})
	if b.last() != "10:[Moved Ended]" || h.outcome().Reason != rules.Threefold {
		t.Fatal(b.last(), h.outcome())
	}
}

func TestDamagedRecordsStopOneTableOnly(t *testing.T) {
	h := newHarness(t)
	h.table(omokFree)
	recs := append([]store.Record(nil), h.log[1]...)
	recs[1].Data = append([]byte(nil), recs[1].Data...)
	recs[1].Data[0] = 99
	core := NewCore(testConfig(h))
	if err := core.Restore(1, first, recs, h.now.Service); err == nil {
		t.Fatal("no error")
	}
	h.core = core
	h.client(1, 1).refused(stone("h8"), Damaged)
}

// TestLongLog: a table's log stays short enough to be sent at once, whatever is said and played there.
func TestLongLog(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	line := strings.Repeat("가", 100)
	for h.live().seq < 10_000 {
		if got := a.does(Say{line}); got.Refusal == Full {
			break
		} else if got.Refusal != Accepted {
			t.Fatalf("refused: %v", got.Refusal)
		}
	}
	if size := len(h.live().log); size <= chatMost || size > chatMost+1000 {
		t.Fatalf("chat ends at %d bytes", size)
	}
	b.refused(Say{line}, Full)
	players := [2]*client{a, b}
	for game := 0; ; game++ { // games go on for longer
		p := players[h.live().turn()-1]
		p.must(stone("h8"))
		p.must(Resign{})
		got := a.does(Propose{Rematch})
		if got.Refusal == Full {
			b.refused(Propose{Rematch}, Full)
			break
		}
		b.must(Propose{Rematch})
		if game > 5000 {
			t.Fatal("rematches do not end")
		}
	}
	if size := len(h.live().log); size > rematchMost+1000 {
		t.Errorf("games end at %d bytes", size)
	}
}
