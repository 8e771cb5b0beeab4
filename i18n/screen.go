package i18n

// The texts of `hansu play` on the full screen.

// The frame, and choosing a server.
var (
	ScreenBrand      = Text{"한수", "Hansu"}
	ScreenTable      = Text{"방 %s", "table %s"}
	ScreenConnecting = Text{"%s에 접속하는 중…", "Connecting to %s…"}
	ScreenOffline    = Text{"연결이 끊어졌습니다 · %s 뒤 다시 시도", "connection lost · trying again in %s"}
	ScreenTooSmall   = Text{"화면이 너무 작습니다. %d×%d 이상이어야 합니다. 지금은 %d×%d입니다.", "The screen is too small: %d×%d is needed, this is %d×%d."}
	ScreenPick       = Text{"서버 고르기", "Choose a server"}
	ScreenSearching  = Text{"같은 네트워크에서 서버를 찾고 있습니다…", "Looking for servers on this network…"}
	ScreenAddress    = Text{"또는 주소", "Or an address"}
	ScreenPickKeys   = Text{"↑↓ 고르기 · Enter 접속 · Esc 끝내기", "up, down choose · Enter connects · Esc ends"}
)

// The lobby.
var (
	ScreenPlay      = Text{"새 대국", "New game"}
	ScreenGame      = Text{"게임", "Game"}
	ScreenRules     = Text{"규칙", "Rules"}
	ScreenSize      = Text{"판", "Board"}
	ScreenOpening   = Text{"오프닝", "Opening"}
	ScreenForbidden = Text{"금수", "Forbidden"}
	ScreenRefused   = Text{"둘 수 없음", "cannot be played"}
	ScreenLoses     = Text{"두고 지적되면 짐", "loses when claimed"}
	ScreenTime      = Text{"시간", "Time"}
	ScreenFind      = Text{"상대 찾기", "Find an opponent"}
	ScreenFriend    = Text{"친구와 두기(비공개)", "Play with a friend (private)"}
	ScreenCode      = Text{"코드", "Code"}
	ScreenCodeHint  = Text{"받은 코드 쓰고 Enter", "a friend's code, then Enter"}
	ScreenBadCode   = Text{"코드가 아닙니다. 영문자와 숫자입니다.", "That is no code: it has letters and digits."}
	ScreenMine      = Text{"내 판", "Your games"}
	ScreenOpenSeats = Text{"기다리는 사람", "Waiting for an opponent"}
	ScreenRunning   = Text{"두고 있는 판", "Games to watch"}
	ScreenNoSeats   = Text{"지금은 기다리는 사람이 없습니다.", "Nobody is waiting right now."}
	ScreenNoGames   = Text{"지금은 두는 사람이 없습니다.", "No game is going on right now."}
	ScreenLobbyKeys = Text{"↑↓ 고르기 · ←→ 바꾸기 · Enter 시작 · Tab 목록 · ? 도움말 · Esc 끝내기", "up, down choose · left, right change · Enter starts · Tab lists · ? help · Esc ends"}
)

// The table.
var (
	ScreenResumed   = Text{"하던 대국을 이어 갑니다.", "Your game goes on."}
	ScreenWaiting   = Text{"상대를 기다립니다. 상대는 이렇게 들어옵니다:", "Waiting for an opponent, who can join with:"}
	ScreenNotBegun  = Text{"대국이 아직 시작되지 않았습니다.", "The game has not begun."}
	ScreenFreeSeat  = Text{"빈자리", "free seat"}
	ScreenYou       = Text{"나", "you"}
	ScreenAway      = Text{"연결 끊김, %s 남음", "away, %s to come back"}
	ScreenOffers    = Text{"제안: %s", "offers %s"}
	ScreenMoves     = Text{"수순", "Moves"}
	ScreenTalk      = Text{"대화", "Chat"}
	ScreenMoveLine  = Text{"수", "Move"}
	ScreenTalkLine  = Text{"대화", "Say"}
	ScreenMoveHint  = Text{"h8, 또는 방향키와 Enter", "h8, or arrows and Enter"}
	ScreenChessHint = Text{"e4, Nf3, 또는 방향키와 Enter", "e4, Nf3, or arrows and Enter"}
	ScreenTalkHint  = Text{"할 말, 또는 /명령", "something to say, or /command"}
	ScreenTableKeys = Text{"Tab 대화 · ? 도움말 · Esc 나가기", "Tab chat · ? help · Esc leave"}
	ScreenChoose    = Text{"고르세요(숫자나 Enter):", "Choose (by number or Enter):"}
	ScreenPickFifth = Text{"번호가 붙은 다섯째 수 가운데 하나를 고르세요.", "Pick one of the numbered fifth moves."}
	ScreenPromote   = Text{"무엇으로 승격할까요?", "What does the pawn become?"}
)

