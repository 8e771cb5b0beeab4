package rules

// Millis is a point in time or a span of it, in milliseconds. Where zero lies is the
// caller's affair: rules never reads a clock.
type Millis int64

// Timing is how a clock counts.
type Timing uint8

// The timings. The numbers are stable: they are stored and sent.
const (
	Untimed        Timing = iota // no clock
	Fischer                      // Extra is added after each move
	Delay                        // Bronstein: what the move took, at most Extra, is given back
	Byoyomi                      // after Main: Periods of Extra; a period not used up is kept
	Canadian                     // after Main: Stones moves in each Extra
	PerMove                      // Extra for each move, nothing kept
	Correspondence               // Extra for each move, counted in days
)

// TimeControl is a clock's setting. The zero value is no clock.
type TimeControl struct {
	Timing  Timing
	Main    Millis // each player's main time
	Extra   Millis // increment, delay, period or time a move
	Periods uint8  // Byoyomi
	Stones  uint8  // Canadian
}

// TimeLeft is what a player has on the clock.
type TimeLeft struct {
	Main    Millis // of the main time; 0 once in overtime
	Extra   Millis // of the present period (Byoyomi, Canadian, PerMove, Correspondence)
	Periods uint8  // periods left, the present one included (Byoyomi)
	Stones  uint8  // moves still to make in the present period (Canadian)
}
