package screen

import (
	"os"
	"strings"
	"testing"
)

// TestDocument: both pages name every function key.
func TestDocument(t *testing.T) {
	for _, name := range []string{"terminal.md", "terminal.ko.md"} {
		page, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for key := range functionKeys {
			if !strings.Contains(string(page), strings.ToUpper(key)) {
				t.Errorf("docs/%s does not name %s", name, key)
			}
		}
	}
}
