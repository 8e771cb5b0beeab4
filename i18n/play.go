package i18n

// The texts of `hansu play`.

// Connecting.
var (
	PlayConnected   = Text{"%s 서버에 접속했습니다. 이름: %s", "Connected to %s as %s."}
	PlayOffline     = Text{"연결이 끊어졌습니다(%s). 다시 연결합니다…", "Connection lost (%s). Trying again…"}
	PlayOnline      = Text{"다시 연결되었습니다.", "Connected again."}
	PlayGaveUp      = Text{"연결이 끊어졌습니다: %s", "connection lost: %s"}
	PlayNoServer    = Text{"%s에 접속할 수 없습니다: %s", "cannot connect to %s: %s"}
	PlayStartServer = Text{"서버가 열려 있나요? 이 명령으로 열 수 있습니다: %s", "Is the server running? Start one with: %s"}
	PlayNotHansu    = Text{"한수 서버가 아닙니다.", "it is not a Hansu server."}
	PlayVersion     = Text{"서버와 프로토콜 버전이 맞지 않습니다. 새 버전의 hansu를 쓰세요.", "the server speaks another version of the protocol. Use a newer hansu."}
	PlaySilent      = Text{"서버가 응답하지 않습니다.", "the server does not answer."}
	PlayHungUp      = Text{"서버가 연결을 닫았습니다.", "the server closed the connection."}
	PlayProtocol    = Text{"서버가 알 수 없는 내용을 보냈습니다.", "the server sent what makes no sense."}
	PlayDetached    = Text{"대국에서 잠시 나갑니다. 자리는 얼마 동안 유지됩니다. 돌아오려면: %s", "You leave the game for now; your seat is kept for a while. Come back with: %s"}
	PlayNoKeep      = Text{"자리의 토큰을 저장하지 못했습니다(%v). 프로그램을 닫으면 자리를 되찾을 수 없습니다.", "The token of your seat cannot be kept (%v): once the program ends, there is no way back to the seat."}
	PlayResumed     = Text{"하던 대국을 이어 갑니다. 새로 시작하려면 --new를 쓰세요.", "Your game goes on. Use --new to start afresh."}
	PlayOtherTables = Text{"다른 방에도 자리가 있습니다: %s (--join 코드)", "You have a seat at other tables as well: %s (--join CODE)"}
	PlayGone        = Text{"이 방에 더 있을 수 없습니다: %s", "you are at the table no longer: %s"}
	PlayTokenInUse  = Text{"다른 프로그램이 쓰고 있는 토큰 파일입니다: %s", "the token file is used by another program: %s"}
	PlayOneOf       = Text{"--private, --join, --watch 가운데 하나만 쓸 수 있습니다.", "only one of --private, --join and --watch can be used."}
	PlayBadName     = Text{"이름 %q: %s", "name %q: %s"}
	PlayDefaultName = Text{"대국자", "Player"}
)

// The table.
var (
	PlayForbiddenLoses = Text{"금수는 지적하면 짐", "forbidden moves lose on claim"}
	PlayTable          = Text{"방 %s: %s", "Table %s: %s"}
	PlayPrivate        = Text{"비공개", "private"}
	PlayUntimed        = Text{"시간제한 없음", "no clock"}
	PlayPoints         = Text{"%d×%d", "%d×%d"}
	PlayYouAre         = Text{"당신은 %d번 대국자입니다.", "You are player %d."}
	PlayWatching       = Text{"관전합니다.", "You are watching."}
	PlayViewers        = Text{"관전 %d명", "%d watching"}
	PlaySeatGone       = Text{"비운 사이에 당신의 자리가 없어졌습니다. 이제 관전합니다.", "Your seat was given up while you were away; now you are watching."}
	PlayWaiting        = Text{"상대를 기다립니다. 상대는 이렇게 들어옵니다: %s", "Waiting for an opponent, who can join with: %s"}
	PlaySeated         = Text{"%d번 자리: %s", "Seat %d: %s"}
	PlayStarted        = Text{"%d번째 대국 시작: %s 대 %s", "Game %d begins: %s against %s"}
	PlayPlayer         = Text{"%s(%s)", "%s (%s)"}
	PlaySides          = Text{"색이 바뀌었습니다: %s, %s", "The colours are swapped: %s, %s"}
	PlayYourSide       = Text{"당신은 %s입니다.", "You have %s."}
	PlayAway           = Text{"%s 님의 연결이 끊어졌습니다. %s 안에 돌아오지 않으면 상대가 승리나 무승부를 요구할 수 있습니다.", "%s has lost the connection and has %s to come back."}
	PlayMayClaim       = Text{"요구하려면: /claim win(/요구 승리), /claim draw(/요구 무승부)", "After that you may claim: /claim win or /claim draw."}
	PlayBack           = Text{"%s 님이 돌아왔습니다.", "%s is back."}
	PlayLeft           = Text{"%s 님이 방을 나갔습니다.", "%s has left the table."}
	PlayEmpty          = Text{"모두 방을 나갔습니다.", "Everyone has left the table."}
	PlaySaid           = Text{"%s 님의 말: %s", "%s says: %s"}
	PlaySpectator      = Text{"관전자", "A spectator"}
)

