package omok

import "hansu/rules"

// Named is one of renju's 26 openings: three stones, the first in the centre, the
// second next to it, the third in the central square of 5×5, turned or mirrored.
type Named struct {
	Code  string // D1 to D13: the second stone beside the first; I1 to I13: diagonal to it
	Name  string // romanised Japanese
	Hanja string // as it is written in Chinese characters
}

// namedOpenings lists the openings in the order of their numbers with the third
// stone as offset from the centre, the second stone straight up (direct) or up and to the right
// (indirect). Source: the Renju International Federation's table of openings.
var namedOpenings = [26]struct {
	Named
	col, row int
}{
	{Named{"D1", "Kansei", "寒星"}, 0, 2},
	{Named{"D2", "Keigetsu", "溪月"}, 1, 2},
	{Named{"D3", "Sosei", "疎星"}, 2, 2},
	{Named{"D4", "Kagetsu", "花月"}, 1, 1},
	{Named{"D5", "Zangetsu", "殘月"}, 2, 1},
	{Named{"D6", "Ugetsu", "雨月"}, 1, 0},
	{Named{"D7", "Kinsei", "金星"}, 2, 0},
	{Named{"D8", "Shogetsu", "松月"}, 0, -1},
	{Named{"D9", "Kyugetsu", "丘月"}, 1, -1},
	{Named{"D10", "Shingetsu", "新月"}, 2, -1},
	{Named{"D11", "Zuisei", "瑞星"}, 0, -2},
	{Named{"D12", "Sangetsu", "山月"}, 1, -2},
	{Named{"D13", "Yusei", "遊星"}, 2, -2},
	{Named{"I1", "Chosei", "長星"}, 2, 2},
	{Named{"I2", "Kyogetsu", "峽月"}, 2, 1},
	{Named{"I3", "Kosei", "恒星"}, 2, 0},
	{Named{"I4", "Suigetsu", "水月"}, 2, -1},
	{Named{"I5", "Ryusei", "流星"}, 2, -2},
	{Named{"I6", "Ungetsu", "雲月"}, 1, 0},
	{Named{"I7", "Hogetsu", "浦月"}, 1, -1},
	{Named{"I8", "Rangetsu", "嵐月"}, 1, -2},
	{Named{"I9", "Gingetsu", "銀月"}, 0, -1},
	{Named{"I10", "Myojo", "明星"}, 0, -2},
	{Named{"I11", "Shagetsu", "斜月"}, -1, -1},
	{Named{"I12", "Meigetsu", "名月"}, -1, -2},
	{Named{"I13", "Suisei", "彗星"}, -2, -2},
}

// NameOpening returns the renju opening that the first three stones make on a board of size
// points a side, and false if they make none.
func NameOpening(size int, first, second, third rules.Point) (Named, bool) {
	n := openingNumber(size, first, second, third)
	if n == 0 {
		return Named{}, false
	}
	return namedOpenings[n-1].Named, true
}

// openingNumber returns the opening's place in namedOpenings, from 1, or 0.
func openingNumber(size int, first, second, third rules.Point) uint8 {
	centre := size / 2
	if size%2 == 0 || int(first.Col) != centre || int(first.Row) != centre {
		return 0
	}
	for t := range Symmetries {
		a, b := TurnPoint(second, size, t), TurnPoint(third, size, t)
		ac, ar := int(a.Col)-centre, int(a.Row)-centre
		if ar != 1 || (ac != 0 && ac != 1) {
			continue
		}
		bc, br := int(b.Col)-centre, int(b.Row)-centre
		for i := range namedOpenings {
			o := &namedOpenings[i]
			if (i >= 13) == (ac == 1) && o.col == bc && o.row == br {
				return uint8(i + 1)
			}
		}
	}
	return 0
}

// name notes the stone just laid on p for the opening's name.
func (g *Game) name(p rules.Point) {
	if g.set > 0 {
		return
	}
	switch g.board.count {
	case 1, 2:
		g.first[g.board.count-1] = p
	case 3:
		g.named = openingNumber(g.Size(), g.first[0], g.first[1], p)
	}
}

// Named returns the renju opening that the game's first three stones made, and false
// if they made none or are not all there yet. Any rule set's game can have one.
func (g Game) Named() (Named, bool) {
	if g.named == 0 {
		return Named{}, false
	}
	return namedOpenings[g.named-1].Named, true
}
