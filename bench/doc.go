// Package bench loads a server and measures it. Server and clients are processes of their own
// ([Child]); a [Harness] runs the cases of a comparison in interleaved rounds; a [Report] is shown as a
// table, as JSON and as a page of HTML with plots.
//
// The server's CPU time a message, by its own accounting, stands beside throughput and latency: it is what other
// work on the machine blurs least. Divided by the clients' CPU time of the same run, a faster or slower
// moment of the machine drops out as well.
package bench
