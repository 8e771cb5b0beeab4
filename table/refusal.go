package table

// Refusal says why a command was refused. It is answered to its sender alone, leaves no
// record and changes nothing.
type Refusal uint8

// The refusals.
const (
	Accepted       Refusal = iota
	NoTable                // there is no such table, or it is shut
	Taken                  // both seats are taken
	OwnTable               // the sender has the other seat
	NotSeated              // only a player of this table may do that
	NotYourTurn            // it is the opponent's turn
	IllegalMove            // the rules refuse it; the problem says why
	OtherPly               // meant for another position than the present one
	NotStarted             // the game has not begun
	NoGame                 // the game is over
	GameOn                 // not while a game is on
	NoProposal             // there is no such offer to answer
	AlreadyOffered         // this offer stands, or was made since the last own move
	NotPossible            // nothing to take back; no opponent there
	NoClaim                // what is claimed is not so
	TooEarly               // the absent player's grace is not over
	Stale                  // a command number long past
	Damaged                // the table's records do not replay; the host must look
	StoreDown              // the disk does not take records; nothing happened, try again
	Full                   // the table's log has become too long for that
	Busy                   // the node that decides at this table has too much to do; nothing happened, try again
	refusalEnd
)