// The game.
var (
	PlayMoved      = Text{"%d수, %s: %s", "Move %d, %s: %s"}
	PlayClocks     = Text{"남은 시간: %s %s, %s %s", "Clocks: %s %s, %s %s"}
	PlayNoClock    = Text{"이 대국에는 시간제한이 없습니다.", "This game has no clock."}
	PlayYourTurn   = Text{"당신 차례입니다.", "Your move."}
	PlayTheirTurn  = Text{"%s 님의 차례입니다.", "%s is to move."}
	PlayCheck      = Text{"체크입니다.", "Check."}
	PlayProposed   = Text{"%s 님의 제안: %s. /accept(/수락) 또는 /decline(/거절)으로 답하세요.", "%s offers %s. Answer with /accept or /decline."}
	PlayOffered    = Text{"%s 님의 제안: %s.", "%s offers %s."}
	PlayYouOffer   = Text{"제안했습니다: %s. /withdraw(/철회)로 거둘 수 있습니다.", "You offer %s. /withdraw takes it back."}
	PlayAccepted   = Text{"%s 님이 받아들였습니다: %s.", "%s accepts %s."}
	PlayDeclined   = Text{"%s 님이 거절했습니다: %s.", "%s declines %s."}
	PlayWithdrawn  = Text{"%s 님이 제안을 거두었습니다: %s.", "%s withdraws the offer of %s."}
	PlayTookBack   = Text{"수를 물렀습니다. 남은 수: %d", "Taken back. Moves that remain: %d"}
	PlayDrawClaim  = Text{"무승부를 요구할 수 있습니다(%s): /claim draw(/요구 무승부)", "You may claim a draw (%s): /claim draw"}
	PlayFoulClaim  = Text{"상대가 금수를 두었습니다. 두기 전에 승리를 요구할 수 있습니다: /claim win(/요구 승리)", "Your opponent has played a forbidden point. Before you move, you may claim the win: /claim win"}
	PlayWin        = Text{"대국 종료: %s 승리(%s)", "Game over: %s wins (%s)"}
	PlayDraw       = Text{"대국 종료: 무승부(%s)", "Game over: a draw (%s)"}
	PlayNoResult   = Text{"대국 종료: 결과 없음(%s)", "Game over: no result (%s)"}
	PlayYouWin     = Text{"당신이 이겼습니다.", "You win."}
	PlayYouLose    = Text{"당신이 졌습니다.", "You lose."}
	PlayAfter      = Text{"다시 두려면 /rematch(/재대국), 나가려면 /quit(/나가기)", "/rematch for another game, /quit to leave."}
	PlayUpperWhite = Text{"대문자는 백, 소문자는 흑입니다.", "Capitals are White, small letters are Black."}
	PlayMoves      = Text{"수순: %s", "Moves: %s"}
	PlayNoMoves    = Text{"아직 둔 수가 없습니다.", "No moves yet."}
	PlayNoBoard    = Text{"이 프로그램이 모르는 규칙이라 판을 그릴 수 없습니다.", "The board cannot be drawn: this program does not know these rules."}
	PlayGameNow    = Text{"%d번째 대국: %s 대 %s, 지금까지 %d수", "Game %d: %s against %s, %d moves so far"}
)

// Openings.
var (
	PlayChoose  = Text{"고르세요: %s", "Choose: %s"}
	PlayStone   = Text{"놓을 돌: %s", "The next stone is %s."}
	PlayZone    = Text{"가운데 %d×%d 안에 두어야 합니다.", "It must lie within the central %d×%d."}
	PlayOffers5 = Text{"다섯째 수의 후보를 제시하세요: %d개 가운데 %d개를 제시했습니다.", "Offer fifth moves: of %d wanted, %d are offered."}
)

