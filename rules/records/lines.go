package records

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"hansu/rules"
	"hansu/rules/variants"
)

// The bounds of formats with a game a line.
const (
	lineBytesMax = 1 << 20
	lineMovesMax = 20_000
)

// lines calls check with every line that is not blank.
func (c *checker) lines(r *bufio.Reader, check func(line int, text []byte)) error {
	var text []byte
	for n := 1; ; n++ {
		var long bool
		var err error
		text, long, err = readLine(r, text[:0])
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		text = bytes.TrimSpace(text)
		switch {
		case long:
			c.game(0)
			c.illegal(n, fmt.Sprintf("the line is longer than %d bytes", lineBytesMax))
		case len(text) > 0:
			check(n, text)
			c.progress()
		}
		if err != nil {
			return nil
		}
	}
}

// readLine appends the next line to dst; of one that is too long, the beginning.
func readLine(r *bufio.Reader, dst []byte) (text []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(dst)+len(part) > lineBytesMax {
			long = true
		} else {
			dst = append(dst, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return dst, long, err
		}
	}
}

// opening checks a line of ECO code, name and moves, which are chess moves with numbers.
func (c *checker) opening(n int, text []byte) {
	if n == 1 { // the columns' names
		return
	}
	fields := strings.Split(latin1(text), "\t")
	if len(fields) < 3 {
		c.game(0)
		c.illegal(n, "an opening needs three columns: code, name, moves")
		return
	}
	var moves []string
	for _, word := range strings.Fields(fields[2]) {
		if number, rest, ok := strings.Cut(word, "."); ok && strings.Trim(number, "0123456789") == "" {
			word = strings.TrimLeft(rest, ".")
		}
		if word != "" {
			moves = append(moves, word)
		}
	}
	c.play(n, rules.Variant{Kind: rules.Chess}, moves)
}

// latin1 returns text as UTF-8: as it is if it is valid, else taken for Latin-1.
func latin1(text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	out := make([]rune, len(text))
	for i, b := range text {
		out[i] = rune(b)
	}
	return string(out)
}

// json checks a game as Write writes it.
func (c *checker) json(n int, text []byte) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		c.game(0)
		c.illegal(n, "not a game in JSON: "+err.Error())
		return
	}
	v, err := variants.Parse(l.Variant)
	if err != nil {
		c.game(0)
		c.illegal(n, err.Error())
		return
	}
	game, ok := c.play(n, v, l.Moves)
	if !ok || l.Result == "" || l.Result == "none" {
		return
	}
	c.result(n, l.disagreement(game))
}

// play plays moves in their notation. It is false if one of them is not legal.
func (c *checker) play(n int, v rules.Variant, moves []string) (rules.Game, bool) {
	game, err := variants.Start(v)
	if err == nil && len(moves) > lineMovesMax {
		err = fmt.Errorf("more than %d moves", lineMovesMax)
	}
	if err != nil {
		c.game(0)
		c.illegal(n, err.Error())
		return nil, false
	}
	for i, text := range moves {
		m, err := game.Parse(text)
		if err == nil {
			var next rules.Game
			if next, err = game.Play(m); err == nil {
				game = next
			}
		}
		if err != nil {
			c.game(i)
			c.illegal(n, fmt.Sprintf("move %d, %.40s: %v", i+1, text, err))
			return nil, false
		}
	}
	c.game(len(moves))
	return game, true
}

// byBoard are the ends that the board itself shows, or could have shown.
var byBoard = []string{
	rules.Checkmate.String(), rules.Five.String(), rules.Fivefold.String(), rules.SeventyFive.String(),
	rules.Stalemate.String(), rules.DeadPosition.String(), rules.BoardFull.String(), rules.Passes.String(),
}

// disagreement says what is contradictory about the result of a line that was played to game.
func (l *line) disagreement(game rules.Game) string {
	o := game.Outcome()
	if o.Over() {
		if board := resultName(game, o); board != l.Result {
			return fmt.Sprintf("the file says %.40q, but on the board %s (%v)", l.Result, won(board), o.Reason)
		}
		return ""
	}
	if slices.Contains(byBoard, l.Reason) {
		return fmt.Sprintf("the file says %.40q, but the board has not decided", l.Reason)
	}
	for _, r := range []rules.Reason{rules.Threefold, rules.FiftyMoves} {
		if l.Reason == r.String() && game.Claim() == rules.NoReason {
			return fmt.Sprintf("the file says %.40q, but nothing could be claimed", l.Reason)
		}
	}
	return ""
}
