// Package c has no Go code: it tests the C header.
package c

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"unicode"
)

type vector struct {
	Name, Packet  string
	Flags         uint8
	Table, Number uint32
	Fields        map[string]any
	Hex           string
}

type malformed struct{ Name, Hex, Error string }

func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "wire", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		t.Fatal(err)
	}
}

// compiler is one that the header promises to compile with, without a warning.
type compiler struct {
	name, command string
	args          []string
	linker        string // another program that links; "" if the compiler does
	exe           string // the program's ending
	run           []string
}

var (
	underWine = []string{"scripts/wine-run"}
	// clang compiles as Microsoft's compiler does: its macros, its layout of structs. Windows' own headers are mingw's,
	// without the parts that only Microsoft's tools bring, and mingw links.
	msvc = []string{
		"--target=x86_64-pc-windows-msvc", "-isystem", "/usr/share/mingw-w64/include", "-DWIN32_LEAN_AND_MEAN",
		"-D__X86INTRIN_H", "-D__IMMINTRIN_H", "-D__EMMINTRIN_H", "-D__MMINTRIN_H",
	}
	compilers = []compiler{
		{"gcc", "gcc", []string{"-std=c99", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"}, "", "", nil},
		{"g++", "g++", []string{"-std=c++11", "-x", "c++"}, "", "", nil},
		{"clang", "clang", []string{"-std=c99"}, "", "", nil},
		{"mingw64", "x86_64-w64-mingw32-gcc", []string{"-std=c99"}, "", ".exe", underWine},
		{"mingw64 C++", "x86_64-w64-mingw32-g++", []string{"-std=c++11", "-x", "c++", "-static"}, "", ".exe", underWine},
		{"mingw32", "i686-w64-mingw32-gcc", []string{"-std=c99"}, "", ".exe", nil},
		{"mingw32 C++", "i686-w64-mingw32-g++", []string{"-std=c++11", "-x", "c++"}, "", ".exe", nil},
		{"MSVC mode", "clang", append([]string{"-std=c99"}, msvc...), "x86_64-w64-mingw32-gcc", ".exe", underWine},
		{"MSVC mode C++", "clang", append([]string{"-std=c++11", "-x", "c++"}, msvc...), "x86_64-w64-mingw32-gcc", ".exe", underWine},
	}
)

// warnings are those that no compiler may have.
var warnings = []string{"-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Wcast-qual", "-Werror"}

// TestVectors compiles a C program that encodes and decodes every golden vector, and runs it.
func TestVectors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "vectors.inc"), source(t), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range compilers {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			program := filepath.Join(dir, strings.ReplaceAll(c.name, " ", "")+"-vectors"+c.exe)
			c.build(t, program, dir)
			run(t, program, c.exe != "", c.run)
		})
	}
}

// build compiles and links testdata/vectors.c with what lies in dir.
func (c compiler) build(t *testing.T, program, dir string) {
	t.Helper()
	args := append(warnings[:len(warnings):len(warnings)], "-I.", "-I"+dir)
	args = append(args, c.args...)
	if c.linker == "" {
		compile(t, c.command, append(args, "testdata/vectors.c", "-o", program)...)
		return
	}
	compile(t, c.command, append(args, "-c", "testdata/vectors.c", "-o", program+".obj")...)
	// mingw has the probe of large stack frames under a name of its own.
	compile(t, c.linker, program+".obj", "-Wl,--defsym,__chkstk=___chkstk_ms", "-o", program)
}

func compile(t *testing.T, command string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(command)
	if err != nil {
		t.Skip("needs " + command)
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", command, strings.Join(args, " "), err, out)
	}
}

// run runs a program that was built; one for Windows under Wine, where the machine has it.
func run(t *testing.T, program string, windows bool, with []string) {
	t.Helper()
	command := exec.Command(program)
	if windows {
		if with == nil {
			t.Log("compiled; not run: Wine is set up for 64-bit programs alone")
			return
		}
		if !haveWine() {
			t.Skip("needs wine")
		}
		command = exec.Command(filepath.Join("..", "..", with[0]), program)
	}
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", bytes.TrimSpace(out))
}

// haveWine looks where scripts/wine-run looks.
func haveWine() bool {
	for _, w := range []string{os.Getenv("WINE"), "/usr/lib/wine/wine64", "wine64", "wine"} {
		if _, err := exec.LookPath(w); err == nil {
			return true
		}
	}
	return false
}

