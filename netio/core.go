package netio

import (
	"log/slog"
	"sync/atomic"
	"time"
)

// closeWait bounds how long a connection that we closed waits, after all has been
// sent, for the peer's own end. Closing a socket while the peer still talks makes the system
// send a reset, and a peer that gets one may lose what it has not read yet.
const closeWait = time.Second

// wasteMost bounds the bytes that are read and thrown away, so that the peer gets no reset, on a connection that we
// closed. Whoever talks on after that is not read any more: his bytes wait in the system's buffers, and he
// with them, until the connection's time is over.
const wasteMost = 256 << 10

// core is what the servers of all models share: the program, the setting, the
// counts and the log of broadcasts.
type core struct {
	h      Handler
	cfg    Config // with defaults
	log    *slog.Logger
	casts  broadcastLog
	accept acceptTrouble // of the one that accepts, nobody else

	open, accepted, refused, acceptErrors, slow atomic.Int64
	refusing                                    atomic.Int64 // refused clients not yet gone
}

// refusingMax bounds the refused clients that are being told so. More of them are
// closed without a word, so that a crowd at the door costs no more than this.
const refusingMax = 1024

func newCore(h Handler, cfg Config) *core {
	k := &core{h: h, cfg: cfg, log: cfg.Logger}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	k.casts.init()
	return k
}

// admit counts one accepted client. It is false for one over MaxClients, which is
// then to be refused: Config.Refuse is called, if it is set, and it is closed; it is not
// counted by leave.
func (k *core) admit() bool {
	if n := k.open.Add(1); k.cfg.MaxClients > 0 && n > int64(k.cfg.MaxClients) {
		k.open.Add(-1)
		k.refused.Add(1)
		return false
	}
	k.accepted.Add(1)
	return true
}

// mayRefuse says whether a client that admit has turned away is to be handed to
// Config.Refuse. Its end is then counted with refusing.Add(-1).
func (k *core) mayRefuse() bool {
	if k.cfg.Refuse == nil {
		return false
	}
	if k.refusing.Add(1) > refusingMax {
		k.refusing.Add(-1)
		return false
	}
	return true
}

// leave counts an admitted client out, before its Closed is called, so that a
// program that is told of the end finds the place free.
func (k *core) leave(err error) {
	k.open.Add(-1)
	if err == ErrSlow {
		k.slow.Add(1)
	}
}

// Stats gives the counts; each is exact, but they are not of one instant.
func (k *core) Stats() Stats {
	return Stats{
		Open:         k.open.Load(),
		Accepted:     k.accepted.Load(),
		Refused:      k.refused.Load(),
		AcceptErrors: k.acceptErrors.Load(),
		Slow:         k.slow.Load(),
	}
}

// acceptTrouble spaces the attempts while accept fails, as it does without free
// descriptors, and logs one line a bout rather than one an attempt.
type acceptTrouble struct{ delay time.Duration }

const (
	acceptDelayMin = 10 * time.Millisecond
	acceptDelayMax = time.Second
)

// acceptFailed counts a failed accept and says how long to wait for the next.
func (k *core) acceptFailed(err error) time.Duration {
	k.acceptErrors.Add(1)
	if k.accept.delay == 0 {
		k.log.Error("accept fails; trying again until it succeeds", "error", err)
		k.accept.delay = acceptDelayMin
		return k.accept.delay
	}
	k.accept.delay = min(2*k.accept.delay, acceptDelayMax)
	return k.accept.delay
}

// acceptWorked ends a bout of failures.
func (k *core) acceptWorked() {
	if k.accept.delay != 0 {
		k.accept.delay = 0
		k.log.Info("accept works again")
	}
}
