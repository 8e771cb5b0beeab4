package web_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hansu/client"
	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/web"
	"hansu/wire"
	"hansu/wirerules"
)

// TestBrowserAgainstTerminal: a WebSocket client and a TCP client play a game to five.
func TestBrowserAgainstTerminal(t *testing.T) {
	s := serve(t, server.Config{})
	v := variant(t, "omok")
	w := s.socket("웹")
	w.send(&wire.Join{Variant: wirerules.ToVariant(v)}, 0)
	var seat wire.Seat
	table := w.await(wire.TypeSeat, &seat).Table
	p := s.player("terminal")
	p.must(client.Join{Variant: v})
	if p.table.Code != seat.Code.String() {
		t.Fatalf("tables %s and %s", p.table.Code, seat.Code)
	}
	w.await(wire.TypeStarted, &wire.Started{})
	var moved wire.Moved
	for i := range 5 {
		w.send(&wire.MakeMove{Move: wire.Move{Col: uint8(3 + i), Row: 7}, Ply: wire.AnyPly}, table)
		w.await(wire.TypeMoved, &moved)
		p.plies(2*i + 1)
		if i < 4 {
			p.move(fmt.Sprintf("%c1", 'a'+i))
			w.await(wire.TypeMoved, &moved)
		}
	}
	var ended wire.Ended
	w.await(wire.TypeEnded, &ended)
	if p.table.Reason != rules.Five || ended.Reason != uint8(rules.Five) || ended.Winner != 1 || p.table.Winner != client.SeatOne {
		t.Errorf("ended %+v, table %v %v", ended, p.table.Reason, p.table.Winner)
	}
	if name := p.table.Player(client.SeatOne).Name; name != "웹" {
		t.Errorf("name %q", name)
	}
}

// TestMessagesAtOnce: messages that come with one another are all answered, though nothing follows them for which the server
// would look again; and so is one that comes in parts.
func TestMessagesAtOnce(t *testing.T) {
	s := serve(t, server.Config{})
	c := s.socket("Rho")
	frame := func(value uint32) []byte {
		p := (&wire.Ping{Value: value}).Append(nil, wire.Header{})
		return append([]byte{0x82, 0x80 | byte(len(p)), 0, 0, 0, 0}, p...) // RFC 6455, 5.2: binary, masked with zeros
	}
	var all []byte
	for value := range uint32(5) {
		all = append(all, frame(value)...)
	}
	all = append(all, frame(5)...)
	cut := len(all) - 10
	for _, part := range [][]byte{all[:cut], all[cut:]} {
		if _, err := c.ws.NetConn().Write(part); err != nil {
			t.Fatal(err)
		}
	}
	for value := range uint32(6) {
		var pong wire.Pong
		if c.await(wire.TypePong, &pong); pong.Value != value {
			t.Errorf("%d, want %d", pong.Value, value)
		}
	}
}

// TestBadSockets: what a browser would never send is refused, and does not reach the game of others.
func TestBadSockets(t *testing.T) {
	s := serve(t, server.Config{})
	good := s.socket("good")
	t.Run("wrong origin", func(t *testing.T) {
		for _, origin := range []string{"http://evil.example", "https://" + s.http + ".evil.example", "null", "file://", "http://"} {
			_, res, err := s.dial(http.Header{"Origin": {origin}})
			if err == nil || res == nil || res.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %v %v", origin, res, err)
			}
		}
		if !s.log.has("wrong origin") {
			t.Error("not logged")
		}
	})
	t.Run("no handshake", func(t *testing.T) {
		res, err := http.Get("http://" + s.http + "/ws")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusUpgradeRequired {
			t.Error(res.Status)
		}
	})
	t.Run("no packet", func(t *testing.T) {
		ws, _, err := s.dial(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close()
		if err := ws.WriteMessage(websocket.BinaryMessage, []byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		if err := closing(t, ws); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Error(err)
		}
	})
	good.send(&wire.Ping{Value: 5}, 0)
	var pong wire.Pong
	if good.await(wire.TypePong, &pong); pong.Value != 5 {
		t.Error(pong)
	}
}

// TestTooManySockets: over the bound a client is told to come later.
func TestTooManySockets(t *testing.T) {
	s := serve(t, server.Config{Site: web.Config{Sockets: 2}})
	s.socket("a")
	s.socket("b")
	_, res, err := s.dial(nil)
	if err == nil || res == nil || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Fatal(res, err)
	}
}

// TestSilentSocket: a client that answers no ping is given up; one that does stays. A browser
// answers by itself.
func TestSilentSocket(t *testing.T) {
	hub := session.NewHub(session.Config{Now: func() rules.Millis { return 1 }})
	site := web.New(web.Config{Hub: hub, Quiet: time.Second})
	srv := httptest.NewServer(site)
	defer srv.Close()
	ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(srv.URL, "http")+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	pinged := make(chan struct{}, 1)
	ws.SetPingHandler(func(string) error {
		select {
		case pinged <- struct{}{}:
		default:
		}
		return nil
	})
	gone := make(chan error, 1)
	go func() { _, _, err := ws.ReadMessage(); gone <- err }()
	// The server may not have entered the client yet when the handshake is through here.
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for waiting := true; waiting; {
		site.Sweep(time.Now().Add(1500 * time.Millisecond))
		select {
		case <-pinged:
			waiting = false
		case <-tick.C:
		case <-limit:
			t.Fatal("no ping")
		}
	}
	site.Sweep(time.Now().Add(4 * time.Second))
	select {
	case <-gone:
	case <-time.After(patience):
		t.Fatal("still there")
	}
}

