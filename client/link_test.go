package client

import (
	"errors"
	"testing"
	"time"

	"hansu/wire"
)

// wireTap is a Transport that keeps what it is told.
type wireTap struct {
	dialled []string
	sent    [][]byte
	closed  int
}

func (w *wireTap) Dial(address string) { w.dialled = append(w.dialled, address) }
func (w *wireTap) Send(p []byte)       { w.sent = append(w.sent, p) }
func (w *wireTap) Close()              { w.closed++ }

func newTestLink(t *testing.T) (*Link, *wireTap, time.Time) {
	t.Helper()
	w := &wireTap{}
	l, err := NewLink(Config{Address: "host", Name: "name"}, w)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1000, 0)
	l.Connect(now)
	return l, w, now
}

func greet(l *Link, now time.Time) {
	l.Opened()
	l.Received(now, (&wire.Welcome{Version: wire.Version, Server: 7}).Append(nil, wire.Header{}))
}

// lastEvent returns the one event, which must be an Offline.
func lastEvent(t *testing.T, l *Link) Offline {
	t.Helper()
	events := l.Events()
	if len(events) != 1 {
		t.Fatalf("events %#v", events)
	}
	e, ok := events[0].(Offline)
	if !ok {
		t.Fatalf("event %#v", events[0])
	}
	return e
}

// TestLinkFirst: a first connection that fails, is silent or speaks something else is the last.
func TestLinkFirst(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		do   func(l *Link, now time.Time)
		want error
	}{
		"refused":          {func(l *Link, now time.Time) { l.Lost(now, broken) }, broken},
		"never connected":  {func(l *Link, now time.Time) { l.Tick(now.Add(5 * time.Second)) }, ErrSilent},
		"never greeted":    {func(l *Link, now time.Time) { l.Opened(); l.Tick(now.Add(5 * time.Second)) }, ErrSilent},
		"half a packet":    {func(l *Link, now time.Time) { l.Opened(); l.Received(now, []byte{0}); l.Tick(now.Add(5 * time.Second)) }, ErrSilent},
		"another protocol": {func(l *Link, now time.Time) { l.Opened(); l.Received(now, []byte("HTTP/1.1 400 Bad Request\r\n\r\n")) }, ErrNotHansu},
		"hung up":          {func(l *Link, now time.Time) { l.Opened(); l.Lost(now, nil) }, ErrHungUp},
		"another version": {func(l *Link, now time.Time) {
			l.Opened()
			l.Received(now, (&wire.Welcome{Version: 99}).Append(nil, wire.Header{}))
		}, ErrVersion},
	} {
		l, w, now := newTestLink(t)
		c.do(l, now)
		if e := lastEvent(t, l); !errors.Is(e.Err, c.want) || e.Retry != 0 {
			t.Errorf("%s: %+v, want %v and no retry", name, e, c.want)
		}
		if w.closed != 1 {
			t.Errorf("%s: the transport was closed %d times", name, w.closed)
		}
		l.Tick(now.Add(time.Hour))
		if _, err := l.Do(now, List{}); !errors.Is(err, ErrClosed) || len(w.dialled) != 1 || w.dialled[0] != "host:9000" {
			t.Errorf("%s: after the end: %v, dialled %q", name, err, w.dialled)
		}
	}
}

// TestLinkAgain: a connection that was up is taken up again, what was asked meanwhile is sent then, and a
// late word about the old one changes nothing.
func TestLinkAgain(t *testing.T) {
	l, w, now := newTestLink(t)
	greet(l, now)
	if events := l.Events(); len(events) != 1 || events[0].(Online).Again || !l.Up() {
		t.Fatalf("events %#v", events)
	}
	l.Lost(now, nil)
	e := lastEvent(t, l)
	if !errors.Is(e.Err, ErrHungUp) || e.Retry <= 0 || l.Up() {
		t.Fatalf("%+v", e)
	}
	l.Received(now, []byte("late"))
	l.Lost(now, errors.New("late"))
	if events := l.Events(); len(events) != 0 {
		t.Fatalf("events %#v", events)
	}
	sent := len(w.sent)
	if _, err := l.Do(now, List{}); err != nil || len(w.sent) != sent {
		t.Fatalf("%v, %d packets sent without a connection", err, len(w.sent)-sent)
	}
	l.Tick(now.Add(e.Retry - 1))
	if len(w.dialled) != 1 {
		t.Fatal("dialled too early")
	}
	now = now.Add(e.Retry)
	l.Tick(now)
	if len(w.dialled) != 2 {
		t.Fatal("not dialled again")
	}
	l.Lost(now, errors.New("refused")) // while the server is away attempts go on
	if e = lastEvent(t, l); e.Retry <= 0 {
		t.Fatalf("%+v", e)
	}
	now = now.Add(e.Retry)
	l.Tick(now)
	greet(l, now)
	if events := l.Events(); len(events) != 1 || !events[0].(Online).Again {
		t.Fatalf("events %#v", events)
	}
	if h, _, _, err := wire.Cut(w.sent[len(w.sent)-1]); err != nil || len(w.sent) != sent+2 || h.Type != wire.TypeList {
		t.Fatalf("%d packets sent, the last %v, %v", len(w.sent), h.Type, err)
	}
	l.Close()
	l.Lost(now, nil)
	l.Tick(now.Add(time.Hour))
	if len(l.Events()) != 0 || len(w.dialled) != 3 {
		t.Error("a closed link goes on")
	}
}
