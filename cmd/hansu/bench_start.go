package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/store"
	"hansu/store/sqlite"
	"hansu/table"
)

type benchStartCmd struct {
	Tables string `default:"0,100000" placeholder:"N,N…" help:"${help_bench_tables}"`
	Rounds int    `default:"5" placeholder:"N" help:"${help_bench_rounds}"`
	Data   string `type:"path" placeholder:"DIR" help:"${help_bench_data}"`
}

// Run starts `hansu serve` again and again, on a new directory and on one with games that are running, and says when
// it takes connections and when it has accepted its first client.
func (c *benchStartCmd) Run(e *env) error {
	var counts []int
	for _, word := range strings.Split(c.Tables, ",") {
		var n int
		if _, err := fmt.Sscanf(word, "%d", &n); err != nil || n < 0 || n > 1_000_000 {
			return usageError{errors.New(e.lang.Text(i18n.BenchBadList, "--tables"))}
		}
		counts = append(counts, n)
	}
	if c.Rounds < 1 {
		return usageError{errors.New(e.lang.Text(i18n.BenchBadList, "--rounds"))}
	}
	for _, n := range counts {
		if err := c.measure(e, n); err != nil {
			return err
		}
	}
	return nil
}

// measure starts the server Rounds times over n running games.
func (c *benchStartCmd) measure(e *env, n int) (err error) {
	dir, err := os.MkdirTemp(c.Data, "hansu-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Fprintln(e.err, e.lang.Text(i18n.BenchStartFill, n))
	if n > 0 {
		if err := storeGames(e.ctx, filepath.Join(dir, "0"), n); err != nil {
			return err
		}
	}
	var listens, accepts []time.Duration
	for round := range c.Rounds {
		data := filepath.Join(dir, "0")
		if n == 0 {
			data = filepath.Join(dir, fmt.Sprint(round))
		}
		listen, accept, err := startOnce(e.ctx, data)
		if err != nil {
			return err
		}
		listens, accepts = append(listens, listen), append(accepts, accept)
	}
	slices.Sort(listens)
	slices.Sort(accepts)
	mid, last := c.Rounds/2, c.Rounds-1
	millis := func(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()*1000) }
	_, err = fmt.Fprintln(e.out, e.lang.Text(i18n.BenchStartLine, n, millis(listens[mid]), millis(listens[last]), millis(accepts[mid]), millis(accepts[last])))
	return err
}

// startOnce runs the server until its first client has been accepted. Times are from before the
// process is made.
func startOnce(ctx context.Context, data string) (listen, accept time.Duration, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	port, err := net.Listen("tcp", "127.0.0.1:0") // a port that is free, for a moment
	if err != nil {
		return 0, 0, err
	}
	addr := port.Addr().String()
	if err := port.Close(); err != nil {
		return 0, 0, err
	}
	cmd := exec.CommandContext(ctx, self, "serve", "--tcp", addr, "--http", "127.0.0.1:0", "--data", data, "--log-level", "error")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }() // killed: it has nothing to say any more
	for lines := bufio.NewScanner(out); ; {
		if !lines.Scan() {
			return 0, 0, errors.Join(errors.New("the server ended before it listened"), lines.Err())
		}
		if strings.Contains(lines.Text(), addr[strings.LastIndexByte(addr, ':'):]) {
			break
		}
	}
	listen = time.Since(began)
	player, err := client.Dial(ctx, client.Config{Address: addr, Name: "bench"})
	if err != nil {
		return 0, 0, err
	}
	accept = time.Since(began)
	return listen, accept, player.Close()
}

// movesStored is how many moves each stored game has.
const movesStored = 20

// storeGames makes a data directory with n games in progress, through the tables' own rules.
func storeGames(ctx context.Context, dir string, n int) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	st, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	tc := rules.TimeControl{Timing: rules.Fischer, Main: 600_000, Extra: 5000}
	core := table.NewCore(table.Config{Encode: func(dst []byte, _ *table.Record) []byte { return dst }})
	now := table.Time{Service: 1000, Wall: time.Now().UnixMilli()}
	const together = 500
	for first := 1; first <= n; first += together {
		for step := range movesStored + 2 {
			var cmds []table.Command
			for id := first; id < min(first+together, n+1); id++ {
				cmds = append(cmds, storedCommand(store.TableID(id), step, tc))
			}
			b := core.Step(now, cmds)
			if len(b.Writes) != len(cmds) {
				return fmt.Errorf("%d of %d commands were accepted", len(b.Writes), len(cmds))
			}
			if err := st.Append(ctx, b.Writes); err != nil {
				return err
			}
			core.Publish(b)
			now.Service++
		}
		for id := first; id < first+together; id++ {
			core.Forget(store.TableID(id))
		}
	}
	return nil
}

// storedCommand is what happens at a table in a step: it is opened, someone sits down, moves follow.
func storedCommand(id store.TableID, step int, tc rules.TimeControl) table.Command {
	who := byte(1)
	var do table.Action
	switch step {
	case 0:
		setting := table.Setting{Code: fmt.Sprintf("%08X", uint32(id)), Variant: rules.Variant{Kind: rules.Omok, Rules: rules.Freestyle, Size: 15}, Time: tc, Public: true}
		do = table.Create{Setting: setting, Name: "player one"}
	case 1:
		who, do = 2, table.Sit{Name: "player two"}
	default:
		move := step - 2
		who = byte(1 + move%2)
		to := rules.Point{Col: uint8(4 * (move % 2)), Row: uint8(move / 2)}
		if move/2%4 == 3 { // no five in a row
			to.Col += 2
		}
		do = table.Move{Move: rules.Move{To: to}, Ply: uint16(move)}
	}
	key := table.Key{who}
	binary.BigEndian.PutUint32(key[4:], uint32(id))
	return table.Command{Table: id, Key: key, Instance: 1, Number: uint32(step + 1), Do: do}
}
