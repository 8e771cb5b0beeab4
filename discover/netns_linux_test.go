package discover

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The networks of these tests are of their own: a namespace in which there is one computer with
// two networks, host, and another one in each of them, left and right. They vanish with the shell
// that made them; the real interfaces are never touched.
const networks = `
set -e
mount -t tmpfs none /run
for n in host left right; do ip netns add $n; ip -n $n link set lo up; done
ip link add toleft netns host type veth peer name eth0 netns left
ip link add toright netns host type veth peer name eth0 netns right
ip -n host addr add 10.1.0.1/24 dev toleft; ip -n left addr add 10.1.0.2/24 dev eth0
ip -n host addr add 10.2.0.1/24 dev toright; ip -n right addr add 10.2.0.2/24 dev eth0
for l in "host toleft" "host toright" "left eth0" "right eth0"; do
	set -- $l
	ip netns exec $1 sysctl -qw net.ipv6.conf.$2.accept_dad=0 2>/dev/null || true
	ip -n $1 link set $2 up
done
exec "$PROGRAM"
`

const role = "HANSU_DISCOVER_ROLE"

// TestMain is also the program that runs inside the namespaces.
func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "networks":
		inNetworks()
	case "announce":
		announceUntilEOF()
	case "find":
		findOne()
	}
}

func announceUntilEOF() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	s := Service{Name: "한수방", TCP: netip.MustParseAddrPort("[::]:9000"), HTTP: netip.MustParseAddrPort("[::]:9080")}
	go func() { done <- Announce(ctx, s, slog.New(slog.DiscardHandler)) }()
	io.Copy(io.Discard, os.Stdin)
	cancel()
	fmt.Println("announce:", <-done)
}

// findOne writes the servers as soon as there is one at an IPv4 address.
func findOne() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := Find(ctx, func(list []Server) {
		if addr, err := netip.ParseAddrPort(list[0].Address); err == nil && addr.Addr().Is4() {
			json.NewEncoder(os.Stdout).Encode(list)
			cancel()
		}
	})
	if err != nil {
		fmt.Println("error:", err)
	}
}

// inNetworks announces on the host and finds from everywhere.
func inNetworks() {
	self, _ := os.Executable()
	start := func(ns, what string) *exec.Cmd {
		c := exec.Command("ip", "netns", "exec", ns, self)
		c.Env = append(os.Environ(), role+"="+what)
		c.Stderr = os.Stderr
		return c
	}
	host := start("host", "announce")
	stop, err := host.StdinPipe()
	if err == nil {
		host.Stdout = os.Stdout
		err = host.Start()
	}
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	for _, ns := range []string{"left", "right", "host"} {
		out, err := start(ns, "find").Output()
		fmt.Println(ns, strings.TrimSpace(string(out)), err)
	}
	stop.Close()
	host.Wait()
}

// TestNetworks: a server with two networks is found from both, each time under the address that is
// valid there, and from its own computer.
func TestNetworks(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unshare := []string{"--user", "--map-root-user", "--mount", "--net", "sh", "-c"}
	if out, err := exec.Command("unshare", append(unshare, "mount -t tmpfs none /run && ip netns add x")...).CombinedOutput(); err != nil {
		t.Skipf("needs user namespaces that may have networks: %v %s", err, out)
	}
	c := exec.Command("unshare", append(unshare, networks)...)
	c.Env = append(os.Environ(), role+"=networks", "PROGRAM="+self)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := map[string]string{
		"left":      `[{"Name":"한수방","Address":"10.1.0.1:9000","Page":"http://10.1.0.1:9080"}] <nil>`,
		"right":     `[{"Name":"한수방","Address":"10.2.0.1:9000","Page":"http://10.2.0.1:9080"}] <nil>`,
		"announce:": "<nil>",
	}
	lines := bufio.NewScanner(strings.NewReader(string(out)))
	for lines.Scan() {
		who, what, _ := strings.Cut(lines.Text(), " ")
		if who == "host" {
			if !strings.Contains(what, `"Address":"10.`) {
				t.Errorf("on the same computer: %s", what)
			}
			continue
		}
		if want[who] != what {
			t.Errorf("%s: %s, want %s", who, what, want[who])
		}
		delete(want, who)
	}
	if len(want) > 0 {
		t.Errorf("nothing was heard of %v:\n%s", want, out)
	}
}

// TestNoNetwork: without any network there is nothing to find, which is no error.
func TestNoNetwork(t *testing.T) {
	t.Parallel()
	c := exec.Command("unshare", "--user", "--map-root-user", "--net", "true")
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("needs user namespaces that may have networks: %v %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c = exec.Command("unshare", "--user", "--map-root-user", "--net", self)
	c.Env = append(os.Environ(), role+"=find")
	if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %q", err, out)
	}
}
