package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"hansu/netio"
)

// Target is a server to be measured: one of ours, or a foreign program that prints its address and ends with
// its input, or one that runs already, of which no account can be had.
type Target struct {
	Name    string
	Serve   Serve
	Foreign []string // command; the argument LoopsArg stands for the number of loops
	Address string   // of one that runs already; several, with commas, are the nodes of one server
	Nodes   int      // how many processes are one server, which need Serve.DB and NATS; 0: one
}

// LoopsArg stands for the number of loops in a foreign program's command.
const LoopsArg = "{loops}"

// Harness runs measurements: each is a server and its clients, in processes of their own.
type Harness struct {
	Self     []string // the command that makes a process call Child
	Loops    int      // of servers; 0: as many as the processors that they may use
	Threads  int      // of clients; likewise
	Split    bool     // servers on the first half of the processors, clients on the rest (Linux)
	Warmup   time.Duration
	Progress func(done, of int, c Case)

	before func(server servers, addr string) error // once the clients are connected; nil: nothing
	after  func(server servers) error              // when the phase is over
	load   []string                                // the command of the clients' process; nil: Self
}

// Case is one cell of a comparison: who is measured, and with what load.
type Case struct {
	Group  string // the load as the report names it
	Target Target
	Load   Load
	Phase  Phase
}

// GroupOf names a load by its clients and the messages that each has under way: 1,000 × 16. Without a depth
// the clients alone name it.
func GroupOf(clients, depth int) string {
	if depth == 0 {
		return count(float64(clients))
	}
	return count(float64(clients)) + " × " + count(float64(depth))
}

// Sample is what one run of a case came to.
type Sample struct {
	Result
	Server Usage // in the phase; Memory is of each idle client, before its first message; -1: not known
}

// Rounds measures all cases in turn, rounds times: what slows the machine for a while then slows them all. The
// samples come by case, one for each round. An error of one case ends all.
func (h *Harness) Rounds(ctx context.Context, cases []Case, rounds int) ([][]Sample, error) {
	samples := make([][]Sample, len(cases))
	for round := range rounds {
		for i, c := range cases {
			if h.Progress != nil {
				h.Progress(round*len(cases)+i, rounds*len(cases), c)
			}
			s, err := h.Measure(ctx, c)
			if ctx.Err() != nil {
				return samples, ctx.Err()
			}
			if err != nil {
				return samples, fmt.Errorf("%s: %w", c.Target.Name, err)
			}
			samples[i] = append(samples[i], s)
		}
	}
	return samples, nil
}

// Measure runs one case. Both processes are at rest before and after the phase, so that the CPU time is
// that of the counted messages, all of them and no others. Without a duration only idle memory is measured.
func (h *Harness) Measure(ctx context.Context, c Case) (s Sample, err error) {
	if c.Target.Serve.Data != "" {
		if c.Target.Serve.Data, err = os.MkdirTemp(c.Target.Serve.Data, "hansu-bench-"); err != nil {
			return s, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(c.Target.Serve.Data)) }()
	}
	server, addr, err := h.serve(ctx, c.Target)
	if err != nil {
		return s, err
	}
	defer server.close()
	empty, err := server.rested(ctx, c.Target.Foreign == nil)
	if err != nil {
		return s, err
	}
	c.Load.Address = addr
	clients, err := h.startLoad(ctx, c.Load)
	if err != nil {
		return s, err
	}
	defer clients.close()
	idle, err := server.rested(ctx, c.Target.Foreign == nil)
	if err != nil {
		return s, err
	}
	if h.before != nil {
		if err := h.before(server, addr); err != nil {
			return s, err
		}
	}
	if c.Phase.Duration > 0 {
		if s, err = h.phases(server, clients, c.Phase); err != nil {
			return s, err
		}
	}
	s.Server.Memory = perClient(empty, idle, c.Load.Clients)
	if h.after != nil {
		return s, h.after(server)
	}
	return s, nil
}

// phases runs the warm-up and the phase that counts.
func (h *Harness) phases(server servers, clients *process, ph Phase) (s Sample, err error) {
	if h.Warmup > 0 {
		if _, err := clients.phase(Phase{Duration: h.Warmup, Rate: ph.Rate}); err != nil {
			return s, err
		}
	}
	before, err := server.usage()
	if err != nil {
		return s, err
	}
	if s.Result, err = clients.phase(ph); err != nil {
		return s, err
	}
	after, err := server.usage()
	if err != nil {
		return s, err
	}
	s.Server.CPU = after.CPU - before.CPU
	return s, s.check()
}

