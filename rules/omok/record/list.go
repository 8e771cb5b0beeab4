package record

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hansu/rules"
	"hansu/rules/omok"
)

// listState is what a reader of line formats keeps between two games.
type listState struct {
	head    *Record // from a #! line, for the next game
	skip    bool    // that line could not be read: the next game is skipped
	between bool    // psq: a complaint was made, a header is looked for
}

// nextList returns the game on the next line that has one.
func (r *Reader) nextList() (*Record, error) {
	for {
		text, line, err := r.src.readLine()
		if err != nil {
			r.lists = listState{} // a line that is too long was the described game, or its description
			return nil, err
		}
		if head, ok := strings.CutPrefix(text, "#!"); ok {
			r.lists = listState{head: &Record{}}
			if err := readHead(r.lists.head, head, line); err != nil {
				r.lists.skip = true
				return nil, err
			}
			continue
		}
		text, _, _ = strings.Cut(text, "#")
		if strings.TrimSpace(text) == "" {
			continue
		}
		rec, skip := r.lists.head, r.lists.skip
		r.lists = listState{}
		if skip {
			continue
		}
		if rec == nil {
			rec = &Record{}
		}
		rec.Format, rec.Line = r.format, line
		if r.format == Offsets {
			err = readOffsets(rec, text, line)
		} else {
			err = readMoves(rec, text, line)
		}
		if err != nil {
			return nil, err
		}
		return rec, nil
	}
}

// readMoves takes the words of a line as moves.
func readMoves(rec *Record, text string, line int) error {
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == ',' || c == '\t' || c == '\r' }) {
		// A move number stands alone, 12., or before its move, 12.h8.
		if number, move, ok := strings.Cut(word, "."); ok && isNumber(number) {
			if word = strings.TrimLeft(move, "."); word == "" {
				continue
			}
		}
		if len(rec.Moves) >= MaxMoves {
			return broken(line, "more than %d moves", MaxMoves)
		}
		rec.Moves = append(rec.Moves, Entry{Line: line, Text: strings.Clone(word)})
	}
	return nil
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// readOffsets takes a line of columns and rows as offsets from the centre.
func readOffsets(rec *Record, text string, line int) error {
	words := strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == ',' || c == '\t' || c == '\r' })
	if len(words)%2 != 0 || len(words)/2 > MaxMoves {
		return broken(line, "%d numbers are no list of columns and rows", len(words))
	}
	if rec.Variant.Size == 0 {
		rec.Variant.Size = 20
	}
	size := int(rec.Variant.Size)
	for i := 0; i < len(words); i += 2 {
		col, errCol := strconv.Atoi(words[i])
		row, errRow := strconv.Atoi(words[i+1])
		if errCol != nil || errRow != nil || max(col, -col, row, -row) > 26 {
			return broken(line, "%.20s,%.20s is no column and row", words[i], words[i+1])
		}
		col, row = size/2+col, size-1-(size/2+row)
		if col < 0 || row < 0 || col >= size || row >= size {
			return broken(line, "%s,%s is outside the board of %d×%d", words[i], words[i+1], size, size)
		}
		rec.Moves = append(rec.Moves, Entry{Line: line, Side: rules.Black + rules.Side(i/2%2),
			Move: rules.Move{To: rules.Point{Col: uint8(col), Row: uint8(row)}}})
	}
	return nil
}

// readHead reads what follows #!: key=value, values with blanks in quotes.
func readHead(rec *Record, text string, line int) error {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		key, rest, ok := strings.Cut(text, "=")
		if !ok {
			return broken(line, "%.40q is no key=value", text)
		}
		value := rest
		if quoted, err := strconv.QuotedPrefix(rest); err == nil {
			value, _ = strconv.Unquote(quoted)
			text = rest[len(quoted):]
		} else if value, text, ok = strings.Cut(rest, " "); !ok {
			text = ""
		}
		if err := setHead(rec, key, value, line); err != nil {
			return err
		}
	}
	return nil
}

// setHead takes one key of a #! line. Keys that are not known are skipped.
func setHead(rec *Record, key, value string, line int) error {
	known := true
	switch key {
	case "rules":
		rec.Variant.Rules = 0
		for rs := rules.Freestyle; rs <= rules.CaroExact; rs++ {
			if rs.String() == value {
				rec.Variant.Rules = rs
			}
		}
		known = rec.Variant.Rules != 0
	case "size":
		n, err := strconv.ParseUint(value, 10, 8)
		rec.Variant.Size, known = uint8(n), err == nil && n >= 1 && n <= 26
	case "opening":
		known = false
		for o := rules.FreeOpening; o <= rules.Taraguchi10; o++ {
			if o.String() == value {
				rec.Variant.Opening, known = o, true
			}
		}
	case "forbidden":
		rec.Variant.ForbiddenLoses = value == "loses"
		known = value == "loses" || value == "refused"
	case "result":
		rec.Result.Known, rec.Result.Text = true, value
		switch value {
		case "black":
			rec.Result.Winner = rules.Black
		case "white":
			rec.Result.Winner = rules.White
		default:
			known = value == "draw"
		}
	case "reason":
		rec.Result.Reason = reasonOf(value)
	case "black":
		rec.Black = value
	case "white":
		rec.White = value
	case "date":
		rec.Date = value
	case "event":
		rec.Event = value
	case "place":
		rec.Place = value
	case "program":
		rec.Program = value
	}
	if !known {
		return broken(line, "%s=%.40s is not known", key, value)
	}
	return nil
}

// reasons are the words for how a game ended.
var reasons = map[rules.Reason]string{
	rules.Five: "five", rules.BoardFull: "full", rules.Passes: "passes", rules.Resignation: "resignation", rules.Flag: "time",
	rules.Agreement: "agreement", rules.ForbiddenMove: "forbidden", rules.Abandoned: "abandoned", rules.AbandonedDraw: "abandoned-draw", rules.FlagDraw: "time-draw",
}

func reasonOf(word string) rules.Reason {
	for r, w := range reasons {
		if w == word {
			return r
		}
	}
	return rules.NoReason
}

// WriteMoves writes the record as a #! line and a line of moves, an opening's choices among
// them. The record must be one that Replay accepts and have no set-up stones; the error is returned before
// anything is written.
func (r *Record) WriteMoves(w io.Writer) error {
	if len(r.Setup) > 0 || r.Next == rules.White {
		return fmt.Errorf("record: a list of moves has no set-up stones")
	}
	var words []string
	g, err := r.replay(rules.Variant{}, func(before omok.Game, m rules.Move, _ *Entry) {
		words = append(words, before.Format(m))
	})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	v := g.Variant()
	fmt.Fprintf(out, "#! rules=%v size=%d opening=%v", v.Rules, v.Size, v.Opening)
	if v.ForbiddenLoses {
		out.WriteString(" forbidden=loses")
	}
	if r.Result.Known {
		winner := "draw"
		if r.Result.Winner != rules.NoSide {
			winner = r.Result.Winner.String()
		}
		fmt.Fprintf(out, " result=%s", winner)
	}
	if word := reasons[r.Result.Reason]; word != "" {
		fmt.Fprintf(out, " reason=%s", word)
	}
	for _, f := range [][2]string{{"black", r.Black}, {"white", r.White}, {"date", r.Date}, {"event", r.Event}, {"place", r.Place}, {"program", r.Program}} {
		if f[1] != "" {
			fmt.Fprintf(out, " %s=%q", f[0], f[1])
		}
	}
	fmt.Fprintf(out, "\n%s\n", strings.Join(words, " "))
	return out.Flush()
}
