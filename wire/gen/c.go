package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

//go:embed c/head.h
var cHead string

//go:embed c/tail.h
var cTail string

// cHeader writes sdk/c/hansu.h.
func cHeader(s *schema) ([]byte, error) {
	var o out
	o.WriteString(cHead)
	cConstants(&o, s)
	o.line("#pragma pack(push, 1)\n")
	for _, d := range s.all() {
		cStruct(&o, d)
	}
	o.line("#pragma pack(pop)\n")
	o.line("/* The sizes of the packed structs are those of the protocol. */")
	o.line("#define HANSU_ASSERT_SIZE(name, size) \\\n    typedef char hansu_assert_##name[sizeof(hansu_##name) == (size) ? 1 : -1]")
	for _, d := range s.all() {
		o.line("HANSU_ASSERT_SIZE(%s, %d);", snake(d.name), cSize(s, d))
	}
	o.line("")
	o.WriteString(cTail)
	for _, d := range s.all() {
		cFlip(&o, d)
		if d == s.header {
			o.line("/* hansu_header_of returns a packet's header, in the machine's order. */")
			o.line("static inline hansu_header hansu_header_of(const void *packet)\n{")
			o.line("    hansu_header h;\n    memcpy(&h, packet, sizeof h);\n    hansu_flip_header(&h);\n    return h;\n}\n")
		}
	}
	for _, p := range s.packets {
		cRead(&o, p)
		cWrite(&o, p)
	}
	cTypeName(&o, s)
	o.line("#endif /* HANSU_H */")
	return ascii(o.Bytes())
}

// ascii replaces what comments may have beyond ASCII: a compiler that reads sources in a Korean
// code page warns of anything else.
func ascii(text []byte) ([]byte, error) {
	text = []byte(strings.NewReplacer("→", "to", "…", "...", "–", "-", "×", "x").Replace(string(text)))
	if i := slices.IndexFunc(text, func(b byte) bool { return b >= 0x80 }); i >= 0 {
		return nil, fmt.Errorf("hansu.h must be ASCII, but has %q", text[i:min(i+20, len(text))])
	}
	return text, nil
}

// all returns the header, the parts and the packets, each after what it needs.
func (s *schema) all() []*structDecl {
	return slices.Concat([]*structDecl{s.header}, s.parts, s.packets)
}

func cConstants(o *out, s *schema) {
	o.line("/* Limits, flags and other numbers of the protocol. */\nenum {")
	for _, c := range s.consts {
		if c.name != "Magic" { // as an enum constant it would be signed
			cConstant(o, "", c)
		}
	}
	o.line("};\n#define HANSU_MAGIC 0x%08xUL /* in hello: \"HNSU\" */\n", s.value("Magic"))
	o.line("/* The types of packets: header.type. Below 64 to the server, from 64 on from it. */\nenum {")
	for _, p := range s.packets {
		cConstant(o, "TYPE_", constDecl{name: p.name, value: int64(p.typ)})
	}
	o.line("};\n\n/* The numbers of errors: error.code, bye.code. */\nenum {")
	for _, c := range s.errors {
		cConstant(o, "ERR_", c)
	}
	o.line("};\n")
	for _, n := range s.numbers {
		o.line("/* %s%s. */\nenum {", strings.ToUpper(n.doc[:1]), n.doc[1:])
		for _, c := range n.values {
			cConstant(o, n.prefix+"_", c)
		}
		o.line("};\n")
	}
}

func cConstant(o *out, prefix string, c constDecl) {
	cLine(o, fmt.Sprintf("HANSU_%s%s = %d,", prefix, strings.ToUpper(snake(c.name)), c.value), c.comment)
}

// cLine writes an indented line with its comment: behind it, or above it if it is long.
func cLine(o *out, code, comment string) {
	switch {
	case comment == "":
		o.line("    %s", code)
	case len(code)+len(comment) < 92:
		o.line("    %s /* %s */", code, comment)
	default:
		o.line("    /* %s */", strings.ReplaceAll(wrapComment(comment), "\n", "\n    "))
		o.line("    %s", code)
	}
}

func cStruct(o *out, d *structDecl) {
	o.line("/* %s */", wrapComment(d.doc))
	o.line("typedef struct hansu_%s {", snake(d.name))
	if d.typ != 0 {
		o.line("    hansu_header header;")
	}
	reservedNumber := 0
	for _, f := range d.fields {
		name, array := cField(f.name), ""
		ctype := map[int]string{1: "uint8_t", 2: "uint16_t", 4: "uint32_t"}[f.size]
		switch f.kind {
		case tail:
			o.line("    /* then %s, %s */", name, strings.TrimPrefix(f.comment, "tail: "))
			continue
		case reserved:
			reservedNumber++
			name, ctype, array = fmt.Sprintf("reserved%d", reservedNumber), "uint8_t", fmt.Sprintf("[%d]", f.size)
		case bytesArr:
			ctype = map[bool]string{true: "uint8_t", false: "char"}[f.raw()]
			array = fmt.Sprintf("[%d]", f.size)
		case part:
			ctype = "hansu_" + snake(f.of.name)
		}
		if f.count > 0 {
			array = fmt.Sprintf("[%d]", f.count) + array
		}
		cLine(o, fmt.Sprintf("%s %s%s;", ctype, name, array), f.comment)
	}
	o.line("} hansu_%s;\n", snake(d.name))
}

