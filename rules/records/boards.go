package records

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"hansu/rules"
	"hansu/rules/omok"
)

// BoardReader reads boards of omok as diagrams: rows of X (black), O (white) and '.', the
// highest row first, as many rows as columns, with blank lines between boards.
// It holds one board at a time and is for one goroutine.
type BoardReader struct {
	r     *bufio.Reader
	line  int // of the row read last, from 1
	ended bool
}

// NewBoardReader returns a BoardReader of r.
func NewBoardReader(r io.Reader) *BoardReader { return &BoardReader{r: bufio.NewReader(r)} }

// Next returns the next board, and io.EOF after the last. Any other error is of the file, or says in
// which line what is no board; it ends the reading.
func (b *BoardReader) Next() (omok.Board, error) {
	var rows []string
	for !b.ended {
		text, long, err := readLine(b.r, nil)
		b.ended = err != nil
		if err != nil && !errors.Is(err, io.EOF) {
			return omok.Board{}, err
		}
		b.line++
		if b.line == 1 {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		row := strings.TrimSpace(string(text))
		switch {
		case long || len(row) > omok.MaxSize:
			return omok.Board{}, fmt.Errorf("line %d: a row of %d points; boards have %d to %d", b.line, len(row), omok.MinSize, omok.MaxSize)
		case row != "":
			rows = append(rows, row)
		}
		if len(rows) > 0 && (row == "" || len(rows) == len(rows[0])) {
			break
		}
	}
	if len(rows) == 0 {
		return omok.Board{}, io.EOF
	}
	board, err := omok.ParseBoard(rows)
	if err != nil {
		b.ended = true
		return board, fmt.Errorf("board that ends before line %d: %w", b.line+1, err)
	}
	return board, nil
}

// FormatPoints writes points as people write them, C4 H8 K5, by letter, then number; "-" for none.
func FormatPoints(points []rules.Point) string {
	if len(points) == 0 {
		return "-"
	}
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b rules.Point) int {
		if a.Col != b.Col {
			return int(a.Col) - int(b.Col)
		}
		return int(a.Row) - int(b.Row)
	})
	var out strings.Builder
	for i, p := range points {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(strings.ToUpper(p.String()))
	}
	return out.String()
}
