// Command hansu is the whole of Hansu in one binary: a game server for omok and chess, the
// clients that play on it, and the tools around them. Each subcommand has a file of its own;
// what they do is in the packages, here are flags and wiring only.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"hansu/i18n"
	"hansu/netio"
)

// env is what a command gets from the outside, so that tests can hand in their own.
type env struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	err    io.Writer
	lang   i18n.Lang
	getenv func(string) string
	args   []string // the command line's
	// observe sees each message to the full screen before the screen does; nil in the program itself.
	observe func(msg any)
}

// commands is the command line.
type commands struct {
	Serve   serveCmd   `cmd:"" help:"${help_serve}"`
	Play    playCmd    `cmd:"" help:"${help_play}"`
	Watch   watchCmd   `cmd:"" help:"${help_watch_cmd}"`
	Games   gamesCmd   `cmd:"" help:"${help_games}"`
	Servers serversCmd `cmd:"" help:"${help_servers}"`
	Window  windowCmd  `cmd:"" help:"${help_window}"`
	Echo    echoCmd    `cmd:"" help:"${help_echo}"`
	Chat    chatCmd    `cmd:"" help:"${help_chat}"`
	Connect connectCmd `cmd:"" help:"${help_connect}"`
	Models  modelsCmd  `cmd:"" help:"${help_models}"`
	Check   checkCmd   `cmd:"" help:"${help_check}"`
	Rules   rulesCmd   `cmd:"" help:"${help_rules}"`
	Export  exportCmd  `cmd:"" help:"${help_export}"`
	Bench   benchCmd   `cmd:"" help:"${help_bench}"`
	Backup  backupCmd  `cmd:"" help:"${help_backup}"`
	Verify  verifyCmd  `cmd:"" help:"${help_verify}"`
	Migrate migrateCmd `cmd:"" help:"${help_migrate}"`
	Version versionCmd `cmd:"" help:"${help_version}"`
	Help    helpCmd    `cmd:"" help:"${help_help}"`
}

// exit codes: 1 for what went wrong while running, 2 for what was asked wrongly.
const (
	exitFailed = 1
	exitUsage  = 2
)

// usageError is an error of the command line's words rather than of the work.
type usageError struct{ error }

// exitError is the exit code of a process that has said itself what was wrong.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func main() { process(nil) }

// process runs the process' command line and ends it.
func process(observe func(msg any)) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	e := &env{ctx: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr, lang: i18n.Detect(), getenv: os.Getenv, observe: observe}
	code := run(e, os.Args[1:])
	stop()
	os.Exit(code)
}

// program is what a person types to start this program, for hints.
func program() string { return programAt(os.Args[0]) }

// programAt tells a program that `go run` has built, in a folder of its own or in Go's cache of
// builds, from one that is installed. A test binary ends in .test and is neither.
func programAt(path string) string {
	for part := range strings.SplitSeq(filepath.ToSlash(filepath.Dir(path)), "/") {
		if strings.HasPrefix(part, "go-build") && !strings.HasSuffix(path, ".test") {
			return "go run ./cmd/hansu"
		}
	}
	return "hansu"
}

// commandLine is the model of a command line: of the one command that args begin with, else of all. Filling
// the texts into the flags of all commands takes longer than most commands do.
func commandLine(args []string) any {
	if len(args) == 0 {
		return new(commands)
	}
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		f := all.Field(i)
		if strings.ToLower(f.Name) == args[0] && f.Name != "Help" { // help tells of all of them
			return reflect.New(reflect.StructOf([]reflect.StructField{f})).Interface()
		}
	}
	return new(commands)
}

// run runs one command line and returns the exit code.
func run(e *env, args []string) int {
	e.args = args
	exited := -1
	parser, err := kong.New(commandLine(args),
		kong.Name("hansu"), kong.Description(e.lang.Text(i18n.HelpApp)),
		helpTexts(e.lang), kong.DefaultEnvars("HANSU"),
		kong.Writers(e.out, e.err), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Help(e.printHelp),
		kong.Bind(e), kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(e.err, e.lang.Text(i18n.ErrorPrefix, err))
		return exitFailed
	}
	parser.Model.HelpFlag.Help = e.lang.Text(i18n.HelpFlag)
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if exited >= 0 { // --help has been answered
		return exited
	}
	if err == nil {
		err = kctx.Run(e)
	} else {
		err = usageError{errors.New(e.lang.UsageError(err.Error()))}
	}
	var usage usageError
	var model *netio.ModelError
	var said exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &said):
		return int(said)
	case errors.As(err, &model):
		err = usageError{errors.New(e.lang.Text(i18n.ModelMissing, model.Model, absence(e.lang, model.Why)))}
		fallthrough
	case errors.As(err, &usage):
		fmt.Fprintln(e.err, e.lang.Text(i18n.ErrorPrefix, err))
		fmt.Fprintln(e.err, e.lang.Text(i18n.SeeHelp, program()+" help"))
		return exitUsage
	}
	fmt.Fprintln(e.err, e.lang.Text(i18n.ErrorPrefix, err))
	return exitFailed
}
