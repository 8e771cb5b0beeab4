package i18n

// The texts of `hansu window`; much of what happens at a table is told in the texts of `hansu play`.

// The first screen.
var (
	WindowTitle      = Text{"한수", "Hansu"}
	WindowSlogan     = Text{"오목과 체스를 둘이서", "omok and chess for two"}
	WindowAddress    = Text{"서버 주소", "Server"}
	WindowName       = Text{"이름", "Your name"}
	WindowOmok       = Text{"오목", "Omok"}
	WindowChess      = Text{"체스", "Chess"}
	WindowRules      = Text{"규칙", "Rules"}
	WindowSize       = Text{"판 크기", "Board"}
	WindowOpening    = Text{"오프닝", "Opening"}
	WindowTime       = Text{"시간", "Time"}
	WindowPrivate    = Text{"비공개 방(코드를 아는 사람만)", "Private table (only with its code)"}
	WindowStart      = Text{"대국 시작", "Play"}
	WindowStop       = Text{"그만두기", "Stop"}
	WindowCode       = Text{"방 코드", "Table code"}
	WindowJoin       = Text{"들어가기", "Join"}
	WindowWatch      = Text{"관전", "Watch"}
	WindowFound      = Text{"이 네트워크의 서버", "Servers on this network"}
	WindowNoneFound  = Text{"아직 찾은 서버가 없습니다. 서버는 hansu serve --announce로 자신을 알립니다.", "None found so far. A server makes itself known with hansu serve --announce."}
	WindowConnecting = Text{"%s에 접속하는 중…", "Connecting to %s…"}
	WindowNoHost     = Text{"%s라는 컴퓨터를 찾을 수 없습니다.", "there is no computer called %s."}
	WindowKept       = Text{"다른 프로그램이 쓰고 있습니다.", "another program uses it."}
)

// The table.
var (
	WindowTableTitle  = Text{"방 %s - %s", "Table %s - %s"}
	WindowTable       = Text{"방 %s", "table %s"}
	WindowWaiting     = Text{"상대를 기다립니다. 방 코드: %s", "Waiting for an opponent. Table code: %s"}
	WindowEmptySeat   = Text{"빈자리", "Empty seat"}
	WindowAway        = Text{"연결 끊김", "connection lost"}
	WindowHasLeft     = Text{"나감", "has left"}
	WindowYou         = Text{"나", "you"}
	WindowResumed     = Text{"하던 대국을 이어 갑니다.", "Your game goes on."}
	WindowLost        = Text{"연결이 끊어졌습니다: %s", "Connection lost: %s"}
	WindowSent        = Text{"서버의 답을 기다립니다…", "Waiting for the server…"}
	WindowLine        = Text{"%s", "%s"}
	WindowPick        = Text{"제시된 다섯째 수 가운데 하나를 고르세요.", "Pick one of the fifth moves that are offered."}
	WindowGameLog     = Text{"대국과 대화", "Game and chat"}
	WindowSocketLog   = Text{"소켓 기록", "Socket events"}
	WindowTypeHere    = Text{"할 말을 쓰고 Enter", "Type and press Enter"}
	WindowSay         = Text{"보내기", "Send"}
	WindowDraw        = Text{"무승부", "Draw"}
	WindowTakeback    = Text{"무르기", "Take back"}
	WindowResign      = Text{"기권", "Resign"}
	WindowRematch     = Text{"다시 두기", "Rematch"}
	WindowLeave       = Text{"나가기", "Leave"}
	WindowPass        = Text{"통과", "Pass"}
	WindowClaimWin    = Text{"승리 요구", "Claim the win"}
	WindowClaimDraw   = Text{"무승부 요구", "Claim a draw"}
	WindowAccept      = Text{"수락", "Accept"}
	WindowDecline     = Text{"거절", "Decline"}
	WindowWithdraw    = Text{"제안 거두기", "Withdraw the offer"}
	WindowOffered     = Text{"제안했습니다: %s.", "You offer %s."}
	WindowSureResign  = Text{"기권할까요?", "Resign this game?"}
	WindowSureLeave   = Text{"나가면 이 대국은 기권입니다.", "Leaving resigns the game."}
	WindowResignLeave = Text{"기권하고 나가기", "Resign and leave"}
	WindowNo          = Text{"계속 두기", "Play on"}
	WindowChoose      = Text{"고르세요.", "Choose."}
	WindowTakeBlack   = Text{"흑 잡기", "Take black"}
	WindowTakeWhite   = Text{"백 잡기", "Take white"}
	WindowAddTwo      = Text{"두 돌 더", "Add two"}
	WindowSwap        = Text{"색 바꾸기", "Swap"}
	WindowKeep        = Text{"그대로", "Keep"}
	WindowOfferTen    = Text{"열 수 제시", "Offer ten"}
)

