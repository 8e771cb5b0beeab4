//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hansu/i18n"
	"hansu/server"
	"hansu/wire"
)

// rival plays in line mode.
type rival struct {
	*running
	in *io.PipeWriter
}

func newRival(t *testing.T, addr string, args ...string) *rival {
	in, w := io.Pipe()
	r := &rival{start(t, in, i18n.English, append([]string{"play", addr, "--plain", "--no-board", "--name", "Bo"}, args...)...), w}
	t.Cleanup(func() { w.Close() })
	return r
}

func (r *rival) say(line string) { fmt.Fprintln(r.in, line) }

// TestWholeGames: games to their end in a real terminal, by mouse, arrows and typed moves, in Korean and in ASCII,
// on the smallest screen and on a large one, against the line mode; with talk, a rematch and the way out.
func TestWholeGames(t *testing.T) {
	t.Parallel()
	omok := [][2]string{{"h8", "a1"}, {"h9", "b1"}, {"h10", "c1"}, {"h11", "d1"}, {"h12", ""}}
	mate := [][2]string{{"e2e4", "e5"}, {"f1c4", "Nc6"}, {"d1h5", "Nf6"}, {"h5f7", ""}}
	for _, c := range []struct {
		name, lang, game, flags, by string
		w, h                        int
		moves                       [][2]string
	}{
		{"omok, mouse, Korean, 80x24", "ko", "omok", "", "mouse", 80, 24, omok},
		{"chess, typed, ASCII, 80x24", "en", "chess", "--ascii", "typed", 80, 24, mate},
		{"omok, arrows, ASCII, 200x60", "en", "omok:renju", "--ascii", "arrows", 200, 60, omok},
		{"chess, mouse, Korean, 200x60", "ko", "chess", "", "mouse", 200, 60, mate},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv, _ := served(t, server.Config{Data: t.TempDir()})
			addr := srv.TCP().String()
			term := newTerminal(t, c.w, c.h, []string{"HANSU_LANG=" + c.lang, "COLORTERM=truecolor"})
			before := term.modes()
			lang := i18n.For(c.lang)
			term.enter(fmt.Sprintf("clear; hansu play %s --game %s --time 10m+3x30s --name 다람쥐 %s", addr, c.game, c.flags))
			term.until(`--join`)
			bo := newRival(t, addr, "--game", c.game, "--time", "10m+3x30s")
			term.until(lang.Text(i18n.PlayYourTurn))
			for i, m := range c.moves {
				term.move(m[0], c.by)
				bo.out.until(t, fmt.Sprintf(`Move %d, 다람쥐`, 2*i+1))
				if m[1] != "" {
					bo.out.until(t, fmt.Sprintf(`Move %d, (?s:.*)Your move\.`, 2*i+1))
					bo.say(m[1])
					term.until(m[1] + `\b`)
					term.until(lang.Text(i18n.PlayYourTurn))
				}
			}
			term.until(lang.Text(i18n.PlayYouWin))
			bo.out.until(t, `You lose\.`)
			term.talk(t, bo)
			bo.say("/rematch")
			term.until(`F7`)
			term.keys("F7")
			bo.out.until(t, `Game 2 begins`)
			term.until(`Bo.*(차례입니다|is to move)`)
			term.keys("C-c")
			term.until(lang.Text(i18n.ScreenQuitKeep))
			term.keys("C-c")
			term.until(`127\.0\.0\.1:`)
			bo.out.until(t, `다람쥐 has lost the connection`)
			if after := term.modes(); after != before {
				t.Errorf("the terminal was\n%s\nand is\n%s", before, after)
			}
		})
	}
}

// move makes a move one way or the other; one of chess is given by its squares.
func (term *terminal) move(m, by string) {
	term.t.Helper()
	squares := []string{m}
	if len(m) == 4 {
		squares = []string{m[:2], m[2:]}
	}
	switch by {
	case "typed":
		term.enter(m)
	case "mouse":
		for _, s := range squares {
			x, y := term.point(s)
			term.click(x, y)
		}
	case "arrows": // from the corner, where everything ends that goes too far
		n, _ := strconv.Atoi(m[1:])
		way := slices.Repeat([]string{"Down", "Left"}, 15)
		way = append(way, slices.Repeat([]string{"Up"}, n-1)...)
		way = append(way, slices.Repeat([]string{"Right"}, int(m[0]-'a'))...)
		term.keys(append(way, "Enter")...)
	}
}

// talk: Korean goes both ways.
func (term *terminal) talk(t *testing.T, bo *rival) {
	t.Helper()
	term.enter("잘 두었습니다")
	bo.out.until(t, `다람쥐 says: 잘 두었습니다`)
	bo.say("/say 한 판 더?")
	term.until(`Bo: 한 판 더\?`)
}

