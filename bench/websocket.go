package bench

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// webSocket is a client's half of the WebSocket protocol (RFC 6455) on a link: what it sends goes into binary messages, and
// what comes is taken out of them. It is here, and not a library's, so that many clients cost the load little.
type webSocket struct {
	rest []byte // the beginning of a frame
	out  []byte
}

// The parts of a frame that are used here.
const (
	frameBinary = 0x82 // whole message
	frameClose  = 0x8
	framePing   = 0x9
	framePong   = 0x8a
	frameMasked = 0x80
)

var errHandshake = errors.New("the server does not speak WebSocket")

// upgrade makes the connection a WebSocket: the only thing that is waited for while connecting.
func upgrade(c net.Conn, addr string) error {
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	defer c.SetDeadline(time.Time{})
	if _, err := fmt.Fprintf(c, "GET /ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", addr); err != nil {
		return err
	}
	var answer strings.Builder
	for one := make([]byte, 1); !strings.HasSuffix(answer.String(), "\r\n\r\n"); answer.Write(one) { // no byte beyond it
		if _, err := c.Read(one); err != nil {
			return err
		}
		if answer.Len() > 4096 {
			return errHandshake
		}
	}
	if status, _, _ := strings.Cut(answer.String(), "\r\n"); !strings.Contains(status, " 101 ") {
		return fmt.Errorf("%w: %s", errHandshake, status)
	}
	return nil
}

// frame wraps p, for as long as nothing else is wrapped. The mask is 0, so that masking changes nothing.
func (w *webSocket) frame(kind byte, p []byte) []byte {
	w.out = append(w.out[:0], kind)
	if len(p) < 126 {
		w.out = append(w.out, frameMasked|byte(len(p)))
	} else {
		w.out = append(w.out, frameMasked|126)
		w.out = binary.BigEndian.AppendUint16(w.out, uint16(len(p)))
	}
	return append(append(w.out, 0, 0, 0, 0), p...)
}

// unwrap hands over what the frames in p carry, and keeps the beginning of one that is not whole yet.
func (w *webSocket) unwrap(l *link, p []byte, each func([]byte) error) error {
	if len(w.rest) > 0 {
		w.rest = append(w.rest, p...)
		p = w.rest
	}
	for len(p) >= 2 {
		head, size := 2, int(p[1])
		switch size {
		case 126:
			head = 4
		case 127:
			head = 10
		}
		if len(p) < head {
			break
		}
		switch size {
		case 126:
			size = int(binary.BigEndian.Uint16(p[2:]))
		case 127:
			size = int(binary.BigEndian.Uint64(p[2:]))
		}
		if len(p)-head < size {
			break
		}
		body := p[head : head+size]
		switch p[0] & 0xf {
		case frameClose:
			return errHungUp
		case framePing:
			l.drv.send(l, w.frame(framePong, body))
		default:
			if err := each(body); err != nil {
				return err
			}
		}
		p = p[head+size:]
	}
	w.rest = append(w.rest[:0], p...)
	if len(w.rest) == 0 {
		w.rest = nil
	}
	return nil
}
