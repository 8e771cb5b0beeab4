package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// schema is what wire/schema.go and wire/errors.go say.
type schema struct {
	consts  []constDecl // untyped: limits, versions
	errors  []constDecl // the ErrorCodes
	header  *structDecl
	parts   []*structDecl // structs inside packets
	packets []*structDecl // in order of type
	ints    map[string]string
	arrays  map[string]int // named byte arrays and their lengths
	structs map[string]*structDecl
	numbers []numbers // of package rules
}

type constDecl struct {
	name    string
	value   int64
	comment string
	group   string // the comment above its group
}

type structDecl struct {
	name    string
	typ     int // the packet's type, 0 for a part
	doc     string
	fields  []field
	size    int // of the fixed fields, in bytes
	tail    *field
	tailMax int // bytes
}

type kind int

const (
	integer  kind = iota // size says how long
	bytesArr             // a named byte array
	reserved             // bytes without meaning
	part                 // another struct
	tail                 // bytes up to the packet's end
)

type field struct {
	name    string // "" for reserved
	kind    kind
	typ     string // Go's name of the type
	size    int    // bytes of one element
	count   int    // 0: no array; else the array's length
	offset  int    // from the start of the struct
	comment string
	of      *structDecl // for part
}

// bytes is the whole field's length.
func (f *field) bytes() int { return f.size * max(f.count, 1) }

// raw reports whether a byte array is no text but bytes as they are.
func (f *field) raw() bool { return f.typ == "Token" || f.typ == "Bits" }

var (
	typeComment = regexp.MustCompile(`^// type (\d+)$`)
	tailComment = regexp.MustCompile(`at most (\w+) bytes`)
)

