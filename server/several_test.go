//go:build unix

package server_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"hansu/bus/natstest"
	"hansu/client"
	"hansu/server"
	"hansu/store/postgres/postgrestest"
)

func init() { runTests = postgrestest.Main }

// servers are several real processes over a real PostgreSQL and a real NATS: one server to their clients. Between
// each process and either of the two is a proxy of its own.
type servers struct {
	t     *testing.T
	pg    *postgrestest.Server
	nats  *natstest.Server
	url   string // of the database, with no proxy in between
	nodes []*peer
}

// peer is one of the processes.
type peer struct {
	*process
	db, nats *proxy
}

// startServers starts processes over a database of pg, with words of the command line for all of them.
func startServers(t *testing.T, pg *postgrestest.Server, count int, words ...string) *servers {
	t.Helper()
	s := &servers{t: t, pg: pg, nats: natstest.Start(t)}
	s.url = s.pg.Database(t)
	for range count {
		n := &peer{process: newProcess(t), db: newProxy(t, s.pg.Addr()), nats: newProxy(t, s.nats.Addr())}
		n.page = ""
		n.with = append([]string{
			"--db", strings.Replace(s.url, s.pg.Addr(), n.db.addr(), 1), "--nats", "nats://" + n.nats.addr(),
		}, words...)
		s.nodes = append(s.nodes, n)
		n.start()
	}
	return s
}

// from is the server as a client sees it that knows all of its nodes and begins with number i.
func (s *servers) from(i int) *node {
	var list []string
	for k := range s.nodes {
		list = append(list, s.nodes[(i+k)%len(s.nodes)].addr)
	}
	return &node{t: s.t, addr: strings.Join(list, ",")}
}

// leave ends the server in good order. On a machine that is too busy for that, it may cut off what it has told nobody of.
func (p *process) leave() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.end:
		if err != nil && !strings.Contains(p.log.String(), server.ErrStuck.Error()) {
			p.t.Errorf("the server ended with %v", err)
		}
		p.cmd = nil
	case <-time.After(patience):
		p.t.Fatal("the server does not end")
	}
}

// freeze stops a process as an overloaded machine does, or with false lets it go on.
func (n *peer) freeze(still bool) {
	sig := syscall.SIGCONT
	if still {
		sig = syscall.SIGSTOP
	}
	_ = n.cmd.Process.Signal(sig)
}

// reach is comeBack for a server that may be in trouble: it tries until a node greets the client.
func (n *node) reach(name string, token client.Token) *player {
	n.t.Helper()
	for limit := time.Now().Add(patience); ; {
		p, err := n.dialled(name, token)
		if err == nil {
			return p
		}
		if time.Now().After(limit) {
			n.t.Fatal(err)
		}
		<-time.After(50 * time.Millisecond)
	}
}
