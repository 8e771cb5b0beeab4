package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"hansu/wire"
)

// What a table is to those who use it, for porcupine: a log to which moves, words and the end are appended, and
// which can be read. A history of calls that overlap in time is right if there is an order, in which each
// call happens at one moment between its begin and its answer, and every answer is the one that this model gives.

// wish is a command as the model sees it.
type wish struct {
	kind  wishKind
	seat  int
	ply   int    // of a move: how many there are before it
	first int    // seat that makes the first move
	text  string // what its record says
}

type wishKind uint8

const (
	toMove wishKind = iota
	toSay
	toResign
	toRead
)

// reply is an answer: refused, or with the number of the record; to a read, the log so far.
type reply struct {
	code   wire.ErrorCode
	record uint32
	log    string
}

// board is the model's state. It is compared by its log.
type board struct {
	log   string // the records' numbers and texts
	last  uint32
	plies int
	over  bool
}

// line is a record in a log.
func line(number uint32, text string) string { return fmt.Sprintf("%d %s\n", number, text) }

// step says whether an answer can be given to a wish in a state, and what the state is then.
func (b board) step(w wish, r reply) (bool, board) {
	can := true // what the rules allow
	switch w.kind {
	case toMove:
		can = !b.over && w.ply == b.plies && (w.seat == w.first) == (b.plies%2 == 0)
	case toResign:
		can = !b.over
	case toRead:
		return r.code != wire.NoError || r.log == b.log, b
	}
	switch r.code {
	case wire.NoError:
	case wire.StoreDown, wire.TooFast:
		return true, b // it did not happen
	default:
		return !can, b
	}
	if !can || r.record <= b.last {
		return false, b
	}
	b.log += line(r.record, w.text)
	b.last = r.record
	switch w.kind {
	case toMove:
		b.plies++
	case toResign:
		b.over = true
	}
	return true, b
}

var tableModel = porcupine.Model{
	Init: func() any { return board{} },
	Step: func(state, input, output any) (bool, any) { return state.(board).step(input.(wish), output.(reply)) },
	DescribeOperation: func(input, output any) string {
		w, r := input.(wish), output.(reply)
		return fmt.Sprintf("%s by %d → %v, record %d", w.text, w.seat, r.code, r.record)
	},
}

// linearTime is how long the check of one table's history may take. It takes milliseconds.
const linearTime = time.Minute

func linear(history []porcupine.Operation) porcupine.CheckResult {
	return porcupine.CheckOperationsTimeout(tableModel, history, linearTime)
}

// TestTableModel: the check takes a history that is right and finds out each of those that were doctored.
func TestTableModel(t *testing.T) {
	t.Parallel()
	good := func() []porcupine.Operation {
		var list []porcupine.Operation
		log := ""
		do := func(call, end int64, w wish, r reply) {
			w.first = 1
			list = append(list, porcupine.Operation{Input: w, Output: r, Call: call, Return: end})
		}
		for i := range 8 {
			at := int64(100 * i)
			text := fmt.Sprint("move ", i)
			do(at, at+50, wish{kind: toMove, seat: 1 + i%2, ply: i, text: text}, reply{record: uint32(3 + 2*i)})
			log += line(uint32(3+2*i), text)
			// At the same time the other player talks, and then knocks before it is its turn.
			do(at+10, at+60, wish{kind: toSay, seat: 2 - i%2, text: fmt.Sprint("say ", i)}, reply{record: uint32(4 + 2*i)})
			log += line(uint32(4+2*i), fmt.Sprint("say ", i))
			do(at+61, at+70, wish{kind: toMove, seat: 1 + i%2, ply: i + 1}, reply{code: wire.NotYourTurn})
			do(at+71, at+80, wish{kind: toRead}, reply{log: log})
		}
		do(900, 901, wish{kind: toResign, seat: 1, text: "end"}, reply{record: 40})
		do(902, 903, wish{kind: toMove, seat: 1, ply: 8}, reply{code: wire.GameOver})
		return list
	}
	if got := linear(good()); got != porcupine.Ok {
		t.Errorf("a right history: %v", got)
	}
	for name, doctor := range map[string]func(list []porcupine.Operation){
		"a move twice":          func(l []porcupine.Operation) { l[4].Input = l[0].Input },
		"one number for two":    func(l []porcupine.Operation) { l[1].Output = reply{record: 3} },
		"numbers the wrong way": func(l []porcupine.Operation) { l[0].Output, l[4].Output = l[4].Output, l[0].Output },
		"an acknowledged word that is not read": func(l []porcupine.Operation) {
			r := l[7].Output.(reply)
			l[7].Output = reply{log: strings.Replace(r.log, line(4, "say 0"), "", 1)}
		},
		"a read of the past":    func(l []porcupine.Operation) { l[7].Output = l[3].Output },
		"a read of the future":  func(l []porcupine.Operation) { l[3].Output = l[7].Output },
		"refused without cause": func(l []porcupine.Operation) { l[8].Output = reply{code: wire.StalePly} },
		"allowed out of turn":   func(l []porcupine.Operation) { l[2].Output = reply{record: 4} },
	} {
		list := good()
		doctor(list)
		if got := linear(list); got != porcupine.Illegal {
			t.Errorf("%s: %v", name, got)
		}
	}
}
