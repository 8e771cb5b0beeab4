package main

import (
	"errors"
	"fmt"
	"io/fs"

	"hansu/i18n"
	"hansu/store/sqlite"
)

type backupCmd struct {
	File string `arg:"" type:"path" help:"${help_backup_file}"`
	Data string `type:"path" placeholder:"DIR" help:"${help_backup_data}"`
}

func (c *backupCmd) Run(e *env) error {
	dir, err := chosenData(e, c.Data)
	if err != nil {
		return err
	}
	err = sqlite.Backup(e.ctx, dir, c.File)
	switch {
	case errors.Is(err, fs.ErrExist):
		return errors.New(e.lang.Text(i18n.BackupExists, c.File))
	case err != nil:
		return errors.New(e.lang.Text(i18n.BackupFailed, err))
	}
	fmt.Fprintln(e.out, e.lang.Text(i18n.BackupWritten, c.File))
	return nil
}

// chosenData is the data directory of a command: the one that is named, or the user's.
func chosenData(e *env, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	dir, err := dataDir(e.getenv)
	if err != nil {
		return "", errors.New(e.lang.Text(i18n.ServeNoHome, err))
	}
	return dir, nil
}
