package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
	"hansu/rules/records"
	"hansu/rules/variants"
)

// rulesCmd is `hansu rules`, tools that put the rules to the test.
type rulesCmd struct {
	Perft     perftCmd     `cmd:"" help:"${help_perft}"`
	Forbidden forbiddenCmd `cmd:"" help:"${help_forbidden}"`
	Win       winCmd       `cmd:"" help:"${help_win}"`
}

type perftCmd struct {
	FEN      string `name:"fen" placeholder:"FEN" help:"${help_fen}"`
	Depth    int    `required:"" placeholder:"N" help:"${help_depth}"`
	Divide   bool   `help:"${help_divide}"`
	Chess960 bool   `name:"chess960" help:"${help_chess960}"`
	Bulk     bool   `help:"${help_bulk}"`
}

// depthMax is the depth up to which chess.Perft counts.
const depthMax = 64

func (c *perftCmd) Run(e *env) error {
	p, err := c.position()
	if err != nil {
		return usageError{errors.New(e.lang.Text(i18n.PlayBadFlag, "--fen", err))}
	}
	if c.Depth < 0 || c.Depth > depthMax {
		return usageError{errors.New(e.lang.Text(i18n.PerftDepth, depthMax))}
	}
	started := time.Now()
	counted := make(chan []chess.Branch, 1)
	go func() { counted <- c.count(p) }() // an interrupted count is left behind
	var branches []chess.Branch
	select {
	case branches = <-counted:
	case <-e.ctx.Done():
		return e.ctx.Err()
	}
	spent := time.Since(started)
	var nodes uint64
	for _, b := range branches {
		nodes += b.Nodes
		if b.UCI != "" {
			fmt.Fprintf(e.out, "%s: %d\n", b.UCI, b.Nodes)
		}
	}
	rate := float64(nodes) / max(spent.Seconds(), 1e-9)
	_, err = fmt.Fprintln(e.out, e.lang.Text(i18n.PerftNodes, nodes, fmt.Sprintf("%.3f", spent.Seconds()), uint64(rate)))
	return err
}

// count counts, below each first move with --divide.
func (c *perftCmd) count(p chess.Position) []chess.Branch {
	switch {
	case c.Divide && c.Depth > 0:
		return chess.Divide(p, c.Depth, c.Bulk)
	case c.Bulk:
		return []chess.Branch{{Nodes: chess.PerftBulk(p, c.Depth)}}
	}
	return []chess.Branch{{Nodes: chess.Perft(p, c.Depth)}}
}

func (c *perftCmd) position() (chess.Position, error) {
	if c.FEN == "" || c.FEN == "startpos" {
		start := chess.Start()
		c.FEN = start.FEN()
	}
	if !c.Chess960 {
		return chess.ParseFEN(c.FEN)
	}
	setup, err := chess.ParseSetup(c.FEN)
	if err != nil {
		return chess.Position{}, err
	}
	setup.Shuffled = true
	return setup.Position()
}

type forbiddenCmd struct {
	Ruleset string `default:"renju" placeholder:"RULES" help:"${help_rules_ruleset}"`
	Moves   string `placeholder:"MOVES" help:"${help_forbidden_moves}"`
	Board   string `placeholder:"FILE" help:"${help_board}"`
	Side    string `default:"auto" enum:"auto,black,white" help:"${help_forbidden_side}"`
}

func (c *forbiddenCmd) Run(e *env) error {
	rs, err := omokRules(e.lang, c.Ruleset)
	if err != nil {
		return err
	}
	if (c.Moves == "") == (c.Board == "") {
		return usageError{errors.New(e.lang.Text(i18n.RulesOneInput))}
	}
	if c.Board == "" {
		g, err := playOmok(e.lang, rs, c.Moves)
		if err != nil {
			return err
		}
		board, side := g.Board(), g.Next()
		if c.Side != "auto" {
			side = parseSide(c.Side)
		}
		_, err = fmt.Fprintln(e.out, records.FormatPoints(board.Forbidden(nil, rs, side)))
		return err
	}
	side := rules.Black
	if c.Side != "auto" {
		side = parseSide(c.Side)
	}
	return eachBoard(e, c.Board, func(b omok.Board) (string, error) {
		if rs == rules.Renju && b.Size() != 15 {
			return "", errors.New(e.lang.Text(i18n.RulesSize, b.Size()))
		}
		return records.FormatPoints(b.Forbidden(nil, rs, side)), nil
	})
}

type winCmd struct {
	Ruleset string `required:"" placeholder:"RULES" help:"${help_rules_ruleset}"`
	Move    string `required:"" placeholder:"POINT" help:"${help_win_move}"`
	Side    string `required:"" enum:"black,white" help:"${help_win_side}"`
	Board   string `required:"" placeholder:"FILE" help:"${help_board}"`
}

func (c *winCmd) Run(e *env) error {
	rs, err := omokRules(e.lang, c.Ruleset)
	if err != nil {
		return err
	}
	side := parseSide(c.Side)
	return eachBoard(e, c.Board, func(b omok.Board) (string, error) {
		p, err := rules.ParsePoint(c.Move, b.Size())
		if err != nil {
			return "", usageError{err}
		}
		if b.At(p) != rules.NoSide {
			return "", errors.New(e.lang.Text(i18n.RulesOccupied, strings.ToUpper(p.String())))
		}
		if b.Wins(rs, side, p) {
			return side.String(), nil
		}
		return rules.NoSide.String(), nil
	})
}

// parseSide reads black or white.
func parseSide(s string) rules.Side {
	if s == rules.White.String() {
		return rules.White
	}
	return rules.Black
}

// omokRules reads the name of a rule set of omok.
func omokRules(lang i18n.Lang, name string) (rules.Ruleset, error) {
	rs, err := variants.ParseRules(rules.Omok, strings.ToLower(name))
	if err != nil {
		return 0, usageError{errors.New(lang.Text(i18n.BadRuleset, name, err))}
	}
	return rs, nil
}

// playOmok plays moves from an empty board.
func playOmok(lang i18n.Lang, rs rules.Ruleset, moves string) (omok.Game, error) {
	g, err := omok.New(rules.Variant{Kind: rules.Omok, Rules: rs})
	if err != nil {
		return g, err
	}
	for i, text := range strings.FieldsFunc(moves, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' }) {
		m, err := g.Parse(text)
		if err == nil {
			g, err = g.After(m)
		}
		if err != nil {
			return g, errors.New(lang.Text(i18n.RulesMove, i+1, text, problemText(lang, err)))
		}
	}
	return g, nil
}

// problemText says in the user's language why a move is not legal.
func problemText(lang i18n.Lang, err error) string {
	var illegal *rules.Illegal
	if errors.As(err, &illegal) {
		return lang.Problem(uint8(illegal.Problem))
	}
	return err.Error()
}

// eachBoard writes a line for every board of a file.
func eachBoard(e *env, name string, answer func(omok.Board) (string, error)) error {
	in := e.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	out := bufio.NewWriter(e.out)
	boards := records.NewBoardReader(in)
	for {
		b, err := boards.Next()
		var line string
		if err == nil {
			line, err = answer(b)
		}
		if err == nil {
			_, err = fmt.Fprintln(out, line)
		}
		if err == nil {
			err = e.ctx.Err()
		}
		if errors.Is(err, io.EOF) {
			return out.Flush()
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
	}
}
