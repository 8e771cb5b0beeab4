// Package chess has the laws of chess as a server enforces them: FIDE's Laws of
// Chess for orthodox chess and for Chess960, draws and claims, and moves and
// positions as text.
//
// A [Game] is what two people play: it implements [rules.Game], knows repetitions
// and the counters of the 50 and 75 moves, and says who has won. A [Position] is one moment of it without
// its past: a small value from which [Perft] counts and FEN is written. A [Setup] is any
// arrangement of pieces, which [Setup.Position] checks.
//
// Moves are rules.Move: From, To, and in Arg the piece promoted to (2 knight, 3
// bishop, 4 rook, 5 queen). Castling is the king moving two squares in orthodox
// chess; in Chess960 it is the king taking its own rook, as UCI_Chess960 has it, and
// the king's target square is accepted too when the king has no ordinary move there and it is
// two or more squares away.
//
// # Articles
//
// What a Game decides by itself: legal moves (FIDE 3), checkmate and stalemate
// (5.1, 5.2.1), dead positions as far as they can be proved (5.2.2), fivefold repetition
// (9.6.1) and 75 moves (9.6.2). What the player to move may claim: threefold
// repetition (9.2) and 50 moves (9.3). What a fallen flag is worth: [Game.CanWin] (6.9).
// Positions are the same (9.2.3) if the same side is to move and men, castling rights
// and legal captures en passant are the same; they are compared in full, not by a hash.
package chess
