package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hansu/rules"
)

// psqHeader starts every game of a psq file.
const psqHeader = "Piskvorky"

// nextPSQ returns the next game of a psq file. A file has one as a rule; several may follow
// each other.
func (r *Reader) nextPSQ() (*Record, error) {
	var text string
	var line int
	for {
		var err error
		if text, line, err = r.src.readLine(); err != nil {
			return nil, err
		}
		if strings.HasPrefix(strings.TrimSpace(text), psqHeader) {
			break
		}
		if strings.TrimSpace(text) != "" && !r.lists.between {
			r.lists.between = true // one complaint for all that stands before a header
			return nil, broken(line, "%.40q is no header of a psq game", text)
		}
	}
	r.lists.between = false
	rec := &Record{Format: PSQ, Line: line}
	size, second, err := psqStart(text, line)
	if err != nil {
		r.lists.between = true
		return nil, err
	}
	rec.Variant.Size = size
	if err := r.psqMoves(rec); err != nil {
		r.lists.between = true
		return nil, err
	}
	if second { // the second player named began
		rec.Black, rec.White = rec.White, rec.Black
	}
	return rec, nil
}

// psqStart reads the header: the size, and whether the second player began.
func psqStart(text string, line int) (size uint8, second bool, err error) {
	var cols, rows, level1, level2, begins int
	_, scanErr := fmt.Sscanf(strings.TrimSpace(text), psqHeader+" %dx%d, %d:%d, %d", &cols, &rows, &level1, &level2, &begins)
	if scanErr != nil {
		return 0, false, broken(line, "%.60q is no header of a psq game: Piskvorky 20x20, 0:0, 0", text)
	}
	if cols != rows || cols < 1 || cols > 26 {
		return 0, false, broken(line, "a board of %d×%d; square ones of at most 26 points a side are possible", cols, rows)
	}
	return uint8(cols), begins == 1, nil
}

// psqMoves reads the moves, the names and the code at the end, up to the next header.
func (r *Reader) psqMoves(rec *Record) error {
	var rest []string
	for {
		text, line, err := r.src.readLine()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		text = strings.TrimSpace(text)
		if strings.HasPrefix(text, psqHeader) {
			r.src.unread([]byte(text + "\n"))
			break
		}
		e, isMove, err := psqMove(text, line, int(rec.Variant.Size))
		switch {
		case text == "":
		case len(rest) == 0 && isMove && err != nil:
			return err
		case len(rest) == 0 && isMove:
			if len(rec.Moves) >= MaxMoves {
				return broken(line, "more than %d moves", MaxMoves)
			}
			e.Side = rules.Black + rules.Side(len(rec.Moves)%2)
			rec.Moves = append(rec.Moves, e)
		case len(rest) < 3:
			rest = append(rest, text)
		}
	}
	if len(rest) >= 2 {
		rec.Black, rec.White = rest[0], rest[1]
	}
	return nil
}

// psqMove reads a line of column, row and milliseconds; isMove is false for a line that
// is not meant as one.
func psqMove(text string, line, size int) (e Entry, isMove bool, err error) {
	fields := strings.Split(text, ",")
	first, convErr := strconv.Atoi(strings.TrimSpace(fields[0]))
	if len(fields) < 2 || convErr != nil {
		return e, false, nil
	}
	row, convErr := strconv.Atoi(strings.TrimSpace(fields[1]))
	if convErr != nil || len(fields) > 3 {
		return e, true, broken(line, "%.40q is no move: column, row, milliseconds", text)
	}
	if first < 1 || first > size || row < 1 || row > size {
		return e, true, broken(line, "%d,%d is outside the board of %d×%d", first, row, size, size)
	}
	e = Entry{Line: line, Move: rules.Move{To: rules.Point{Col: uint8(first - 1), Row: uint8(size - row)}}}
	if len(fields) == 3 {
		spent, convErr := strconv.ParseInt(strings.TrimSpace(fields[2]), 10, 64)
		if convErr != nil {
			return e, true, broken(line, "%.40q is no move: column, row, milliseconds", text)
		}
		e.Spent = rules.Millis(spent)
	}
	return e, true, nil
}

// ErrPSQ is returned for a game that psq has no way to write: with a pass or set-up stones.
var ErrPSQ = errors.New("record: psq can write neither passes nor set-up stones")

// WritePSQ writes the record as a psq file. The rule set and the result are not in it, nor an opening's
// choices. The record must be one that Replay accepts; its error, or ErrPSQ, is returned before
// anything is written.
func (r *Record) WritePSQ(w io.Writer) error {
	stones, g, err := r.stones()
	if err != nil {
		return err
	}
	if len(r.Setup) > 0 || r.firstMover() == rules.White {
		return ErrPSQ
	}
	for _, s := range stones {
		if s.pass {
			return ErrPSQ
		}
	}
	out := bufio.NewWriter(w)
	size := g.Size()
	fmt.Fprintf(out, "%s %dx%d, 0:0, 0\r\n", psqHeader, size, size)
	for _, s := range stones {
		fmt.Fprintf(out, "%d,%d,%d\r\n", int(s.point.Col)+1, size-int(s.point.Row), s.entry.Spent)
	}
	fmt.Fprintf(out, "%s\r\n%s\r\n0\r\n", psqName(r.Black, "black"), psqName(r.White, "white"))
	return out.Flush()
}

// psqName writes a name on a line of its own; an empty one, or one that would be read as
// something else, gets a word before it.
func psqName(name, side string) string {
	name = strings.Join(strings.Fields(name), " ")
	if _, isMove, _ := psqMove(name, 0, 26); name == "" || isMove || strings.HasPrefix(name, psqHeader) {
		return strings.TrimSpace(side + " " + name)
	}
	return name
}
