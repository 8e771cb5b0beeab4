package record

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"hansu/rules"
)

// WriteSGF writes the record as one SGF game, FF[4] GM[4], UTF-8. An opening's choices are not in
// it, the stones and who ended up with which colour are. The record must be
// one that Replay accepts; its error is returned before anything is written.
func (r *Record) WriteSGF(w io.Writer) error {
	stones, g, err := r.stones()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	v := g.Variant()
	fmt.Fprintf(out, "(;FF[4]GM[4]CA[UTF-8]SZ[%d]RU[%v]\n", v.Size, v.Rules)
	property := func(name, value string) {
		if value != "" {
			fmt.Fprintf(out, "%s[%s]", name, escape(strings.Join(strings.Fields(value), " ")))
		}
	}
	property("AP", r.Program)
	property("PB", r.Black)
	property("PW", r.White)
	property("DT", r.Date)
	property("EV", r.Event)
	property("PC", r.Place)
	property("RE", r.Result.sgf())
	if n, ok := g.Named(); ok {
		property("ON", n.Code+" "+n.Name)
	}
	if r.Comment != "" {
		fmt.Fprintf(out, "GC[%s]", escape(r.Comment))
	}
	for _, s := range r.Setup {
		fmt.Fprintf(out, "A%s[%s]", letter(s.Side), sgfPoint(s.Point, int(v.Size)))
	}
	if len(r.Setup) > 0 || r.Next == rules.White {
		fmt.Fprintf(out, "PL[%s]", letter(r.firstMover()))
	}
	for i, s := range stones {
		if i%10 == 0 {
			out.WriteByte('\n')
		}
		point := ""
		if !s.pass {
			point = sgfPoint(s.point, int(v.Size))
		}
		fmt.Fprintf(out, ";%s[%s]", letter(s.side), point)
		if s.entry.Comment != "" {
			fmt.Fprintf(out, "C[%s]", escape(s.entry.Comment))
		}
	}
	out.WriteString("\n)\n")
	return out.Flush()
}

// letter returns B or W.
func letter(s rules.Side) string {
	if s == rules.White {
		return "W"
	}
	return "B"
}

// sgfPoint writes a point as two letters, row from the top.
func sgfPoint(p rules.Point, size int) string {
	return string([]byte{'a' + p.Col, 'a' + byte(size-1) - p.Row})
}

// escape makes a text safe inside brackets.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `]`, `\]`, "\r\n", "\n", "\r", "\n", "\t", " ", "\v", " ", "\f", " ").Replace(s)
}

// sgf writes a result as RE has it.
func (r Result) sgf() string {
	if !r.Known {
		return r.Text
	}
	if r.Winner == rules.NoSide {
		return "Draw"
	}
	how := ""
	switch r.Reason {
	case rules.Resignation:
		how = "Resign"
	case rules.Flag:
		how = "Time"
	case rules.ForbiddenMove, rules.Abandoned:
		how = "Forfeit"
	}
	return letter(r.Winner) + "+" + how
}
