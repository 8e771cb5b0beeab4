package local_test

import (
	"testing"

	"hansu/bus"
	"hansu/bus/bustest"
	"hansu/bus/local"
)

type net struct {
	hub *local.Hub
	all []*local.Bus
}

func (n *net) Join(t testing.TB) bus.Bus {
	b := n.hub.Join()
	t.Cleanup(func() { b.Close() })
	n.all = append(n.all, b)
	return b
}

func (n *net) cut(cut bool) {
	for _, b := range n.all {
		b.Cut(cut)
	}
}

func (n *net) Cut(testing.TB)  { n.cut(true) }
func (n *net) Heal(testing.TB) { n.cut(false) }

func TestBus(t *testing.T) {
	bustest.Run(t, func(testing.TB) bustest.Net { return &net{hub: local.NewHub()} })
}

// TestManyWait: bustest fills the room for bytes, this the room for messages.
func TestManyWait(t *testing.T) {
	b := local.NewHub().Join()
	defer b.Close()
	entered, release, got := make(chan bool), make(chan bool), make(chan int, bus.PendingMessages+10)
	first := true
	if err := b.Subscribe("many", func(data []byte) {
		if first {
			first = false
			close(entered)
			<-release
		}
		got <- len(data)
	}); err != nil {
		t.Fatal(err)
	}
	b.Publish("many", nil)
	<-entered
	for range bus.PendingMessages + 5 {
		if err := b.Publish("many", nil); err != nil {
			t.Fatal(err)
		}
	}
	close(release)
	for range 1 + bus.PendingMessages {
		<-got
	}
	b.Publish("many", []byte("end"))
	if n := <-got; n != 3 {
		t.Error("more were kept than there is room for")
	}
}
