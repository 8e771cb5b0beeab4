package sim

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// bugVar names the bug that a program built from the mutated source has; empty: none.
const bugVar = "HANSU_SIM_BUG"

// edit puts one bug or two into the product's source, for one build of these tests alone: the compiler is
// given another text for the file, the file itself stays as it is. The bug is there when bug(its name) is true.
type edit struct {
	file     string // from the module's root
	old, new string // old is there exactly once
}

var edits = []edit{
	{
		"table/shard.go",
		"b := s.core.Step(s.now(), cmds)\n",
		"b := s.core.Step(s.now(), cmds)\n" +
			"if bug(`publish before commit`) {\ns.core.Publish(b)\nif len(b.Writes) > 0 {\ns.append(ctx, b)\n}\nreturn\n}\n",
	},
	{
		"table/core.go",
		"d.answer(Answer{Refusal: r, Problem: p})",
		"if bug(`refuse before commit`) {\nif d.cmd.From != nil {\n" +
			"d.cmd.From.Answer(Answer{Table: d.cmd.Table, Number: d.cmd.Number, Do: d.cmd.Do, Refusal: r, Problem: p})\n}\nreturn\n}\n" +
			"d.answer(Answer{Refusal: r, Problem: p})",
	},
	{
		"table/core.go",
		"t.recall(d.seat, cmd.Instance, cmd.Number); ok {",
		"t.recall(d.seat, cmd.Instance, cmd.Number); ok && !bug(`skip the idempotency check`) {",
	},
	{
		"table/table.go",
		"t.remember(s, told{instance: r.By.Instance, number: r.By.Number, record: r.Seq})",
		"if !bug(`forget what was answered with the restart`) || r.At%2 == 0 {\n" +
			"t.remember(s, told{instance: r.By.Instance, number: r.By.Number, record: r.Seq})\n}",
	},
	{
		"lobby/lobby.go",
		"if s.Taken && p == (Player{s.Key, s.Instance, s.Number}) {",
		"if s.Taken && p == (Player{s.Key, s.Instance, s.Number}) && (!bug(`open again after a restart`) || e.info.Phase == 0) {",
	},
	{
		"table/batch.go",
		"for seq := o.seen + 1; seq <= o.at.Last; seq++ {",
		"first, end := o.seen+1, o.at.Last+1\nif bug(`resume one record too late`) {\nfirst++\n}\n" +
			"if bug(`resume one record too short`) {\nend--\n}\nfor seq := first; seq < end; seq++ {",
	},
	{
		"server/store.go",
		"return beat + 1, nil",
		"switch {\ncase bug(`forget the clock on restart`):\nreturn 1, nil\n" +
			"case bug(`charge the time that the server was down`):\nreturn beat + 2_000, nil\n}\nreturn beat + 1, nil",
	},
	{
		"session/hub.go",
		"return h.cfg.Shards[int(cmd.Table)%len(h.cfg.Shards)].Submit(cmd)",
		"if bug(`two writers`) {\nreturn h.cfg.Shards[(int(cmd.Table)+len(h.players)/8)%len(h.cfg.Shards)].Submit(cmd)\n}\n" +
			"return h.cfg.Shards[int(cmd.Table)%len(h.cfg.Shards)].Submit(cmd)",
	},
	{
		"table/shard.go",
		"case err == nil:\n\t\t\treturn true",
		"case err == nil || bug(`drop a record of unknown outcome`) && errors.Is(err, store.ErrUnknown):\n\t\t\treturn true",
	},
	{
		"table/shard.go",
		"if !s.pause(ctx, wait) {",
		"if s.pause(ctx, wait) == bug(`take an unknown outcome for a failure`) {",
	},
	{
		"session/session.go",
		"if i := s.find(id); i >= 0 && !s.tables[i].heard {",
		"if i := s.find(id); i >= 0 && (!s.tables[i].heard || bug(`forget a table because of a command that is refused`)) {",
	},
	{
		"table/shard.go",
		"s.core.Expect(cmd.Table, s.now().Service+readAgain)",
		"if !bug(`lose a deadline`) {\ns.core.Expect(cmd.Table, s.now().Service+readAgain)\n}",
	},
	{
		"table/shard.go",
		"s.core.Expect(id, s.now().Service+readAgain)",
		"if !bug(`wait for somebody to come to a table that was dropped`) {\ns.core.Expect(id, s.now().Service+readAgain)\n}",
	},
	{
		"session/handlers.go",
		"return s.submit(id, h.Number, table.Leave{})",
		"if bug(`forget a table that is not left`) {\ns.away(id)\n}\nreturn s.submit(id, h.Number, table.Leave{})",
	},
	{
		"table/core.go",
		"if p := d.t.place(s); p.present > 0 {",
		"if p := d.t.place(s); p.present > 0 && (p.present > 1 || !bug(`count an absent player as present`)) {",
	},

	// Among several nodes.
	{
		"sim/database.go", // what the real store must not forget either: its own tests hold it to that
		"if w.Epoch != epoch {",
		"if w.Epoch != epoch && !bug(`append without a fence`) {",
	},
	{
		"table/shard.go",
		"s.away(cmd, other.Node)",
		"if !bug(`drop what is another node's`) {\ns.away(cmd, other.Node)\n}",
	},
	{
		"table/shard.go",
		"if !s.speaks() { // it was",
		"if !s.speaks() && !bug(`publish what was overtaken`) { // it was",
	},
	{
		"table/core.go",
		"now.Service = max(now.Service-t.own.Lag, t.at)",
		"if bug(`charge time without an owner`) {\nt.own.Lag = 0\n}\nnow.Service = max(now.Service-t.own.Lag, t.at)",
	},
	{
		"cluster/link.go",
		"case h.kind == frameBeat && h.number >= l.next, h.kind == frameData && h.number > l.next:",
		"case bug(`miss that a frame was lost`) && h.kind == frameBeat:\n" +
			"case bug(`miss that a frame was lost`) && h.kind == frameData && h.number > l.next:\n" +
			"l.next = h.number + 1\nmore, _ := l.messages(body)\ncalls = append(calls, more...)\n" +
			"case h.kind == frameBeat && h.number >= l.next, h.kind == frameData && h.number > l.next:",
	},
	{
		"cluster/link.go",
		"case h.kind == frameData && h.number == l.next:",
		"case h.kind == frameData && (h.number == l.next || bug(`take a frame twice`) && h.number < l.next):",
	},
	{
		"cluster/link.go",
		"r.gone = append(r.gone, g)",
		"if !bug(`keep the guests of a broken link`) {\nr.gone = append(r.gone, g)\n}",
	},
	{
		"cluster/link.go",
		"if p := l.numbers[no]; p != nil {",
		"if p := l.numbers[no]; p != nil && !bug(`tell nobody that a link is broken`) {",
	},
	{
		"server/cluster.go",
		"return int64(m.node.Service())-m.renewed.Load() < m.cfg.Lease.Milliseconds()",
		"return bug(`speak without a lease`) || int64(m.node.Service())-m.renewed.Load() < m.cfg.Lease.Milliseconds()",
	},
	{
		"server/node.go",
		"sc.Alive = n.member.alive",
		"if !bug(`answer without a lease`) {\nsc.Alive = n.member.alive\n}",
	},
	{
		"server/cluster.go",
		"s.Retain(held)",
		"if !bug(`keep tables that others took`) {\ns.Retain(held)\n}",
	},
	{
		"server/cluster.go",
		"m.node.shard(o.Table).Look(o.Table)",
		"if !bug(`leave tables without an owner`) {\nm.node.shard(o.Table).Look(o.Table)\n}",
	},
	{
		"server/cluster.go",
		"if !m.missed.Swap(false) && now-m.polled < pollEvery {",
		"if bug(`never ask what was not heard`) || !m.missed.Swap(false) && now-m.polled < pollEvery {",
	},
	{
		"server/store.go",
		"err := shared.Release(ctx, n.Service())",
		"var err error\nif !bug(`leave without letting go`) {\nerr = shared.Release(ctx, n.Service())\n}",
	},
	{
		"session/nodes.go",
		"if s.turn == nil || len(s.turn.held) >= heldMost {",
		"if s.turn == nil || len(s.turn.held) >= heldMost || bug(`overtake what asks other nodes`) {",
	},
	{
		"session/nodes.go",
		"if lob.Again(p, submit) {\n\t\tnodes.Unpair",
		"if !bug(`carry out a command at a second node`) && lob.Again(p, submit) {\n\t\tnodes.Unpair",
	},
	{
		"lobby/lobby.go",
		"if !seated(in, e.promised.Key) {",
		"if !seated(in, e.promised.Key) && !bug(`keep a promise for ever`) {",
	},
}

