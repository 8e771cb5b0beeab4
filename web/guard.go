package web

import (
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"path"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// What a client is told, what the log says and what the counts are kept under: each refusal has one
// of these texts.
const (
	whyPath      = "bad path"
	whyBody      = "no bodies are taken here"
	whyOrigin    = "wrong origin"
	whyUpgrade   = "this address speaks WebSocket"
	whyHandshake = "bad handshake"
	whyFull      = "too many clients"
	whyAddress   = "too many connections from this address"
	whyRate      = "too many requests"
	whyBusy      = "too many requests at once"
	whyHeader    = "headers too slow, too large or malformed"
	whyText      = "text frame"
	whyFrame     = "bad or oversized frame"
	whyFlood     = "flood"
	whySlow      = "too slow"
	whySilent    = "no sign of life"
	whyNothing   = "no such address"
	whyMethod    = "method not allowed"
	whyTable     = "no such table"
	whyGame      = "no such game"
	whyValue     = "bad value"
	whyFormat    = "no such format"
	whyServer    = "server error"
	whyStopping  = "the server does not answer"
)

// refusals counts what was turned away, by why, and writes it to the log: all of it as long as it is
// little, then only as much as nobody can fill a disk with. It is safe for use from any goroutine.
type refusals struct {
	log *slog.Logger

	mu     sync.Mutex
	counts map[string]int64
	tokens float64
	at     time.Time
	silent int64 // refusals that were not logged since the last one that was
}

const (
	logBurst = 200 // lines at once
	logRate  = 20  // lines a second
)

func newRefusals(log *slog.Logger) *refusals {
	return &refusals{log: log, counts: map[string]int64{}, tokens: logBurst, at: time.Now()}
}

// add counts a refusal and logs it.
func (f *refusals) add(what, why string, remote netip.AddrPort, attrs ...any) {
	f.mu.Lock()
	f.counts[why]++
	now := time.Now()
	f.tokens = min(logBurst, f.tokens+now.Sub(f.at).Seconds()*logRate)
	f.at = now
	if f.tokens < 1 {
		f.silent++
		f.mu.Unlock()
		return
	}
	f.tokens--
	silent := f.silent
	f.silent = 0
	f.mu.Unlock()
	all := append([]any{"remote", remote.String(), "why", why}, attrs...)
	if silent > 0 {
		all = append(all, "not_logged", silent)
	}
	f.log.Info(what, all...)
}

func (f *refusals) all() map[string]int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.counts)
}

func (f *refusals) total() (n int64) {
	for _, c := range f.all() {
		n += c
	}
	return n
}

// cleanPath says whether a request's path is one that a link of ours could have: no way up, no empty or
// hidden segments, no separator or control character behind an encoding.
func cleanPath(r *http.Request) bool {
	p := r.URL.Path
	if !strings.HasPrefix(p, "/") || len(p) > 1 && path.Clean(p) != strings.TrimSuffix(p, "/") {
		return false
	}
	for _, c := range p {
		if c < ' ' || c == 0x7f || c == '\\' || c == '\ufffd' {
			return false
		}
	}
	raw := strings.ToLower(r.URL.EscapedPath())
	return !strings.Contains(raw, "%2f") && !strings.Contains(raw, "%5c")
}

// hasBody says whether a request brings content. None here does, and waiting for a slow one
// would hold a goroutine.
func hasBody(r *http.Request) bool { return r.ContentLength != 0 || len(r.TransferEncoding) > 0 }

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handled(r)
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.cfg.Log.Error("request failed", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			s.refuse(w, r, http.StatusInternalServerError, whyServer)
		}
	}()
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	switch {
	case !cleanPath(r):
		s.refuse(w, r, http.StatusBadRequest, whyPath)
	case hasBody(r):
		h.Set("Connection", "close")
		s.refuse(w, r, http.StatusRequestEntityTooLarge, whyBody)
	default:
		if _, pattern := s.mux.Handler(r); pattern == "" {
			s.unmatched(w, r)
			return
		}
		s.mux.ServeHTTP(w, r)
	}
}

// unmatched answers what no address and method of ours matches.
func (s *Site) unmatched(w http.ResponseWriter, r *http.Request) {
	probe := &statusOnly{header: http.Header{}}
	s.mux.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.refuse(w, r, http.StatusMethodNotAllowed, whyMethod)
		return
	}
	s.missing(w, r)
}

// missing answers that there is nothing at this address: with the page, which has a way to the
// lobby, if it is a page that was asked for.
func (s *Site) missing(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(r.URL.Path, "/api/") {
		s.note(r, http.StatusNotFound, whyNothing)
		s.page(w, r, s.index, http.StatusNotFound)
		return
	}
	s.refuse(w, r, http.StatusNotFound, whyNothing)
}

// statusOnly is a ResponseWriter that keeps the status and the headers.
type statusOnly struct {
	header http.Header
	status int
}

func (p *statusOnly) Header() http.Header { return p.header }
func (p *statusOnly) WriteHeader(code int) {
	if p.status == 0 {
		p.status = code
	}
}
func (p *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

// note counts and logs a request that is turned away.
func (s *Site) note(r *http.Request, status int, why string) {
	s.refused.add("request refused", why, s.remote(r), "status", status, "method", shown(r.Method), "path", shown(r.URL.Path))
}

// shown is at most so much of a client's text as a line of a log has room for.
func shown(text string) string {
	if len(text) > 200 {
		return text[:200] + "…"
	}
	return text
}

// refuse answers a request that is turned away, and counts and logs it. Detail may say more to the
// client.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, status int, why string, detail ...string) {
	s.note(r, status, why)
	text := why
	if len(detail) > 0 {
		text += ": " + strings.Join(detail, "; ")
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "2")
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		answer(w, status, map[string]string{"error": text})
		return
	}
	plain(w, status, text+"\n")
}

// Refused returns how many requests, connections and WebSockets were turned away or cut off.
func (s *Site) Refused() int64 { return s.refused.total() }
