//go:build !unix

package netiotest

import "testing"

func testOutOfDescriptors(t *testing.T, _ suite) {
	t.Skip("needs a limit of descriptors per process (RLIMIT_NOFILE), which Windows lacks")
}