// The socket, and the plain connection.
var (
	WindowOpened     = Text{"연결됨: %s (내 주소 %s)", "Connected to %s (from %s)"}
	WindowRead       = Text{"읽음: %d바이트", "Read: %d bytes"}
	WindowClosed     = Text{"상대가 연결을 닫았습니다.", "Closed by the other side."}
	WindowClosedHere = Text{"연결을 끊었습니다.", "Disconnected."}
	WindowFailed     = Text{"오류: %s", "Error: %s"}
	WindowRawOpened  = Text{"연결됨: %s", "Connected to %s."}
	WindowRawSent    = Text{"보냄 %d바이트: %s", "Sent %d bytes: %s"}
	WindowRawRead    = Text{"받음 %d바이트: %s", "Received %d bytes: %s"}
	WindowConnect    = Text{"연결", "Connect"}
	WindowDisconnect = Text{"연결 끊기", "Disconnect"}
	WindowBack       = Text{"처음으로", "Back"}
	WindowLineEnd    = Text{"줄 끝", "Line end"}
	WindowNothing    = Text{"없음", "nothing"}
)

// The menu. What follows & is the letter of the keyboard, what follows a tab the key.
var (
	WindowMenuFile     = Text{"파일(&F)", "&File"}
	WindowMenuGame     = Text{"대국(&G)", "&Game"}
	WindowMenuHelp     = Text{"도움말(&H)", "&Help"}
	WindowMenuNew      = Text{"처음 화면으로(&N)\tCtrl+N", "&New connection\tCtrl+N"}
	WindowMenuRaw      = Text{"일반 채팅 연결(&R)", "Plain chat &connection"}
	WindowMenuQuit     = Text{"끝내기(&X)\tAlt+F4", "E&xit\tAlt+F4"}
	WindowMenuDraw     = Text{"무승부 제안(&D)\tCtrl+D", "Offer a &draw\tCtrl+D"}
	WindowMenuTakeback = Text{"무르기 요청(&T)\tCtrl+Z", "Ask to &take back\tCtrl+Z"}
	WindowMenuRematch  = Text{"다시 두기(&M)\tCtrl+M", "Re&match\tCtrl+M"}
	WindowMenuResign   = Text{"기권(&G)…\tCtrl+G", "Resi&gn…\tCtrl+G"}
	WindowMenuBoard    = Text{"키보드로 판에 두기(&B)\tF6", "Keyboard on the &board\tF6"}
	WindowMenuKeys     = Text{"키(&K)\tF1", "&Keys\tF1"}
)

// WindowHelp is what the menu's help writes into the log, a line each.
var WindowHelp = []Text{
	{"두기: 판을 클릭하세요. 체스는 기물을 클릭하고 갈 칸을 클릭하세요.", "To move, click on the board; in chess click on a man and then on its square."},
	{"키보드: F6을 누른 뒤 화살표로 움직이고 Enter로 두세요. Esc는 고른 것을 취소합니다.", "Keyboard: F6, then the arrow keys and Enter; Esc takes back what was begun."},
	{"Ctrl+D 무승부, Ctrl+Z 무르기, Ctrl+G 기권, Ctrl+M 다시 두기", "Ctrl+D draw, Ctrl+Z take back, Ctrl+G resign, Ctrl+M rematch"},
}

// What is said on other systems.
var (
	WindowOtherSystem = Text{"hansu window는 Windows용입니다. 이 시스템에서는 브라우저로 %s에 접속하거나 hansu play를 쓰세요.", "hansu window is for Windows. On this system, open %s in a browser, or use hansu play."}
)

// windowHelp are the help texts of `hansu window`.
var windowHelp = map[string]Text{
	"window":  {"오목과 체스를 두는 창을 엽니다(Windows).", "Open a window to play omok and chess (Windows)."},
	"raw":     {"게임 대신 echo·chat 서버와 글을 주고받는 창을 엽니다.", "A plain chat window for echo and chat servers instead of a game."},
	"font":    {"창에서 쓸 글꼴 파일. 기본값은 시스템의 글꼴.", "File of a font for the window; by default the system's fonts."},
	"no_find": {"이 네트워크의 서버를 찾지 않습니다.", "Do not look for servers on this network."},
}
