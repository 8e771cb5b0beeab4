package main

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// language is one of the two in which the tables of docs/protocol are written.
type language struct {
	file  string
	words map[string]string // by name: see korean.go; nil for English, which the sources have
	head  heads
}

// heads are the words of the tables themselves.
type heads struct {
	offset, bytes, field, meaning, number, name, value, example, reserved, none string
}

var english = language{file: "docs/protocol.md", head: heads{
	"offset", "bytes", "field", "meaning", "number", "name", "value", "Example", "reserved", "No body.",
}}

// documents returns the protocol's documents with their tables written anew. What stands between
// the markers <!-- begin NAME --> and <!-- end NAME --> is generated; the rest is left alone.
func documents(root string, s *schema) ([]file, error) {
	examples, err := loadExamples(filepath.Join(root, "wire", "testdata"))
	if err != nil {
		return nil, err
	}
	var files []file
	for _, l := range []language{english, korean} {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(l.file)))
		if err != nil {
			return nil, err
		}
		d := document{l, s, examples, nil}
		text, err = d.fill(string(text))
		if err == nil && len(d.missing) > 0 {
			err = fmt.Errorf("korean.go has no words for %s", strings.Join(d.missing, ", "))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.file, err)
		}
		files = append(files, file{l.file, text})
	}
	return files, nil
}

type document struct {
	language
	*schema
	examples map[string][]byte
	missing  []string
}

// say returns the words for a name: those of the source, or their translation.
func (d *document) say(name, source string) string {
	if d.words == nil || source == "" {
		return source
	}
	text, ok := d.words[name]
	if !ok {
		d.missing = append(d.missing, name)
	}
	return text
}

// sections are what can stand between markers.
func (d *document) sections() map[string]func(o *out) {
	m := map[string]func(o *out){
		"limits": func(o *out) { d.numbers(o, "", d.consts) },
		"header": func(o *out) { d.fields(o, d.header) },
		"parts":  d.partTables,
		"errors": d.errorTable,
		"to server": func(o *out) {
			d.packetTables(o, func(typ int) bool { return typ < 64 })
		},
		"to client": func(o *out) {
			d.packetTables(o, func(typ int) bool { return typ >= 64 })
		},
	}
	for _, n := range d.schema.numbers {
		m[n.typ] = func(o *out) { d.numbers(o, n.typ+".", n.values) }
	}
	return m
}

// fill replaces every section of the text. A marker without its end, a section of unknown name and a
// section that is missing are errors.
func (d *document) fill(text string) ([]byte, error) {
	sections := d.sections()
	var o out
	for {
		before, rest, found := strings.Cut(text, "<!-- begin ")
		o.WriteString(before)
		if !found {
			break
		}
		name, rest, _ := strings.Cut(rest, " -->")
		end := "<!-- end " + name + " -->"
		_, after, found := strings.Cut(rest, end)
		write := sections[name]
		if !found || write == nil {
			return nil, fmt.Errorf("section %q has no end or is unknown", name)
		}
		delete(sections, name)
		o.line("<!-- begin %s -->\n", name)
		write(&o)
		o.WriteString(end)
		text = after
	}
	for name := range sections {
		return nil, fmt.Errorf("section %q is missing", name)
	}
	return o.Bytes(), nil
}

func (d *document) numbers(o *out, prefix string, values []constDecl) {
	h := d.head
	if prefix == "" {
		o.line("| %s | %s | %s |\n|---|---|---|", h.name, h.value, h.meaning)
	} else {
		o.line("| %s | %s | %s |\n|---|---|---|", h.number, h.name, h.meaning)
	}
	for _, c := range values {
		value := fmt.Sprint(c.value)
		if c.name == "Magic" {
			value = fmt.Sprintf("0x%08x", c.value)
		}
		meaning := d.say(prefix+c.name, c.comment)
		if prefix == "" {
			o.line("| `%s` | %s | %s |", c.name, value, meaning)
		} else {
			o.line("| %s | `%s` | %s |", value, c.name, meaning)
		}
	}
	o.line("")
}

func (d *document) errorTable(o *out) {
	group := ""
	for i, c := range d.errors {
		if c.group != group {
			if i > 0 {
				o.line("")
			}
			group = c.group
			o.line("%s\n", d.say("errors."+c.name, group))
			o.line("| %s | %s | %s |\n|---|---|---|", d.head.number, d.head.name, d.head.meaning)
		}
		o.line("| %d | `%s` | %s |", c.value, c.name, d.say("ErrorCode."+c.name, c.comment))
	}
	o.line("")
}

