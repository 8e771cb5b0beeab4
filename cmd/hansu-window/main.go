// Command hansu-window is `hansu window` as a program of its own, for people who double-click: it has no
// console, and what goes wrong before there is a window is shown in a box. Build it with
//
//	GOOS=windows go build -ldflags "-s -w -H windowsgui" ./cmd/hansu-window
package main

//go:generate go run ../../window/resource . ../hansu

import (
	"bytes"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"hansu/cmd/windowflags"
	"hansu/i18n"
	"hansu/window"
)

func main() { os.Exit(run(i18n.Detect(), os.Args[1:])) }

// run shows the window and returns the exit code.
func run(lang i18n.Lang, args []string) int {
	window.FreeConsole()
	var flags windowflags.Flags
	var said bytes.Buffer // by kong: the answer to --help
	exited := -1
	parser, err := kong.New(&flags, kong.Name("hansu-window"), kong.Description(lang.Text(i18n.WindowTitle)),
		kong.Vars(lang.Help()), kong.DefaultEnvars("HANSU"), kong.Writers(&said, &said), kong.Exit(func(code int) { exited = code }))
	if err == nil {
		_, err = parser.Parse(args)
	}
	if exited >= 0 {
		tell(lang, said.String())
		return exited
	}
	if err == nil {
		err = flags.Run(lang)
	}
	if err != nil {
		tell(lang, lang.Text(i18n.ErrorPrefix, err))
		return 1
	}
	return 0
}

// tell says something without a window: on Windows in a box, elsewhere in the terminal.
func tell(lang i18n.Lang, text string) {
	window.Show(lang.Text(i18n.WindowTitle), text)
	fmt.Fprintln(os.Stderr, text)
}
