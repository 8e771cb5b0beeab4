package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"hansu/web/gen/bundle"
)

// TestBundleIsFresh: what is committed and embedded is what go generate makes of the sources.
func TestBundleIsFresh(t *testing.T) {
	const advice = "run go generate ./web and commit what it writes"
	texts, err := os.ReadFile("src/texts.ts")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(texts, bundle.Texts()) {
		t.Errorf("src/texts.ts is not what package i18n says: %s", advice)
	}
	want, err := bundle.Build("src")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	err = filepath.WalkDir("dist", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		body, name, err := unpack(body, filepath.ToSlash(strings.TrimPrefix(path, "dist"+string(filepath.Separator))))
		switch {
		case err != nil:
			t.Errorf("%s: %v", path, err)
		case want[name] == nil:
			t.Errorf("%s is of no source: %s", path, advice)
		case !bytes.Equal(body, want[name]):
			t.Errorf("%s is stale: %s", path, advice)
		}
		found[name] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		if !found[name] {
			t.Errorf("dist/%s is missing: %s", name, advice)
		}
	}
}

// unpack returns the content of a file that may be compressed, and its name without that.
func unpack(body []byte, name string) ([]byte, string, error) {
	var r io.Reader
	var err error
	switch filepath.Ext(name) {
	case ".br":
		r = brotli.NewReader(bytes.NewReader(body))
	case ".gz":
		r, err = gzip.NewReader(bytes.NewReader(body))
	default:
		return body, name, nil
	}
	if err != nil {
		return nil, name, err
	}
	body, err = io.ReadAll(r)
	return body, strings.TrimSuffix(name, filepath.Ext(name)), err
}
