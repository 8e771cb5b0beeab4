// Package bus carries messages between the nodes of a server. It is transport only: a message may be lost
// (the network is cut, a subscriber is too slow, something restarts). What arrives, arrives whole; messages of
// one node on one subject arrive in the order in which they were published, and rarely twice.
//
// Nothing may rest on a message alone: what must not be lost is in the store, and a message carries the number by
// which a gap is seen.
package bus

import (
	"errors"
	"fmt"
)

// MaxMessage is the greatest length of a message in bytes. NATS takes 1 MiB unless told otherwise.
const MaxMessage = 512 << 10

// What waits for one subscription is bounded, in messages and in bytes. When either is reached, further messages for it
// are dropped until it has caught up.
const (
	PendingMessages = 64 << 10
	PendingBytes    = 16 << 20
)

// Errors of Publish and Subscribe.
var (
	ErrClosed  = errors.New("bus: closed")
	ErrAway    = errors.New("bus: not connected")
	ErrTooLong = fmt.Errorf("bus: message is longer than %d bytes", MaxMessage)
	ErrSubject = errors.New("bus: bad subject")
)

// Bus is one node's place on the bus. Its methods may be called from any goroutine.
type Bus interface {
	// Publish sends data to whoever subscribes to subject, on any node, this one included. It never waits for
	// the network; data may be changed once it has returned. After an error nothing was sent: ErrClosed, ErrTooLong,
	// ErrSubject, or ErrAway if there is no connection now or it takes no more. A message is not kept for later:
	// what arrives late is late by no more than it takes to notice that a connection is dead.
	Publish(subject string, data []byte) error

	// Subscribe calls f for each message, one at a time and in order, on a goroutine of the bus, until Close. data
	// is valid until f returns, and f does not change it. f may call Publish and Subscribe, but not Close. While it
	// runs, messages wait, and past a bound they are dropped; other subscriptions go on.
	//
	// It may wait for the network, for seconds where that is bad. When it returns while Connected, what is published
	// from now on comes; in a cluster of NATS servers, what is published on other servers comes a moment later.
	// While not connected it is noted, and holds from the next connection on, as all subscriptions do.
	Subscribe(subject string, f func(data []byte)) error

	// Connected says whether messages can get through as far as this node knows.
	Connected() bool

	// Close sends what was published, unless that takes more than a few seconds, and returns when no f runs any more.
	// What came in and waits is dropped. Closing again does nothing.
	Close() error
}

// CheckSubject returns ErrSubject unless subject is what both NATS and people read: words of ASCII letters, digits,
// "_" and "-", joined by dots. Wildcards are none.
func CheckSubject(subject string) error {
	word := 0
	for i := 0; i < len(subject); i++ {
		switch c := subject[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-':
			word++
		case c == '.' && word > 0:
			word = 0
		default:
			return fmt.Errorf("%w %q", ErrSubject, subject)
		}
	}
	if word == 0 {
		return fmt.Errorf("%w %q", ErrSubject, subject)
	}
	return nil
}

// Check returns what is wrong with a message whoever carries it: ErrSubject, ErrTooLong, or nil.
func Check(subject string, data []byte) error {
	if len(data) > MaxMessage {
		return fmt.Errorf("%w: %d", ErrTooLong, len(data))
	}
	return CheckSubject(subject)
}
