package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUpToDate fails when a generated file is not what the schema gives now.
func TestUpToDate(t *testing.T) {
	if err := run(filepath.Join("..", ".."), true); err != nil {
		t.Error(err)
	}
}

// TestCheckFindsStaleFiles proves that TestUpToDate can fail, and that writing mends it.
func TestCheckFindsStaleFiles(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"wire", "rules", "docs", "wire/testdata"} {
		if err := os.CopyFS(filepath.Join(root, dir), os.DirFS(filepath.Join("..", "..", dir))); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
	}
	if err := run(root, false); err != nil {
		t.Fatal(err)
	}
	if err := run(root, true); err != nil {
		t.Fatalf("just written: %v", err)
	}
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		path := filepath.Join(root, f.path)
		stale := strings.NewReplacer("MOVED", "SHIFTED", "TypeMoved", "TypeShifted", "Type.Moved", "Type.Shifted", "00*122", "00*121").Replace(string(f.text))
		if stale == string(f.text) {
			t.Fatalf("%s: nothing to change", f.path)
		}
		if err := os.WriteFile(path, []byte(stale), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := run(root, true); err == nil || !strings.Contains(err.Error(), f.path) {
			t.Errorf("%s was changed: %v", f.path, err)
		}
		if err := os.WriteFile(path, f.text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBadSchemas lists the mistakes in a schema that must not become packets.
func TestBadSchemas(t *testing.T) {
	const head = "package wire\nconst (\nHeaderSize = 4\nMaxPacket = 64\nLong = 61\n)\ntype Header struct { Size uint16; Type Type; Flags uint8 }\ntype Type uint8\ntype Name [8]byte\n"
	for _, test := range []struct{ name, schema, want string }{
		{"sound", "type A struct { // type 1\n X uint8\n}", ""},
		{"two packets of one type", "type A struct{} // type 1\ntype B struct{} // type 1", "same type"},
		{"a type beyond a byte", "type A struct{} // type 256", "does not fit"},
		{"a body beyond a packet", "type A struct { // type 1\n X [61]byte\n}", "no such type"},
		{"a tail beyond a packet", "type A struct { // type 1\n T []byte // tail: at most Long bytes\n}", "does not fit"},
		{"a tail without a limit", "type A struct { // type 1\n T []byte\n}", "at most"},
		{"a field behind the tail", "type A struct { // type 1\n T []byte // tail: at most 3 bytes\n X uint8\n}", "after the tail"},
		{"64 bits", "type A struct { // type 1\n X uint64\n}", "no such type"},
		{"a signed integer", "type A struct { // type 1\n X int32\n}", "no such type"},
		{"a string", "type A struct { // type 1\n X string\n}", "no such type"},
		{"two names a field", "type A struct { // type 1\n X, Y uint8\n}", "one name"},
		{"a length that is not declared", "type A struct { // type 1\n X [Many]Name\n}", "not declared"},
		{"a computed constant", "const N = 1 + 2", "want a number"},
	} {
		dir := t.TempDir()
		write := func(name, text string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write("schema.go", head+test.schema)
		write("errors.go", "package wire\n")
		_, err := load(dir)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want an error that says %q", test.name, err, test.want)
		}
	}
}

func TestSnake(t *testing.T) {
	for in, want := range map[string]string{
		"EndOfList": "end_of_list", "RIF": "rif", "Swap2": "swap2", "HTTPServer": "http_server", "X": "x", "FromCol": "from_col",
	} {
		if got := snake(in); got != want {
			t.Errorf("snake(%q) = %q, want %q", in, got, want)
		}
	}
}
