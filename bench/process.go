package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// process is a child: a server or its clients. It is asked a line at a time on its standard input, and
// ends when that ends.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr lastWords
}

// lastWords keeps the end of what a process writes to its standard error.
type lastWords struct {
	mu   sync.Mutex
	text []byte
}

func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p...)
	if over := len(w.text) - 2048; over > 0 {
		w.text = w.text[over:]
	}
	return len(p), nil
}

func (w *lastWords) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(bytes.TrimSpace(w.text))
}

// startProcess runs argv, on the given processors only if there are any. It is killed when ctx ends.
func startProcess(ctx context.Context, argv []string, processors []int) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, argv[0], argv[1:]...)}
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = 5 * time.Second
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 1<<20)
	if err := onProcessors(processors, p.cmd.Start); err != nil {
		return nil, fmt.Errorf("%s: %w", argv[0], err)
	}
	return p, nil
}

// close ends the process and waits for it. A nil process is one that is not ours, here and below.
func (p *process) close() {
	if p == nil {
		return
	}
	_ = p.in.Close()
	_ = p.cmd.Wait()
}

// tell writes v as a line of JSON.
func (p *process) tell(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = p.in.Write(append(line, '\n'))
	return err
}

// line reads one line.
func (p *process) line() (string, error) {
	line, err := p.out.ReadString('\n')
	if err == nil {
		return strings.TrimSpace(line), nil
	}
	if said := p.stderr.String(); said != "" {
		return "", errors.New(said)
	}
	return "", fmt.Errorf("the process ended: %w", err)
}

// answer reads a line and takes it as the answer to a question.
func (p *process) answer(v any) error {
	line, err := p.line()
	if err != nil {
		return err
	}
	a := answer{Value: v}
	if err := json.Unmarshal([]byte(line), &a); err != nil {
		return fmt.Errorf("%.200s: %w", line, err)
	}
	if a.Error != "" {
		return errors.New(a.Error)
	}
	return nil
}

// answer is what a child of ours writes, but for a server's address.
type answer struct {
	Error string `json:",omitempty"`
	Value any
}

// address reads the line with the address that a server listens on.
func (p *process) address() (string, error) {
	line, err := p.line()
	if err != nil {
		return "", err
	}
	if _, _, err := net.SplitHostPort(line); err != nil {
		return "", errors.New(line)
	}
	return line, nil
}

// usage is the process's own account; a process of ours is asked where the system does not tell.
func (p *process) usage() (Usage, error) {
	if p == nil {
		return Usage{Memory: -1}, nil
	}
	u, err := processUsage(p.cmd.Process.Pid)
	if errors.Is(err, errNoUsage) {
		if err = p.tell(askUsage); err == nil {
			err = p.answer(&u)
		}
	}
	return u, err
}

// rested is what settled gives, after a collection in a server of ours: the garbage of thousands of handshakes is not what an idle
// client costs. Go's runtime collects it by itself within minutes, and gives it back.
func (p *process) rested(ctx context.Context, ours bool) (Usage, error) {
	u, err := p.settled(ctx)
	if p == nil || !ours || err != nil {
		return u, err
	}
	if err = p.tell(askRest); err == nil {
		err = p.answer(&u)
	}
	return u, err
}

// settled waits until the process rests and gives its account then: clients that are connected may not all have
// been accepted yet. One that never rests is taken as it is after a while.
func (p *process) settled(ctx context.Context) (Usage, error) {
	if p == nil {
		return p.usage()
	}
	const pause, atRest, tries = 20 * time.Millisecond, 200 * time.Microsecond, 250
	before, err := p.usage()
	for range tries {
		if err != nil {
			return before, err
		}
		select {
		case <-ctx.Done():
			return before, ctx.Err()
		case <-time.After(pause):
		}
		var now Usage
		if now, err = p.usage(); err == nil && now.CPU-before.CPU < atRest {
			return now, nil
		}
		before = now
	}
	return before, err
}

// servers are the processes of one server; none for one that runs already.
type servers []*process

func (s servers) close() {
	for _, p := range s {
		p.close()
	}
}

// usage is the account of all of them together.
func (s servers) usage() (Usage, error) {
	return s.sum((*process).usage)
}

func (s servers) rested(ctx context.Context, ours bool) (Usage, error) {
	return s.sum(func(p *process) (Usage, error) { return p.rested(ctx, ours) })
}

func (s servers) sum(of func(*process) (Usage, error)) (all Usage, err error) {
	if len(s) == 0 {
		return Usage{Memory: -1}, nil
	}
	for _, p := range s {
		u, err := of(p)
		if err != nil {
			return all, err
		}
		all.CPU += u.CPU
		all.Memory += u.Memory
	}
	return all, nil
}
