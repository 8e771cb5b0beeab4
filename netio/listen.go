package netio

import (
	"fmt"
	"runtime"
	"time"
)

// The defaults and bounds of Config.
const (
	defaultOutbound = 1 << 20         // bytes
	leastOutbound   = 64 << 10        // bytes: one read may be answered whole
	defaultLinger   = 5 * time.Second // for a peer to take what is queued
)

// A peer that is gone without a word is noticed within less than a minute: a probe after
// keepAliveIdle seconds of silence, then one every keepAliveInterval seconds.
const (
	keepAliveIdle     = 20
	keepAliveInterval = 10
	keepAliveCount    = 3
)

// ModelInfo describes one model on this system.
type ModelInfo struct {
	Model     Model
	Mechanism string // the system's calls that it stands on, such as "epoll"
	Available bool
	Why       Absence // why it is not available
	Client    bool    // for Dial only: Listen does not take it
}

// factory makes a server of one model. The address is listened on when it returns.
type factory func(addr string, k *core) (Server, error)

// systemModel is one row of a system's table of models (systemModels).
type systemModel struct {
	model     Model
	mechanism string
	client    bool           // for Dial only
	missing   func() Absence // nil, or gives why it cannot be had
	listen    factory
}

// Models lists every model, available here or not, in the order of the package's
// description. Probing a kernel for completion costs a few system calls.
func Models() []ModelInfo {
	infos := make([]ModelInfo, 0, 5)
	for _, m := range systemModels() {
		why := m.why()
		infos = append(infos, ModelInfo{Model: m.model, Mechanism: m.mechanism,
			Available: why == Absence{}, Why: why, Client: m.client})
	}
	return infos
}

func (m *systemModel) why() Absence {
	if m.missing == nil {
		return Absence{}
	}
	return m.missing()
}

// Listen makes a server of the model cfg.Model that listens on addr, "host:port"
// or ":port" for every address of the machine, both IPv4 and IPv6; port 0 lets the system choose.
// Connections are served by h once Serve is called.
//
// The error is a *ModelError when this system lacks the model; no other model
// takes its place. It is an *Error when the system refused the address.
func Listen(addr string, h Handler, cfg Config) (Server, error) {
	cfg = cfg.withDefaults()
	for _, m := range systemModels() {
		if m.model != cfg.Model {
			continue
		}
		if why := m.why(); why != (Absence{}) {
			return nil, &ModelError{Model: m.model, Why: why}
		}
		if m.listen == nil {
			return nil, &ModelError{Model: m.model, Why: Absence{Reason: ClientsOnly}}
		}
		return m.listen(addr, newCore(h, cfg))
	}
	return nil, fmt.Errorf("netio: unknown model %q", string(cfg.Model))
}

// withDefaults gives cfg with every field set.
func (cfg Config) withDefaults() Config {
	if cfg.Model == "" {
		cfg.Model = Threads
	}
	if cfg.Loops <= 0 {
		cfg.Loops = runtime.GOMAXPROCS(0)
	}
	if cfg.Workers <= 0 {
		cfg.Workers = 2*runtime.NumCPU() + 1
	}
	if cfg.Outbound <= 0 {
		cfg.Outbound = defaultOutbound
	}
	cfg.Outbound = max(cfg.Outbound, leastOutbound)
	if cfg.Linger <= 0 {
		cfg.Linger = defaultLinger
	}
	return cfg
}
