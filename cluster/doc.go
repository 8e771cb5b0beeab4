// Package cluster makes several nodes one server: a client of any node can sit at any table.
//
// Each table is decided by one node, its owner, and who that is is in the store (see store.Shared). A [Router]
// stands between a node's sessions and the tables: what is for a table of this node goes to its own
// shards, the rest over a link to the owner.
//
// A link joins two nodes over a transport that may lose messages. Frames are numbered, and a node that says
// nothing for a while is taken to be gone, so both sides know when something is missing. Nothing is repaired
// then: the link is broken, and every viewer whose table was behind it is told [table.Viewer.Drop]. Its client
// comes back on a new connection, says what it saw last and sends again what was not answered, as after a
// crash of a server. One way back, which is there anyway, is held by the same tests, and does not ask
// what has been lost.
//
//	Router   routes, one lookup in the store for each table that is met for the first time
//	link     frames between this node and one other
//	proxy    at the client's node: a viewer at a table of another node
//	guest    at the owner: the same viewer, as the table sees it
//	cast     what all nodes are told: what became of a table, for their lobbies
package cluster
