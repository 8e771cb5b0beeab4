package records

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"hansu/rules"
	"hansu/rules/chess/pgn"
	"hansu/rules/omok"
	"hansu/rules/omok/record"
)

// Options say how Check reads.
type Options struct {
	Name   string // of the file: its ending helps to find out the format
	Format Format // Auto: it is found out
	// Fallback is what is played where a file does not say: the omok rule set of psq files, for
	// one. Its Kind says whose moves lines are whose game cannot be told.
	Fallback rules.Variant
	// Progress is told after each game how far Check has come; it may be nil.
	Progress func(Report)
}

// Report is what Check has found. The numbers only grow.
type Report struct {
	Format  Format
	Games   int // that begin in the file
	Moves   int // that were played by the rules
	Results int // legal games that say how they ended
	Agree   int // of these, the ones that the board does not contradict
	Errors  int // games that are not legal, or cannot be read
	Notes   int // what is wrong without spoiling a game: side lines, for instance
}

// FaultKind says how bad a fault is.
type FaultKind uint8

// The kinds of fault.
const (
	Illegal FaultKind = iota + 1 // the game is not legal, or cannot be read
	Result                       // the board says another result than the file, or the file two
	Note                         // something wrong that does not spoil the game
)

// String returns illegal, result or note.
func (k FaultKind) String() string {
	switch k {
	case Illegal:
		return "illegal"
	case Result:
		return "result"
	}
	return "note"
}

// Fault is something wrong in a file.
type Fault struct {
	Line   int // of the file, from 1
	Kind   FaultKind
	Reason string
}

// ErrNoRecord is wrapped by the error for a file that is no text.
var ErrNoRecord = errors.New("not a file of games")

// Check plays every game that it reads from r by the rules and calls fault, in the order of the
// file, with all that is wrong. A game that is not legal does not end the reading: the
// error is one of r's, or wraps ErrNoRecord.
//
// A renju game whose last stone is forbidden to black and which white has won is legal: that is how a
// tournament's record shows a claim.
func Check(r io.Reader, o Options, fault func(Fault)) (Report, error) {
	br := bufio.NewReaderSize(r, sniffed)
	c := checker{Options: o, fault: fault}
	c.report.Format = o.Format
	if o.Format == Auto {
		head, err := br.Peek(sniffed)
		if err != nil && !errors.Is(err, io.EOF) {
			return c.report, err
		}
		if c.report.Format = Detect(o.Name, head, o.Fallback.Kind); c.report.Format == Auto {
			return c.report, ErrNoRecord
		}
	}
	var err error
	switch c.report.Format {
	case PGN:
		err = c.pgn(br)
	case Openings:
		err = c.lines(br, c.opening)
	case JSON:
		err = c.lines(br, c.json)
	case SGF:
		err = c.omok(br, record.SGF)
	case PSQ:
		err = c.omok(br, record.PSQ)
	case Offsets:
		err = c.omok(br, record.Offsets)
	default:
		err = c.omok(br, record.Moves)
	}
	return c.report, err
}

// sniffed is how many bytes of a file are looked at to find out its format.
const sniffed = 8 << 10

// checker is one run of Check.
type checker struct {
	Options
	report Report
	fault  func(Fault)
}

func (c *checker) illegal(line int, reason string) {
	c.report.Errors++
	c.fault(Fault{line, Illegal, reason})
}

// result counts a game that says how it ended; wrong is what is contradictory about it, or
// empty.
func (c *checker) result(line int, wrong string) {
	c.report.Results++
	if wrong == "" {
		c.report.Agree++
		return
	}
	c.fault(Fault{line, Result, wrong})
}

func (c *checker) game(moves int) {
	c.report.Games++
	c.report.Moves += moves
}

func (c *checker) progress() {
	if c.Progress != nil {
		c.Progress(c.report)
	}
}

// pgn checks games of chess.
func (c *checker) pgn(r io.Reader) error {
	in := pgn.NewReader(r)
	for {
		g, err := in.Next()
		var bad *pgn.Error
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.As(err, &bad):
			return err
		}
		c.game(len(g.Moves))
		for _, p := range g.Problems {
			c.report.Notes++
			c.fault(Fault{p.Line, Note, withoutLine(p, p.Line)})
		}
		if bad != nil {
			c.illegal(bad.Line, withoutLine(bad, bad.Line))
		} else if known(g.Tag("Result")) || known(g.Result) {
			c.result(g.Line, g.Disagreement())
		}
		c.progress()
	}
}

// known reports whether a result of PGN says who won.
func known(result string) bool { return result != "" && result != pgn.Unknown && result != "?" }

// withoutLine drops the line from the front of an error's text: a fault has it apart.
func withoutLine(err error, line int) string {
	return strings.TrimPrefix(err.Error(), fmt.Sprintf("line %d: ", line))
}

// omok checks games of omok.
func (c *checker) omok(r io.Reader, f record.Format) error {
	in := record.NewReader(r, f)
	for {
		rec, err := in.Next()
		var bad *record.Error
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad):
			c.game(0)
			c.illegal(bad.Line, bad.Reason)
		case err != nil:
			return err
		default:
			c.replay(rec)
		}
		c.progress()
	}
}

// replay plays one game of omok.
func (c *checker) replay(rec *record.Record) {
	if rec.Variant.Rules == rules.Renju && c.Fallback.ForbiddenLoses {
		rec.Variant.ForbiddenLoses = true
	}
	g, err := rec.Replay(c.Fallback)
	if err != nil {
		if c.claimed(rec, err) {
			c.game(len(rec.Moves))
			c.result(rec.Line, "")
			return
		}
		c.game(max(0, g.Stones()-len(rec.Setup)))
		line, reason := rec.Line, err.Error()
		var bad *record.Error
		if errors.As(err, &bad) {
			line, reason = bad.Line, bad.Reason
		}
		c.illegal(line, reason)
		return
	}
	c.game(len(rec.Moves))
	switch rec.Agreement(g) {
	case record.Unsaid:
	case record.Contradict:
		c.result(rec.Line, contradiction(rec, g))
	default:
		c.result(rec.Line, "")
	}
}

// claimed reports whether the record is that of a renju game that white won by claiming a
// forbidden point, the last stone.
func (c *checker) claimed(rec *record.Record, err error) bool {
	var illegal *rules.Illegal
	if !errors.As(err, &illegal) || rec.Result.Winner != rules.White {
		return false
	}
	switch illegal.Problem {
	case rules.DoubleThree, rules.DoubleFour, rules.Overline:
	default:
		return false
	}
	lenient, fallback := *rec, c.Fallback
	lenient.Variant.ForbiddenLoses, fallback.ForbiddenLoses = true, true
	g, err := lenient.Replay(fallback)
	return err == nil && g.ForbiddenPlayed()
}

// contradiction says how a record's result and the board differ.
func contradiction(rec *record.Record, g omok.Game) string {
	said := rec.Result.Text
	if said == "" {
		said = rec.Result.Winner.String()
	}
	o := g.Outcome()
	if !o.Over() {
		return fmt.Sprintf("the file says %.40q, but the board has not decided", said)
	}
	return fmt.Sprintf("the file says %.40q, but on the board %s (%v)", said, won(resultName(g, o)), o.Reason)
}

// won says who won; result is a name of resultName.
func won(result string) string {
	switch result {
	case "draw":
		return "it is a draw"
	case "none":
		return "nobody has won"
	}
	return result + " has won"
}
