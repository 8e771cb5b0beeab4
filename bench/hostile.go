package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hansu/rules"
	"hansu/wire"
)

// Attack is what hostile clients do to a server, all the time, in a process of their own.
type Attack struct {
	Kind    string // one of Attacks
	Address string
	Clients int // at once
}

// attack is one kind. client is one hostile client's life on a connection; the next one follows when it has ended.
type attack struct {
	name   string
	share  int // of Attack.Clients, in percent: some need many, some are heavy
	client func(h *hostile, ctx context.Context, c net.Conn)
}

var attacks = []attack{
	{"half-open", 400, (*hostile).halfOpen},
	{"slow loris", 400, (*hostile).loris},
	{"flood", 20, (*hostile).flood},
	{"packet bombs", 50, (*hostile).bomb},
	{"never reading", 100, (*hostile).deaf},
	{"connect storm", 50, func(*hostile, context.Context, net.Conn) {}},
	{"random bytes", 50, (*hostile).noise},
	{"resets", 50, (*hostile).reset},
}

// Attacks are the kinds of attack.
func Attacks() []string {
	var names []string
	for _, a := range attacks {
		names = append(names, a.name)
	}
	return names
}

// hostile is an attack under way.
type hostile struct {
	kind        attack
	address     string
	connections atomic.Int64 // made so far
	bytes       atomic.Int64 // sent so far
}

// Harm is what an attack has done so far.
type Harm struct{ Connections, Bytes int64 }

func (h *hostile) harm() Harm { return Harm{h.connections.Load(), h.bytes.Load()} }

// startAttack begins an attack; stop ends it, and has it closed all of its connections.
func startAttack(a Attack) (h *hostile, stop func(), err error) {
	i := slices.IndexFunc(attacks, func(k attack) bool { return k.name == a.Kind })
	if i < 0 || a.Clients < 1 {
		return nil, nil, fmt.Errorf("no attack %q by %d clients", a.Kind, a.Clients)
	}
	h = &hostile{kind: attacks[i], address: a.Address}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for range max(1, a.Clients*h.kind.share/100) {
		all.Go(func() {
			for ctx.Err() == nil {
				h.once(ctx)
			}
		})
	}
	return h, func() { cancel(); all.Wait() }, nil
}

// once connects, attacks and closes.
func (h *hostile) once(ctx context.Context) {
	c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", h.address)
	if err != nil {
		wait(ctx, 10*time.Millisecond) // of ports on this side, perhaps
		return
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	// What the server has not read waits in the attacker's system, which is this one: megabytes for each of them, which it
	// frees all at once while others wait for the processor.
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetWriteBuffer(64 << 10)
	}
	h.connections.Add(1)
	h.kind.client(h, ctx, c)
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// write reports whether the connection took p.
func (h *hostile) write(c net.Conn, p []byte) bool {
	_ = c.SetWriteDeadline(time.Now().Add(5 * time.Second))
	n, err := c.Write(p)
	h.bytes.Add(int64(n))
	return err == nil
}

// greeting is a good Hello.
func greeting() []byte {
	g := wire.Hello{Magic: wire.Magic, Version: wire.Version, Instance: rand.Uint32()}
	copy(g.Name[:], "hostile")
	return g.Append(nil, wire.Header{})
}

// drain reads until the server closes.
func drain(c net.Conn) {
	p := make([]byte, 4096)
	for {
		if _, err := c.Read(p); err != nil {
			return
		}
	}
}

// halfOpen connects and says nothing until the server has had enough.
func (h *hostile) halfOpen(_ context.Context, c net.Conn) { drain(c) }

// loris sends a good Hello, a byte at a time.
func (h *hostile) loris(ctx context.Context, c net.Conn) {
	for _, b := range greeting() {
		if ctx.Err() != nil || !h.write(c, []byte{b}) {
			return
		}
		wait(ctx, time.Second)
	}
}

// flood greets and then asks for lists, as fast as the network takes it, and reads the answers.
func (h *hostile) flood(ctx context.Context, c net.Conn) {
	go drain(c)
	p := greeting()
	for h.write(c, p) && ctx.Err() == nil {
		for p = p[:0]; len(p) < 16<<10; {
			p = (&wire.List{What: 1}).Append(p, wire.Header{Number: 1 + rand.Uint32N(1000)})
		}
	}
}

// bomb sends a packet that claims to be as long as no packet may be, or has a body that does not
// fit, behind as many bytes as the server takes.
func (h *hostile) bomb(_ context.Context, c net.Conn) {
	p := make([]byte, 64<<10)
	for i := range p {
		p[i] = 0xff
	}
	if rand.IntN(2) == 0 {
		p = append(greeting(), p...)
	}
	h.write(c, p)
	drain(c)
}

// deaf greets, asks, and never reads.
func (h *hostile) deaf(ctx context.Context, c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetReadBuffer(2048)
	}
	p := greeting()
	for h.write(c, p) && ctx.Err() == nil {
		for p = p[:0]; len(p) < 16<<10; {
			p = (&wire.Ping{Value: 1}).Append(p, wire.Header{Number: 1})
		}
	}
}

