// Package sim runs the whole server and dozens of clients in one goroutine, on a time of its own,
// from one seed: the real lobby, shards, tables and sessions, the real client, and between and
// under them a network and a disk that fail in every way they are asked to.
//
//	r := sim.Run(sim.Config{Seed: 1})
//	r.Err   // what went wrong first; the same seed fails in the same way, at the same step
//
// Nothing here waits, reads a clock or has a goroutine that runs beside another: a scheduler calls
// what is next, in an order that the seed alone decides. A shard is a coroutine that gives way
// where the real one waits for the disk. What must always hold (docs/architecture.md) is checked
// at every packet that the server sends and at every record that reaches the disk.
//
// Every third seed runs several nodes as one server, over a database that they share and a bus between them. A call
// of the database is a request that takes its time and may be cut; whatever of a node may wait for one is a coroutine.
//
//	world    the scheduler              device, people, rogue   clients
//	faults   what goes wrong, and when  network                 their connections
//	node     a start of a server        join, routine           … of one of several: its hooks, what may wait
//	disk     a single server's store    shared                  … that of several nodes
//	database, owner  what is durable, and what statements do to it
//	bus      frames between nodes       oracle, several         what must hold
package sim
