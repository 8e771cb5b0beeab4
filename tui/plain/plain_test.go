package plain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
)

// golden compares with a file; HANSU_UPDATE=1 writes it instead, to be looked through.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("HANSU_UPDATE") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// TestOmok plays a whole game in both languages; what the two see is held to the letter.
func TestOmok(t *testing.T) {
	h := newHost(t, time.Minute)
	one := h.play("먼저", ascii)
	one.expect("Waiting for an opponent")
	two := h.play("Kim", inKorean, quiet)
	one.expect("Your move.")
	for i := range 4 {
		one.move("abcd"[i:i+1] + "8")
		two.expect("당신 차례입니다.")
		two.move("abcd"[i:i+1] + "1")
		one.expect("Your move.")
	}
	one.move("e8")
	one.expect("You win.")
	one.expect("/rematch for another game")
	two.expect("당신이 졌습니다.")
	two.types("/quit")
	if err := two.ends(); err != nil {
		t.Error(err)
	}
	one.expect("Kim has left the table.")
	one.types("/quit")
	if err := one.ends(); err != nil {
		t.Error(err)
	}
	golden(t, "omok-1-en.txt", one.transcript(h))
	golden(t, "omok-2-ko.txt", two.transcript(h))
}

// TestChess plays a mate with moves written in several ways; Black looks from the other side.
func TestChess(t *testing.T) {
	h := newHost(t, time.Minute)
	one, two := h.pair(join(t, "chess", "none"))
	for _, m := range [...]struct{ white, shown, black, answer string }{
		{"e4", "e4", "e7e5", "e5"},
		{"Bf1-c4", "Bc4", "Nc6", "Nc6"},
		{"d1h5", "Qh5", "ng8f6", "Nf6"},
	} {
		one.types(m.white)
		one.expect(": " + m.shown + "\n")
		two.expect("Your move.")
		two.types(m.black)
		two.expect(": " + m.answer + "\n")
		one.expect("Your move.")
	}
	one.types("Qxf7")
	one.expect("Game over: Ada (White) wins (checkmate)")
	two.expect("You lose.")
	golden(t, "chess-black.txt", two.transcript(h))
}

func TestIllegalInput(t *testing.T) {
	h := newHost(t, time.Minute)
	one, two := h.pair(quiet)
	one.move("h8")
	two.expect("Your move.")
	for _, c := range [...]struct{ typed, said string }{
		{"h8", `"h8": There is a stone already.`},
		{"H8", `"H8": There is a stone already.`},
		{"p1", `"p1" is outside the board, which goes from a1 to o15.`},
		{"a16", `"a16" is outside the board`},
		{"hello there", `"hello there" is no move. Write a point such as h8.`},
		{"\xff\xfe", "is no move."},
		{strings.Repeat("x", 100), `x…" is no move.`},
		{strings.Repeat("y", 10000), "The line is too long."},
		{"/dance", `"/dance" is no command. See /help.`},
		{"/accept", "There is no offer to answer."},
		{"/withdraw", "You have no offer to withdraw."},
		{"/say", "Write what you want to say after /say."},
		{"/say a\x07b", "This text cannot be sent"},
		{"/claim", "Write /claim win or /claim draw."},
		{"/claim win", "Refused: There is nothing to claim now."},
		{"/claim draw", "Refused: There is nothing to claim now."},
		{"/rematch", "Refused: Not while a game is on."},
		{"/clock", "This game has no clock."},
		{"/resign now", `"/resign now": Nothing may follow this command.`},
		{"/claim win now", "Write /claim win or /claim draw."},
		{"/요구 승리", "Refused: There is nothing to claim now."},
		{"/moves", "Moves: h8"},
		{"/help", "/quit leaves"},
	} {
		two.types("", c.typed)
		two.expect(c.said)
	}
	one.types("h9 extra") // nothing that waiting could help
	one.expect(`"h9 extra" is no move. Write a point such as h8.`)
	one.types("a1")
	one.expect(`"a1": It is your opponent's turn.`)
	two.move("a1")
	one.expect("Your move.")
}

