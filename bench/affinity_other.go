//go:build !linux

package bench

import "errors"

// onProcessors calls start; choosing processors is for Linux.
func onProcessors(processors []int, start func() error) error {
	if len(processors) > 0 {
		return errors.New("choosing processors needs Linux")
	}
	return start()
}
