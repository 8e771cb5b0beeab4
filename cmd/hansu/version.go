package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"hansu/wire"
)

// version is set by release builds: -ldflags "-X main.version=1.2.3".
var version = "dev"

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	_, err := fmt.Fprintf(e.out, "hansu %s%s %s/%s %s protocol %d\n",
		version, revision, runtime.GOOS, runtime.GOARCH, runtime.Version(), wire.Version)
	return err
}

// helpCmd is `hansu help [COMMAND]`, the same as --help.
type helpCmd struct {
	Command []string `arg:"" optional:""`
}

func (c helpCmd) Run(k *kong.Kong) error {
	at, err := kong.Trace(k, c.Command)
	if err == nil {
		err = at.Error
	}
	if err != nil {
		return usageError{err}
	}
	return at.PrintUsage(false)
}
