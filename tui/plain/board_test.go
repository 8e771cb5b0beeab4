package plain

import (
	"strings"
	"testing"

	"hansu/client"
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