// Buttons and questions.
var (
	ScreenDraw           = Text{"무승부 제안", "Draw"}
	ScreenTakeback       = Text{"무르기", "Take back"}
	ScreenResign         = Text{"기권", "Resign"}
	ScreenRematch        = Text{"다시 두기", "Rematch"}
	ScreenFlip           = Text{"뒤집기", "Flip"}
	ScreenLeave          = Text{"나가기", "Leave"}
	ScreenAccept         = Text{"수락", "Accept"}
	ScreenDecline        = Text{"거절", "Decline"}
	ScreenWithdraw       = Text{"제안 거두기", "Withdraw"}
	ScreenClaimWin       = Text{"승리 요구", "Claim the win"}
	ScreenClaimLeftDraw  = Text{"무승부로 끝내기", "Call it a draw"}
	ScreenClaimForbidden = Text{"금수 지적", "Claim forbidden move"}
	ScreenClaimDraw      = Text{"무승부 요구", "Claim draw"}
	ScreenStay           = Text{"계속 두기", "Go on playing"}
	ScreenToLobby        = Text{"로비 보기(대국은 계속)", "See the lobby (the game goes on)"}
	ScreenResignLeave    = Text{"기권하고 나가기", "Resign and leave"}
	ScreenLeaveTitle     = Text{"대국 중입니다. 나갈까요?", "A game is on. Leave it?"}
	ScreenQuitTitle      = Text{"대국 중입니다. 프로그램을 끝낼까요? 자리는 얼마 동안 유지됩니다.", "A game is on. End the program? Your seat is kept for a while."}
	ScreenQuitKeep       = Text{"끝내기", "End"}
	ScreenResignTitle    = Text{"정말 기권할까요?", "Resign the game?"}
	ScreenHelpClose      = Text{"아무 키나 누르면 닫힙니다.", "Any key closes this."}
	ScreenCrashed        = Text{"프로그램에 문제가 생겨 끝났습니다. 자리는 얼마 동안 유지됩니다. 돌아오려면: %s", "the program failed and has ended. Your seat is kept for a while. Come back with: %s"}
)

// ScreenHelp are the keys, each with what it does.
var ScreenHelp = []struct {
	Key  string
	Text Text
}{
	{"↑↓←→ Enter", Text{"판에서 움직이고 둡니다. 체스는 기물을 고르고 놓습니다.", "move on the board and play; in chess, pick up a man and put it down"}},
	{"h8 e4 Nf3", Text{"수를 써서 Enter로 둡니다. 마우스로 눌러도 됩니다.", "type a move, Enter plays it; a click of the mouse does, too"}},
	{"Tab", Text{"수와 대화 사이를 오갑니다. 한글은 바로 대화가 됩니다.", "switch between moves and chat"}},
	{"F2 F3 F4", Text{"무승부 제안, 무르기 요청, 기권", "offer a draw, ask to take back, resign"}},
	{"F5", Text{"끝난 뒤 다시 두기", "a rematch once the game is over"}},
	{"F6", Text{"체스판 뒤집기", "turn the chess board"}},
	{"F7 F8", Text{"제안의 수락과 거절, 요구", "accept and decline an offer; claims"}},
	{"PgUp PgDn", Text{"지난 대화 보기", "earlier chat"}},
	{"/…", Text{"명령: /기권 /무승부 /무르기 /재대국 /수락 /거절 /철회 /요구 /나가기", "commands: /resign /draw /takeback /rematch /accept /decline /claim /quit"}},
	{"Esc F10", Text{"되돌리기, 방 나가기", "undo, leave the table"}},
	{"Ctrl+Z", Text{"잠시 셸로. fg로 돌아옵니다.", "suspend; fg comes back"}},
	{"Ctrl+C", Text{"끝내기", "end the program"}},
}

// OpeningChoice says what an answer to an opening's question does; a word that is none is itself.
func OpeningChoice(l Lang, word string) string {
	if t, ok := openingChoices[word]; ok {
		return l.Text(t)
	}
	return word
}

var openingChoices = map[string]Text{
	"black": {"흑을 갖기", "Take black"},
	"white": {"백을 갖기", "Take white"},
	"more":  {"두 수 더 놓기", "Add two stones"},
	"swap":  {"색 바꾸기", "Swap colours"},
	"stay":  {"그대로 두기", "Keep colours"},
	"ten":   {"다섯째 수 열 곳 제시", "Offer ten fifth moves"},
}

// Piece names a chess man; n is chess.Piece's number.
func Piece(l Lang, n uint8) string { return numbered(l, pieceTexts, n) }

var pieceTexts = map[uint8]Text{
	1: {"폰", "pawn"}, 2: {"나이트", "knight"}, 3: {"비숍", "bishop"},
	4: {"룩", "rook"}, 5: {"퀸", "queen"}, 6: {"킹", "king"},
}

// Time controls.
var (
	TimeFischer  = Text{"%s + 수마다 %s", "%s + %s a move"}
	TimeDelay    = Text{"%s, 수마다 %s 유예", "%s, %s delay"}
	TimeByoyomi  = Text{"%s + 초읽기 %s × %d", "%s + byo-yomi %s × %d"}
	TimeCanadian = Text{"%s + %d수에 %s", "%s + %d moves in %s"}
	TimeMove     = Text{"수마다 %s", "%s a move"}
	TimeDays     = Text{"%d일", "%d d"}
)
