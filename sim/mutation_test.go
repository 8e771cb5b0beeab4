package sim

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// mutant is a bug, put into the product's source for one build of these tests alone: the compiler
// is given another text for one file, the file itself stays as it is.
type mutant struct {
	name     string
	file     string // from the module's root
	old, new string // old is there exactly once
}

var mutants = []mutant{
	{
		"publish before commit", "table/shard.go",
		"if len(b.Writes) > 0 && !s.append(ctx, b) {\n\t\treturn\n\t}\n\ts.core.Publish(b)",
		"s.core.Publish(b)\n\tif len(b.Writes) > 0 {\n\t\ts.append(ctx, b)\n\t}",
	},
	{
		"refuse before commit", "table/core.go",
		"d.answer(Answer{Refusal: r, Problem: p})",
		"if d.cmd.From != nil {\n\t\td.cmd.From.Answer(Answer{Table: d.cmd.Table, Number: d.cmd.Number, Do: d.cmd.Do, Refusal: r, Problem: p})\n\t}",
	},
	{
		"skip the idempotency check", "table/core.go",
		"t.recall(d.seat, cmd.Instance, cmd.Number); ok {",
		"t.recall(d.seat, cmd.Instance, cmd.Number); ok && a.record == ^uint32(0) {",
	},
	{
		"forget what was answered with the restart", "table/table.go",
		"t.remember(s, told{instance: r.By.Instance, number: r.By.Number, record: r.Seq})",
		"if r.At%2 == 0 {\n\t\t\tt.remember(s, told{instance: r.By.Instance, number: r.By.Number, record: r.Seq})\n\t\t}",
	},
	{
		"open again after a restart", "lobby/lobby.go",
		"if s.Taken && p == (Player{s.Key, s.Instance, s.Number}) {",
		"if s.Taken && p == (Player{s.Key, s.Instance, s.Number}) && e.info.Phase == 0 {",
	},
	{
		"resume one record too late", "table/core.go",
		"for seq := o.seen + 1; seq <= o.at.Last; seq++ {",
		"for seq := o.seen + 2; seq <= o.at.Last; seq++ {",
	},
	{
		"resume one record too short", "table/core.go",
		"for seq := o.seen + 1; seq <= o.at.Last; seq++ {",
		"for seq := o.seen + 1; seq < o.at.Last; seq++ {",
	},
	{
		"forget the clock on restart", "server/node.go",
		"base: beat + 1,",
		"base: min(beat, 0) + 1,",
	},
	{
		"charge the time that the server was down", "server/node.go",
		"base: beat + 1,",
		"base: beat + 2_000,",
	},
	{
		"two writers", "session/hub.go",
		"return h.cfg.Shards[int(id)%len(h.cfg.Shards)]",
		"return h.cfg.Shards[(int(id)+len(h.players)/8)%len(h.cfg.Shards)]",
	},
	{
		"drop a record of unknown outcome", "table/shard.go",
		"case err == nil:\n\t\t\treturn true",
		"case err == nil || errors.Is(err, store.ErrUnknown):\n\t\t\treturn true",
	},
	{
		"take an unknown outcome for a failure", "table/shard.go",
		"if !s.pause(ctx, wait) {",
		"if s.pause(ctx, wait) {",
	},
	{
		"forget a table because of a command that is refused", "session/session.go",
		"if i := s.find(id); i >= 0 && !s.tables[i].heard {",
		"if i := s.find(id); i >= 0 {",
	},
	{
		"lose a deadline", "table/shard.go",
		"s.core.Expect(cmd.Table, s.now().Service+readAgain)",
		"_ = readAgain",
	},
	{
		"forget a table that is not left", "session/session.go",
		"case table.Leave:\n\t\ts.stay(a.Table)",
		"case table.Leave:",
	},
	{
		"count an absent player as present", "table/core.go",
		"if p := d.t.place(s); p.present > 0 {",
		"if p := d.t.place(s); p.present > 1 {",
	},
}

// mutantSeeds is the budget for finding each.
const mutantSeeds = 6000

// TestMutants puts one bug after the other into the server: the simulation must find each of them,
// or it would not find such a bug that somebody makes.
func TestMutants(t *testing.T) {
	if testing.Short() {
		return // a build for each
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		t.Run(strings.ReplaceAll(m.name, " ", "-"), func(t *testing.T) {
			found := m.run(t, m.build(t, root))
			if found == "" {
				t.Fatalf("not found in %d seeds", mutantSeeds)
			}
			t.Log(found)
		})
	}
}

// build builds this package's tests with the bug.
func (m mutant) build(t *testing.T, root string) (program string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(m.file))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		t.Fatalf("%s has %q %d times: the mutant must be brought up to date", m.file, m.old, n)
	}
	dir := t.TempDir()
	mutated, overlay, program := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "sim.test")
	with, err := json.Marshal(map[string]map[string]string{"Replace": {file: mutated}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{mutated: strings.Replace(string(text), m.old, m.new, 1), overlay: string(with)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", program, "hansu/sim")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

var firstFailure = regexp.MustCompile(`seed \d+ at .*`)

// run returns the first failure, empty if there is none.
func (m mutant) run(t *testing.T, program string) string {
	t.Helper()
	cmd := exec.Command(program, "-test.run", "^TestSeeds$")
	cmd.Env = append(os.Environ(), seedsVar+"="+strconv.Itoa(mutantSeeds), seedVar+"=", firstVar+"=", stopVar+"=1")
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
