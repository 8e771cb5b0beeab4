// Command gen makes the page from its sources: the catalogue of texts from package
// i18n, then the bundle of TypeScript and CSS with hashes in the names, then each file compressed. Run it
// with `go generate ./web`; the result is committed, and a test says when it is stale.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"hansu/web/gen/bundle"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run makes everything in the folder web.
func run(web string) error {
	if err := os.WriteFile(filepath.Join(web, "src", "texts.ts"), bundle.Texts(), 0o644); err != nil {
		return err
	}
	files, err := bundle.Build(filepath.Join(web, "src"))
	if err != nil {
		return err
	}
	dist := filepath.Join(web, "dist")
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	for name, body := range files {
		path := filepath.Join(dist, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		for suffix, packed := range bundle.Pack(body) {
			if err := os.WriteFile(path+suffix, packed, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