// perClient is the memory that an idle client costs. A few of them say nothing: a page of the system is more.
func perClient(empty, idle Usage, clients int) int64 {
	const fewest = 100
	if clients < fewest || empty.Memory < 0 || idle.Memory < 0 {
		return -1
	}
	return max(0, idle.Memory-empty.Memory) / int64(clients)
}

// errCounts cannot happen with a load that is honest; a figure is not shown when it does.
var errCounts = errors.New("what was sent, received and timed does not add up")

func (s *Sample) check() error {
	if s.Received == 0 || s.Sent != s.Received || s.Latency.Count() != s.Received {
		return fmt.Errorf("%w: %d, %d and %d", errCounts, s.Sent, s.Received, s.Latency.Count())
	}
	return nil
}

// serve starts the server's processes; there are none for a server that runs already.
func (h *Harness) serve(ctx context.Context, t Target) (servers, string, error) {
	if t.Address != "" {
		return nil, t.Address, nil
	}
	var all servers
	var addrs []string
	for range max(1, t.Nodes) {
		p, addr, err := h.serveOne(ctx, t)
		if err != nil {
			all.close()
			return nil, "", err
		}
		all, addrs = append(all, p), append(addrs, addr)
	}
	return all, strings.Join(addrs, ","), nil
}

func (h *Harness) serveOne(ctx context.Context, t Target) (*process, string, error) {
	mine, _ := h.processors()
	t.Serve.Loops = h.Loops
	if t.Serve.Loops <= 0 {
		if t.Serve.Loops = len(mine); len(mine) == 0 {
			t.Serve.Loops = runtime.NumCPU()
		}
	}
	argv := h.Self
	if t.Foreign != nil {
		argv = nil
		for _, word := range t.Foreign {
			argv = append(argv, strings.ReplaceAll(word, LoopsArg, strconv.Itoa(t.Serve.Loops)))
		}
	}
	p, err := startProcess(ctx, argv, mine)
	if err != nil {
		return nil, "", err
	}
	if t.Foreign == nil {
		err = p.tell(job{Serve: &t.Serve})
	}
	addr := ""
	if err == nil {
		addr, err = p.address()
	}
	if err != nil {
		p.close()
	}
	return p, addr, err
}

// startLoad starts the process of clients and waits until all are connected.
func (h *Harness) startLoad(ctx context.Context, l Load) (*process, error) {
	_, theirs := h.processors()
	argv := h.load
	if argv == nil {
		argv = h.Self
	}
	p, err := startProcess(ctx, argv, theirs)
	if err != nil {
		return nil, err
	}
	if l.Threads == 0 {
		l.Threads = h.Threads
	}
	connected := 0
	if err = p.tell(job{Load: &l}); err == nil {
		err = p.answer(&connected)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *process) phase(ph Phase) (r Result, err error) {
	if err = p.tell(ph); err == nil {
		err = p.answer(&r)
	}
	return r, err
}

// processors divides those of the machine, if that is wanted.
func (h *Harness) processors() (server, clients []int) {
	if n := runtime.NumCPU(); h.Split && n > 1 {
		for i := range n {
			if i < n/2 {
				server = append(server, i)
			} else {
				clients = append(clients, i)
			}
		}
	}
	return server, clients
}

// Targets finds what can be measured as a server of the given program ("echo", "chat", or one of Host's): the models that
// were asked for, and with baseline the plain programs to compare with. What cannot be had is told in
// notes, one line each. done removes what was compiled.
func Targets(ctx context.Context, program string, models []netio.Model, baseline bool) (targets []Target, notes []string, done func(), err error) {
	done = func() {}
	for _, m := range netio.Models() {
		switch {
		case len(models) > 0 && !slices.Contains(models, m.Model):
		case m.Client && len(models) == 0: // no server
		case m.Client:
			notes = append(notes, fmt.Sprintf("%s: is for clients only", m.Model))
		case !m.Available:
			notes = append(notes, fmt.Sprintf("%s: %s", m.Model, m.Why))
		default:
			targets = append(targets, Target{Name: string(m.Model), Serve: Serve{Program: program, Model: m.Model}})
		}
	}
	if !baseline {
		return targets, notes, done, nil
	}
	dir, err := os.MkdirTemp("", "hansu-bench-")
	if err != nil {
		return nil, nil, done, err
	}
	done = func() { _ = os.RemoveAll(dir) }
	plain, missing := plainTargets(ctx, dir, program)
	return append(plain, targets...), append(notes, missing...), done, nil
}
