//go:build !unix

package screen

import (
	"context"
	"os"
)

// Guard does nothing: the console of Windows has no second screen that would be left behind, and its
// modes end with the process.
func Guard(context.Context, *os.File) (code int, crashed, guarded bool) { return 0, false, false }
