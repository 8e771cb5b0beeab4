package wire

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	docHeading = regexp.MustCompile(`^### (\d+) (\w+)$`)
	docFields  = regexp.MustCompile(`= (?:\d+|".*")$`)
	docHex     = regexp.MustCompile(`^[0-9a-f]{2}(\*\d+)?$`)
)

// example is what a reader of the document takes from one packet's byte dump.
type example struct {
	typ   int
	name  string
	bytes []byte
	lines []string // name = value
}

// examples reads the dumps of a document.
func examples(t *testing.T, text string) []example {
	var all []example
	dump := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if m := docHeading.FindStringSubmatch(line); m != nil {
			typ, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, example{typ: typ, name: m[2]})
			continue
		}
		switch {
		case line == "```text" && len(all) > 0 && all[len(all)-1].bytes == nil:
			dump = true
		case line == "```":
			dump = false
		case dump:
			e := &all[len(all)-1]
			// The bytes are in the first 48 columns.
			for _, word := range strings.Fields(line[:min(len(line), 48)]) {
				if !docHex.MatchString(word) {
					t.Fatalf("%s: %q is no byte", e.name, word)
				}
				b, err := strconv.ParseUint(word[:2], 16, 8)
				if err != nil {
					t.Fatal(err)
				}
				n := 1
				if _, times, ok := strings.Cut(word, "*"); ok {
					if n, err = strconv.Atoi(times); err != nil {
						t.Fatal(err)
					}
				}
				e.bytes = append(e.bytes, bytes.Repeat([]byte{byte(b)}, n)...)
			}
			if len(line) > 50 && docFields.MatchString(line) {
				e.lines = append(e.lines, line[50:])
			}
		}
	}
	return all
}

// TestDocumentedExamples reads the byte dumps of the protocol's documents as a person would and
// decodes them: every packet has one, and each is a golden vector.
func TestDocumentedExamples(t *testing.T) {
	golden := vectors(t)
	for _, file := range []string{"protocol.md", "protocol.ko.md"} {
		text, err := os.ReadFile(filepath.Join("..", "docs", file))
		if err != nil {
			t.Fatal(err)
		}
		var seen []Type
		for _, e := range examples(t, string(text)) {
			h, body, n, err := Cut(e.bytes)
			if err != nil || n != len(e.bytes) {
				t.Errorf("%s, %s: cut %d of %d bytes: %v", file, e.name, n, len(e.bytes), err)
				continue
			}
			if int(h.Type) != e.typ || h.Type.String() != e.name {
				t.Errorf("%s: the example of %d %s is a %v", file, e.typ, e.name, h.Type)
				continue
			}
			if err := New(h.Type).Decode(body); err != nil {
				t.Errorf("%s, %s: %v", file, e.name, err)
			}
			if want := "Size = " + strconv.Itoa(n); len(e.lines) == 0 || e.lines[0] != want {
				t.Errorf("%s, %s: begins %q, want %q", file, e.name, e.lines, want)
			}
			if !slices.ContainsFunc(golden, func(v vector) bool { return bytes.Equal(unhex(t, v.Hex), e.bytes) }) {
				t.Errorf("%s: the example of %s is no golden vector", file, e.name)
			}
			seen = append(seen, h.Type)
		}
		if !slices.Equal(seen, Types()) {
			t.Errorf("%s: examples of %v, want of %v", file, seen, Types())
		}
	}
}

// TestDocumentedLinks follows the links within and between the documents.
func TestDocumentedLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)]+)\)`)
	for _, file := range []string{"protocol.md", "protocol.ko.md"} {
		text, err := os.ReadFile(filepath.Join("..", "docs", file))
		if err != nil {
			t.Fatal(err)
		}
		anchors := map[string]bool{}
		for line := range strings.Lines(string(text)) {
			if head := strings.TrimLeft(line, "#"); head != line {
				head = strings.ToLower(strings.TrimSpace(head))
				head = regexp.MustCompile(`[^\p{L}\p{N} -]`).ReplaceAllString(head, "")
				anchors["#"+strings.ReplaceAll(head, " ", "-")] = true
			}
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.HasPrefix(m[1], "#") {
				if !anchors[m[1]] {
					t.Errorf("%s: nothing is at %s", file, m[1])
				}
				continue
			}
			if _, err := os.Stat(filepath.Join("..", "docs", m[1])); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}