// source writes vectors.inc.
func source(t *testing.T) []byte {
	var vectors, more []vector
	var bad []malformed
	readJSON(t, "to_server.json", &vectors)
	readJSON(t, "to_client.json", &more)
	readJSON(t, "malformed.json", &bad)
	vectors = append(vectors, more...)

	var b bytes.Buffer
	tails := map[string]bool{}
	for i, v := range vectors {
		_, text := v.Fields["text"]
		tails[v.Packet] = text
		fmt.Fprintf(&b, "static const uint8_t bytes%d[] = {%s};\n", i, byteList(t, v.Hex))
		writeFunctions(&b, i, v)
	}
	fmt.Fprintf(&b, "static const vector vectors[] = {\n")
	for i, v := range vectors {
		fmt.Fprintf(&b, "  {%s, bytes%d, sizeof bytes%d, write%d, read%d},\n", quote(v.Name), i, i, i, i)
	}
	fmt.Fprintf(&b, "};\n")

	for i, m := range bad {
		if m.Hex == "" { // C has no empty arrays
			m.Hex = "00"
		}
		fmt.Fprintf(&b, "static const uint8_t bad%d[] = {%s};\n", i, byteList(t, m.Hex))
	}
	fmt.Fprintf(&b, "static const malformed malformeds[] = {\n")
	for i, m := range bad {
		fmt.Fprintf(&b, "  {%s, bad%d, %d, %s},\n", quote(m.Name), i, len(m.Hex)/2, quote(m.Error))
	}
	fmt.Fprintf(&b, "};\n")

	fmt.Fprintf(&b, "static int read_any(int type, const uint8_t *packet, size_t size)\n{\n  const char *text;\n  size_t text_size;\n  switch (type) {\n")
	for packet, tail := range tails {
		n, extra := snake(packet), ""
		if tail {
			extra = ", &text, &text_size"
		}
		fmt.Fprintf(&b, "  case HANSU_TYPE_%s: { hansu_%s p; return hansu_read_%s(&p, packet, size%s); }\n", strings.ToUpper(n), n, n, extra)
	}
	fmt.Fprintf(&b, "  default: return -1;\n  }\n}\n")
	return b.Bytes()
}

// writeFunctions writes the functions that encode and decode one vector.
func writeFunctions(b *bytes.Buffer, i int, v vector) {
	n := snake(v.Packet)
	text, tail := v.Fields["text"].(string)
	extra := ""
	if tail {
		extra = fmt.Sprintf(", %s, %d", quote(text), len(text))
	}
	fmt.Fprintf(b, "static size_t write%d(void *out, size_t room)\n{\n  hansu_%s p;\n  memset(&p, 0xee, sizeof p);\n", i, n)
	fmt.Fprintf(b, "  p.header.flags = %d; p.header.table = %dU; p.header.number = %dU;\n", v.Flags, v.Table, v.Number)
	walk(v.Fields, "p", func(field string, x any) {
		switch x := x.(type) {
		case json.Number:
			fmt.Fprintf(b, "  %s = %sU;\n", field, x)
		case string:
			if raw(field) {
				digits, _ := hex.DecodeString(x)
				for j, c := range digits {
					fmt.Fprintf(b, "  %s[%d] = %d;\n", field, j, c)
				}
				return
			}
			fmt.Fprintf(b, "  if (hansu_set_text(%s, sizeof %s, %s) != 0) return 0;\n", field, field, quote(x))
		}
	})
	fmt.Fprintf(b, "  return hansu_write_%s(out, room, &p%s);\n}\n", n, extra)

	fmt.Fprintf(b, "static void read%d(const char *name, const uint8_t *packet, size_t size)\n{\n  hansu_%s p;\n", i, n)
	extra = ""
	if tail {
		fmt.Fprintf(b, "  const char *text;\n  size_t text_size;\n")
		extra = ", &text, &text_size"
	}
	fmt.Fprintf(b, "  if (hansu_read_%s(&p, packet, size%s) != HANSU_OK) { fail(name, \"not read\"); return; }\n", n, extra)
	fmt.Fprintf(b, "  CHECK(name, p.header.size == size && p.header.type == HANSU_TYPE_%s && p.header.flags == %d);\n", strings.ToUpper(n), v.Flags)
	fmt.Fprintf(b, "  CHECK(name, p.header.table == %dU && p.header.number == %dU);\n", v.Table, v.Number)
	if tail {
		fmt.Fprintf(b, "  CHECK(name, text_size == %d && memcmp(text, %s, text_size) == 0);\n", len(text), quote(text))
	}
	walk(v.Fields, "p", func(field string, x any) {
		switch x := x.(type) {
		case json.Number:
			fmt.Fprintf(b, "  CHECK(name, %s == %sU);\n", field, x)
		case string:
			if raw(field) {
				digits, _ := hex.DecodeString(x)
				for j, c := range digits {
					fmt.Fprintf(b, "  CHECK(name, %s[%d] == %d);\n", field, j, c)
				}
				return
			}
			fmt.Fprintf(b, "  CHECK(name, text_is(%s, sizeof %s, %s));\n", field, field, quote(x))
		}
	})
	fmt.Fprintf(b, "}\n")
}

// walk calls f for every plain value of the fields, but the tail, with its name in C.
func walk(x any, name string, f func(field string, x any)) {
	switch x := x.(type) {
	case map[string]any:
		var keys []string
		for k := range x {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			if k != "text" {
				walk(x[k], name+"."+field(k), f)
			}
		}
	case []any:
		for i := range x {
			walk(x[i], fmt.Sprintf("%s[%d]", name, i), f)
		}
	default:
		f(name, x)
	}
}

// raw says which fields are bytes as they are, in the vectors in hexadecimal digits.
func raw(field string) bool {
	return strings.HasSuffix(field, ".token") || strings.HasSuffix(field, ".points")
}

// field is a field's name in C.
func field(name string) string {
	if name == "private" {
		return "private_"
	}
	return snake(name)
}

func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// quote writes a C string; bytes beyond ASCII in octal, which cannot run into what follows.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?' {
			fmt.Fprintf(&b, "\\%03o", c)
			continue
		}
		b.WriteByte(c)
	}
	b.WriteByte('"')
	return b.String()
}

func byteList(t *testing.T, digits string) string {
	raw, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, c := range raw {
		list = append(list, fmt.Sprint(c))
	}
	return strings.Join(list, ",")
}
