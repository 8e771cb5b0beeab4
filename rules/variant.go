package rules

// Kind is one of the games.
type Kind uint8

// The games. The numbers are stable: they are stored and sent.
const (
	Omok  Kind = 1
	Chess Kind = 2
)

// Ruleset is a game's set of rules. The numbers are stable: they are stored and
// sent; 0 stands for the game's default (standard omok, orthodox chess).
type Ruleset uint8

// The rule sets.
const (
	Freestyle Ruleset = 1 // omok: five or more
	Standard  Ruleset = 2 // omok: exactly five
	Renju     Ruleset = 3 // omok: black has forbidden moves
	Korean    Ruleset = 4 // omok: the Korean house rule, double three forbidden to both
	Caro      Ruleset = 5 // omok: six or more, or five not blocked at both ends
	CaroExact Ruleset = 6 // omok: exactly five, not blocked at both ends

	Orthodox Ruleset = 32 // chess: FIDE's laws
	Chess960 Ruleset = 33 // chess: one of 960 starts
)

// Opening is how an omok game is opened. The numbers are stable.
type Opening uint8

// The openings.
const (
	FreeOpening Opening = iota // anywhere
	Centre                     // the first stone in the centre
	Swap2                      // three stones, then the second player chooses or adds two
	RIF                        // renju's 26 openings, then swap and two fifth moves
	Soosorv8                   // renju's Soosorv-8
	Taraguchi10                // renju's Taraguchi-10
)

// Variant is everything that decides which moves are legal: it starts a game.
// The zero value of a field is the game's default. It is comparable.
type Variant struct {
	Kind    Kind
	Rules   Ruleset
	Size    uint8   // omok: 15, 19 or 20 points a side; chess: 8
	Opening Opening // omok
	Start   uint16  // Chess960: the start position's number, 0 to 959; other values: 518
	// ForbiddenLoses lets a forbidden renju move be played; it loses when the
	// opponent claims it, as in tournaments. Otherwise it is refused.
	ForbiddenLoses bool
}
