package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"rsc.io/qr"
)

// qr draws the link to a table as a QR code. Whether there is such a table is not looked up: the
// picture says no more than the address it was asked at.
func (s *Site) qr(w http.ResponseWriter, r *http.Request) {
	code := r.PathValue("code")
	if !isCode(code) || len(r.Host) > 255 {
		s.refuse(w, r, http.StatusNotFound, whyTable)
		return
	}
	scheme := "http"
	if s.secure(r) {
		scheme = "https"
	}
	q, err := qr.Encode(scheme+"://"+r.Host+"/g/"+code, qr.M)
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, whyValue, "the address is too long for a QR code")
		return
	}
	const margin = 4 // modules of white around it, as the standard wants
	var path strings.Builder
	for y := range q.Size {
		for x := range q.Size {
			if q.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	side := q.Size + 2*margin
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		side, side, side, side, path.String())
}

// isCode says whether s could be a table's code.
func isCode(s string) bool {
	if len(s) == 0 || len(s) > 12 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// etag is a validator of a content.
func etag(b []byte) string {
	sum := sha256.Sum256(b)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// matches reads an If-None-Match header.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == tag || part == "*" {
			return true
		}
	}
	return false
}
