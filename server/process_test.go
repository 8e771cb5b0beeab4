package server_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"hansu/client"
	"hansu/rules"
)

// buildHansu builds the real binary once, with the race detector.
var buildHansu = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(scratch, "hansu")
	out, err := exec.Command("go", "build", "-race", "-o", bin, "hansu/cmd/hansu").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %v\n%s", err, out)
	}
	return bin, nil
})

// scratch is a directory for as long as the tests run.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "hansu")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	files := descriptors()
	code := runTests(m)
	os.RemoveAll(dir)
	if code == 0 {
		if what := left(files + 2); what != "" { // two are of Go's own: its poller
			fmt.Fprintln(os.Stderr, what)
			code = 1
		}
	}
	os.Exit(code)
}

// runTests runs all tests, and ends afterwards what they have in common.
var runTests = (*testing.M).Run

// process is the real binary, serving one data directory, or a database with others.
type process struct {
	t    *testing.T
	data string
	with []string // instead of the data directory
	addr string
	page string // the address of HTTP
	cmd  *exec.Cmd
	log  record
	end  chan error

	under   []string        // a command that runs the server, before the server's own words
	prepare func(*exec.Cmd) // what else the command needs; nil: nothing
}

func startProcess(t *testing.T) *process {
	t.Helper()
	p := newProcess(t)
	p.start()
	return p
}

// newProcess is a server that is not started yet.
func newProcess(t *testing.T) *process {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("builds and kills the real binary: done on Unix")
	}
	if _, err := buildHansu(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, data: dataDir(t), addr: "127.0.0.1:0", page: "127.0.0.1:0"}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the server's log:\n%s", p.log.String())
		}
		if strings.Contains(p.log.String(), "DATA RACE") {
			t.Error("the server has a data race")
		}
	})
	return p
}

// start runs the server and waits for its `ready` record.
func (p *process) start() {
	p.t.Helper()
	bin, _ := buildHansu()
	with := p.with
	if with == nil {
		with = []string{"--data", p.data}
	}
	words := append(p.under[:len(p.under):len(p.under)], bin, "serve", "--tcp", p.addr, "--http", p.page, "--log-format", "json")
	words = append(words, with...)
	p.cmd = exec.Command(words[0], words[1:]...)
	if p.prepare != nil {
		p.prepare(p.cmd)
	}
	p.cmd.Env = append(os.Environ(), "GORACE=halt_on_error=1 atexit_sleep_ms=0")
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ready := make(chan [2]string, 1)
	p.end = make(chan error, 1)
	go func() {
		lines := bufio.NewScanner(io.TeeReader(stderr, &p.log))
		for lines.Scan() {
			var rec struct{ Msg, TCP, HTTP string }
			if json.Unmarshal(lines.Bytes(), &rec) == nil && rec.Msg == "ready" {
				ready <- [2]string{rec.TCP, rec.HTTP}
			}
		}
		p.end <- p.cmd.Wait()
	}()
	select {
	case at := <-ready:
		p.addr, p.page = at[0], at[1]
	case err := <-p.end:
		p.cmd = nil
		p.t.Fatalf("the server ended: %v\n%s", err, p.log.String())
	case <-time.After(4 * patience):
		p.t.Fatal("the server is not ready")
	}
}

// kill ends the server as a power cut does.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.end
	p.cmd = nil
}

func (p *process) node() *node { return &node{t: p.t, addr: p.addr, page: p.page} }

// record is what a server has logged. It can be read while the server goes on.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// script is a whole game and its known result.
type script struct {
	name   string
	game   string
	moves  []string
	result string // "1-0", "0-1", "1/2-1/2", first player's view
}

var (
	pgnTag    = regexp.MustCompile(`(?m)^\[(\w+) "(.*)"\]`)
	pgnNumber = regexp.MustCompile(`\d+\.+`)
)

func chessScripts(t *testing.T) []script {
	text, err := os.ReadFile("../rules/chess/testdata/games/historic.pgn")
	if err != nil {
		t.Fatal(err)
	}
	var list []script
	for _, game := range strings.Split(strings.TrimSpace(string(text)), "\n\n[Event ") {
		s := script{game: "chess"}
		for _, tag := range pgnTag.FindAllStringSubmatch("[Event "+strings.TrimPrefix(game, "[Event "), -1) {
			switch tag[1] {
			case "White", "Black":
				s.name += tag[2] + " "
			case "Result":
				s.result = tag[2]
			}
		}
		_, moves, _ := strings.Cut(game, "\n\n")
		fields := strings.Fields(pgnNumber.ReplaceAllString(moves, " "))
		s.moves = fields[:len(fields)-1] // the last is the result
		list = append(list, s)
	}
	return list
}

