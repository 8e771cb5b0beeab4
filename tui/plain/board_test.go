package plain

import (
	"strings"
	"testing"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
)

// position is a table after moves, as its viewer on a seat sees it.
func position(t *testing.T, game string, seat client.Seat, moves ...string) *client.Table {
	t.Helper()
	v, err := variants.Parse(game)
	if err != nil {
		t.Fatal(err)
	}
	g, err := variants.Start(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range moves {
		m, err := g.Parse(text)
		if err == nil {
			g, err = g.Play(m)
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	table := &client.Table{Seat: seat, Variant: v, Number: 1, First: client.SeatOne, Black: client.SeatOne, Position: g}
	if g.Side(rules.First) != rules.Black {
		table.Black = client.SeatTwo
	}
	table.Turn = table.SeatOf(g.Turn())
	return table
}

func rowsOf(t *testing.T, table *client.Table, ascii bool, want string) {
	t.Helper()
	got := strings.Join(drawBoard(table, ascii), "\n")
	if got != strings.Trim(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Trim(want, "\n"))
	}
}

func TestOmokBoard(t *testing.T) {
	// A double three that black may not play is shown to black alone.
	moves := []string{"h9", "a1", "h10", "o1", "i8", "a15", "j8", "o15"}
	rowsOf(t, position(t, "omok:renju", client.SeatOne, moves...), false, `
    a b c d e f g h i j k l m n o
 15 ○ . . . . . . . . . . . . .(○)15
 14 . . . . . . . . . . . . . . . 14
 13 . . . . . . . . . . . . . . . 13
 12 . . . + . . . . . . . + . . . 12
 11 . . . . . . . . . . . . . . . 11
 10 . . . . . . . ● . . . . . . . 10
  9 . . . . . . . ● . . . . . . .  9
  8 . . . . . . . ! ● ● . . . . .  8
  7 . . . . . . . . . . . . . . .  7
  6 . . . . . . . . . . . . . . .  6
  5 . . . . . . . . . . . . . . .  5
  4 . . . + . . . . . . . + . . .  4
  3 . . . . . . . . . . . . . . .  3
  2 . . . . . . . . . . . . . . .  2
  1 ○ . . . . . . . . . . . . . ○  1
    a b c d e f g h i j k l m n o`)
	white := strings.Join(drawBoard(position(t, "omok:renju", client.SeatTwo, moves...), true), "\n")
	if strings.Contains(white, "!") || !strings.Contains(white, "X X") || !strings.Contains(white, "(O)15") {
		t.Errorf("white sees\n%s", white)
	}
	for _, size := range []string{"19", "20"} {
		lines := drawBoard(position(t, "omok:freestyle:"+size, client.SeatOne, "a1"), true)
		for _, l := range lines[1 : len(lines)-1] {
			if len(l) != len(lines[1]) {
				t.Errorf("size %s: rows of different width: %q, %q", size, l, lines[1])
			}
		}
	}
}

func TestChessBoard(t *testing.T) {
	moves := []string{"e4", "d5", "exd5"}
	rowsOf(t, position(t, "chess", client.SeatOne, moves...), false, `
    a b c d e f g h
  8 r n b q k b n r  8
  7 p p p . p p p p  7
  6 . . . . . . . .  6
  5 . . .(P). . . .  5
  4 . . . .(.). . .  4
  3 . . . . . . . .  3
  2 P P P P . P P P  2
  1 R N B Q K B N R  1
    a b c d e f g h`)
	rowsOf(t, position(t, "chess", client.SeatTwo, "e4", "d5", "e5"), false, `
    h g f e d c b a
  1 R N B K Q B N R  1
  2 P P P . P P P P  2
  3 . . . . . . . .  3
  4 . . .(.). . . .  4
  5 . . .(P)p . . .  5
  6 . . . . . . . .  6
  7 p p p p . p p p  7
  8 r n b k q b n r  8
    h g f e d c b a`)
	if drawBoard(&client.Table{}, false) != nil {
		t.Error("a board without a position")
	}
}

func TestClockText(t *testing.T) {
	for _, c := range []struct {
		control string
		left    rules.TimeLeft
		want    string
	}{
		{"5+3", rules.TimeLeft{Main: 300_000}, "5:00"},
		{"5+3", rules.TimeLeft{Main: 1}, "0:01"},
		{"5+3", rules.TimeLeft{}, "0:00"},
		{"5d3", rules.TimeLeft{Main: 61_000, Extra: 3000}, "1:01"},
		{"90+30", rules.TimeLeft{Main: 5_400_000}, "1:30:00"},
		{"10m+3x30s", rules.TimeLeft{Main: 600_000, Extra: 30_000, Periods: 3}, "10:00"},
		{"10m+3x30s", rules.TimeLeft{Extra: 12_000, Periods: 2}, "0:12×2"},
		{"10m+25/5m", rules.TimeLeft{Extra: 120_000, Stones: 7}, "2:00/7"},
		{"30s/move", rules.TimeLeft{Extra: 29_999}, "0:30"},
		{"3d/move", rules.TimeLeft{Extra: 259_200_000}, "3d 00:00:00"},
	} {
		tc, err := rules.ParseTimeControl(c.control)
		if err != nil {
			t.Fatal(err)
		}
		if got := clockText(tc, c.left); got != c.want {
			t.Errorf("%s, %+v: %s, want %s", c.control, c.left, got, c.want)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, c := range []struct{ game, control, en, ko string }{
		{"omok", "none", "omok, standard (exactly five), 15×15, no clock", "오목, 고모쿠룰(정확히 다섯), 15×15, 시간제한 없음"},
		{"omok:renju:swap2", "5+3", "omok, renju, 15×15, Swap2, 5+3", "오목, 렌주룰, 15×15, 스왑2, 5+3"},
		{"chess", "10m+3x30s", "chess, orthodox, 10m+3x30s", "표준 체스, 10m+3x30s"},
	} {
		v, err := variants.Parse(c.game)
		if err != nil {
			t.Fatal(err)
		}
		tc, err := rules.ParseTimeControl(c.control)
		if err != nil {
			t.Fatal(err)
		}
		if got := describe(i18n.English, v, tc, false); got != c.en {
			t.Errorf("%q, want %q", got, c.en)
		}
		if got := describe(i18n.Korean, v, tc, false); got != c.ko {
			t.Errorf("%q, want %q", got, c.ko)
		}
	}
}
