package web_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"
	"github.com/gorilla/websocket"

	"hansu/client"
	"hansu/server"
	"hansu/web"
)

// certify writes a new certificate and its key, and returns the certificate.
func certify(t *testing.T, cert, key string, serial int64) *x509.Certificate {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "Hansu"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	pkcs, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		// A clock that is coarse must not make the new file look like the old one.
		at := time.Now().Add(time.Duration(serial) * time.Second)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestHTTPS: with a certificate https and wss are served; a renewed one is taken without a restart, and
// one that is broken is not.
func TestHTTPS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	first := certify(t, cert, key, 1)
	s := serve(t, server.Config{Listen: web.ListenConfig{Cert: cert, Key: key}})
	trusting := func(c *x509.Certificate) *tls.Config {
		pool := x509.NewCertPool()
		pool.AddCert(c)
		return &tls.Config{RootCAs: pool}
	}
	served := func(c *x509.Certificate) {
		t.Helper()
		client := http.Client{Transport: &http.Transport{TLSClientConfig: trusting(c), DisableKeepAlives: true}, Timeout: patience}
		res, err := client.Get("https://" + s.http + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := res.TLS.PeerCertificates[0].SerialNumber.Int64(); got != c.SerialNumber.Int64() || res.StatusCode != 200 {
			t.Errorf("certificate %d, status %d", got, res.StatusCode)
		}
	}
	served(first)
	dialer := websocket.Dialer{TLSClientConfig: trusting(first), HandshakeTimeout: patience}
	ws, _, err := dialer.Dial("wss://"+s.http+"/ws", http.Header{"Origin": {"https://" + s.http}})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if err := ws.WriteMessage(websocket.TextMessage, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := closing(t, ws); !websocket.IsCloseError(err, websocket.CloseUnsupportedData) {
		t.Error(err)
	}
	if a, err := http.Get("http://" + s.http + "/"); err != nil || a.StatusCode != 400 {
		t.Errorf("http where https is spoken: %v %v", a, err)
	}
	served(certify(t, cert, key, 2))
	third := certify(t, cert, key, 3)
	served(third)
	if err := os.WriteFile(cert, []byte("half of it"), 0o600); err != nil {
		t.Fatal(err)
	}
	served(third)
	if !s.log.has("certificate renewed") || !s.log.has("certificate not renewed") {
		t.Error("not logged")
	}
}

// TestPlayOverHTTPS: the page and its WebSocket over TLS, in a browser that was told to take the certificate that
// nobody has signed; the links that it shows are https.
func TestPlayOverHTTPS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certify(t, cert, key, 1)
	s := serve(t, server.Config{Listen: web.ListenConfig{Cert: cert, Key: key}})
	b := s.browser("en-GB", desktop)
	must(t, call(b, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true}))
	b.run(chromedp.Navigate("https://" + s.http + "/"))
	b.online()
	b.click("#play")
	p := s.player("Rho")
	p.must(client.Enter{Code: b.code()})
	b.wait(`document.querySelector(".turn")`)
	b.press("h8")
	b.plies(1)
	p.plies(1)
	if at := eval[string](b, "location.origin"); at != "https://"+s.http {
		t.Error(at)
	}
}

// TestForwardedProto: a proxy that is trusted says whether the client's end is https, and the link in the code to
// scan follows it; whoever else says so is not believed.
func TestForwardedProto(t *testing.T) {
	proxied := serve(t, server.Config{Site: web.Config{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	direct := serve(t, server.Config{})
	code := func(s *site, proto string) []byte {
		t.Helper()
		a := s.get("/g/K7QX2M/qr.svg", "X-Forwarded-Proto", proto)
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		return a.body
	}
	if bytes.Equal(code(proxied, "https"), code(proxied, "http")) {
		t.Error("a trusted proxy's word changes nothing")
	}
	if !bytes.Equal(code(direct, "https"), code(direct, "http")) {
		t.Error("a stranger's word counts")
	}
	if bytes.Equal(code(proxied, "HTTPS"), code(proxied, "ftp")) {
		t.Error("in capitals it is not understood")
	}
	for _, s := range []*site{proxied, direct} { // the page is at https, the proxy speaks http with us
		ws, res, err := s.dial(http.Header{"Origin": {"https://" + s.http}, "X-Forwarded-Proto": {"https"}})
		if err != nil {
			t.Fatal(err, res)
		}
		ws.Close()
		if _, _, err := s.dial(http.Header{"Origin": {"https://evil.example"}, "X-Forwarded-Proto": {"https"}}); err == nil {
			t.Error("another site's page may open a WebSocket")
		}
	}
}
