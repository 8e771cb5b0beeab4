package rules

import "testing"

func TestParsePoint(t *testing.T) {
	for _, c := range []struct {
		in   string
		size int
		want Point
		ok   bool
	}{
		{"a1", 15, Point{0, 0}, true},
		{"h8", 8, Point{7, 7}, true},
		{"O15", 15, Point{14, 14}, true},
		{"t20", 20, Point{19, 19}, true},
		{"p1", 15, Point{}, false},
		{"a16", 15, Point{}, false},
		{"a0", 15, Point{}, false},
		{"a01", 15, Point{}, false},
		{"", 15, Point{}, false},
		{"8h", 15, Point{}, false},
		{"a-1", 15, Point{}, false},
		{"한1", 15, Point{}, false},
	} {
		got, err := ParsePoint(c.in, c.size)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("ParsePoint(%q, %d) = %v, %v", c.in, c.size, got, err)
		}
	}
}