func TestIllegalChess(t *testing.T) {
	h := newHost(t, time.Minute)
	one, two := h.pair(join(t, "chess", "5+3"), quiet)
	for _, c := range [...]struct{ typed, said string }{
		{"e5", `"e5": No piece of yours can go to that square.`},
		{"/clock", "Clocks: Ada (White) 5:"},
		{"e7e5", `"e7e5": There is no piece of yours on that square.`},
		{"Zz9", `"Zz9" is no move. Write e4, Nf3`},
	} {
		one.types(c.typed)
		one.expect(c.said)
	}
	two.types("Zz9")
	two.expect(`"Zz9" is no move. Write e4, Nf3`)
	one.move("e4")
	two.expect("Your move.")
	two.move("e5")
	one.expect("Your move.")
	one.types("e2") // the queen can, no pawn
	one.expect(`"e2": No pawn can go to that square.`)
}

// TestOffers: each offer is made, answered each way, and has its effect.
func TestOffers(t *testing.T) {
	h := newHost(t, time.Minute)
	one, two := h.pair(quiet)
	one.types("/draw")
	one.expect("You offer a draw.")
	two.expect("Ada offers a draw. Answer with /accept or /decline.")
	two.types("/decline")
	one.expect("Bo declines a draw.")
	one.move("h8")
	two.expect("Your move.")
	two.move("h9")
	one.expect("Your move.")
	two.types("/takeback")
	one.expect("Bo offers a take-back.")
	two.expect("You offer a take-back.")
	two.types("/withdraw")
	one.expect("Bo withdraws the offer of a take-back.")
	one.types("/say 안녕하세요, Bo")
	two.expect("Ada says: 안녕하세요, Bo")
	one.types("/takeback")
	two.expect("Ada offers a take-back.")
	two.types("/accept")
	two.expect("Bo accepts a take-back.")
	one.expect("Taken back. Moves that remain: 0")
	one.expect("Your move.")
	one.types("/draw")
	two.expect("Ada offers a draw.")
	two.types("/accept")
	one.expect("Game over: a draw (by agreement)")
	two.expect("/rematch for another game")
	two.types("/rematch")
	one.expect("Bo offers a rematch.")
	one.types("/수락")
	one.expect("Game 2 begins: Bo (Black) against Ada (White)")
	one.expect("You have White.")
	two.expect("Your move.")
	two.types("/resign")
	one.expect("Game over: Ada (White) wins (resignation)")
	one.expect("You win.")
}

func TestPrivateAndWatch(t *testing.T) {
	h := newHost(t, time.Minute)
	open := client.Open{Variant: rules.Variant{Kind: rules.Omok, Rules: rules.Renju}, Private: true}
	one := h.play("Ada", goal(open), quiet)
	code := one.code()
	one.expect("hansu play --join " + code)
	if wrong := h.play("Eve", goal(client.Enter{Code: "AAAAAAAA"})); wrong.ends() == nil || wrong.ends().Error() != "Refused: There is no such table." {
		t.Errorf("a wrong code: %v", wrong.ends())
	}
	// Someone who looks for any renju game does not come in.
	other := h.play("Eve", join(t, "omok:renju", "none"), quiet)
	other.expect("Waiting for an opponent")
	two := h.play("Bo", goal(client.Enter{Code: strings.ToLower(code[:4]) + "-" + code[4:]}), quiet)
	two.expect("You are player 2.")
	one.expect("Your move.")
	one.move("h8")
	watcher := h.play("Cy", goal(client.Watch{Code: code}), ascii)
	watcher.expect("You are watching.")
	watcher.expect("Game 1: Ada (Black) against Bo (White), 1 moves so far")
	watcher.types("h9", "/resign")
	watcher.expect("Spectators cannot do that.")
	watcher.expect("Spectators cannot do that.")
	watcher.in.Close() // a spectator's input may end: he goes on watching
	two.move("h9")
	watcher.expect("Move 2, Bo (White): h9")
	one.types("/resign")
	watcher.expect("Game over: Bo (White) wins (resignation)")
	if err := watcher.ends(); err != nil {
		t.Error(err)
	}
	third := h.play("Eve", goal(client.Enter{Code: code}))
	if err := third.ends(); err == nil || !strings.Contains(err.Error(), "Both seats are taken.\nTo look on: hansu play --watch "+code) {
		t.Errorf("a third player at the table: %v", err)
	}
	late := h.play("Dee", goal(client.Watch{Code: code}), quiet)
	late.expect("Game over: Bo (White) wins")
	one.types("/quit")
	two.expect("Ada has left the table.")
	two.types("/rematch")
	two.expect("Your opponent has left the table: there is nobody to play again.")
	two.types("/quit")
	late.expect("Everyone has left the table.")
	if err := late.ends(); err != nil {
		t.Error(err)
	}
}

