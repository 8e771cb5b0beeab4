package server_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hansu/client"
	"hansu/server"
	"hansu/wire"
)

// TestTerminated ends the real server with SIGTERM while games are on, by packets and by WebSocket, and clients are
// connected that do not read: it ends by itself and with success, tells everybody that it will be back, and the games go on.
func TestTerminated(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	n := p.node()
	l := n.playMany(20)
	for range 10 {
		n.greeted("deaf").jam()
	}
	told := n.greeted("told")
	for range 2 {
		l.progress(t, 100)
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if told != nil {
			_, body := told.want(wire.TypeBye)
			var bye wire.Bye
			if err := bye.Decode(body); err != nil || wire.ErrorCode(bye.Code) != wire.ShuttingDown || bye.After == 0 {
				t.Errorf("%+v, %v", bye, err)
			}
			told = nil
		}
		if err := <-p.end; err != nil {
			t.Fatalf("the server ends with %v", err)
		}
		p.cmd = nil
		if !strings.Contains(p.log.String(), `"stopped"`) {
			t.Error("the server does not say that it has stopped")
		}
		p.start()
	}
	l.progress(t, 100)
	l.end()
	p.kill()
	l.check(t, p.data)
}

// jam sends commands whose answers nobody reads, for as long as the server takes them at once.
func (r *raw) jam() {
	r.t.Helper()
	var block []byte
	for i := range uint32(150) {
		block = (&wire.List{What: 1}).Append(block, wire.Header{Number: 1 + i})
	}
	r.write(block)
}

// TestInStep: four connections of one player, by packets and by WebSocket, all see the same game, and each may
// play the next move; the opponent does not know by which it came. When the player leaves the seat by one of them,
// the token opens nothing there any more.
func TestInStep(t *testing.T) {
	t.Parallel()
	n := start(t, server.Config{HTTP: "127.0.0.1:0"})
	token := wire.NewToken()
	me := []*player{n.comeBack("one", client.Token(token)), n.web().comeBack("one", client.Token(token)),
		n.comeBack("one", client.Token(token)), n.web().comeBack("one", client.Token(token))}
	opponent := n.web().player("둘")
	me[0].must(client.Open{Variant: variant(t, "omok:freestyle"), Private: true})
	opponent.must(client.Enter{Code: me[0].table.Code})
	for _, p := range me[1:] {
		p.must(client.Resume{})
	}
	all := append([]*player{opponent}, me...)
	for _, p := range all {
		for p.table == nil || !p.table.Running() {
			until(p, func(client.Record) bool { return true })
		}
	}
	for i, m := range quiet[:16] {
		by := opponent
		if i%2 == 0 {
			by = me[i/2%4]
		}
		by.must(by.table.Play(m))
		for _, p := range all {
			p.plies(i + 1)
		}
	}
	n.restart()
	for i, m := range quiet[16:20] {
		by := opponent
		if i%2 == 0 {
			by = me[1+i/2]
		}
		by.must(by.table.Play(m))
		for _, p := range all {
			p.plies(16 + i + 1)
		}
	}
	id := me[0].table.ID
	me[3].must(client.Leave{Table: id})
	until(me[0], func(r client.Record) bool { return !r.Table.Running() })
	again, h := n.raw(), hello("one")
	h.Token = token
	again.send(h, wire.Header{})
	_, body := again.want(wire.TypeWelcome)
	var w wire.Welcome
	if err := w.Decode(body); err != nil || w.Tables != 0 {
		t.Errorf("the token still has %d tables (%v)", w.Tables, err)
	}
	again.send(&wire.Resume{}, wire.Header{Table: id, Number: 1})
	again.refused(1, wire.NoTable, false)
	again.send(&wire.Say{Text: []byte("still here?")}, wire.Header{Table: id, Number: 2})
	again.refused(2, wire.NotSeated, false)
	n.end()
	for _, name := range []string{"hansu.db", "hansu.db-wal"} {
		if data, _ := os.ReadFile(filepath.Join(n.cfg.Data, name)); bytes.Contains(data, token[:]) {
			t.Errorf("the token itself is in %s", name)
		}
	}
}