func omokScripts(t *testing.T) []script {
	text, err := os.ReadFile("../rules/omok/testdata/games.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []script
	var s script
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#!"):
			at := map[string]string{}
			for _, f := range strings.Fields(line[2:]) {
				k, v, _ := strings.Cut(f, "=")
				at[k] = v
			}
			opening := ""
			if at["opening"] != "free" && at["opening"] != "" {
				opening = ":" + at["opening"]
			}
			s = script{game: "omok:" + at["rules"] + ":" + at["size"] + opening}
			s.result = map[string]string{"black": "1-0", "white": "0-1", "draw": "1/2-1/2"}[at["result"]]
		case line != "" && !strings.HasPrefix(line, "#"):
			s.moves, s.name = strings.Fields(line), fmt.Sprintf("omok %d", len(list)+1)
			list = append(list, s)
		}
	}
	return list
}

// play plays a script to its result: what the board does not say the players do. It says when both have come:
// a client comes back by itself only where it has been.
func (s script) play(n *node, code string, come func()) {
	a, b := n.player("first of "+code), n.player("second of "+code)
	come()
	a.must(client.Open{Variant: variant(n.t, s.game), Time: timing(n.t, "60+0"), Private: true})
	b.must(client.Enter{Code: a.table.Code})
	for !a.table.Running() {
		until(a, func(client.Record) bool { return true })
	}
	for i, m := range s.moves {
		p := []*player{a, b}[i%2]
		p.plies(i)
		p.move(m)
	}
	for _, p := range []*player{a, b} {
		p.plies(len(s.moves))
	}
	if a.table.Running() {
		id := a.table.ID
		switch s.result {
		case "1-0":
			b.must(client.Resign{Table: id})
		case "0-1":
			a.must(client.Resign{Table: id})
		default:
			a.must(client.Propose{Table: id, What: client.DrawOffer})
			b.must(client.Reply{Table: id, What: client.DrawOffer, Verdict: client.Accept})
		}
	}
	want := map[string]client.Seat{"1-0": client.SeatOne, "0-1": client.SeatTwo}[s.result]
	for _, p := range []*player{a, b} {
		for p.table.Running() {
			until(p, func(client.Record) bool { return true })
		}
		if p.table.Winner != want || len(p.table.Moves) != len(s.moves) {
			p.t.Errorf("%s: winner %v after %d moves, want %v after %d", s.name, p.table.Winner, len(p.table.Moves), want, len(s.moves))
		}
		p.c.Close()
	}
	if mated := strings.HasSuffix(s.moves[len(s.moves)-1], "#"); mated != (a.table.Reason == rules.Checkmate) {
		n.t.Errorf("%s: ended by %v", s.name, a.table.Reason)
	}
}

// TestWholeGamesAcrossKills plays historic chess games and omok games, all at once, through real
// sockets and a real database file, while the server is killed and started again.
func TestWholeGamesAcrossKills(t *testing.T) {
	chess, omok := chessScripts(t), omokScripts(t)
	t.Parallel()
	if len(chess) < 20 || len(omok) < 20 {
		t.Fatalf("only %d chess games and %d omok games", len(chess), len(omok))
	}
	p := startProcess(t)
	var games, coming sync.WaitGroup
	for i, s := range append(chess, omok...) {
		coming.Add(1)
		come := sync.OnceFunc(coming.Done)
		games.Go(func() {
			defer come() // also when it fails
			s.play(p.node(), fmt.Sprint(i), come)
		})
	}
	coming.Wait()
	over := make(chan struct{})
	go func() { games.Wait(); close(over) }()
	kills := 0
	for {
		select {
		case <-over:
			t.Logf("%d chess games and %d omok games across %d kills", len(chess), len(omok), kills)
			if kills == 0 {
				t.Error("the games were over before the first kill")
			}
			return
		case <-time.After(time.Duration(100+rand.IntN(400)) * time.Millisecond):
		}
		if kills < 5 {
			p.kill()
			p.start()
			kills++
		}
	}
}

// TestClocksAcrossAKill: what a player had thought for when the server was killed has been
// counted, but for the last second or so; the time it was down has not.
func TestClocksAcrossAKill(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	began := time.Now()
	a, _ := p.node().pair("omok", "60+0")
	const thought, down = 4 * time.Second, 2 * time.Second
	<-time.After(thought)
	p.kill()
	<-time.After(down)
	p.start()
	told := until(a, func(client.Clocked) bool { return true })
	used := time.Hour - time.Duration(told.Table.Player(client.SeatOne).Left.Main)*time.Millisecond
	if used < thought-3*time.Second { // more than that second on a busy machine, and far less than what was thought
		t.Errorf("only %v of %v were counted", used, thought)
	}
	if up := time.Since(began) - down; used > up {
		t.Errorf("%v were counted, and the server was up for %v", used, up)
	}
}