// What was typed.
var (
	PlayUnknown      = Text{"%q: 그런 명령은 없습니다. /help(/도움말)를 보세요.", "%q is no command. See /help."}
	PlayNotOmok      = Text{"%q: 수가 아닙니다. h8처럼 쓰세요.", "%q is no move. Write a point such as h8."}
	PlayOutside      = Text{"%q: 판 밖입니다. a1부터 %s까지입니다.", "%q is outside the board, which goes from a1 to %s."}
	PlayNotChess     = Text{"%q: 수가 아닙니다. e4, Nf3, O-O, e8=Q, e2e4처럼 쓰세요.", "%q is no move. Write e4, Nf3, O-O, e8=Q or e2e4."}
	PlayNoReach      = Text{"%q: 그 칸으로 갈 수 있는 기물이 없습니다.", "%q: No piece of yours can go to that square."}
	PlayNoPawn       = Text{"%q: 그 칸으로 갈 수 있는 폰이 없습니다. 다른 기물은 Nf3처럼 쓰세요.", "%q: No pawn can go to that square. Write other pieces as in Nf3."}
	PlayAmbiguous    = Text{"%q: 여러 수가 될 수 있습니다: %s", "%q could be %s."}
	PlayPromote      = Text{"%q: 무엇으로 승격할지 쓰세요: %s", "%q: say what the pawn becomes: %s"}
	PlayWrong        = Text{"%q: %s", "%q: %s"}
	PlayRefused      = Text{"거절되었습니다: %s", "Refused: %s"}
	PlayNoWords      = Text{"%q: 이 명령 뒤에는 아무것도 쓰지 않습니다.", "%q: Nothing may follow this command."}
	PlayTakenWatch   = Text{"관전하려면: %s", "To look on: %s"}
	PlayNoOpponent   = Text{"상대가 방을 나가서 다시 둘 수 없습니다.", "Your opponent has left the table: there is nobody to play again."}
	PlayNoGame       = Text{"대국이 진행 중이 아닙니다.", "No game is going on."}
	PlayOnlyWatching = Text{"관전자는 할 수 없습니다.", "Spectators cannot do that."}
	PlayNoOffer      = Text{"답할 제안이 없습니다.", "There is no offer to answer."}
	PlayNothingOwn   = Text{"거둘 제안이 없습니다.", "You have no offer to withdraw."}
	PlaySayWhat      = Text{"/say(/말) 뒤에 할 말을 쓰세요.", "Write what you want to say after /say."}
	PlayClaimWhat    = Text{"/claim win(/요구 승리) 또는 /claim draw(/요구 무승부)라고 쓰세요.", "Write /claim win or /claim draw."}
	PlayCannotSend   = Text{"보낼 수 없는 글입니다. 제어 문자가 없는 한 줄, 1000바이트까지입니다.", "This text cannot be sent: one line without control characters, at most 1000 bytes."}
	PlayTooLong      = Text{"입력한 줄이 너무 깁니다.", "The line is too long."}
	PlayBusy         = Text{"응답을 기다리는 명령이 너무 많습니다. 잠시 기다리세요.", "Too many commands wait for their answer. Wait a moment."}
	PlayMoveKept     = Text{"%s: 연결되면 보냅니다.", "%s will be sent once there is a connection."}
	PlayBadFlag      = Text{"%s: %v", "%s: %v"}
)

// PlayHelp is the answer to /help, a line each.
var PlayHelp = []Text{
	{"수: 오목은 h8, 체스는 e4, Nf3, O-O, e8=Q, e2e4, e7e8q", "Moves: omok h8; chess e4, Nf3, O-O, e8=Q, e2e4, e7e8q"},
	{"/resign, /기권  /draw, /무승부 제안  /takeback, /무르기 요청  /rematch, /재대국 제안", "/resign  /draw offers a draw  /takeback asks to take back  /rematch offers another game"},
	{"/accept, /수락  /decline, /거절  /withdraw, /철회 내 제안 거두기", "/accept  /decline answer an offer  /withdraw takes back your own"},
	{"/claim win, /요구 승리  /claim draw, /요구 무승부  /say …, /말 … 대화", "/claim win, /claim draw claim what the rules give  /say … talks"},
	{"/board, /판 보기  /moves, /수순 보기  /clock, /시간 보기  /help, /도움말", "/board draws the board  /moves lists the moves  /clock shows the clocks  /help"},
	{"/quit, /나가기(대국 중에는 자리가 얼마 동안 유지됨)", "/quit leaves (during a game your seat is kept for a while)"},
}
