package netiotest

import (
	"encoding/binary"
	"io"
	"math"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"hansu/netio"
)

// testConcurrentSend has many goroutines send to one client: nothing is lost, and each
// one's messages stay in order.
func testConcurrentSend(t *testing.T, s suite) {
	const senders, each = 8, 2000
	opened := make(chan netio.Conn, 1)
	p := &program{opened: func(c netio.Conn) { opened <- c }}
	n := s.start(t, p, netio.Config{Outbound: senders * each * 8})
	c := n.dial()
	server := await(t, opened, "Opened")
	var wg sync.WaitGroup
	for sender := range senders {
		wg.Go(func() {
			var msg [8]byte
			for i := range each {
				binary.BigEndian.PutUint32(msg[:], uint32(sender))
				binary.BigEndian.PutUint32(msg[4:], uint32(i))
				if err := server.Send(msg[:]); err != nil {
					t.Errorf("Send: %v", err)
					return
				}
			}
		})
	}
	var next [senders]uint32
	var msg [8]byte
	for range senders * each {
		if _, err := io.ReadFull(c, msg[:]); err != nil {
			t.Fatal(err)
		}
		sender, i := binary.BigEndian.Uint32(msg[:]), binary.BigEndian.Uint32(msg[4:])
		if sender >= senders || next[sender] != i {
			t.Fatalf("sender %d: message %d out of order", sender, i)
		}
		next[sender]++
	}
	wg.Wait()
}

// testSendAndBroadcastInOrder has one goroutine's sends and broadcasts arrive as it made
// them, while another's come in between.
func testSendAndBroadcastInOrder(t *testing.T, s suite) {
	opened := make(chan netio.Conn, 1)
	p := echo()
	p.opened = func(c netio.Conn) { opened <- c }
	n := s.start(t, p, netio.Config{Outbound: 8 << 20})
	c := n.dial()
	server := await(t, opened, "Opened")
	if err := exchange(c, "now Opened has returned"); err != nil {
		t.Fatal(err)
	}
	const messages = 3000
	var wg sync.WaitGroup
	for sender := range uint32(2) {
		wg.Go(func() {
			var msg [8]byte
			binary.BigEndian.PutUint32(msg[:], sender)
			for i := range uint32(messages) {
				binary.BigEndian.PutUint32(msg[4:], i)
				if (i/3+sender)%2 == 0 {
					n.Broadcast(msg[:])
				} else if err := server.Send(msg[:]); err != nil {
					t.Errorf("Send: %v", err)
				}
			}
		})
	}
	var next [2]uint32
	var msg [8]byte
	for range 2 * messages {
		if _, err := io.ReadFull(c, msg[:]); err != nil {
			t.Fatal(err)
		}
		sender, i := binary.BigEndian.Uint32(msg[:]), binary.BigEndian.Uint32(msg[4:])
		if sender > 1 || next[sender] != i {
			t.Fatalf("sender %d: message %d out of order", sender, i)
		}
		next[sender]++
	}
	wg.Wait()
}

// lastWord ends the talk of testBroadcastOrder.
const lastWord = 1<<32 - 1

// testBroadcastOrder has clients talk, join and leave: all see one order without a gap,
// each from its joining on, and who has joined before a message gets it.
func testBroadcastOrder(t *testing.T, s suite) {
	talkers, guests := 4, 60
	if s.oneAtATime {
		talkers, guests = 1, 0
	}
	var named, spoken atomic.Uint32
	var server atomic.Pointer[node]
	opened := make(chan netio.Conn, 1)
	p := &program{received: func(_ netio.Conn, b []byte) {
		for range b { // one broadcast a byte that a talker sends
			server.Load().Broadcast(binary.BigEndian.AppendUint32(nil, named.Add(1)))
		}
	}, opened: func(c netio.Conn) { opened <- c }}
	n := s.start(t, p, netio.Config{})
	server.Store(n)
	conns := make([]net.Conn, talkers)
	for i := range conns {
		conns[i] = n.dial()
		await(t, opened, "Opened")
	}
	var talk, listen sync.WaitGroup
	orders := make([][]uint32, talkers)
	stop := make(chan struct{})
	for i, c := range conns {
		heard := make(chan struct{}, 1)
		listen.Go(func() { orders[i] = readOrder(t, c, math.MaxInt, heard) })
		talk.Go(func() {
			for count := 0; ; count++ {
				select {
				case <-stop:
					if count >= 200 {
						return
					}
				default:
				}
				spoken.Add(1)
				if _, err := c.Write([]byte{1}); err != nil {
					t.Error(err)
					return
				}
				<-heard // somebody's word, so that talk goes on at the pace of the listeners
			}
		})
	}
	heard := make([][]uint32, guests)
	for i := range guests {
		c := n.dial()
		await(t, opened, "Opened")
		heard[i] = readOrder(t, c, i%4, nil) // then it leaves in the middle of the talk
		if i%2 == 0 {
			_ = c.SetLinger(0)
		}
		_ = c.Close()
	}
	close(stop)
	talk.Wait()
	until(t, "all words broadcast", func() bool { return named.Load() == spoken.Load() })
	n.Broadcast(binary.BigEndian.AppendUint32(nil, lastWord))
	listen.Wait()
	for _, order := range orders[1:] {
		if !slices.Equal(order, orders[0]) {
			t.Error("two clients who heard everything heard different orders")
		}
	}
	checkOrders(t, orders[0], int(named.Load())+1, heard)
}

// readOrder reads n broadcasts, or up to the last one.
func readOrder(t *testing.T, c io.Reader, n int, heard chan<- struct{}) []uint32 {
	var order []uint32
	var msg [4]byte
	for range n {
		if _, err := io.ReadFull(c, msg[:]); err != nil {
			t.Errorf("after %d broadcasts: %v", len(order), err)
			break
		}
		word := binary.BigEndian.Uint32(msg[:])
		order = append(order, word)
		if word == lastWord {
			break
		}
		select {
		case heard <- struct{}{}:
		default:
		}
	}
	return order
}

// checkOrders has every number once in all, and every part as a stretch of it.
func checkOrders(t *testing.T, all []uint32, words int, parts [][]uint32) {
	sorted := slices.Sorted(slices.Values(all))
	if len(slices.Compact(sorted)) != words || len(all) != words {
		t.Errorf("%d broadcasts came, want %d, each once", len(all), words)
	}
	for i, part := range parts {
		if len(part) == 0 {
			continue
		}
		at := slices.Index(all, part[0])
		if at < 0 || at+len(part) > len(all) || !slices.Equal(all[at:at+len(part)], part) {
			t.Errorf("guest %d heard %v, which is no stretch of what the others heard", i, part)
		}
	}
}