// load reads the schema from the package's folder.
func load(dir string) (*schema, error) {
	s := &schema{
		ints:    map[string]string{"uint8": "uint8", "uint16": "uint16", "uint32": "uint32"},
		arrays:  map[string]int{},
		structs: map[string]*structDecl{},
	}
	fset := token.NewFileSet()
	for _, name := range []string{"schema.go", "errors.go"} {
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if err := s.read(fset, f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	sort.Slice(s.packets, func(i, j int) bool { return s.packets[i].typ < s.packets[j].typ })
	return s, s.check()
}

// read takes in one file's declarations. A struct must come before its use.
func (s *schema) read(fset *token.FileSet, f *ast.File) error {
	types := map[int]int{} // line → packet type
	for _, g := range f.Comments {
		for _, c := range g.List {
			if m := typeComment.FindStringSubmatch(c.Text); m != nil {
				n, err := strconv.Atoi(m[1])
				if err != nil {
					return err
				}
				types[fset.Position(c.Pos()).Line] = n
			}
		}
	}
	specs := func(call func(g *ast.GenDecl, spec ast.Spec) error) error {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				if err := call(g, spec); err != nil {
					return err
				}
			}
		}
		return nil
	}
	err := specs(func(g *ast.GenDecl, spec ast.Spec) error {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			if g.Tok == token.CONST {
				return s.constant(spec, g.Doc, len(g.Specs) == 1)
			}
		case *ast.TypeSpec:
			return s.simpleType(spec)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return specs(func(g *ast.GenDecl, spec ast.Spec) error {
		if spec, ok := spec.(*ast.TypeSpec); ok {
			return s.structType(spec, g.Doc.Text(), types[fset.Position(spec.Pos()).Line])
		}
		return nil
	})
}

func (s *schema) constant(spec *ast.ValueSpec, doc *ast.CommentGroup, single bool) error {
	if len(spec.Names) != 1 || len(spec.Values) != 1 {
		return fmt.Errorf("constant %s: one name and one value a line", spec.Names[0].Name)
	}
	lit, ok := spec.Values[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.INT {
		return fmt.Errorf("constant %s: want a number", spec.Names[0].Name)
	}
	v, _ := constant.Int64Val(constant.MakeFromLiteral(lit.Value, lit.Kind, 0))
	c := constDecl{name: spec.Names[0].Name, value: v, comment: oneLine(spec.Comment.Text()), group: oneLine(doc.Text())}
	if c.comment == "" && single {
		c.comment = oneLine(doc.Text())
	}
	if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "ErrorCode" {
		s.errors = append(s.errors, c)
		return nil
	}
	s.consts = append(s.consts, c)
	return nil
}

// simpleType takes in the named integers and byte arrays.
func (s *schema) simpleType(spec *ast.TypeSpec) error {
	name := spec.Name.Name
	switch t := spec.Type.(type) {
	case *ast.Ident:
		base, ok := s.ints[t.Name]
		if !ok {
			return fmt.Errorf("type %s: %s is no integer of a packet", name, t.Name)
		}
		s.ints[name] = base
	case *ast.ArrayType:
		n, err := s.length(t.Len)
		if err != nil {
			return fmt.Errorf("type %s: %w", name, err)
		}
		s.arrays[name] = n
	}
	return nil
}

// structType takes in a struct that is, or is inside, a packet: those whose names do not end in
// Error, which are Go's own, and the packet Error.
func (s *schema) structType(spec *ast.TypeSpec, doc string, typ int) error {
	name := spec.Name.Name
	t, ok := spec.Type.(*ast.StructType)
	if !ok || (typ == 0 && strings.HasSuffix(name, "Error")) {
		return nil
	}
	d := &structDecl{name: name, typ: typ, doc: oneLine(doc)}
	if err := s.fields(d, t); err != nil {
		return fmt.Errorf("type %s: %w", name, err)
	}
	s.structs[name] = d
	switch {
	case typ != 0:
		s.packets = append(s.packets, d)
	case name == "Header":
		s.header = d
	default:
		s.parts = append(s.parts, d)
	}
	return nil
}

func (s *schema) fields(d *structDecl, t *ast.StructType) error {
	for _, af := range t.Fields.List {
		f := field{offset: d.size, comment: oneLine(af.Comment.Text())}
		if len(af.Names) != 1 {
			return fmt.Errorf("one name a field")
		}
		if d.tail != nil {
			return fmt.Errorf("a field after the tail")
		}
		if n := af.Names[0].Name; n != "_" {
			f.name = n
		}
		if err := s.fieldType(&f, af.Type); err != nil {
			return fmt.Errorf("field %s: %w", af.Names[0].Name, err)
		}
		d.fields = append(d.fields, f)
		if f.kind != tail {
			d.size += f.bytes()
			continue
		}
		m := tailComment.FindStringSubmatch(f.comment)
		if m == nil {
			return fmt.Errorf("field %s: the comment of a tail must say \"at most N bytes\"", f.name)
		}
		n, err := s.length(ast.NewIdent(m[1]))
		if err != nil {
			return err
		}
		d.tail, d.tailMax = &d.fields[len(d.fields)-1], n
	}
	return nil
}

func (s *schema) fieldType(f *field, t ast.Expr) error {
	switch t := t.(type) {
	case *ast.Ident:
		f.typ = t.Name
		if base, ok := s.ints[t.Name]; ok {
			f.kind = integer
			f.size = map[string]int{"uint8": 1, "uint16": 2, "uint32": 4}[base]
			return nil
		}
		if n, ok := s.arrays[t.Name]; ok {
			f.kind, f.size = bytesArr, n
			return nil
		}
		if d, ok := s.structs[t.Name]; ok && d.tail == nil {
			f.kind, f.size, f.of = part, d.size, d
			return nil
		}
	case *ast.ArrayType:
		if t.Len == nil {
			f.kind = tail
			return nil
		}
		n, err := s.length(t.Len)
		if err != nil {
			return err
		}
		if f.name == "" {
			f.kind, f.size = reserved, n
			return nil
		}
		if err := s.fieldType(f, t.Elt); err != nil {
			return err
		}
		f.count = n
		return nil
	}
	return fmt.Errorf("no such type in a packet")
}

// length evaluates an array's length: a number or one of the schema's constants.
func (s *schema) length(e ast.Expr) (int, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return strconv.Atoi(e.Value)
	case *ast.Ident:
		if n, err := strconv.Atoi(e.Name); err == nil {
			return n, nil
		}
		for _, c := range s.consts {
			if c.name == e.Name {
				return int(c.value), nil
			}
		}
		return 0, fmt.Errorf("constant %s is not declared before", e.Name)
	}
	return 0, fmt.Errorf("want a number or a constant as length")
}

// check finds what would make packets that cannot be told apart or sent.
func (s *schema) check() error {
	if s.header == nil || s.header.size != s.value("HeaderSize") {
		return fmt.Errorf("the struct Header must have HeaderSize bytes")
	}
	for i, p := range s.packets {
		if i > 0 && s.packets[i-1].typ == p.typ {
			return fmt.Errorf("%s and %s have the same type", s.packets[i-1].name, p.name)
		}
		if p.typ > 255 || s.header.size+p.size+p.tailMax > s.value("MaxPacket") {
			return fmt.Errorf("%s does not fit a packet", p.name)
		}
	}
	for i, c := range s.errors {
		if i > 0 && s.errors[i-1].value >= c.value {
			return fmt.Errorf("error code %s must be greater than the one before", c.name)
		}
	}
	return nil
}

// value returns a constant that is known to exist, or 0.
func (s *schema) value(name string) int {
	for _, c := range s.consts {
		if c.name == name {
			return int(c.value)
		}
	}
	return 0
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
