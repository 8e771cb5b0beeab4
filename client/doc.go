// Package client connects a program to a Hansu server: it takes a seat, plays and
// watches, and hears what happens at its tables. Terminal, window and bots share it.
//
//	Client   a TCP connection that is kept up: commands in, a channel of events out
//	Core     the same without any I/O, for a program with an event loop of its own
//	Table    what is known of a table: seats, position, moves, clocks, offers, result
//
// A program sends commands ([Join], [MakeMove], [Propose] …) with [Client.Do] and sees what they
// did as events. What happens at a table comes as a [Record] with the [Table] as it is
// afterwards; tables are values that do not change, so that they may be kept and handed to other
// goroutines. The server is the referee: a move counts when its record has come.
//
// A lost connection is taken up again by itself: [Offline] says that it is lost and when the
// next attempt is made, [Online] that it stands. Records that were missed come in their order,
// and commands without an answer are sent again under their old numbers, which the server
// does not carry out twice. To come back in a later run of the program, keep [Online].Token, set
// it as [Config].Token and send [Resume].
//
// Times are handed in or measured from when this client heard of something. The server's
// clock decides.
package client
