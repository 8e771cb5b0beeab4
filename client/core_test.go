package client

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"hansu/rules"
	"hansu/wire"
	"hansu/wirerules"
)

// epoch is the time at which the tests of Core begin; it reads no clock.
var epoch = time.Unix(1_700_000_000, 0)

// answers builds what a server sends.
type answers struct{ bytes []byte }

func (a *answers) plain(table uint32, p wire.Packet) *answers {
	a.bytes = p.Append(a.bytes, wire.Header{Table: table})
	return a
}

// record appends all packets as one record.
func (a *answers) record(table, number uint32, packets ...wire.Packet) *answers {
	for i, p := range packets {
		h := wire.Header{Table: table, Number: number, Flags: wire.More}
		if i == len(packets)-1 {
			h.Flags = 0
		}
		a.bytes = p.Append(a.bytes, h)
	}
	return a
}

func welcome(tables uint16) *wire.Welcome {
	return &wire.Welcome{Version: wire.Version, Tables: tables, Token: wire.Token{7}, Server: 1}
}

func named(t testing.TB, s string) wire.Name {
	n, err := wire.NameOf(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func coded(t testing.TB, s string) wire.Code {
	c, err := wire.TableCode(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var omokVariant = rules.Variant{Kind: rules.Omok, Rules: rules.Freestyle, Size: 15}

func seatPacket(t testing.TB, seat uint8, last uint32) *wire.Seat {
	return &wire.Seat{
		Seat: seat, Last: last, Code: coded(t, "ABCDEF"), Variant: wirerules.ToVariant(omokVariant),
		Timing: wirerules.ToTiming(rules.TimeControl{Timing: rules.Fischer, Main: 300_000, Extra: 3000}),
	}
}

var fullClocks = [2]wire.TimeLeft{{Main: 300_000}, {Main: 300_000}}

// stone is the packet of an omok move by the seat whose turn it is at this ply.
func stone(ply uint16, col, row uint8) *wire.Moved {
	seat := uint8(2 - ply%2)
	return &wire.Moved{
		Seat: seat, Next: 3 - seat, Black: 1, Ply: ply,
		Move: wire.Move{Col: col, Row: row}, Left: fullClocks,
	}
}

// opening is a table's records up to and with its first game's start.
func opening(t testing.TB, seat uint8) *answers {
	a := new(answers).plain(0, welcome(0)).plain(5, seatPacket(t, seat, 2))
	a.record(5, 1, &wire.Seated{Seat: 1, Name: named(t, "먼저")})
	return a.record(5, 2, &wire.Seated{Seat: 2, Name: named(t, "Second")},
		&wire.Started{Game: 1, First: 1, Left: fullClocks})
}

func newCore(t testing.TB) *Core {
	c, err := NewCore(Identity{Name: "먼저", Language: 1, Instance: 99})
	if err != nil {
		t.Fatal(err)
	}
	c.Connect(epoch)
	c.Output()
	return c
}

func receive(t testing.TB, c *Core, a *answers) []Event {
	t.Helper()
	if err := c.Receive(epoch, a.bytes); err != nil {
		t.Fatal(err)
	}
	return c.Events()
}

// cut takes what a client sends apart.
func cut(t testing.TB, out []byte) (headers []wire.Header, packets []wire.Packet) {
	t.Helper()
	var d wire.Decoder
	err := d.Feed(out, func(h wire.Header, body []byte) error {
		p := wire.New(h.Type)
		if err := p.Decode(bytes.Clone(body)); err != nil {
			return err
		}
		headers, packets = append(headers, h), append(packets, p)
		return nil
	})
	if err != nil || d.Pending() != 0 {
		t.Fatalf("the client sends %x: %v", out, err)
	}
	return headers, packets
}

func TestHello(t *testing.T) {
	c, err := NewCore(Identity{Name: "기다림", Language: 1, Token: Token{1, 2}, Instance: 77})
	if err != nil {
		t.Fatal(err)
	}
	c.Connect(epoch)
	_, packets := cut(t, c.Output())
	want := &wire.Hello{
		Magic: wire.Magic, Version: wire.Version, Language: 1, Instance: 77,
		Token: wire.Token{1, 2}, Name: named(t, "기다림"),
	}
	if len(packets) != 1 || !reflect.DeepEqual(packets[0], want) {
		t.Errorf("greets with %+v", packets)
	}
	for _, name := range []string{"", " a", "a\nb", string(make([]byte, 200))} {
		if _, err := NewCore(Identity{Name: name}); !errors.Is(err, ErrText) {
			t.Errorf("name %q: %v", name, err)
		}
	}
}

func TestGame(t *testing.T) {
	c := newCore(t)
	events := receive(t, c, opening(t, 1))
	if len(events) != 4 {
		t.Fatalf("%d events: %+v", len(events), events)
	}
	if online := events[0].(Online); online.Again || online.Token != (Token{7}) {
		t.Errorf("%+v", online)
	}
	if sat := events[1].(Sat); sat.Table.Code != "ABCDEF" || sat.Table.Seat != SeatOne || sat.Table.Running() {
		t.Errorf("%+v", sat.Table)
	}
	started := events[3].(Record)
	if !started.Past || !started.CaughtUp() || !started.Table.MyTurn() || started.Table.Side(SeatTwo) != rules.White {
		t.Errorf("%+v", started)
	}
	end := new(answers)
	for i := range uint16(4) {
		end.record(5, uint32(3+2*i), stone(2*i+1, uint8(i), 7)).record(5, uint32(4+2*i), stone(2*i+2, uint8(i), 0))
	}
	five := stone(9, 4, 7)
	five.Next = 0
	end.record(5, 11, five, &wire.Ended{Winner: 1, Reason: uint8(rules.Five), Game: 1, Left: fullClocks})
	events = receive(t, c, end)
	last := events[len(events)-1].(Record)
	if len(events) != 9 || len(last.Events) != 2 || last.Past {
		t.Fatalf("%d records, the last %+v", len(events), last)
	}
	if moved := last.Events[0].(Moved); moved.Text != "e8" || moved.Seat != SeatOne || moved.Number != 9 {
		t.Errorf("%+v", moved)
	}
	table := last.Table
	if table.Running() || table.Winner != SeatOne || table.Reason != rules.Five || table.Position.Outcome().Reason != rules.Five {
		t.Errorf("%+v", table)
	}
	if first := events[0].(Record).Table; len(first.Moves) != 1 || len(table.Moves) != 9 {
		t.Errorf("an old table has %d moves, the last %d", len(first.Moves), len(table.Moves))
	}
}

// TestPieces: however the stream is cut, the events are the same.
func TestPieces(t *testing.T) {
	stream := opening(t, 2)
	stream.record(5, 3, stone(1, 7, 7)).record(5, 4, &wire.Said{Seat: 1, Text: []byte("안녕하세요")})
	stream.record(5, 5, stone(2, 8, 8), &wire.Away{Seat: 1, Grace: 60_000})
	want := receive(t, newCore(t), stream)
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		c := newCore(t)
		for p := stream.bytes; len(p) > 0; {
			n := 1 + random.IntN(min(len(p), 40))
			piece := bytes.Clone(p[:n])
			if err := c.Receive(epoch, piece); err != nil {
				t.Fatal(err)
			}
			for i := range piece {
				piece[i] = 0xff // a reader uses its buffer again
			}
			p = p[n:]
		}
		if got := c.Events(); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: got %+v, want %+v", seed, got, want)
		}
	}
}

// TestComeBack: a lost connection leaves nothing half done and nothing done twice.
func TestComeBack(t *testing.T) {
	c := newCore(t)
	receive(t, c, opening(t, 1))
	table := c.Table(5)
	number, err := c.Do(table.Play(rules.Move{To: rules.Point{Col: 7, Row: 7}}))
	if err != nil || number != 1 {
		t.Fatal(number, err)
	}
	sentMove := c.Output()
	// Half of the move's record arrives, then the line is cut.
	half := (&wire.Said{Seat: 2, Text: []byte("half")}).Append(nil, wire.Header{Table: 5, Number: 3, Flags: wire.More})
	if err := c.Receive(epoch, half); err != nil || len(c.Events()) != 0 {
		t.Fatal("half a record was taken for a whole one", err)
	}
	c.Disconnect()
	if err := c.Receive(epoch, half); !errors.Is(err, ErrClosed) {
		t.Errorf("received while offline: %v", err)
	}
	if n, err := c.Do(Say{Table: 5, Text: "오프라인"}); n != 2 || err != nil || c.Output() != nil {
		t.Fatal("a command without a connection waits", n, err)
	}
	c.Connect(epoch)
	_, hello := cut(t, c.Output())
	if hello[0].(*wire.Hello).Token != (wire.Token{7}) {
		t.Error("the token of the first Welcome was not kept")
	}
	events := receive(t, c, new(answers).plain(0, welcome(1)))
	if online := events[0].(Online); !online.Again {
		t.Error("a second connection looks like the first")
	}
	out := c.Output()
	headers, packets := cut(t, out)
	if len(packets) != 3 || headers[0].Number != 3 || headers[0].Table != 5 || headers[1].Number != 1 || headers[2].Number != 2 {
		t.Fatalf("%+v %+v", headers, packets)
	}
	if resume := packets[0].(*wire.Resume); resume.Seen != 2 {
		t.Errorf("%+v", resume)
	}
	if !bytes.HasPrefix(out[headers[0].Size:], sentMove) {
		t.Error("the unanswered move was not sent again as it was")
	}
	// The server has both records; one of them overlaps with what is known.
	events = receive(t, c, new(answers).plain(0, &wire.Done{Command: 1, Record: 3}).plain(5, seatPacket(t, 1, 4)).
		record(5, 2, &wire.Seated{Seat: 2, Name: named(t, "Second")}).
		record(5, 3, stone(1, 7, 7)).record(5, 4, &wire.Said{Seat: 1, Text: []byte("오프라인")}).
		plain(0, &wire.Done{Command: 2, Record: 4}).plain(0, &wire.Done{Command: 3}))
	if len(events) != 4 {
		t.Fatalf("%+v", events)
	}
	if a := events[0].(Answer); a.Command != 1 || a.Err != nil {
		t.Errorf("%+v", a)
	}
	if r := events[1].(Record); r.Number != 3 || r.Past || len(r.Table.Moves) != 1 {
		t.Errorf("%+v", r)
	}
	c.Connect(epoch)
	receive(t, c, new(answers).plain(0, welcome(1)))
	headers, packets = cut(t, c.Output())
	if len(packets) != 2 || packets[1].(*wire.Resume).Seen != 4 || headers[1].Number != 4 {
		t.Errorf("what was answered is sent again: %+v", packets)
	}
}

// TestLostJoin: the seat was given, but its packets were lost with the connection.
func TestLostJoin(t *testing.T) {
	c := newCore(t)
	receive(t, c, new(answers).plain(0, welcome(0)))
	if _, err := c.Do(Join{Variant: omokVariant}); err != nil {
		t.Fatal(err)
	}
	c.Connect(epoch)
	c.Output()
	receive(t, c, new(answers).plain(0, welcome(1)))
	headers, packets := cut(t, c.Output())
	if len(packets) != 1 || headers[0].Number != 1 || packets[0].Type() != wire.TypeJoin {
		t.Fatalf("%+v %+v", headers, packets)
	}
	events := receive(t, c, new(answers).plain(5, seatPacket(t, 1, 1)).
		plain(0, &wire.Done{Command: 1, Record: 1}).record(5, 1, &wire.Seated{Seat: 1, Name: named(t, "먼저")}))
	if len(events) != 3 {
		t.Fatalf("%+v", events)
	}
}

// TestLostAnswer: a command whose answer was lost may have been carried out. That the server can do nothing now is no
// answer to it.
func TestLostAnswer(t *testing.T) {
	c := newCore(t)
	receive(t, c, new(answers).plain(0, welcome(0)))
	number, err := c.Do(Join{Variant: omokVariant})
	if err != nil {
		t.Fatal(err)
	}
	refusal := func(code wire.ErrorCode) *answers {
		return new(answers).plain(0, &wire.Error{Command: number, Code: uint16(code)})
	}
	for _, code := range []wire.ErrorCode{wire.StoreDown, wire.TooFast} {
		c.Disconnect()
		c.Connect(epoch)
		receive(t, c, new(answers).plain(0, welcome(0)))
		var refused *Refused
		if err := c.Receive(epoch, refusal(code).bytes); !errors.As(err, &refused) || refused.Final() {
			t.Errorf("%v ends the connection with %v", code, err)
		}
		if got := c.Events(); len(got) != 0 {
			t.Errorf("events %v", got)
		}
	}
	c.Disconnect()
	c.Connect(epoch)
	receive(t, c, new(answers).plain(0, welcome(0)))
	events := receive(t, c, refusal(wire.TooMany))
	if a, ok := events[0].(Answer); !ok || a.Command != number || a.Err == nil {
		t.Errorf("events %v", events)
	}
}

func TestSpectatorComesBack(t *testing.T) {
	c := newCore(t)
	receive(t, c, opening(t, 0))
	c.Connect(epoch)
	c.Output()
	receive(t, c, new(answers).plain(0, welcome(0)))
	headers, packets := cut(t, c.Output())
	watch, ok := packets[0].(*wire.Watch)
	if !ok || watch.Seen != 2 || watch.Code != coded(t, "ABCDEF") {
		t.Fatalf("%+v", packets)
	}
	events := receive(t, c, new(answers).plain(0, &wire.Error{Command: headers[0].Number, Code: uint16(wire.NoTable), Text: []byte("weg")}))
	gone := events[0].(Gone)
	var refused *Refused
	if !errors.As(gone.Err, &refused) || refused.Code != uint16(wire.NoTable) || c.Table(5) != nil {
		t.Errorf("%+v", gone)
	}
}

// TestSeatGivenUp: a player who comes back too late for the seat sees, as a spectator, how the game ended.
func TestSeatGivenUp(t *testing.T) {
	c := newCore(t)
	receive(t, c, opening(t, 1))
	c.Connect(epoch)
	c.Output()
	receive(t, c, new(answers).plain(0, welcome(0)))
	headers, _ := cut(t, c.Output())
	weg := func(n uint32) *answers {
		return new(answers).plain(0, &wire.Error{Command: n, Code: uint16(wire.NoTable), Text: []byte("weg")})
	}
	if events := receive(t, c, weg(headers[0].Number)); len(events) != 0 {
		t.Fatalf("%+v", events)
	}
	headers, packets := cut(t, c.Output())
	if watch, ok := packets[0].(*wire.Watch); !ok || watch.Seen != 2 || watch.Code != coded(t, "ABCDEF") {
		t.Fatalf("%+v", packets)
	}
	events := receive(t, c, new(answers).plain(5, seatPacket(t, 0, 4)).
		record(5, 3, &wire.Ended{Winner: 2, Reason: uint8(rules.Abandoned), Game: 1}).record(5, 4, &wire.Left{Seat: 1}))
	if len(events) != 3 || events[0].(Sat).Table.Seat != NoSeat {
		t.Fatalf("%+v", events)
	}
	if table := c.Table(5); table.Reason != rules.Abandoned || table.Winner != SeatTwo || table.Player(SeatOne).Here {
		t.Errorf("%+v", table)
	}
	if gone, ok := receive(t, c, weg(headers[0].Number))[0].(Gone); !ok || gone.Err == nil {
		t.Error("a table that cannot be watched either is kept")
	}
}

// TestViewers: how many look on is told when it changes, and not known after coming back.
func TestViewers(t *testing.T) {
	c := newCore(t)
	before := receive(t, c, opening(t, 1))[1].(Sat).Table
	events := receive(t, c, new(answers).plain(5, &wire.Viewers{Count: 3}).plain(5, &wire.Viewers{Count: 3}).plain(6, &wire.Viewers{Count: 1}))
	if len(events) != 1 || events[0].(Watched).Table.Viewers != 3 || before.Viewers != 0 {
		t.Fatalf("%+v", events)
	}
	if r := receive(t, c, new(answers).record(5, 3, stone(1, 7, 7)))[0].(Record); r.Table.Viewers != 3 {
		t.Errorf("%+v", r.Table)
	}
	c.Connect(epoch)
	events = receive(t, c, new(answers).plain(0, welcome(1)).plain(5, seatPacket(t, 1, 3)))
	if w, ok := events[len(events)-1].(Watched); !ok || w.Table.Viewers != 0 {
		t.Errorf("%+v", events)
	}
}

// TestGap: after a missing record nothing is used until the server has sent it.
func TestGap(t *testing.T) {
	c := newCore(t)
	receive(t, c, opening(t, 1))
	events := receive(t, c, new(answers).record(5, 4, stone(2, 0, 0)).record(5, 5, stone(3, 1, 0)))
	_, packets := cut(t, c.Output())
	if len(events) != 0 || len(packets) != 1 || packets[0].(*wire.Resume).Seen != 2 {
		t.Fatalf("%+v, %+v", events, packets)
	}
	events = receive(t, c, new(answers).record(5, 3, stone(1, 7, 7)).record(5, 4, stone(2, 0, 0)))
	if len(events) != 2 || events[1].(Record).Number != 4 {
		t.Errorf("%+v", events)
	}
}

// TestOlderServer: the server was put back to a backup and knows less than the client.
func TestOlderServer(t *testing.T) {
	c := newCore(t)
	receive(t, c, opening(t, 1).record(5, 3, stone(1, 7, 7)))
	c.Connect(epoch)
	c.Output()
	events := receive(t, c, new(answers).plain(0, welcome(1)).plain(5, seatPacket(t, 1, 2)))
	if len(events) != 2 || events[1].(Sat).Table.Seen != 0 {
		t.Fatalf("%+v", events)
	}
	_, packets := cut(t, c.Output())
	if last := packets[len(packets)-1].(*wire.Resume); last.Seen != 0 {
		t.Errorf("%+v", last)
	}
}

func TestForeign(t *testing.T) {
	short := (&wire.Welcome{}).Append(nil, wire.Header{})
	short = short[:len(short)-1]
	short[1]--
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"HTTP", []byte("HTTP/1.1 400 Bad Request\r\n"), ErrNotHansu},
		{"SSH", []byte("SSH-2.0-OpenSSH_9.2p1\r\n"), ErrNotHansu},
		{"zeros", make([]byte, 64), ErrNotHansu},
		{"an echo", (&wire.Hello{}).Append(nil, wire.Header{}), ErrNotHansu},
		{"a record before Welcome", (&wire.Back{Seat: 1}).Append(nil, wire.Header{Table: 1, Number: 1}), ErrNotHansu},
		{"a shorter Welcome", short, ErrNotHansu},
		{"version 0", (&wire.Welcome{}).Append(nil, wire.Header{}), ErrVersion},
		{"a newer version", (&wire.Welcome{Version: wire.Version + 1}).Append(nil, wire.Header{}), ErrVersion},
		{"a refused version", (&wire.Error{Code: uint16(wire.BadVersion)}).Append(nil, wire.Header{}), ErrVersion},
		{"two Welcomes", append(welcome(0).Append(nil, wire.Header{}), welcome(0).Append(nil, wire.Header{})...), ErrProtocol},
		{"a bad frame later", append(welcome(0).Append(nil, wire.Header{}), 0, 1), ErrProtocol},
		{"a seat 3", append(welcome(0).Append(nil, wire.Header{}), (&wire.Seat{Seat: 3}).Append(nil, wire.Header{Table: 1})...), ErrProtocol},
	} {
		if err := newCore(t).Receive(epoch, c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	var bye *Bye
	err := newCore(t).Receive(epoch, (&wire.Bye{Code: 105, After: 1500}).Append(nil, wire.Header{}))
	if !errors.As(err, &bye) || bye.After != 1500*time.Millisecond || final(err) {
		t.Errorf("%v", err)
	}
}

func TestBadRecords(t *testing.T) {
	left := fullClocks
	for _, c := range []struct {
		name   string
		packet wire.Packet
	}{
		{"a move by nobody", &wire.Moved{Seat: 0, Next: 2, Black: 1, Ply: 1, Left: left}},
		{"a move out of order", stone(2, 0, 0)},
		{"next is seat 3", &wire.Moved{Seat: 1, Next: 3, Black: 1, Ply: 1, Left: left}},
		{"nobody is black", &wire.Moved{Seat: 1, Next: 2, Ply: 1, Left: left}},
		{"more taken back than made", &wire.TookBack{Ply: 1, Next: 1, Black: 1}},
		{"an end without a reason", &wire.Ended{Winner: 1, Game: 1}},
		{"seat 3 wins", &wire.Ended{Winner: 3, Reason: 3, Game: 1}},
		{"seat 9 sits down", &wire.Seated{Seat: 9}},
		{"game 0", &wire.Started{First: 1}},
		{"nobody begins", &wire.Started{Game: 2}},
		{"nobody offers", &wire.Proposed{What: 1}},
		{"nobody replies", &wire.Replied{What: 1}},
		{"nobody is away", &wire.Away{}},
		{"nobody is back", &wire.Back{}},
		{"nobody leaves", &wire.Left{}},
		{"seat 3 says", &wire.Said{Seat: 3}},
	} {
		core := newCore(t)
		receive(t, core, opening(t, 1))
		before := core.Table(5)
		err := core.Receive(epoch, new(answers).record(5, 3, &wire.Said{Seat: 1, Text: []byte("x")}, c.packet).bytes)
		if !errors.Is(err, ErrProtocol) || core.Table(5) != before {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestUnknown: packets of a newer server are passed over, inside records as well.
func TestUnknown(t *testing.T) {
	c := newCore(t)
	receive(t, c, opening(t, 1))
	unknown := func(h wire.Header) []byte {
		b := (&wire.Back{}).Append(nil, h)
		b[2] = 200
		return b
	}
	in := unknown(wire.Header{})
	in = append(in, unknown(wire.Header{Table: 5, Number: 3, Flags: wire.More})...)
	in = stone(1, 7, 7).Append(in, wire.Header{Table: 5, Number: 3})
	in = append(in, unknown(wire.Header{Table: 5, Number: 4})...)
	if err := c.Receive(epoch, in); err != nil {
		t.Fatal(err)
	}
	events := c.Events()
	if len(events) != 2 || len(events[0].(Record).Events) != 1 || len(events[1].(Record).Events) != 0 || c.Table(5).Seen != 4 {
		t.Errorf("%+v", events)
	}
}

func TestTick(t *testing.T) {
	c := newCore(t)
	if got := c.Deadline(); got != epoch.Add(5*time.Second) {
		t.Errorf("the greeting may take until %v", got)
	}
	if err := c.Tick(epoch.Add(4999 * time.Millisecond)); err != nil {
		t.Error(err)
	}
	if err := c.Tick(epoch.Add(5 * time.Second)); !errors.Is(err, ErrSilent) {
		t.Error(err)
	}
	c = newCore(t)
	receive(t, c, new(answers).plain(0, welcome(0)))
	idle := epoch.Add(defaultIdle)
	if c.Deadline() != idle || c.Tick(idle) != nil {
		t.Fatal(c.Deadline())
	}
	if _, packets := cut(t, c.Output()); len(packets) != 1 || packets[0].Type() != wire.TypePing {
		t.Errorf("%+v", packets)
	}
	if err := c.Receive(idle.Add(time.Second), (&wire.Pong{}).Append(nil, wire.Header{})); err != nil {
		t.Fatal(err)
	}
	again := idle.Add(time.Second + defaultIdle)
	if c.Deadline() != again || c.Tick(again) != nil {
		t.Fatal(c.Deadline())
	}
	if err := c.Tick(again.Add(defaultWait)); !errors.Is(err, ErrSilent) {
		t.Error(err)
	}
	c.Disconnect()
	if !c.Deadline().IsZero() || c.Tick(again.Add(time.Hour)) != nil {
		t.Error("a client without a connection waits for nothing")
	}
}

func TestDoRefuses(t *testing.T) {
	c := newCore(t)
	receive(t, c, opening(t, 1))
	for _, x := range []struct {
		cmd  Command
		want error
	}{
		{Resign{Table: 6}, ErrNoTable},
		{Say{Table: 5, Text: "a\x00b"}, ErrText},
		{Say{Table: 5, Text: ""}, ErrText},
		{Enter{Code: "no code!"}, ErrText},
		{Watch{Code: ""}, ErrText},
	} {
		if n, err := c.Do(x.cmd); !errors.Is(err, x.want) || n != 0 {
			t.Errorf("%+v: %d, %v", x.cmd, n, err)
		}
	}
	for range maxPending {
		if _, err := c.Do(Resign{Table: 5}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Do(Resign{Table: 5}); !errors.Is(err, ErrBusy) {
		t.Error(err)
	}
}

// TestCommands holds every command to the packet it becomes.
func TestCommands(t *testing.T) {
	move := rules.Move{From: rules.Point{Col: 4, Row: 6}, To: rules.Point{Col: 4, Row: 7}, Arg: 5}
	wireMove := wire.Move{Col: 4, Row: 7, FromCol: 4, FromRow: 6, Arg: 5}
	variant := rules.Variant{Kind: rules.Omok, Rules: rules.Renju, Size: 15, Opening: rules.Swap2, ForbiddenLoses: true}
	timing := rules.TimeControl{Timing: rules.Byoyomi, Main: 600_000, Extra: 30_000, Periods: 3}
	wireVariant := wire.Variant{Kind: 1, Rules: 3, Size: 15, Opening: 2, Flags: 1}
	wireTiming := wire.Timing{Kind: 3, Periods: 3, Main: 600_000, Extra: 30_000}
	for _, c := range []struct {
		cmd   Command
		table uint32
		want  wire.Packet
	}{
		{Join{variant, timing}, 0, &wire.Join{Variant: wireVariant, Timing: wireTiming}},
		{Open{variant, timing, true}, 0, &wire.Open{Variant: wireVariant, Timing: wireTiming, Private: 1}},
		{Enter{" abc "}, 0, &wire.Enter{Code: wire.Code{'A', 'B', 'C'}}},
		{Watch{"abc"}, 0, &wire.Watch{Code: wire.Code{'A', 'B', 'C'}}},
		{Resume{}, 0, &wire.Resume{}},
		{Leave{5}, 5, &wire.Leave{}},
		{MakeMove{Table: 5, Move: move, Game: 2, Ply: 9}, 5, &wire.MakeMove{Move: wireMove, Game: 2, Ply: 9}},
		{MakeMove{Table: 5, Move: move}, 5, &wire.MakeMove{Move: wireMove, Ply: 65535}},
		{Resign{5}, 5, &wire.Resign{}},
		{Propose{5, RematchOffer}, 5, &wire.Propose{What: 3}},
		{Reply{5, TakebackOffer, Withdraw}, 5, &wire.Reply{What: 2, Accept: 2}},
		{Claim{5, ClaimDraw, &move}, 5, &wire.Claim{What: 1, WithMove: 1, Move: wireMove}},
		{Claim{5, ClaimWinAbsent, nil}, 5, &wire.Claim{What: 2}},
		{Say{5, "안녕"}, 5, &wire.Say{Text: []byte("안녕")}},
		{List{}, 0, &wire.List{What: 1}},
		{Points{5}, 5, &wire.Points{}},
		{List{Running: true}, 0, &wire.List{What: 2}},
	} {
		got, table, err := c.cmd.packet()
		if err != nil || table != c.table || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v: %+v, table %d, %v", c.cmd, got, table, err)
		}
	}
}

func TestList(t *testing.T) {
	c := newCore(t)
	receive(t, c, new(answers).plain(0, welcome(0)))
	n, _ := c.Do(List{})
	events := receive(t, c, new(answers).
		plain(0, &wire.Entry{Code: coded(t, "AB12"), Variant: wirerules.ToVariant(omokVariant), Plies: 3, Names: [2]wire.Name{named(t, "하나"), {}}}).
		plain(0, &wire.EndOfList{Command: n, Count: 1}))
	want := Listed{Command: n, Entries: []Entry{{Code: "AB12", Variant: omokVariant, Plies: 3, Names: [2]string{"하나", ""}}}}
	if len(events) != 2 || !reflect.DeepEqual(events[0], Event(want)) {
		t.Errorf("%+v", events)
	}
}

func TestPoints(t *testing.T) {
	c := newCore(t)
	receive(t, c, opening(t, 1))
	n, err := c.Do(Points{5})
	if err != nil {
		t.Fatal(err)
	}
	p := &wire.Forbidden{Command: n, Game: 1, Ply: 4, Seat: 1, Count: 2}
	p.Points.Add(19, 0)
	p.Points.Add(7, 19)
	events := receive(t, c, new(answers).plain(5, p).plain(5, p)) // the second answers nothing
	want := []Event{
		Forbidden{Command: n, Table: 5, Game: 1, Ply: 4, Seat: SeatOne, Points: []rules.Point{{Col: 19, Row: 0}, {Col: 7, Row: 19}}},
		Answer{Command: n, To: Points{5}},
	}
	if !reflect.DeepEqual(events, want) {
		t.Errorf("%+v", events)
	}
}

func TestLeave(t *testing.T) {
	c := newCore(t)
	receive(t, c, opening(t, 1))
	n, _ := c.Do(Leave{5})
	events := receive(t, c, new(answers).record(5, 3, &wire.Left{Seat: 1}).plain(0, &wire.Done{Command: n, Record: 3}).
		record(5, 4, &wire.Left{Seat: 2}))
	if len(events) != 3 || events[2].(Gone).Err != nil || c.Table(5) != nil {
		t.Errorf("%+v", events)
	}
}

// FuzzReceive: whatever a server sends, a client neither panics nor holds more than its bounds.
func FuzzReceive(f *testing.F) {
	f.Add(opening(f, 1).record(5, 3, stone(1, 7, 7)).bytes)
	f.Add(opening(f, 0).record(5, 3, &wire.TookBack{Next: 1, Black: 1}).plain(0, &wire.Error{Code: 4}).bytes)
	f.Add([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		c := newCore(t)
		err := c.Receive(epoch, in)
		if err != nil && c.Receive(epoch, []byte{0}) == nil {
			t.Error("a stream that ended is read on")
		}
		for _, e := range c.Events() {
			if r, ok := e.(Record); ok && (r.Number != r.Table.Seen || r.Table.Seat > SeatTwo) {
				t.Errorf("%+v", r)
			}
		}
		if len(c.tables) > maxTables || len(c.entries) > maxEntries {
			t.Error("holds too much")
		}
		c.Connect(epoch)
		if err := c.Receive(epoch, welcome(0).Append(nil, wire.Header{})); err != nil {
			t.Errorf("a new connection does not start anew: %v", err)
		}
	})
}