// TestShutdownTells: a client is told that the server goes down, then the WebSocket is
// closed in good order.
func TestShutdownTells(t *testing.T) {
	s := serve(t, server.Config{})
	c := s.socket("a")
	s.end()
	var bye wire.Bye
	c.await(wire.TypeBye, &bye)
	if wire.ErrorCode(bye.Code) != wire.ShuttingDown {
		t.Error(bye)
	}
	if _, _, err := c.ws.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Error(err)
	}
}

// TestSlowSocket: a client that does not read is cut off, and nobody waits for it.
func TestSlowSocket(t *testing.T) {
	s := serve(t, server.Config{
		Site:   web.Config{Outbound: 32 << 10},
		Limits: session.Limits{Packets: -1},
	})
	slow := s.socket("slow")
	// Pings are answered; nobody reads the answers.
	ping := (&wire.Ping{Value: 1}).Append(nil, wire.Header{Number: 1})
	block := make([]byte, 0, 64<<10)
	for len(block)+len(ping) <= cap(block) {
		block = append(block, ping...)
	}
	_ = slow.ws.SetWriteDeadline(time.Now().Add(patience))
	for range 10_000 {
		if err := slow.ws.WriteMessage(websocket.BinaryMessage, block); err != nil {
			if s.log.has("queued=") {
				return
			}
			t.Fatal("cut off without a word in the log: ", err)
		}
	}
	t.Fatal("a client that does not read was never cut off")
}

// idle opens n WebSockets with as little as possible on this side and returns what the process
// then needs for one, in bytes: heap and stacks.
func idle(tb testing.TB, n int) float64 {
	hub := session.NewHub(session.Config{Now: func() rules.Millis { return 1 }, Limits: session.Limits{PerAddress: -1}})
	front, err := web.Listen("127.0.0.1:0", web.New(web.Config{Hub: hub}), web.ListenConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	go front.Serve()
	conns := make([]net.Conn, n)
	used := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	hello := "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	open := func(i int) {
		c, err := net.Dial("tcp", front.Addr().String())
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(c, hello); err != nil {
			tb.Fatal(err)
		}
		answer := make([]byte, 12)
		if _, err := io.ReadFull(c, answer); err != nil || string(answer) != "HTTP/1.1 101" {
			tb.Fatalf("%q %v", answer, err)
		}
		conns[i] = c
	}
	open(0)
	before := used()
	for i := range n {
		if i > 0 {
			open(i)
		}
	}
	each := float64(used()-before) / float64(n-1)
	for _, c := range conns {
		c.Close()
	}
	_ = front.Close()
	return each
}

// TestIdleMemory holds a waiting WebSocket to 8 KiB, both ends of it in this process. The race
// detector takes half as much again.
func TestIdleMemory(t *testing.T) {
	each := idle(t, 400)
	t.Logf("%.0f bytes a WebSocket, this test's end included", each)
	most := 8 << 10
	if raced {
		most = 16 << 10
	}
	if each > float64(most) {
		t.Errorf("%.0f bytes", each)
	}
}

func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(idle(b, 1000), "B/conn")
	}
}

// TestRemote: whose address counts.
func TestRemote(t *testing.T) {
	hub := session.NewHub(session.Config{Now: func() rules.Millis { return 1 }, Limits: session.Limits{PerAddress: 1}})
	for _, c := range []struct {
		peer, forwarded string
		want            string
	}{
		{"203.0.113.9:1000", "", "203.0.113.9:1000"},
		{"203.0.113.9:1000", "198.51.100.7", "203.0.113.9:1000"}, // not a proxy of ours
		{"10.0.0.1:1000", "198.51.100.7", "198.51.100.7:0"},
		{"10.0.0.1:1000", "1.2.3.4, 198.51.100.7", "198.51.100.7:0"}, // the first may be invented
		{"10.0.0.1:1000", "198.51.100.7, 10.0.0.2", "198.51.100.7:0"},
		{"10.0.0.1:1000", "nonsense", "10.0.0.1:1000"},
		{"10.0.0.1:1000", "[2001:db8::1]:4711", "[2001:db8::1]:0"},
		{"[::ffff:10.0.0.1]:1000", "198.51.100.7:55", "198.51.100.7:0"},
	} {
		log := &logged{}
		site := web.New(web.Config{Hub: hub, Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Log: textLog(log)})
		r := httptest.NewRequest("GET", "/ws", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		site.ServeHTTP(httptest.NewRecorder(), r)
		if !log.has("remote="+c.want+" ") && !log.has("remote=\""+c.want+"\" ") {
			t.Errorf("%s for %s: %s", c.peer, c.forwarded, log.buf.String())
		}
	}
}
