package records

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"hansu/rules"
	"hansu/rules/omok"
)

const small = "X....\n.O...\n..x..\n...o.\n....-\n"

func TestBoardReader(t *testing.T) {
	for _, c := range []struct {
		name, text string
		boards     int
		err        string
	}{
		{"none", "", 0, ""},
		{"blank", "\n\r\n  \n", 0, ""},
		{"one", small, 1, ""},
		{"no line end", strings.TrimSpace(small), 1, ""},
		{"windows, marked", "\xef\xbb\xbf" + strings.ReplaceAll(small, "\n", "\r\n"), 1, ""},
		{"two", small + "\n" + small, 2, ""},
		{"blank lines", "\n\n" + small + "\n\n\n" + small + "\n\n", 2, ""},
		{"without a blank line", small + small, 2, ""},
		{"two sizes", small + "\n" + strings.Repeat("......\n", 6), 2, ""},
		{"too few rows", ".....\n.....\n\n" + small, 0, "board that ends before line 4"},
		{"too many rows", small + ".....\n\n", 1, "board that ends before line 8"},
		{"uneven rows", ".....\n....\n.....\n.....\n.....\n", 0, "row 4 has 4 points"},
		{"what is no stone", strings.Replace(small, "O", "Q", 1), 0, "'Q' on b4"},
		{"too wide", strings.Repeat(".", 27) + "\n", 0, "line 1: a row of 27 points"},
		{"too small", "....\n....\n....\n....\n", 0, "4 rows; 5 to 26 are possible"},
		{"a very long line", strings.Repeat(".", 2*lineBytesMax), 0, "line 1: a row of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewBoardReader(iotest.HalfReader(strings.NewReader(c.text)))
			for n := 0; ; n++ {
				_, err := r.Next()
				if err == nil {
					continue
				}
				if n != c.boards {
					t.Errorf("%d boards, want %d", n, c.boards)
				}
				if c.err == "" && !errors.Is(err, io.EOF) || c.err != "" && !strings.Contains(err.Error(), c.err) {
					t.Errorf("error %v, want %q", err, c.err)
				}
				if again, err := r.Next(); c.err == "" && !errors.Is(err, io.EOF) {
					t.Errorf("after the end: %v, %v", again, err)
				}
				return
			}
		})
	}
}

func TestBoardReaderStones(t *testing.T) {
	b, err := NewBoardReader(strings.NewReader(small)).Next()
	if err != nil {
		t.Fatal(err)
	}
	for point, want := range map[string]rules.Side{"a5": rules.Black, "b4": rules.White, "c3": rules.Black, "d2": rules.White, "e1": rules.NoSide} {
		if p, err := rules.ParsePoint(point, 5); err != nil || b.At(p) != want {
			t.Errorf("%s: %v, want %v (%v)", point, b.At(p), want, err)
		}
	}
}

func TestFormatPoints(t *testing.T) {
	points := []rules.Point{{Col: 10, Row: 4}, {Col: 2, Row: 9}, {Col: 2, Row: 3}, {Col: 7, Row: 7}}
	if got := FormatPoints(points); got != "C4 C10 H8 K5" {
		t.Errorf("%q", got)
	}
	if points[0].Col != 10 {
		t.Error("the caller's points were sorted")
	}
	if got := FormatPoints(nil); got != "-" {
		t.Errorf("none: %q", got)
	}
}

// FuzzBoardReader: whatever the bytes, reading ends, and what is read is written the same.
func FuzzBoardReader(f *testing.F) {
	f.Add([]byte(small + "\n" + small))
	f.Add([]byte("......\r\n\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewBoardReader(strings.NewReader(string(text)))
		for n := 0; ; n++ {
			b, err := r.Next()
			if err != nil {
				return
			}
			again, err := omok.ParseBoard(strings.Fields(b.String()))
			if err != nil || again != b {
				t.Fatalf("written: %v, %v", again, err)
			}
			if n > len(text)/omok.MinSize {
				t.Fatal("more boards than the text can hold")
			}
		}
	})
}