// bugFile is added to each package that has an edit.
const bugFile = `package %s

import "os"

var present = os.Getenv("` + bugVar + `")

func bug(name string) bool { return present == name }
`

// foundAt are seeds at which bugs were found when all from 0 on were tried. They are tried first, which saves minutes;
// when the simulation or the server has changed so that none of them finds a bug any more, the search begins anew.
var foundAt = []int{77, 122, 229, 371, 407, 654, 1124, 1436, 2648, 5624}

// mutantSeeds is the budget for finding each.
const mutantSeeds = 6000

var bugName = regexp.MustCompile("bug\\(`(.*?)`\\)")

// TestMutants puts one bug after the other into the server: the simulation must find each of them,
// or it would not find such a bug that somebody makes. Without any of them the mutated source is as good as the real one.
func TestMutants(t *testing.T) {
	if testing.Short() || raceEnabled {
		return // a build; the race detector finds no more of them
	}
	program := buildMutants(t)
	if found := runMutant(t, program, "", 0, 200); found != "" {
		t.Fatalf("without a bug: %s", found)
	}
	bugs := map[string]bool{}
	for _, e := range edits {
		for _, name := range bugName.FindAllStringSubmatch(e.new, -1) {
			if bugs[name[1]] {
				continue
			}
			bugs[name[1]] = true
			t.Run(strings.ReplaceAll(name[1], " ", "-"), func(t *testing.T) {
				found := searchMutant(t, program, name[1])
				if found == "" {
					t.Fatalf("not found in %d seeds", mutantSeeds)
				}
				t.Log(found)
			})
		}
	}
	if len(bugs) < 33 {
		t.Errorf("only %d bugs", len(bugs))
	}
}