// TestPeriodsPromotionAndClaim: a clock that is in its periods runs and is full again after a move; a pawn becomes
// what was chosen; and a position that has come three times is claimed.
func TestPeriodsPromotionAndClaim(t *testing.T) {
	t.Parallel()
	srv, _ := served(t, server.Config{Data: t.TempDir()})
	addr := srv.TCP().String()
	term := newTerminal(t, 80, 24, []string{"HANSU_LANG=ko"})
	term.enter("clear; hansu play " + addr + " --game chess --time 1s+3x2m --name 다람쥐")
	term.until(`--join`)
	bo := newRival(t, addr, "--game", "chess", "--time", "1s+3x2m")
	at := term.until(`1:([0-5])(\d)×3`)
	term.until(fmt.Sprintf(`1:([^%[1]s]\d|%[1]s[^%[2]s])×3`, at[1], at[2])) // another second
	for i, m := range [][2]string{
		{"a4", "b5"}, {"axb5", "a6"}, {"bxa6", "h6"}, {"a7", "h5"}, {"axb8=N", "h4"},
		{"Nf3", "Nf6"}, {"Ng1", "Ng8"}, {"Nf3", "Nf6"}, {"Ng1", "Ng8"},
	} {
		term.until(`당신 차례입니다`)
		if i == 4 {
			term.move("a7b8", "mouse")
			term.until(`무엇으로 승격할까요`)
			term.keys("4") // queen, rook, bishop, knight
		} else {
			term.enter(m[0])
		}
		bo.out.until(t, fmt.Sprintf(`Move %d, 다람쥐 \(White\): %s\n`, 2*i+1, m[0]))
		bo.out.until(t, fmt.Sprintf(`Move %d, (?s:.*)Your move\.`, 2*i+1))
		term.until(`2:00×3`)
		bo.say(m[1])
		term.until(fmt.Sprintf(`%d\. +%s +%s`, i+1, m[0], m[1]))
	}
	term.until(`F7 무승부 요구`)
	term.keys("F7")
	term.until(`대국 종료: 무승부`)
	bo.out.until(t, `Game over: a draw`)
}

// TestSwap2AndAbsence: an opening whose questions are answered on the screen; and the game is won when the opponent
// stays away.
func TestSwap2AndAbsence(t *testing.T) {
	t.Parallel()
	srv, _ := served(t, server.Config{Data: t.TempDir(), Grace: time.Millisecond})
	addr := srv.TCP().String()
	term := newTerminal(t, 80, 24, []string{"HANSU_LANG=en"})
	term.enter("clear; hansu play " + addr + " --game omok:swap2 --ascii")
	term.until(`--join`)
	bo := newRival(t, addr, "--game", "omok:swap2")
	for i, m := range []string{"h8", "h9", "i8"} {
		term.until(fmt.Sprintf(`The next stone is %s`, []string{"Black", "White", "Black"}[i]))
		term.move(m, "mouse")
		bo.out.until(t, fmt.Sprintf(`Move %d, `, i+1))
	}
	bo.out.until(t, `Choose: `)
	for i, word := range []string{"more", "j9", "j10"} {
		bo.say(word)
		bo.out.until(t, fmt.Sprintf(`Move %d, `, i+4))
	}
	term.until(`1 Take black +2 Take white`)
	term.keys("Down", "Up", "Enter")
	term.until(`Bo.* is to move`)
	bo.in.Close()
	term.until(`F7 Claim the win`)
	term.keys("F7")
	term.until(`You win\.`)
}

// TestTerminalLives: a resize, a suspension, and the restart of the server are lived through.
func TestTerminalLives(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	srv, stop := served(t, server.Config{Data: data})
	addr := srv.TCP().String()
	term := newTerminal(t, 80, 24, []string{"HANSU_LANG=en"})
	term.enter("clear; hansu play " + addr + " --game omok")
	term.until(`--join`)
	bo := newRival(t, addr, "--game", "omok")
	term.until(`Your move\.`)
	term.enter("h8")
	bo.out.until(t, `Move 1`)

	term.tmux("resize-window", "-t", "p", "-x", "60", "-y", "20")
	term.until(`screen is too small`)
	term.tmux("resize-window", "-t", "p", "-x", "120", "-y", "50")
	term.until(`^ 15 +┌`)

	term.keys("C-z")
	term.until(`^[$#]|Stopped`)
	if got := term.tmux("display-message", "-p", "-t", "p", "#{alternate_on} #{mouse_any_flag}"); got != "0 0" {
		t.Errorf("suspended, the modes are %s", got)
	}
	term.enter("fg")
	term.until(`1 h8`)

	stop()
	term.until(`connection lost`)
	served(t, server.Config{Data: data, TCP: addr})
	term.until(`Connected again`)
	bo.out.until(t, `Connected again`)
	bo.say("i9")
	term.until(`2 i9`)
	term.keys("C-c")
	term.until(`End the program`)
	term.keys("C-c")
	term.until(`Come back with`) // not what the question says: it is the shell that is to be typed to
	term.enter("clear; hansu play " + addr + " --game omok")
	term.until(`Your game goes on`) // first, for it is not shown for long
	term.until(`1 h8 +2 i9`)
}

