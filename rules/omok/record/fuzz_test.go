package record

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"hansu/rules"
)

// FuzzRead: whatever a file holds, reading it ends, every error has a line, and a game that
// can be replayed can be written in each format and reads back to the same stones.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"(;FF[4]GM[4]SZ[15]PB[a\\]]C[x\\\ny];B[hh];W[gg](;B[h10];W[])(;B[aa]))\n(;GM[5]SZ[19]AB[aa:cc]AE[bb]PL[W];W[tt])",
		"(;GM[4];B[hh]\n(;GM[4];B[hh])", "(;GM[4]C[\n(;GM[4];B[hh])", "((((;)))", "(;;;;)", "(;AB[:])",
		"Piskvorky 20x20, 7:7, 1\r\n10,10,456\r\n11,1,60\r\nalpha\r\nbeta\r\n-1\r\nPiskvorky 15x15, 0:0, 0\n1,1,1\n",
		"#! rules=renju opening=rif result=white black=\"x y\"\nh8 h9 i9 stay a1 g7 c3 c3\n1.h8 2. i9\n",
		"0,0, 1,0, 1,3\n-7,-8, -6,-9, -3,-9\n", "\xff\xfe", "\xef\xbb\xbfh8", "#!\n#! =\n#! a\n#! size=\"",
	} {
		f.Add([]byte(text), uint8(Auto))
	}
	f.Fuzz(func(t *testing.T, file []byte, format uint8) {
		r := NewReader(bytes.NewReader(file), Format(format%uint8(Offsets+1)))
		for n := 0; ; n++ {
			rec, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if n > len(file) {
				t.Fatalf("%d games and errors in %d bytes", n, len(file))
			}
			if err != nil {
				var e *Error
				if !errors.As(err, &e) || e.Line < 1 || e.Line > bytes.Count(file, []byte("\n"))+1 {
					t.Fatalf("error %v", err)
				}
				continue
			}
			if len(rec.Moves) > MaxMoves || len(rec.Setup) > 26*26 {
				t.Fatalf("%d moves, %d set-up stones", len(rec.Moves), len(rec.Setup))
			}
			writeBack(t, rec)
		}
	})
}

// writeBack writes a record that can be replayed and compares what is read back.
func writeBack(t *testing.T, rec *Record) {
	want, err := rec.Replay(rules.Variant{})
	if err != nil {
		return
	}
	for _, write := range []func(io.Writer) error{rec.WriteSGF, rec.WritePSQ, rec.WriteMoves} {
		var out bytes.Buffer
		if write(&out) != nil || out.Len() > MaxLine {
			continue
		}
		back, err := NewReader(strings.NewReader(out.String()), Auto).Next()
		if errors.Is(err, io.EOF) && len(rec.Moves) == 0 {
			continue // a list without moves has no line
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, out.String())
		}
		got, err := back.Replay(rec.Variant)
		if err != nil {
			t.Fatalf("%v in\n%s", err, out.String())
		}
		if a, b := got.Board(), want.Board(); a != b {
			t.Fatalf("other stones in\n%s", out.String())
		}
	}
}