// searchMutant looks for a bug in the seeds that have found some, and then in all.
func searchMutant(t *testing.T, program, bug string) (found string) {
	t.Helper()
	if found = runMutant(t, program, bug, 0, 16); found != "" {
		return found
	}
	for _, seed := range foundAt {
		if found = runMutant(t, program, bug, seed, 1); found != "" {
			return found
		}
	}
	t.Log("found by none of the seeds that found bugs before: all are tried")
	return runMutant(t, program, bug, 0, mutantSeeds)
}

// buildMutants builds this package's tests with all of the bugs, each asleep.
func buildMutants(t *testing.T) (program string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{} // by file
	for _, e := range edits {
		file := filepath.Join(root, filepath.FromSlash(e.file))
		if texts[file] == "" {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts[file] = string(text)
			dir := filepath.Dir(file)
			texts[filepath.Join(dir, "bug.go")] = fmt.Sprintf(bugFile, filepath.Base(dir))
		}
		if n := strings.Count(texts[file], e.old); n != 1 {
			t.Fatalf("%s has %q %d times: the mutant must be brought up to date", e.file, e.old, n)
		}
		texts[file] = strings.Replace(texts[file], e.old, e.new, 1)
	}
	dir := t.TempDir()
	replace := map[string]string{}
	for file, text := range texts {
		replace[file] = filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		write(t, replace[file], []byte(text))
	}
	overlay, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "sim.test")
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	write(t, overlay, list)
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", program, "hansu/sim")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

var firstFailure = regexp.MustCompile(`seed \d+ at .*`)

// runMutant returns the first failure, empty if there is none.
func runMutant(t *testing.T, program, bug string, first, seeds int) string {
	t.Helper()
	cmd := exec.Command(program, "-test.run", "^TestSeeds$")
	cmd.Env = append(os.Environ(), bugVar+"="+bug, seedsVar+"="+strconv.Itoa(seeds), seedVar+"=", firstVar+"="+strconv.Itoa(first), stopVar+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	found := firstFailure.Find(out)
	if found == nil {
		t.Fatalf("it ends with %v, and no seed has failed:\n%s", err, out)
	}
	return string(found[:min(len(found), 200)])
}