// TestTerminalAfterCrash: whatever ends the program, the terminal is as it was.
func TestTerminalAfterCrash(t *testing.T) {
	t.Parallel()
	srv, _ := served(t, server.Config{Data: t.TempDir()})
	term := newTerminal(t, 100, 40, []string{"HANSU_LANG=en"})
	before := term.modes()
	for _, sig := range []syscall.Signal{0, syscall.SIGABRT, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGHUP} {
		program, want := "hansu", "code 1"
		switch sig {
		case 0: // a panic while the screen acts on a key
			program, want = "hansu-fails", `error: the program failed (?s:.*)^code 1`
		case syscall.SIGTERM:
			want = "code 0"
		}
		term.enter("clear; " + program + " play " + srv.TCP().String() + "; echo code $?")
		term.until(`Find an opponent`)
		if sig == 0 {
			term.text("!")
		} else if pid, err := strconv.Atoi(term.child(2)); err != nil {
			t.Fatal(err)
		} else if err := syscall.Kill(pid, sig); err != nil {
			t.Fatal(err)
		}
		term.until(`^` + want)
		if after := term.modes(); after != before {
			t.Errorf("%v: the terminal was\n%s\nand is\n%s", sig, before, after)
		}
	}
}

// TestBadServers: what answers something else, half a packet, another version or nothing gets one clear line; the
// screen was never touched.
func TestBadServers(t *testing.T) {
	t.Parallel()
	welcome := (&wire.Welcome{Version: 99}).Append(nil, wire.Header{})
	for name, c := range map[string]struct{ answer, want string }{
		"something else": {"HTTP/1.1 400 Bad Request\r\n\r\n", "not a Hansu server"},
		"half a packet":  {string(welcome[:len(welcome)-3]), "does not answer"},
		"newer":          {string(welcome), "another version of the protocol"},
		"silence":        {"", "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					t.Cleanup(func() { conn.Close() })
					io.WriteString(conn, c.answer)
				}
			}()
			term := newTerminal(t, 80, 24, []string{"HANSU_LANG=en"})
			before := term.modes()
			term.enter("clear; hansu play " + l.Addr().String() + "; echo code $?")
			term.until(`^code 1`)
			if got := term.screen(); !strings.Contains(got, "error: cannot connect to "+l.Addr().String()) || !strings.Contains(got, c.want) {
				t.Errorf("it says\n%s", got)
			}
			if after := term.modes(); after != before {
				t.Errorf("the terminal was\n%s\nand is\n%s", before, after)
			}
		})
	}
}

// TestFindsServers: in a network of its own, a server that is announced is listed without an address, and played on.
func TestFindsServers(t *testing.T) {
	t.Parallel()
	probe := exec.Command("unshare", "--user", "--map-root-user", "--mount", "--net", "sh", "-c", "mount -t tmpfs none /run && ip netns add x")
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("needs user namespaces that may have networks: %v %s", err, out)
	}
	script := `mount -t tmpfs none /run; set -e
for n in host left; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns host type veth peer name eth0 netns left
ip -n host addr add 10.1.0.1/24 dev eth0; ip -n left addr add 10.1.0.2/24 dev eth0
ip -n host link set eth0 up; ip -n left link set eth0 up
ip netns exec host hansu serve --announce --announce-as 동아리방 --http= --data "$1" >"$1.log" 2>&1 &
echo $! >"$1.pid"; shift
ip netns exec left "$@"`
	data := t.TempDir() + "/data"
	term := newTerminal(t, 80, 24, []string{"HANSU_LANG=ko"}, "unshare", "--user", "--map-root-user", "--mount", "--net", "sh", "-c", script, "sh", data)
	t.Cleanup(func() {
		if pid, err := os.ReadFile(data + ".pid"); err == nil {
			exec.Command("kill", strings.TrimSpace(string(pid))).Run()
		}
	})
	term.enter("clear; hansu play")
	term.until(`동아리방 +10\.1\.0\.1:9000`)
	term.keys("Enter")
	term.until(`상대 찾기`)
	term.keys("Escape")
	term.until(`^[$#]`)
	term.enter("clear; hansu servers")
	term.until(`^10\.1\.0\.1:9000 +동아리방`)
}
