package server_test

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// stream is a WebSocket as the byte stream that a client wants: each write is a binary message.
type stream struct {
	ws *websocket.Conn

	mu   sync.Mutex // of writes
	rest io.Reader  // of the message that is being read
}

// overWebSocket dials /ws at an address, whatever address the client was given.
func overWebSocket(page string) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, _ string) (net.Conn, error) {
		ws, res, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+page+"/ws", nil)
		if err != nil {
			return nil, err
		}
		res.Body.Close()
		return &stream{ws: ws}, nil
	}
}

func (s *stream) Read(p []byte) (int, error) {
	for {
		if s.rest == nil {
			_, r, err := s.ws.NextReader()
			if err != nil {
				return 0, io.EOF
			}
			s.rest = r
		}
		n, err := s.rest.Read(p)
		if err == io.EOF {
			s.rest, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ws.WriteMessage(websocket.BinaryMessage, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s *stream) Close() error                       { return s.ws.Close() }
func (s *stream) LocalAddr() net.Addr                { return s.ws.LocalAddr() }
func (s *stream) RemoteAddr() net.Addr               { return s.ws.RemoteAddr() }
func (s *stream) SetReadDeadline(t time.Time) error  { return s.ws.SetReadDeadline(t) }
func (s *stream) SetWriteDeadline(t time.Time) error { return s.ws.SetWriteDeadline(t) }
func (s *stream) SetDeadline(t time.Time) error {
	_ = s.ws.SetReadDeadline(t)
	return s.ws.SetWriteDeadline(t)
}
