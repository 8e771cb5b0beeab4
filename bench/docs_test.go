package bench

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestModelPages: what the pages on the models point to in the code is declared in that very file, and both
// languages point to the same.
func TestModelPages(t *testing.T) {
	reference := regexp.MustCompile("\\[`(\\w+)`\\]\\(\\.\\./([^)#]+\\.go)\\)")
	var before []string
	for _, name := range []string{"models.md", "models.ko.md"} {
		text, err := os.ReadFile(filepath.Join("..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, m := range reference.FindAllSubmatch(text, -1) {
			word, file := string(m[1]), string(m[2])
			all = append(all, word+" "+file)
			source, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(file)))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			declared := regexp.MustCompile(`(?m)^(func (\([^)]*\) )?|type |package )` + word + `\b`)
			if !declared.Match(source) {
				t.Errorf("%s: %s does not declare %s", name, file, word)
			}
		}
		slices.Sort(all)
		if len(all) < 40 {
			t.Errorf("%s: only %d places in the code", name, len(all))
		}
		if before != nil && !slices.Equal(before, all) {
			t.Errorf("the two languages point to different places:\n%v\n%v", before, all)
		}
		before = all
	}
}
