package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/records"
	"hansu/rules/variants"
)

type checkCmd struct {
	Files   []string `arg:"" name:"file" help:"${help_check_files}"`
	Verbose bool     `short:"v" help:"${help_check_verbose}"`
	JSON    bool     `name:"json" help:"${help_check_json}"`
	Ruleset string   `placeholder:"RULES" help:"${help_check_ruleset}"`
}

func (c *checkCmd) Run(e *env) error {
	fallback, err := parseRuleset(c.Ruleset)
	if err != nil {
		return usageError{errors.New(e.lang.Text(i18n.BadRuleset, c.Ruleset, err))}
	}
	failed, illegal := false, false
	for _, name := range c.Files {
		f := checkedFile{cmd: c, env: e, name: name, out: bufio.NewWriter(e.out)}
		f.watched = isTerminal(e.err)
		err := f.check(fallback)
		if err := f.out.Flush(); err != nil {
			return err
		}
		if e.ctx.Err() != nil {
			return e.ctx.Err()
		}
		failed, illegal = failed || err != nil, illegal || f.report.Errors > 0
		if err != nil && !c.JSON {
			fmt.Fprintln(e.err, e.lang.Text(i18n.ErrorPrefix, e.lang.Text(i18n.CheckFailed, name, f.why(err))))
		}
	}
	switch {
	case illegal:
		return errors.New(e.lang.Text(i18n.CheckIllegal))
	case failed:
		return errors.New(e.lang.Text(i18n.CheckUnread))
	}
	return nil
}

// parseRuleset reads what is played where a file does not say: a rule set of omok such as renju or
// standard:19, or any variant. Empty is no choice.
func parseRuleset(s string) (rules.Variant, error) {
	if s == "" {
		return rules.Variant{}, nil
	}
	// "omok" alone is the rule set of that name, not the game.
	v, err := variants.Parse("omok:" + s)
	for _, text := range []string{s, "chess:" + s} {
		if err == nil {
			return v, nil
		}
		if other, otherErr := variants.Parse(text); otherErr == nil {
			v, err = other, nil
		}
	}
	return v, err
}

// checkedFile is one file while it is checked. It is the reader of the file, too.
type checkedFile struct {
	cmd     *checkCmd
	env     *env
	name    string
	out     *bufio.Writer
	file    *os.File
	watched bool // someone sees the progress
	shown   time.Time
	read    int64 // bytes
	size    int64 // 0: not known
	report  records.Report
	faults  []jsonFault
	more    int // faults beyond those kept
}

// Read reads the file until the command is interrupted.
func (f *checkedFile) Read(p []byte) (int, error) {
	if err := f.env.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := f.input().Read(p)
	f.read += int64(n)
	return n, err
}

func (f *checkedFile) input() io.Reader {
	if f.file == nil {
		return f.env.in
	}
	return f.file
}

// check checks the file and writes what is found. The error is that of a file that cannot
// be read.
func (f *checkedFile) check(fallback rules.Variant) error {
	err := f.open()
	if err == nil {
		f.report, err = records.Check(f, records.Options{Name: f.name, Fallback: fallback, Progress: f.progress}, f.fault)
		f.clear()
		if f.file != nil {
			err = errors.Join(err, f.file.Close())
		}
	}
	if f.cmd.JSON {
		return errors.Join(err, f.writeJSON(err))
	}
	if err == nil {
		f.writeLine()
	}
	return err
}

func (f *checkedFile) open() error {
	f.shown = time.Now()
	if f.name == "-" {
		return nil
	}
	file, err := os.Open(f.name)
	if err != nil {
		return err
	}
	f.file = file
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		f.size = info.Size()
	}
	return nil
}

// why is an error in the user's language where there is one.
func (f *checkedFile) why(err error) error {
	if errors.Is(err, records.ErrNoRecord) {
		return errors.New(f.env.lang.Text(i18n.CheckNoRecord))
	}
	return err
}

// progressEvery is how often someone is told how far a long file is.
const progressEvery = 250 * time.Millisecond

func (f *checkedFile) progress(r records.Report) {
	if !f.watched || time.Since(f.shown) < progressEvery {
		return
	}
	f.shown = time.Now()
	done := fmt.Sprintf("%d MB", f.read>>20)
	if f.size > 0 {
		done = fmt.Sprintf("%d %%", f.read*100/f.size)
	}
	fmt.Fprint(f.env.err, "\r\x1b[K", f.env.lang.Text(i18n.CheckProgress, f.name, done, r.Games, r.Errors))
}

// clear removes the progress from the terminal's line.
func (f *checkedFile) clear() {
	if f.watched {
		fmt.Fprint(f.env.err, "\r\x1b[K")
	}
}

var faultTexts = map[records.FaultKind]i18n.Text{
	records.Illegal: i18n.FaultIllegal, records.Result: i18n.FaultResult, records.Note: i18n.FaultNote,
}

// faultsMax bounds the faults of one file in a line of JSON.
const faultsMax = 1000

func (f *checkedFile) fault(at records.Fault) {
	switch {
	case !f.cmd.JSON && f.cmd.Verbose:
		lang := f.env.lang
		fmt.Fprintln(f.out, lang.Text(i18n.CheckFault, f.name, at.Line, lang.Text(faultTexts[at.Kind]), at.Reason))
	case f.cmd.JSON && len(f.faults) < faultsMax:
		f.faults = append(f.faults, jsonFault{at.Line, at.Kind.String(), at.Reason})
	case f.cmd.JSON:
		f.more++
	}
}

func (f *checkedFile) writeLine() {
	r, lang := f.report, f.env.lang
	line := lang.Text(i18n.CheckLine, f.name, r.Format.String(), r.Games, r.Moves, r.Agree, r.Results, r.Errors)
	if r.Notes > 0 {
		line += lang.Text(i18n.CheckNotes, r.Notes)
	}
	fmt.Fprintln(f.out, line)
}

type jsonFault struct {
	Line   int    `json:"line"`
	Kind   string `json:"kind"` // illegal, result, note
	Reason string `json:"reason"`
}

// jsonReport is a file's line of JSON.
type jsonReport struct {
	File    string      `json:"file"`
	Format  string      `json:"format"`
	Games   int         `json:"games"`
	Moves   int         `json:"moves"`
	Results int         `json:"results"` // legal games that say how they ended
	Agree   int         `json:"agree"`   // those the board does not contradict
	Errors  int         `json:"errors"`  // games that are not legal
	Notes   int         `json:"notes"`
	Faults  []jsonFault `json:"faults"`
	More    int         `json:"faults_left_out,omitempty"`
	Failed  string      `json:"failed,omitempty"` // why the file could not be read
}

func (f *checkedFile) writeJSON(failed error) error {
	r := f.report
	j := jsonReport{
		File: f.name, Format: r.Format.String(), Games: r.Games, Moves: r.Moves, Results: r.Results,
		Agree: r.Agree, Errors: r.Errors, Notes: r.Notes, Faults: f.faults, More: f.more,
	}
	if j.Faults == nil {
		j.Faults = []jsonFault{}
	}
	if failed != nil {
		j.Failed = f.why(failed).Error()
	}
	return json.NewEncoder(f.out).Encode(j)
}

// isTerminal reports whether someone looks at what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
