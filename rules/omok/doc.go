// Package omok is omok, five in a row, in its rule sets and openings: what is legal,
// who has won, which points are forbidden, and moves in writing. It keeps no clock and does no
// I/O; everything is a value.
//
// A [Game] is a game in progress and implements [rules.Game]; a [Board] is stones alone, for
// tools and for positions set up by hand. Game records (SGF, Gomocup's psq, move
// lists) are in the package record below this one.
//
//	g, err := omok.New(rules.Variant{Rules: rules.Renju, Opening: rules.Swap2})
//	m, err := g.Parse("h8")
//	g, err = g.After(m)
//
// # Terms
//
// A row is stones of one side in a line along a row, a column or a diagonal; it is unbroken if no
// empty point lies between them. Five is an unbroken row of exactly five stones,
// an overline one of six or more. A four is four stones in a line to which one stone
// more makes five. A straight four is an unbroken row of four that can become five
// at both of its ends. A three is three stones in a line to which one stone more makes a straight four.
// (Renju International Federation, International Rules of Renju, section 3.)
//
// # Rule sets
//
// In all of them black begins, the players lay one stone in turn, stones never move, and a full
// board without a winner is a draw.
//
// Freestyle: five or an overline wins. (Gomocup, rule 0.)
//
// Standard: five wins; an overline neither wins nor is forbidden. (Gomocup, rule 1.)
//
// Renju: 15×15. Five wins for both. Black may not make an overline, a double four (more than one
// four through the stone laid; two in one line count) or a double three (more than one three through it), unless the
// same stone makes five. White is free and wins by an overline as well. (RIF rules, section 9;
// Gomocup, rule 4.) In detail:
//
//   - A four is judged by its stones: an unbroken row of four with both ends open is one four.
//   - A three must become a straight four without that stone making five, in
//     whatever line (section 3). So three stones whose fourth would also complete a five elsewhere are no three.
//   - A double three is allowed if at most one of its threes can become a straight four by a
//     stone that makes no overline, no double four and no double three that is
//     forbidden in its turn (9.3). That is examined recursively, with the stones laid so far on the board. The
//     two conditions of 9.3 are taken together: each three must pass both to count.
//   - Once the opening is over a player may pass. Two passes in a row are a draw.
//   - With rules.Variant.ForbiddenLoses a forbidden point may be played, as in tournaments. Black then loses if white
//     claims it before acting, see [Game.ForbiddenPlayed]; otherwise the stone stands. An overline so
//     laid does not win.
//
// Korean, "omok" (일반룰, the house rule of Korean clubs and servers): five wins for both; an overline (장목) neither
// wins nor is forbidden; four-four (쌍사) is allowed; a double three (쌍삼) is forbidden to both
// sides unless the same stone makes five. A three is counted by its shape alone, as people do at a
// board: three stones, unbroken or with one gap, that one stone more turns into a straight four, that is four unbroken stones
// with both ends empty, each of which would make exactly five. It is not asked what else that fourth stone would make or
// whether its point is forbidden itself: there is no recursion. A four is not a three: three-four
// is allowed; a stone that makes a four and two threes is a double three.
//
// Caro: six or more wins; five wins unless enemy stones block both ends. The board's edge
// blocks nothing. (Gomocup, rule 8.)
//
// Caro-exact: exactly five wins, unless enemy stones block both ends. (Gomocup, rule 9.)
//
// Passing exists in renju only; by the Korean rule a player who has no point left that is
// not forbidden passes, so that the game can go on.
//
// # Openings
//
// An opening is a protocol: [Game.Phase] says what is asked for, [Game.Opening] lists the choices, [Game.Turn] who
// answers. rules.First acts first and has black until sides are chosen or swapped. Any rule set takes
// the first three openings below; the others are renju's.
//
// Free: the first stone anywhere. Centre: the first stone in the centre (one of the four
// central points where the number of lines is even).
//
// Swap2 (the gomoku world championships' opening since 2009): First lays black, white, black anywhere. Second takes
// white, or takes black, or adds a white and a black stone, after which First takes a colour. White moves next.
//
// RIF (the federation's opening rule of 1996): First lays three stones that make one of the 26 named openings: black in the
// centre, white in the central 3×3, black in the central 5×5. Second may swap. White lays the fourth stone
// anywhere. Black offers two fifth moves. White picks one of them and lays the sixth stone.
//
// Soosorv8 (Soosõrv-8, certified by the federation in 2011, world championships from 2017): First lays one of the 26
// openings. Second may swap. White lays the fourth stone anywhere and declares how many fifth moves, 1 to
// 8, will be offered. Black may swap. Black offers that many (one: black just plays it);
// white picks and lays the sixth.
//
// Taraguchi10 (Taraguchi-N with N = 10, certified by the federation): black in the centre, white in the central 3×3, black in the central
// 5×5, white in the central 7×7; after each of the first three stones the opponent of who laid it may swap. After the fourth,
// black either swaps or not and the fifth stone is then laid in the central 9×9, after which white may swap and white lays the
// sixth anywhere; or black keeps the sides and offers ten fifth moves anywhere, of which white picks one.
//
// Fifth moves that are offered must differ in every respect: no two may give positions
// that are turned or mirrored images of each other. During an opening nobody passes.
package omok
