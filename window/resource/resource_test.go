package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/tc-hib/winres"
)

// TestFresh: the committed resources are those that this program writes.
func TestFresh(t *testing.T) {
	for _, program := range []string{"hansu", "hansu-window"} {
		for _, arch := range architectures {
			want, err := object(arch, program)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("..", "..", "cmd", program, fileName(arch))
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is stale: go generate ./cmd/hansu-window", path)
			}
		}
	}
}

// TestWrite writes into any folder, and what is no folder is an error.
func TestWrite(t *testing.T) {
	dir, err := os.MkdirTemp("", "resource") // not t.TempDir: Wine 8 cannot remove files the way Go does
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	for _, arch := range architectures {
		if info, err := os.Stat(filepath.Join(dir, fileName(arch))); err != nil || info.Size() < 1000 {
			t.Errorf("%v, %v", info, err)
		}
	}
	if err := write(filepath.Join(dir, fileName(winres.ArchAMD64))); err == nil {
		t.Error("a file is taken for a folder")
	}
}

// TestIcon: the icon is drawn at each size, solid in the middle and round at its corners; the largest is kept to be
// looked at.
func TestIcon(t *testing.T) {
	for _, side := range []int{16, 32, 256} {
		p := icon(side)
		if _, _, _, a := p.At(side/2, side/2).RGBA(); a != 0xffff {
			t.Errorf("%d: the middle is not solid", side)
		}
		if _, _, _, a := p.At(0, 0).RGBA(); a > 0x8000 {
			t.Errorf("%d: the corner is not round", side)
		}
		var file bytes.Buffer
		if err := png.Encode(&file, p); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join("..", "..", ".cache", "artefacts")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "window-icon.png"), file.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
