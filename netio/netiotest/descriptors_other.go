//go:build !(darwin || linux || netbsd || openbsd)

package netiotest

import "testing"

func testOutOfDescriptors(t *testing.T, _ suite) {
	t.Skip("needs a limit of descriptors per process (RLIMIT_NOFILE), which this system lacks or spells otherwise")
}
