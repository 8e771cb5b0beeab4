package session

import "sync"

// lookups bounds how many look-ups, which may wait for the store, are under way at once.
type lookups struct {
	mu      sync.Mutex
	busy    int
	waiting []func()
}

// lookupsMost is how many may be.
const lookupsMost = 16

// try runs do by start, false if too many are under way.
func (l *lookups) try(start func(func()), do func()) bool {
	l.mu.Lock()
	if l.busy >= lookupsMost {
		l.mu.Unlock()
		return false
	}
	l.busy++
	l.mu.Unlock()
	start(func() { l.run(do) })
	return true
}

// queue runs do by start, at once or after others.
func (l *lookups) queue(start func(func()), do func()) {
	l.mu.Lock()
	if l.busy >= lookupsMost {
		l.waiting = append(l.waiting, do)
		l.mu.Unlock()
		return
	}
	l.busy++
	l.mu.Unlock()
	start(func() { l.run(do) })
}

// run does one look-up after the other, as long as any wait.
func (l *lookups) run(do func()) {
	for do != nil {
		do()
		do = l.next()
	}
}

// next returns what has waited longest, nil if nothing waits.
func (l *lookups) next() (do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.busy--
		l.waiting = nil
		return nil
	}
	do = l.waiting[0]
	l.waiting = l.waiting[1:]
	return do
}
