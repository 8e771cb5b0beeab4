// Package window is the client in a window of Windows, on the Windows API alone: no cgo, no toolkit.
//
//	screen   what is on the window, and what a click or a key does: portable, and tested on any system
//	paint    smooth shapes, wood, stones and chess men in pixels
//	window   this package: a window, its controls, texts, menu and messages
//
// The socket is WSAAsyncSelect's: what happens to it arrives as a message to the window (netio.MessagePump), on
// the thread that serves mouse and keyboard. No other thread touches the socket or any of the state.
package window

import (
	"context"
	"errors"

	"hansu/window/screen"
)

// Options are what a window begins with.
type Options struct {
	screen.Options
	Font string // file of a font to be loaded for this program; empty: those of the system
	// Find tells found which servers the network has, again and again until ctx ends; nil: it is not
	// looked for any.
	Find func(ctx context.Context, found func([]screen.Server))
}

// ErrSystem: this system is not Windows.
var ErrSystem = errors.New("window: only Windows has this window")