// TestComeBack: the end of the input leaves the seat as it is; the next run finds it, and two
// runs side by side find two.
func TestComeBack(t *testing.T) {
	h := newHost(t, time.Minute)
	dir := t.TempDir()
	keep := func() *client.Keeper {
		k, err := client.KeepIn(dir, h.address, true)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	k1, k2 := keep(), keep()
	one := h.play("Ada", keeper(k1), quiet)
	one.expect("Waiting for an opponent")
	two := h.play("Bo", keeper(k2), quiet)
	one.expect("Your move.")
	one.types("h8")
	one.in.Close()
	one.expect("Move 1, Ada (Black): h8")
	one.expect("your seat is kept for a while. Come back with: hansu play")
	if err := one.ends(); err != nil {
		t.Error(err)
	}
	two.expect("Ada has lost the connection and has 1 min to come back.")
	k1.Close()
	again := keep()
	one = h.play("Ada", keeper(again))
	one.expect("Your game goes on.")
	one.expect("Game 1: Ada (Black) against Bo (White), 1 moves so far")
	one.expect("Bo (White) is to move.")
	two.expect("Ada is back.")
	two.move("h9")
	one.expect("Your move.")
	one.types("/resign")
	one.expect("You lose.")
	one.types("/quit")
	one.ends()
	again.Close()
	fresh := keep()
	if !fresh.Token().IsZero() {
		t.Error("the token of a seat that was given up is still kept")
	}
	fresh.Close()
	// Only the finished game is left of the other's token: it starts afresh.
	two.cancel()
	two.ends()
	k2.Close()
	k2 = keep()
	two = h.play("Bo", keeper(k2))
	if got := two.expect("Waiting for an opponent"); strings.Contains(got, "goes on") {
		t.Errorf("came back to a finished game: %s", got)
	}
}

// TestRestart: the server is stopped in the middle of a game, and started again.
func TestRestart(t *testing.T) {
	h := newHost(t, time.Minute)
	one, two := h.pair(quiet)
	one.move("h8")
	two.expect("Your move.")
	h.stop()
	one.expect("Connection lost (The server is going down). Trying again…")
	two.expect("Connection lost")
	two.types("h9")
	two.expect("h9 will be sent once there is a connection.")
	h.start()
	one.expect("Connected again.")
	two.expect("Move 2, Bo (White): h9")
	one.expect("Your move.")
	if n := strings.Count(one.all(), "Connection lost"); n != 1 {
		t.Errorf("one loss was mentioned %d times:\n%s", n, one.all())
	}
}

// TestSeatGivenUp: who comes back too late for the seat reads so.
func TestSeatGivenUp(t *testing.T) {
	var out strings.Builder
	s := &session{lang: i18n.English, out: &out, table: &client.Table{ID: 3, Seat: client.SeatTwo}}
	s.sat(&client.Table{ID: 3})
	s.sat(&client.Table{ID: 3})
	if out.String() != "Your seat was given up while you were away; now you are watching.\n" {
		t.Error(out.String())
	}
}

// TestNamesakes: who is meant is clear although both have one name.
func TestNamesakes(t *testing.T) {
	h := newHost(t, time.Minute)
	one := h.play("Kim", quiet)
	one.expect("Waiting for an opponent")
	two := h.play("Kim", quiet)
	two.expect("Kim (Black) is to move.")
	two.types("/say hello", "/board")
	one.expect("Kim (White) says: hello")
	two.expect("● Kim (Black)   ○ Kim (White)")
}

// TestAbsent: the one who left may be claimed against, once the grace is over.
func TestAbsent(t *testing.T) {
	h := newHost(t, time.Millisecond)
	one, two := h.pair(quiet)
	two.in.Close()
	one.expect("Bo has lost the connection")
	one.types("/claim win")
	one.expect("Game over: Ada (Black) wins (the opponent left)")
}

func TestThreefold(t *testing.T) {
	h := newHost(t, time.Minute)
	one, two := h.pair(join(t, "chess", "none"), quiet)
	for range 2 {
		for _, m := range [...][2]string{{"Nf3", "Nf6"}, {"Ng1", "Ng8"}} {
			one.move(m[0])
			two.expect("Your move.")
			two.move(m[1])
			one.expect("Your move.")
		}
	}
	one.expect("You may claim a draw (threefold repetition): /claim draw")
	one.types("/claim draw")
	two.expect("Game over: a draw (threefold repetition)")
}

// TestWait: with Wait all moves can be typed at once.
func TestWait(t *testing.T) {
	h := newHost(t, time.Minute)
	one := h.play("Ada", waiting, quiet, join(t, "omok", "5+3"))
	go one.types("a8", "b8", "a8", "c8", "d8", "e8", "f8")
	one.expect("Waiting for an opponent")
	two := h.play("Bo", waiting, quiet, join(t, "omok", "5+3"))
	go two.types("a1", "b1", "c1", "d1")
	one.expect(`"a8": There is a stone already.`)
	one.expect("Clocks: Ada (Black) 5:")
	one.expect("You win.")
	one.expect(`"f8": The game is over.`)
	two.expect("You lose.")
}

// TestEarly: a move that comes before its turn is not lost if the turn comes in time.
func TestEarly(t *testing.T) {
	h := newHost(t, time.Minute)
	one, two := h.pair(quiet, waiting)
	two.types("h9")
	one.move("h8")
	two.expect("Move 2, Bo (White): h9")
	impatient := func(o *Options) { o.Wait = time.Millisecond }
	three := h.play("Cy", quiet, impatient)
	three.expect("Waiting for an opponent")
	three.types("a1")
	three.expect(`"a1": The game has not begun.`)
	four := h.play("Di", quiet, impatient)
	four.expect("is to move.")
	four.types("a1")
	four.expect(`"a1": It is your opponent's turn.`)
}

func TestSwap2(t *testing.T) {
	h := newHost(t, time.Minute)
	one, two := h.pair(join(t, "omok:swap2", "none"), quiet)
	for _, m := range []string{"h8", "i9", "h10"} {
		one.expect("The next stone is")
		one.move(m)
	}
	two.expect("Choose: ")
	two.types("black")
	two.expect(": black\n")
	one.expect("The colours are swapped: Ada (White), Bo (Black)")
	one.expect("You have White.")
	one.expect("Your move.")
}

func TestUnreachable(t *testing.T) {
	h := newHost(t, time.Minute)
	h.stop()
	dead := h.play("Ada")
	if err := dead.ends(); err == nil || !strings.Contains(err.Error(), h.address) || !strings.Contains(err.Error(), "Start one with: hansu serve") {
		t.Error(err)
	}
	h.address = strangers(t, "HTTP/1.1 400 Bad Request\r\n\r\n")
	web := h.play("Ada", inKorean)
	if err := web.ends(); err == nil || !strings.Contains(err.Error(), "한수 서버가 아닙니다.") {
		t.Error(err)
	}
	name := h.play("bad\tname")
	if err := name.ends(); err == nil || !strings.Contains(err.Error(), "1 to 32 characters") {
		t.Error(err)
	}
}

// TestLeavesWhenAlone: nobody has come yet, so there is nothing to come back to.
func TestLeavesWhenAlone(t *testing.T) {
	h := newHost(t, time.Minute)
	k, err := client.KeepIn(t.TempDir(), h.address, true)
	if err != nil {
		t.Fatal(err)
	}
	one := h.play("Ada", keeper(k))
	one.expect("Waiting for an opponent")
	one.in.Close()
	if err := one.ends(); err != nil || !k.Token().IsZero() {
		t.Error(err, k.Token().Hex())
	}
	two := h.play("Bo")
	two.expect("You are player 1.")
	two.expect("Waiting for an opponent")
}

// TestCommands: each Korean word stands for a command that is there, and every command is
// in the help.
func TestCommands(t *testing.T) {
	var help strings.Builder
	for _, text := range i18n.PlayHelp {
		help.WriteString(i18n.English.Text(text) + "\n")
	}
	for word := range commands {
		if !strings.Contains(help.String(), "/"+word) {
			t.Errorf("/%s is not in the help", word)
		}
	}
	for word, english := range i18n.KoreanCommands {
		if commands[english] == nil {
			t.Errorf("/%s stands for /%s, which is not there", word, english)
		}
	}
}
