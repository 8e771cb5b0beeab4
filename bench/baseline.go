package bench

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// baselines are the C programs, compiled when they are asked for.
//
//go:embed baseline/*.c
var baselines embed.FS

// compile builds one of the baselines in dir and gives the program's path. It needs a C compiler, and Linux.
func compile(ctx context.Context, dir, name string, libraries ...string) (string, error) {
	if runtime.GOOS != "linux" {
		return "", fmt.Errorf("%s is for Linux", name)
	}
	text, err := baselines.ReadFile("baseline/" + name + ".c")
	if err != nil {
		return "", err
	}
	source, program := filepath.Join(dir, name+".c"), filepath.Join(dir, name)
	if err := os.WriteFile(source, text, 0o600); err != nil {
		return "", err
	}
	args := append([]string{"-O2", "-pthread", "-o", program, source}, libraries...)
	if out, err := exec.CommandContext(ctx, "cc", args...).CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return "", fmt.Errorf("cc: %w: %s", err, first)
	}
	return program, nil
}
