//go:build !linux

package bench

// newDriver makes the driver of one thread.
func newDriver(bool) (driver, error) { return newPumps(), nil }
