package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

//go:embed ts/head.ts
var tsHead string

//go:embed ts/tail.ts
var tsTail string

// tsCodec writes web/src/wire.ts.
func tsCodec(s *schema) ([]byte, error) {
	var o out
	o.WriteString(tsHead)
	for _, c := range s.consts {
		tsComment(&o, "", c.comment)
		o.line("export const %s = %d;", c.name, c.value)
	}
	o.line("")
	var types []constDecl
	for _, p := range s.packets {
		types = append(types, constDecl{name: p.name, value: int64(p.typ)})
	}
	tsNumbers(&o, "Type", "The types of packets: below 64 to the server, from 64 on from it.", types)
	tsNumbers(&o, "ErrorCode", "The numbers of errors: ErrorPacket.code, Bye.code.", s.errors)
	for _, n := range s.numbers {
		tsNumbers(&o, n.typ, strings.ToUpper(n.doc[:1])+n.doc[1:]+".", n.values)
	}
	var union []string
	for _, d := range slices.Concat(s.parts, s.packets) {
		if err := tsInterface(&o, d); err != nil {
			return nil, err
		}
		if d.typ != 0 {
			union = append(union, tsName(d))
		}
	}
	o.line("/** Any packet, told apart by its type. */\nexport type Packet =\n  | %s;\n", strings.Join(union, "\n  | "))
	tsLayouts(&o, s)
	o.WriteString(tsTail)
	return o.Bytes(), nil
}

func tsNumbers(o *out, name, doc string, values []constDecl) {
	o.line("/** %s */\nexport const %s = {", doc, name)
	for _, c := range values {
		tsComment(o, "  ", c.comment)
		o.line("  %s: %d,", c.name, c.value)
	}
	o.line("} as const;\n")
}

func tsComment(o *out, indent, text string) {
	if text != "" {
		o.line("%s/** %s */", indent, text)
	}
}

// tsName is a packet's name in TypeScript, where Error is taken.
func tsName(d *structDecl) string {
	if d.name == "Error" {
		return "ErrorPacket"
	}
	return d.name
}

func tsInterface(o *out, d *structDecl) error {
	o.line("/** %s */\nexport interface %s {", d.doc, tsName(d))
	if d.typ != 0 {
		o.line("  type: typeof Type.%s;", d.name)
	}
	for _, f := range d.fields {
		name := lowerFirst(f.name)
		typ := "number"
		switch f.kind {
		case reserved:
			continue
		case bytesArr, tail:
			typ = "string"
		case part:
			typ = f.of.name
		}
		if f.count > 0 {
			typ = "[" + strings.TrimSuffix(strings.Repeat(typ+", ", f.count), ", ") + "]"
		}
		if d.typ != 0 && (name == "type" || name == "flags" || name == "table" || name == "number") {
			return fmt.Errorf("%s.%s would hide a field of the header in TypeScript", d.name, f.name)
		}
		if f.kind == tail && name != "text" {
			return fmt.Errorf("%s.%s: the codec in TypeScript wants tails to be called Text", d.name, f.name)
		}
		tsComment(o, "  ", f.comment)
		o.line("  %s: %s;", name, typ)
	}
	o.line("}\n")
	return nil
}

// tsLayouts writes the tables by which the codec finds the fields.
func tsLayouts(o *out, s *schema) {
	o.line("// name, kind or part, bytes of one, length if it is an array")
	o.line("type Field = readonly [name: string, kind: FieldKind, size: number, count?: number];")
	o.line("type FieldKind = \"uint\" | \"text\" | \"hex\" | \"tail\" | \"reserved\" | readonly Field[];\n")
	for _, d := range append([]*structDecl{s.header}, s.parts...) {
		o.line("const %s: readonly Field[] = %s;\n", lowerFirst(d.name), tsFields(d))
	}
	o.line("const layouts: { readonly [type: number]: { name: string; size: number; tail: number; fields: readonly Field[] } } = {")
	for _, d := range s.packets {
		o.line("  %d: { name: %q, size: %d, tail: %d, fields: %s },", d.typ, d.name, d.size, d.tailMax, tsFields(d))
	}
	o.line("};\n")
}

func tsFields(d *structDecl) string {
	var list []string
	for _, f := range d.fields {
		kind := map[kind]string{integer: `"uint"`, tail: `"tail"`, reserved: `"reserved"`, bytesArr: `"text"`}[f.kind]
		switch {
		case f.kind == part:
			kind = lowerFirst(f.of.name)
		case f.raw():
			kind = `"hex"`
		}
		count := ""
		if f.count > 0 {
			count = fmt.Sprintf(", %d", f.count)
		}
		list = append(list, fmt.Sprintf("[%q, %s, %d%s]", lowerFirst(f.name), kind, f.size, count))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}
