package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"unicode"
	"unicode/utf8"
)

// vector is one packet of testdata/to_server.json or to_client.json: its bytes and what they say.
// The vectors were made once by a program that shares no code with this package.
type vector struct {
	Name   string         `json:"name"`
	Packet string         `json:"packet"`
	Flags  uint8          `json:"flags"`
	Table  uint32         `json:"table"`
	Number uint32         `json:"number"`
	Fields map[string]any `json:"fields"`
	Hex    string         `json:"hex"`
}

// malformed is one entry of testdata/malformed.json: bytes that are no good packet, and why:
// "frame", "size", "unknown" type, or "more" bytes needed.
type malformed struct {
	Name  string `json:"name"`
	Hex   string `json:"hex"`
	Error string `json:"error"`
}

func readJSON(t testing.TB, name string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// vectors returns all golden vectors, and fails unless every type of packet has one.
func vectors(t testing.TB) []vector {
	t.Helper()
	var toServer, toClient []vector
	readJSON(t, "to_server.json", &toServer)
	readJSON(t, "to_client.json", &toClient)
	seen := map[string]bool{}
	for i, v := range append(toServer[:len(toServer):len(toServer)], toClient...) {
		seen[v.Packet] = true
		p := packetNamed(v.Packet)
		if p == nil {
			t.Fatalf("%s: there is no packet %s", v.Name, v.Packet)
		}
		if p.Type().ToServer() != (i < len(toServer)) {
			t.Fatalf("%s: %s is in the wrong file", v.Name, v.Packet)
		}
	}
	for _, typ := range Types() {
		if !seen[typ.String()] {
			t.Errorf("%v has no golden vector", typ)
		}
	}
	return append(toServer, toClient...)
}

func packetNamed(name string) Packet {
	for _, typ := range Types() {
		if typ.String() == name {
			return New(typ)
		}
	}
	return nil
}

func TestVectorsDecode(t *testing.T) {
	for _, v := range vectors(t) {
		raw := unhex(t, v.Hex)
		h, body, n, err := Cut(raw)
		if err != nil || n != len(raw) || len(body) != n-HeaderSize {
			t.Errorf("%s: cut %d of %d bytes, %v", v.Name, n, len(raw), err)
			continue
		}
		p := packetNamed(v.Packet)
		want := Header{Size: uint16(len(raw)), Type: p.Type(), Flags: Flags(v.Flags), Table: v.Table, Number: v.Number}
		if h != want {
			t.Errorf("%s: header %+v, want %+v", v.Name, h, want)
		}
		if err := p.Decode(body); err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if got := fields(reflect.ValueOf(p).Elem()); !reflect.DeepEqual(got, any(v.Fields)) {
			t.Errorf("%s: decoded\n%v\nwant\n%v", v.Name, got, v.Fields)
		}
	}
}

func TestVectorsEncode(t *testing.T) {
	for _, v := range vectors(t) {
		p := packetNamed(v.Packet)
		if err := set(reflect.ValueOf(p).Elem(), v.Fields); err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		prefix := []byte("before")
		got := p.Append(prefix, Header{Flags: Flags(v.Flags), Table: v.Table, Number: v.Number})
		if !bytes.HasPrefix(got, prefix) {
			t.Errorf("%s: what was before the packet is lost", v.Name)
		}
		if h := hex.EncodeToString(got[len(prefix):]); h != v.Hex {
			t.Errorf("%s: encoded\n%s\nwant\n%s", v.Name, h, v.Hex)
		}
	}
}

func TestMalformed(t *testing.T) {
	var list []malformed
	readJSON(t, "malformed.json", &list)
	for _, m := range list {
		h, body, n, err := Cut(unhex(t, m.Hex))
		got := "fine"
		var frame *FrameError
		switch p := New(h.Type); {
		case errors.As(err, &frame):
			got = "frame"
		case err != nil:
			got = err.Error()
		case n == 0:
			got = "more"
		case p == nil:
			got = "unknown"
		default:
			var size *SizeError
			if errors.As(p.Decode(body), &size) {
				got = "size"
			}
		}
		if got != m.Error {
			t.Errorf("%s: %s, want %s", m.Name, got, m.Error)
		}
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fields returns a packet, or a part of one, as the vectors have it in JSON.
func fields(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case Name:
		return x.String()
	case Code:
		return x.String()
	case Token:
		return x.Hex()
	case Bits:
		return hex.EncodeToString(x[:])
	case []byte:
		return string(x)
	}
	switch v.Kind() {
	case reflect.Struct:
		m := map[string]any{}
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "_" {
				m[lowerCamel(name)] = fields(v.Field(i))
			}
		}
		return m
	case reflect.Array:
		var a []any
		for i := range v.Len() {
			a = append(a, fields(v.Index(i)))
		}
		return a
	}
	return json.Number(fmt.Sprint(v.Uint()))
}

// set is the reverse of fields.
func set(v reflect.Value, x any) error {
	switch x := x.(type) {
	case string:
		return setText(v, x)
	case json.Number:
		n, err := x.Int64()
		if err != nil || v.OverflowUint(uint64(n)) {
			return fmt.Errorf("%v does not fit", x)
		}
		v.SetUint(uint64(n))
	case []any:
		for i := range x {
			if err := set(v.Index(i), x[i]); err != nil {
				return err
			}
		}
	case map[string]any:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if name == "_" {
				continue
			}
			if err := set(v.Field(i), x[lowerCamel(name)]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	default:
		return fmt.Errorf("no value")
	}
	return nil
}

func setText(v reflect.Value, s string) error {
	switch p := v.Addr().Interface().(type) {
	case *Name:
		copy(p[:], s)
	case *Code:
		copy(p[:], s)
	case *Token:
		t, err := ParseToken(s)
		*p = t
		return err
	case *Bits:
		_, err := hex.Decode(p[:], []byte(s))
		return err
	case *[]byte:
		*p = []byte(s)
	}
	return nil
}

func lowerCamel(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
