package main

import (
	"errors"

	"hansu/cmd/windowflags"
	"hansu/window"
)

type windowCmd struct {
	windowflags.Flags `embed:""`
}

func (c *windowCmd) Run(e *env) error {
	window.FreeConsole()
	err := c.Flags.Run(e.lang)
	var usage *windowflags.UsageError
	if errors.As(err, &usage) {
		return usageError{usage}
	}
	return err
}
