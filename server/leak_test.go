package server_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// left is what of this package's servers is still there after all tests: goroutines of ours, or
// descriptors; empty if all is gone.
func left(files int) string {
	var what string
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for {
		if what = leftNow(files); what == "" {
			return ""
		}
		select {
		case <-tick.C:
		case <-limit:
			return what
		}
	}
}

func leftNow(files int) string {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var ours []string
	for i, one := range strings.Split(string(stacks), "\n\n") {
		if i > 0 && strings.Contains(one, "hansu/") { // the first is this one
			ours = append(ours, one)
		}
	}
	if len(ours) > 0 {
		return fmt.Sprintf("%d goroutines are left, the first:\n%s", len(ours), ours[0])
	}
	if n := descriptors(); n > files {
		return fmt.Sprintf("%d descriptors are open, there were %d", n, files)
	}
	return ""
}

// descriptors counts those of this process; 0 where the system does not tell. Under Wine the files are there, but Wine
// keeps descriptors of its own for as long as it likes.
func descriptors() int {
	if runtime.GOOS == "windows" {
		return 0
	}
	list, _ := filepath.Glob("/proc/self/fd/*")
	return len(list)
}
