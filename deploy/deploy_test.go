// Package deploy has no code of its own: its files are for those who run a server, and its tests read them as those
// programs will that they are for.
package deploy

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.yaml.in/yaml/v3"

	"hansu/bus/nats"
	"hansu/bus/natstest"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestUnits has systemd look at the units, with a program that exists in place of an installed one.
func TestUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("needs systemd-analyze")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"hansu.service", "hansu@.service"} {
		text := read(t, name)
		if !strings.Contains(text, "ExecStart=/usr/local/bin/hansu serve\n") {
			t.Fatalf("%s starts something else", name)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Replace(text, "/usr/local/bin/hansu", program, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", path).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("verify %s: %v\n%s", name, err, out)
		}
		// From 0 to 100; what is left is mostly that a server needs the network.
		out, err = exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", path).CombinedOutput()
		if err != nil {
			t.Errorf("security of %s: %v\n%s", name, err, out)
		}
	}
}

// TestUnitsAgree: the template is the unit, but for the node's name.
func TestUnitsAgree(t *testing.T) {
	one := read(t, "hansu.service")
	many := read(t, "hansu@.service")
	one, many = one[strings.Index(one, "[Unit]"):], many[strings.Index(many, "[Unit]"):]
	for old, new := range map[string]string{
		" (node %i)": "", "/etc/hansu/%i.env": "-/etc/hansu/hansu.env", "%S/hansu-%i": "%S", "hansu-%i": "hansu",
	} {
		many = strings.Replace(many, old, new, 1)
	}
	if one != many {
		t.Errorf("hansu@.service, for one node:\n%s\nhansu.service:\n%s", many, one)
	}
}

type service struct {
	Image       string
	Build       struct{ Context, Dockerfile string }
	Command     []string
	Environment map[string]string
	Ports       []string
	Volumes     []string
	Healthcheck struct {
		Test   []string
		Others map[string]any `yaml:",inline"`
	}
	DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
	StopGrace string                                `yaml:"stop_grace_period"`
	Others    map[string]any                        `yaml:",inline"`
}

type composition struct {
	Name     string
	Node     any `yaml:"x-node"`
	Services map[string]service
	Volumes  map[string]any
}

func compose(t *testing.T) composition {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(read(t, "compose.yaml")))
	d.KnownFields(true)
	var c composition
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// check returns what a composition refers to and has not.
func (c composition) check() (err error) {
	wrong := func(format string, args ...any) { err = errors.Join(err, fmt.Errorf(format, args...)) }
	ports := map[string]string{}
	for name, s := range c.Services {
		if s.Image == "" || strings.HasSuffix(s.Image, ":latest") {
			wrong("%s: image %q", name, s.Image)
		}
		for other, on := range s.DependsOn {
			if len(c.Services[other].Healthcheck.Test) == 0 || on.Condition != "service_healthy" {
				wrong("%s waits until %s is %s, which nobody looks after", name, other, on.Condition)
			}
		}
		for _, p := range s.Ports {
			host, _, _ := strings.Cut(p, ":")
			if ports[host] != "" {
				wrong("%s and %s have port %s", name, ports[host], host)
			}
			ports[host] = name
		}
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			_, named := c.Volumes[from]
			if _, e := os.Stat(from); !named && (e != nil || from[0] != '.') {
				wrong("%s: no volume %s", name, from)
			}
		}
		if s.Build.Dockerfile != "" {
			if _, e := os.Stat(filepath.Join(s.Build.Context, s.Build.Dockerfile)); e != nil {
				wrong("%s: %v", name, e)
			}
		}
	}
	return err
}

func TestCompose(t *testing.T) {
	c := compose(t)
	if err := c.check(); err != nil {
		t.Error(err)
	}
	var names []string
	for name, s := range c.Services {
		if s.Image != "hansu" {
			continue
		}
		names = append(names, name)
		for variable, host := range map[string]string{"HANSU_DB": "postgres", "HANSU_NATS": "nats"} {
			// As it is once the passwords are filled in.
			u, err := url.Parse(regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllString(s.Environment[variable], "secret"))
			if err != nil || u.Hostname() != host || s.DependsOn[host].Condition == "" {
				t.Errorf("%s: %s is %v, %v", name, variable, u, err)
			}
		}
		if d, err := time.ParseDuration(s.StopGrace); err != nil || d < 10*time.Second {
			t.Errorf("%s: stop_grace_period %q", name, s.StopGrace)
		}
	}
	slices.Sort(names)
	if want := []string{"hansu1", "hansu2", "hansu3"}; !slices.Equal(names, want) {
		t.Errorf("nodes %q, want %q", names, want)
	}
}

// TestComposeCheck shows that the check finds what it looks for.
func TestComposeCheck(t *testing.T) {
	for _, spoil := range []func(c *composition, s *service){
		func(_ *composition, s *service) { s.Image = "" },
		func(_ *composition, s *service) { s.Ports = []string{"9001:9000"} },
		func(_ *composition, s *service) { s.Volumes = []string{"nowhere:/x"} },
		func(_ *composition, s *service) { s.Build.Dockerfile = "Nofile" },
		func(c *composition, _ *service) { delete(c.Services, "nats") },
	} {
		c := compose(t)
		s := c.Services["hansu1"]
		spoil(&c, &s)
		c.Services["hansu1"] = s
		if err := c.check(); err == nil {
			t.Errorf("nothing found in %+v", s)
		}
	}
}

// TestDockerfile: the compiler is the one that go.mod asks for, and every file that is copied exists.
func TestDockerfile(t *testing.T) {
	text := read(t, "Dockerfile")
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))
	if version == nil || !strings.Contains(text, "FROM golang:"+version[1]+"-") {
		t.Errorf("go.mod says %q, and the Dockerfile builds with something else", version)
	}
	for _, copied := range regexp.MustCompile(`(?m)^COPY ([^-].*) \S+$`).FindAllStringSubmatch(text, -1) {
		for _, file := range strings.Fields(copied[1]) {
			if _, err := os.Stat(filepath.Join("..", file)); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestNATS starts a server with the configuration, and lets a node in with the password alone.
func TestNATS(t *testing.T) {
	for _, password := range []string{"secret", "0123456789abcdef", "9e9"} {
		t.Setenv("NATS_PASSWORD", password)
		conf, err := server.ProcessConfigFile("nats.conf")
		if err != nil {
			t.Fatal(err)
		}
		if conf.Port != 4222 || conf.PingInterval != 2*time.Second || conf.MaxPingsOut != 2 || conf.JetStream {
			t.Errorf("port %d, pings every %v, %d unanswered, JetStream %v", conf.Port, conf.PingInterval, conf.MaxPingsOut, conf.JetStream)
		}
		s := natstest.Start(t, func(o *server.Options) {
			conf.Host, conf.Port, conf.HTTPPort, conf.NoLog, conf.NoSigs = o.Host, o.Port, 0, true, true
			*o = *conf
		})
		b, err := nats.Open(t.Context(), "nats://hansu:"+password+"@"+s.Addr(), nats.Options{})
		if err != nil {
			t.Fatal(err)
		}
		b.Close()
		if b, err := nats.Open(t.Context(), s.URL(), nats.Options{}); !errors.Is(err, nats.ErrRefused) {
			t.Errorf("without a password: %v", err)
			if err == nil {
				b.Close()
			}
		}
	}
}
