package web_test

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/gorilla/websocket"

	"hansu/client"
	"hansu/server"
	"hansu/wire"
)

// killable is the real binary, which ends as in a power cut.
type killable struct {
	*site
	bin, data string
	cmd       *exec.Cmd
}

func serveKillable(t *testing.T) *killable {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("builds and kills the real binary: done on Unix")
	}
	chromium(t)
	k := &killable{site: &site{t: t, log: &logged{}, tcp: "127.0.0.1:0", http: "127.0.0.1:0"}, bin: filepath.Join(t.TempDir(), "hansu"), data: t.TempDir()}
	build := []string{"build", "-o", k.bin, "hansu/cmd/hansu"}
	if raced { // what this test was made of is in the cache already
		build = slices.Insert(build, 1, "-race")
	}
	if out, err := exec.Command("go", build...).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	k.start()
	t.Cleanup(k.kill)
	return k
}

// start runs the server at the addresses that it had.
func (k *killable) start() {
	k.t.Helper()
	k.cmd = exec.Command(k.bin, "serve", "--tcp", k.tcp, "--http", k.http, "--data", k.data, "--log-format", "json")
	stderr, err := k.cmd.StderrPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	ready := make(chan [2]string, 1)
	go func() {
		lines := bufio.NewScanner(io.TeeReader(stderr, k.log))
		for lines.Scan() {
			var rec struct{ Msg, TCP, HTTP string }
			if json.Unmarshal(lines.Bytes(), &rec) == nil && rec.Msg == "ready" {
				ready <- [2]string{rec.TCP, rec.HTTP}
			}
		}
	}()
	select {
	case at := <-ready:
		k.tcp, k.http = at[0], at[1]
	case <-time.After(patience):
		k.t.Fatalf("the server is not ready:\n%s", k.log.buf.String())
	}
}

func (k *killable) kill() {
	if k.cmd == nil {
		return
	}
	_ = k.cmd.Process.Kill()
	_ = k.cmd.Wait()
	k.cmd = nil
}

// TestServerKilled: in the middle of a game the server is killed. A move made meanwhile is shown as
// not sent yet; when the server is back it is made, once, and the game goes on.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	s := serveKillable(t)
	b := s.browser("ko-KR", desktop)
	p := b.against("omok", "Rho")
	b.press("h8")
	b.plies(1)
	p.plies(1)
	p.move("i9")
	b.plies(2)
	s.kill()
	b.wait(`document.documentElement.dataset.link !== "online"`)
	b.press("i8")
	b.wait(`document.querySelector(".board .waiting")`)
	b.status("보내는 중")
	b.wait(`document.querySelector(".connection").textContent.includes("연결하는 중")`)
	b.plies(2)
	b.shot("pending")
	b.forgive() // the browser itself notes each connection that fails
	s.start()
	b.plies(3)
	b.wait(`!document.querySelector(".board .waiting")`)
	b.status("Rho 님의 차례")
	b.shot("back")
	p.plies(3)
	p.move("j9")
	b.plies(4)
	if got := b.moves(); got != "h8 i9 i8 j9" {
		t.Error(got)
	}
	b.forgive()
}

// forgive forgets what the console has said so far.
func (b *browser) forgive() {
	for {
		select {
		case <-b.errors:
		default:
			return
		}
	}
}

// cable lies between a browser and the server and can be cut.
type cable struct {
	mu    sync.Mutex
	to    string
	cut   bool
	conns []net.Conn
}

func (s *site) cable() (*cable, *site) {
	s.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	c := &cable{to: s.http}
	s.t.Cleanup(func() {
		ln.Close()
		c.pull()
	})
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go c.carry(conn)
		}
	}()
	far := *s
	far.http = ln.Addr().String()
	return c, &far
}

func (c *cable) carry(near net.Conn) {
	far, err := net.Dial("tcp", c.to)
	c.mu.Lock()
	if err != nil || c.cut {
		c.mu.Unlock()
		near.Close()
		if far != nil {
			far.Close()
		}
		return
	}
	c.conns = append(c.conns, near, far)
	c.mu.Unlock()
	go func() {
		_, _ = io.Copy(far, near)
		far.Close()
	}()
	_, _ = io.Copy(near, far)
	near.Close()
}

func (c *cable) pull() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

func (c *cable) plug() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = false
}

// TestMoveTakenBack: a move that was made offline, and that the server then refuses because the
// game has ended, is visibly taken back.
func TestMoveTakenBack(t *testing.T) {
	t.Parallel()
	c, s := serve(t, server.Config{}).cable()
	b := s.browser("en-GB", desktop)
	p := b.against("chess", "Chi")
	b.press("e2")
	b.press("e4")
	b.plies(1)
	p.plies(1)
	p.move("e5")
	b.plies(2)
	c.pull()
	b.wait(`document.documentElement.dataset.link !== "online"`)
	b.press("g1")
	b.press("f3")
	b.wait(`document.querySelector(".board .waiting")`)
	b.status("Sending")
	b.shot("pending")
	p.must(client.Resign{Table: p.table.ID})
	c.plug()
	b.said("Your move was taken back. The game is over.")
	b.wait(`!document.querySelector(".board .waiting")`)
	b.status("You win!")
	b.plies(2)
	b.shot("takenback")
	b.forgive()
}