// noise sends random bytes, with or without a Hello before them.
func (h *hostile) noise(_ context.Context, c net.Conn) {
	go drain(c)
	var p []byte
	if rand.IntN(2) == 0 {
		p = greeting()
	}
	for range 1 + rand.IntN(4096) {
		p = append(p, byte(rand.Uint32()))
	}
	h.write(c, p)
}

// reset opens a table and breaks the connection with a reset, whatever is under way.
func (h *hostile) reset(_ context.Context, c net.Conn) {
	v := wire.Variant{Kind: uint8(rules.Omok), Rules: uint8(rules.Freestyle), Size: 15}
	h.write(c, (&wire.Open{Variant: v, Private: 1}).Append(greeting(), wire.Header{Number: 1}))
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // closing resets: tcp(7), SO_LINGER
	}
	p := make([]byte, 16)
	_, _ = c.Read(p) // the server is at it
}

// attackChild attacks until lines end, and says at each line what it has done so far.
func attackChild(a Attack, lines *bufio.Scanner, out *json.Encoder) error {
	h, stop, err := startAttack(a)
	if err != nil {
		return out.Encode(answer{Error: err.Error()})
	}
	defer stop()
	if err := out.Encode(answer{Value: Harm{}}); err != nil {
		return err
	}
	for lines.Scan() {
		if err := out.Encode(answer{Value: h.harm()}); err != nil {
			return err
		}
	}
	return lines.Err()
}

// urgent is a command whose process goes before every other: honest players are at machines of their own, too, and
// what they wait for must be the server, not a processor that it keeps busy. Where the system does not
// allow it the command is as it was.
func urgent(argv []string) []string {
	first := []string{"chrt", "--rr", "1"}
	if exec.Command(first[0], append(first[1:], "true")...).Run() != nil {
		return argv
	}
	return append(first, argv...)
}

// yielding is a command whose process lets every other go first: attackers come from machines of their own, and
// must not win by taking the processor from the server that is measured. Being nice is not enough for that: Linux lets the
// nicest process finish its slice of milliseconds before one that was woken, at every step of a move. An idle process has none (sched(7)).
func yielding(argv []string) []string {
	if chrt, err := exec.LookPath("chrt"); err == nil {
		return append([]string{chrt, "--idle", "0"}, argv...)
	}
	if nice, err := exec.LookPath("nice"); err == nil {
		return append([]string{nice, "-n", "19"}, argv...)
	}
	return argv
}

// Siege is what one case under attack came to.
type Siege struct {
	Sample
	Harm
	ServerMemory int64 // bytes of memory of the server's process at the end of the phase; -1: not known
}

// Besiege measures one case while an attack goes on. With an attack of no kind it is quiet.
func (h *Harness) Besiege(ctx context.Context, c Case, a Attack) (s Siege, err error) {
	attacker := (*process)(nil)
	defer func() { attacker.close() }()
	h.before = func(server servers, addr string) (err error) {
		if a.Kind == "" {
			return nil
		}
		a.Address = addr
		if attacker, err = startProcess(ctx, yielding(h.Self), nil); err == nil {
			if err = attacker.tell(job{Attack: &a}); err == nil {
				err = attacker.answer(&s.Harm)
			}
		}
		return err
	}
	h.after = func(server servers) (err error) {
		u, err := server.usage()
		s.ServerMemory = u.Memory
		if a.Kind == "" || err != nil {
			return err
		}
		return errors.Join(attacker.tell("harm"), attacker.answer(&s.Harm))
	}
	h.load = urgent(h.Self)
	defer func() { h.before, h.after, h.load = nil, nil, nil }()
	s.Sample, err = h.Measure(ctx, c)
	return s, err
}