func (d *document) partTables(o *out) {
	for _, p := range d.parts {
		o.line("### %s\n\n%s\n", p.name, d.say(p.name, p.doc))
		d.fields(o, p)
	}
}

func (d *document) packetTables(o *out, which func(typ int) bool) {
	for _, p := range d.packets {
		if !which(p.typ) {
			continue
		}
		o.line("### %d %s\n\n%s\n", p.typ, p.name, d.say(p.name, p.doc))
		if len(p.fields) == 0 {
			o.line("%s\n", d.head.none)
		} else {
			d.fields(o, p)
		}
		o.line("%s:\n\n```text", d.head.example)
		d.dump(o, p)
		o.line("```\n")
	}
}

// fields writes a struct's table; offsets are within the struct, so within the body of a packet.
func (d *document) fields(o *out, s *structDecl) {
	h := d.head
	o.line("| %s | %s | %s | %s |\n|---|---|---|---|", h.offset, h.bytes, h.field, h.meaning)
	for _, f := range s.fields {
		size, name := fmt.Sprint(f.bytes()), "`"+f.name+"`"
		switch f.kind {
		case reserved:
			name = "(" + h.reserved + ")"
		case tail:
			size = fmt.Sprintf("0–%d", s.tailMax)
		case part:
			name += ": [" + f.of.name + "](#" + strings.ToLower(f.of.name) + ")"
		}
		if f.count > 0 {
			name += fmt.Sprintf(" × %d", f.count)
		}
		o.line("| %d | %s | %s | %s |", f.offset, size, name, d.say(s.name+"."+f.name, f.comment))
	}
	o.line("")
}

// dump writes a packet's example byte for byte, one field a line.
func (d *document) dump(o *out, p *structDecl) {
	raw := d.examples[p.name]
	header := d.schema.header
	d.dumpFields(o, header, "", raw[:header.size])
	d.dumpFields(o, p, "", raw[header.size:])
}

func (d *document) dumpFields(o *out, s *structDecl, prefix string, raw []byte) {
	for _, f := range s.fields {
		if f.kind == tail {
			dumpLine(o, raw[f.offset:], prefix+f.name, fmt.Sprintf("%q", raw[f.offset:]))
			continue
		}
		each(&f, func(elem string, at int) {
			b := raw[at : at+f.size]
			name := prefix + f.name + elem
			switch {
			case f.kind == part:
				d.dumpFields(o, f.of, name+".", b)
			case f.kind == reserved:
				dumpLine(o, b, "("+d.head.reserved+")", "")
			case f.kind == integer:
				var long [4]byte
				copy(long[4-len(b):], b)
				value := fmt.Sprint(binary.BigEndian.Uint32(long[:]))
				if f.typ == "Type" {
					value += " " + d.typeName(int(b[0]))
				}
				dumpLine(o, b, name, value)
			case f.raw():
				dumpLine(o, b, name, "")
			default:
				dumpLine(o, b, name, fmt.Sprintf("%q", strings.TrimRight(string(b), "\x00")))
			}
		})
	}
}

func (d *document) typeName(typ int) string {
	i := slices.IndexFunc(d.packets, func(p *structDecl) bool { return p.typ == typ })
	return d.packets[i].name
}

// dumpLine writes bytes, 16 a line, and behind the first of them what they are. Many zeros at the end
// are written once: 00*120.
func dumpLine(o *out, raw []byte, name, value string) {
	text := name
	if value != "" {
		text += " = " + value
	}
	end := len(raw)
	for end > 0 && raw[end-1] == 0 {
		end--
	}
	zeros := len(raw) - end
	if zeros < 9 {
		end, zeros = len(raw), 0
	}
	var groups []string
	for _, b := range raw[:end] {
		groups = append(groups, fmt.Sprintf("%02x", b))
	}
	if zeros > 0 {
		groups = append(groups, fmt.Sprintf("00*%d", zeros))
	}
	for line := range slices.Chunk(groups, 16) {
		o.line("%s", strings.TrimRight(fmt.Sprintf("%-48s  %s", strings.Join(line, " "), text), " "))
		text = ""
	}
	if len(groups) == 0 {
		o.line("%-48s  %s", "", text)
	}
}

// loadExamples returns the first golden vector of each packet.
func loadExamples(dir string) (map[string][]byte, error) {
	examples := map[string][]byte{}
	for _, name := range []string{"to_server.json", "to_client.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		var vectors []struct{ Packet, Hex string }
		if err := json.Unmarshal(text, &vectors); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, v := range vectors {
			if _, ok := examples[v.Packet]; ok {
				continue
			}
			if examples[v.Packet], err = hex.DecodeString(v.Hex); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return examples, nil
}