// TestReload: a page that is loaded anew is where it was: seat, moves and chat.
func TestReload(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("ko-KR", desktop)
	p := b.against("chess", "Chi")
	b.drag("e2", "e4")
	b.plies(1)
	p.plies(1)
	p.move("c5")
	p.must(client.Say{Table: p.table.ID, Text: "좋은 수입니다"})
	b.plies(2)
	b.run(chromedp.Reload())
	b.online()
	b.plies(2)
	b.status("내 차례")
	b.wait(`document.querySelector(".chat .lines").textContent.includes("좋은 수입니다")`)
	b.press("g1")
	b.press("f3")
	b.plies(3)
	p.plies(3)
	if got := b.moves(); got != "e4 c5 Nf3" {
		t.Error(got)
	}
}

// TestTwoTabs: two tabs of one player show the same, whichever is played in.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	one := s.browser("ko-KR", desktop)
	p := one.against("omok", "Rho")
	two := one.tab()
	two.open("/")
	two.wait(`document.querySelector(".own .entry b")?.textContent === "Rho"`)
	two.shot("lobby")
	two.click(".own .entry")
	two.status("내 차례")
	one.press("h8")
	one.plies(1)
	two.plies(1)
	p.plies(1)
	p.move("h9")
	two.plies(2)
	two.press("i8")
	one.plies(3)
	two.plies(3)
	if one.moves() != "h8 h9 i8" || two.moves() != one.moves() {
		t.Error(one.moves(), "and", two.moves())
	}
	two.click(".lang")
	one.wait(`document.documentElement.lang === "en"`)
	one.status("Rho to move")
}

// TestLostAnswer: the answer to a move is lost, and when the page asks again, the server can do nothing for a while. The
// page keeps its table and the move, asks until it is answered, and the move is made once.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	real := serve(t, server.Config{})
	r := &relay{to: real.http}
	s := *real
	s.http = r.listen(t)
	b := s.browser("en-US", desktop)
	p := b.against("omok", "Rho")
	r.set(func(toServer bool, h wire.Header) (wire.Packet, bool) {
		return nil, toServer || h.Type != wire.TypeMoved
	})
	b.press("h8")
	p.plies(1)
	down := 3
	r.set(func(toServer bool, h wire.Header) (wire.Packet, bool) {
		if !toServer || h.Type != wire.TypeResume && h.Type != wire.TypeMakeMove || down == 0 {
			return nil, true
		}
		down--
		return &wire.Error{Command: h.Number, Code: uint16(wire.StoreDown), Text: []byte("not now")}, false
	})
	b.forgive()
	r.cut()
	b.plies(1)
	b.wait(`!document.querySelector(".board .waiting")`)
	p.move("i9")
	b.plies(2)
	if got := b.moves(); got != "h8 i9" {
		t.Error(got)
	}
	r.set(nil)
	if down != 0 {
		t.Errorf("%d refusals were not asked for", down)
	}
	b.forgive()
}

// meddling says what becomes of a packet on its way: whether it passes, and what its sender is answered instead.
type meddling func(toServer bool, h wire.Header) (answer wire.Packet, pass bool)

// relay lies between pages and a server, and meddles with their packets.
type relay struct {
	to string

	mu     sync.Mutex
	meddle meddling
	conns  []*websocket.Conn
}

// listen serves pages from now on, and returns where.
func (r *relay) listen(t *testing.T) string {
	t.Helper()
	behind := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: r.to})
	mux := http.NewServeMux()
	mux.Handle("/", behind)
	mux.HandleFunc("/ws", func(w http.ResponseWriter, q *http.Request) {
		near, err := new(websocket.Upgrader).Upgrade(w, q, nil)
		if err != nil {
			return
		}
		defer near.Close()
		far, _, err := websocket.DefaultDialer.Dial("ws://"+r.to+"/ws", nil)
		if err != nil {
			return
		}
		defer far.Close()
		r.mu.Lock()
		r.conns = append(r.conns, near, far)
		r.mu.Unlock()
		go func() {
			defer near.Close()
			r.carry(far, near, nil)
		}()
		r.carry(near, far, near)
	})
	front := httptest.NewServer(mux)
	t.Cleanup(func() {
		r.cut()
		front.Close()
	})
	return front.Listener.Addr().String()
}

// carry takes packets from one connection to the other. back, where the server's answers would come from, is
// nil on the way to the page.
func (r *relay) carry(from, to, back *websocket.Conn) {
	for {
		_, b, err := from.ReadMessage()
		if err != nil {
			return
		}
		for len(b) > 0 {
			raw := b[:binary.BigEndian.Uint16(b)] // both sides send whole packets
			b = b[len(raw):]
			var head wire.Header
			if new(wire.Decoder).Feed(raw, func(h wire.Header, _ []byte) error { head = h; return nil }) != nil {
				return
			}
			if !r.pass(head, raw, to, back) {
				return
			}
		}
	}
}

// pass lets one packet pass, or answers it. The lock keeps two writers of one connection apart.
func (r *relay) pass(head wire.Header, raw []byte, to, back *websocket.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.meddle != nil {
		answer, pass := r.meddle(back != nil, head)
		if answer != nil {
			return back.WriteMessage(websocket.BinaryMessage, answer.Append(nil, wire.Header{})) == nil
		}
		if !pass {
			return true
		}
	}
	return to.WriteMessage(websocket.BinaryMessage, raw) == nil
}

// set changes what becomes of packets. What meddle reads and writes is its own until the next call.
func (r *relay) set(meddle meddling) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.meddle = meddle
}

// cut ends all connections.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}
