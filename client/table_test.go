package client

import (
	"testing"
	"time"

	"hansu/rules"
	"hansu/wire"
)

func lastTable(t *testing.T, c *Core, a *answers) *Table {
	t.Helper()
	events := receive(t, c, a)
	return events[len(events)-1].(Record).Table
}

func TestTookBack(t *testing.T) {
	c := newCore(t)
	before := lastTable(t, c, opening(t, 1).record(5, 3, stone(1, 7, 7)).record(5, 4, stone(2, 8, 8)).
		record(5, 5, &wire.Proposed{Seat: 1, What: 2}))
	if before.Player(SeatOne).Offer != TakebackOffer {
		t.Error("the offer is not there")
	}
	after := lastTable(t, c, new(answers).record(5, 6, &wire.Replied{Seat: 2, What: 2, Accept: 1},
		&wire.TookBack{Ply: 0, Next: 1, Black: 1, Left: fullClocks}))
	if len(after.Moves) != 0 || !after.MyTurn() || after.Player(SeatOne).Offer != 0 {
		t.Errorf("%+v", after)
	}
	again := lastTable(t, c, new(answers).record(5, 7, stone(1, 0, 0)).record(5, 8, stone(2, 1, 1)))
	if before.Moves[0].Text != "h8" || before.Moves[1].Text != "i9" {
		t.Errorf("an old table has changed: %+v", before.Moves)
	}
	if _, err := again.Parse("h8"); err != nil {
		t.Errorf("h8 was taken back, but is no move: %v", err)
	}
	if _, err := again.Parse("a1"); err == nil {
		t.Error("a1 is occupied, but is a move")
	}
}

func TestOffers(t *testing.T) {
	c := newCore(t)
	table := lastTable(t, c, opening(t, 1).record(5, 3, &wire.Proposed{Seat: 2, What: 1}))
	if table.Player(SeatTwo).Offer != DrawOffer {
		t.Fatal("no offer")
	}
	if table = lastTable(t, c, new(answers).record(5, 4, stone(1, 7, 7))); table.Player(SeatTwo).Offer != 0 {
		t.Error("moving on did not decline the draw")
	}
	table = lastTable(t, c, new(answers).record(5, 5, &wire.Proposed{Seat: 1, What: 1}).record(5, 6, &wire.Replied{Seat: 1, What: 1, Accept: 2}))
	if table.Player(SeatOne).Offer != 0 {
		t.Error("withdrawing did not withdraw")
	}
}

func TestClock(t *testing.T) {
	c := newCore(t)
	table := lastTable(t, c, opening(t, 1))
	now := epoch.Add(10 * time.Second)
	if left := table.Clock(SeatOne, now); left.Main != 290_000 {
		t.Errorf("the one to move has %+v", left)
	}
	if left := table.Clock(SeatTwo, now); left.Main != 300_000 {
		t.Errorf("the other has %+v", left)
	}
	if left := table.Clock(SeatOne, epoch.Add(time.Hour)); left != (rules.TimeLeft{}) {
		t.Errorf("after the flag: %+v", left)
	}
}

func TestAway(t *testing.T) {
	c := newCore(t)
	table := lastTable(t, c, opening(t, 1).record(5, 3, &wire.Away{Seat: 2, Grace: 60_000}))
	if !table.Player(SeatTwo).Away || table.CanClaim(epoch.Add(59*time.Second)) || !table.CanClaim(epoch.Add(60*time.Second)) {
		t.Errorf("%+v", table.Player(SeatTwo))
	}
	table = lastTable(t, c, new(answers).record(5, 4, &wire.Back{Seat: 2}))
	if table.Player(SeatTwo).Away || table.CanClaim(epoch.Add(time.Hour)) {
		t.Errorf("%+v", table.Player(SeatTwo))
	}
}

// TestRematch: the seats stay, the colours change.
func TestRematch(t *testing.T) {
	c := newCore(t)
	table := lastTable(t, c, opening(t, 2).record(5, 3, &wire.Ended{Winner: 2, Reason: uint8(rules.Resignation), Game: 1, Left: fullClocks}).
		record(5, 4, &wire.Started{Game: 2, First: 2, Left: fullClocks}))
	if !table.MyTurn() || table.Side(SeatTwo) != rules.Black || table.SeatOf(rules.Second) != SeatOne || table.PlayerOf(SeatTwo) != rules.First {
		t.Errorf("%+v", table)
	}
	if play := table.Play(rules.Move{}); play.Game != 2 || play.Ply != 0 {
		t.Errorf("%+v", play)
	}
}

// TestNewerRules: a game this client does not know is still shown, move by move.
func TestNewerRules(t *testing.T) {
	c := newCore(t)
	seat := seatPacket(t, 1, 0)
	seat.Variant = wire.Variant{Kind: 9}
	table := lastTable(t, c, new(answers).plain(0, welcome(0)).plain(5, seat).
		record(5, 1, &wire.Started{Game: 1, First: 1, Left: fullClocks}).record(5, 2, stone(1, 7, 7)))
	if table.Position != nil || len(table.Moves) != 1 || table.Moves[0].Text != "h8" {
		t.Errorf("%+v", table)
	}
	if _, err := table.Parse("a1"); err != ErrNoPosition {
		t.Error(err)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"안녕 hi":        "안녕 hi",
		"a\x1b[2Jb":    "a\ufffd[2Jb",
		"\xff":         "\ufffd",
		"abc\u202edef": "abc\ufffddef",
		"two\nlines":   "two\ufffdlines",
		"":             "",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}