// cSize is a struct's size in C, where a packet's struct begins with the header.
func cSize(s *schema, d *structDecl) int {
	if d.typ != 0 {
		return s.header.size + d.size
	}
	return d.size
}

// flips reports whether a struct has integers of more than one byte, in itself or in its parts.
func flips(d *structDecl) bool {
	return d.typ != 0 || slices.ContainsFunc(d.fields, func(f field) bool {
		return f.kind == integer && f.size > 1 || f.kind == part && flips(f.of)
	})
}

func cFlip(o *out, d *structDecl) {
	if !flips(d) {
		return
	}
	o.line("static inline void hansu_flip_%s(hansu_%s *p)\n{", snake(d.name), snake(d.name))
	if d.typ != 0 {
		o.line("    hansu_flip_header(&p->header);")
	}
	for _, f := range d.fields {
		each(&f, func(elem string, _ int) {
			x := "p->" + cField(f.name) + elem
			switch {
			case f.kind == integer && f.size > 1:
				o.line("    %s = hansu_u%d(%s);", x, 8*f.size, x)
			case f.kind == part && flips(f.of):
				o.line("    hansu_flip_%s(&%s);", snake(f.of.name), x)
			}
		})
	}
	o.line("}\n")
}

func cRead(o *out, p *structDecl) {
	n := snake(p.name)
	extra := ""
	if p.tail != nil {
		extra = fmt.Sprintf(", const char **%s, size_t *%s_size", cField(p.tail.name), cField(p.tail.name))
	}
	o.line("static inline int hansu_read_%s(hansu_%s *p, const void *packet, size_t size%s)\n{", n, n, extra)
	o.line("    int e = hansu_expect(packet, size, HANSU_TYPE_%s, sizeof *p, %d);", strings.ToUpper(n), p.tailMax)
	o.line("    if (e != HANSU_OK) return e;")
	o.line("    memcpy(p, packet, sizeof *p);")
	o.line("    hansu_flip_%s(p);", n)
	if p.tail != nil {
		t := cField(p.tail.name)
		o.line("    *%s = (const char *)packet + sizeof *p;", t)
		o.line("    *%s_size = size - sizeof *p;", t)
	}
	o.line("    return HANSU_OK;\n}\n")
}

func cWrite(o *out, p *structDecl) {
	n := snake(p.name)
	extra, length := "", "sizeof w"
	if p.tail != nil {
		t := cField(p.tail.name)
		extra = fmt.Sprintf(", const char *%s, size_t %s_size", t, t)
		length = fmt.Sprintf("sizeof w + %s_size", t)
	}
	o.line("static inline size_t hansu_write_%s(void *out, size_t room, const hansu_%s *p%s)\n{", n, n, extra)
	o.line("    hansu_%s w = *p;", n)
	if p.tail != nil {
		o.line("    if (%s_size > %d) return 0;", cField(p.tail.name), p.tailMax)
	}
	o.line("    if (room < %s) return 0;", length)
	o.line("    w.header.size = (uint16_t)(%s);", length)
	o.line("    w.header.type = HANSU_TYPE_%s;", strings.ToUpper(n))
	cZero(o, p, "w")
	o.line("    hansu_flip_%s(&w);", n)
	o.line("    memcpy(out, &w, sizeof w);")
	if p.tail != nil {
		t := cField(p.tail.name)
		o.line("    if (%s_size > 0) memcpy((char *)out + sizeof w, %s, %s_size);", t, t, t)
	}
	o.line("    return %s;\n}\n", length)
}

// cZero writes the statements that clear the reserved bytes of a struct and its parts.
func cZero(o *out, d *structDecl, v string) {
	n := 0
	for _, f := range d.fields {
		if f.kind == reserved {
			n++
			x := fmt.Sprintf("%s.reserved%d", v, n)
			o.line("    memset(%s, 0, sizeof %s);", x, x)
		}
		if f.kind == part {
			each(&f, func(elem string, _ int) { cZero(o, f.of, v+"."+cField(f.name)+elem) })
		}
	}
}

func cTypeName(o *out, s *schema) {
	o.line("/* The name of a packet's type, for logs. */")
	o.line("static inline const char *hansu_type_name(int type)\n{\n    switch (type) {")
	for _, p := range s.packets {
		o.line("    case HANSU_TYPE_%s: return %q;", strings.ToUpper(snake(p.name)), snake(p.name))
	}
	o.line("    default: return \"unknown\";\n    }\n}\n")
}

// cField is a field's name in C; those that C++ reserves get an underscore.
func cField(name string) string {
	n := snake(name)
	if n == "private" {
		return n + "_"
	}
	return n
}

// snake turns EndOfList into end_of_list and RIF into rif.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) {
			if i > 0 && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// wrapComment breaks a comment's text into lines of at most 96 characters.
func wrapComment(text string) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > 96 {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n   ")
}
