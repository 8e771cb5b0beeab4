package sim

import "errors"

// bus carries frames between nodes: late, sometimes not at all, rarely twice, and in order for each sender and subject.
type bus struct {
	actor
	down micros             // nothing passes before this time
	last map[channel]micros // when the last frame of each arrives
}

// channel is what one node hears of another on one subject.
type channel struct {
	from, to *node
	cast     bool
}

var errAway = errors.New("sim: no connection to the bus")

// cast sends a frame to all nodes.
func (b *bus) cast(from *node, frame []byte) error {
	for _, to := range b.w.nodes {
		if to == nil || to == from {
			continue
		}
		if err := b.send(from, to, true, frame); err != nil {
			return err
		}
	}
	return nil
}

// send sends a frame to a node. nil is one that nobody knows.
func (b *bus) send(from, to *node, cast bool, frame []byte) error {
	if from.dead || to == nil {
		return nil
	}
	b.w.judgeFrame(from, frame)
	if b.cut(from) {
		if b.chance(0.5) {
			return errAway
		}
		return nil // not noticed yet
	}
	if b.happens(FrameLost) {
		b.w.tell("frame of %d bytes from %s to %s is lost", len(frame), from.name, to.name)
		return nil
	}
	b.carry(channel{from, to, cast}, frame)
	if b.happens(FrameDoubled) {
		b.after(b.between(0, sec), func() { b.carry(channel{from, to, cast}, frame) })
	}
	return nil
}

// happens draws whether one of the bus's own faults does.
func (b *bus) happens(f Fault) bool {
	if !b.w.faulty || !b.w.plan.on[f] || !b.chance(b.w.plan.frames) {
		return false
	}
	b.w.result.Faults[f]++
	return true
}

func (b *bus) cut(n *node) bool { return max(b.down, n.cut.bus) > b.w.now }

// carry lets a frame arrive, not before those sent earlier on its channel.
func (b *bus) carry(c channel, frame []byte) {
	at := max(b.last[c], b.w.now+b.latency())
	b.last[c] = at
	b.after(at-b.w.now, func() {
		if c.to.dead || !c.to.up || c.to.left || b.cut(c.to) {
			return
		}
		c.to.run(func() { b.arrive(c, frame) })
	})
}

func (b *bus) latency() micros {
	if b.w.faulty && b.chance(0.005) {
		return b.between(0, sec)
	}
	return b.between(20, 2*ms)
}

func (b *bus) arrive(c channel, frame []byte) {
	if b.w.trace != nil {
		b.w.tell("%s hears %d bytes of kind %d from %s", c.to.name, len(frame), frame[1], c.from.name)
	}
	b.w.mark(uint64(c.to.id)<<40|uint64(c.from.id)<<16, uint64(len(frame)))
	if c.cast {
		c.to.parts.Router().Heard(frame)
	} else {
		c.to.parts.Router().Received(frame)
	}
}
