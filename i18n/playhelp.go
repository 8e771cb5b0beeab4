package i18n

// playHelp are the help texts of `hansu play`.
var playHelp = map[string]Text{
	"play":           {"오목이나 체스를 둡니다.", "Play omok or chess."},
	"address":        {"서버 주소, HOST[:PORT]. 기본값은 localhost:9000.", "The server's address, HOST[:PORT]; by default localhost:9000."},
	"forbidden_play": {"렌주의 금수: refused(둘 수 없음, 기본값) 또는 loses(둘 수 있으나 상대가 지적하면 짐).", "Renju's forbidden points: refused (cannot be played, the default) or loses (can be, and lose when the opponent claims it)."},
	"game":           {"게임과 규칙(기본값 omok): omok, chess, omok:renju, omok:freestyle:19, chess:960 등.", "Game and rules, by default omok: omok, chess, omok:renju, omok:freestyle:19, chess:960 …"},
	"time":           {"제한 시간(기본값 none): none, 5+3, 10m+3x30s(초읽기), 30s/move 등.", "Time control, by default none: none, 5+3, 10m+3x30s (byo-yomi), 30s/move …"},
	"name":           {"대국자 이름, 1~32자. 기본값은 로그인 이름.", "Your name, 1 to 32 characters; by default that of your account."},
	"private":        {"코드를 아는 사람만 들어올 수 있는 방을 엽니다.", "Open a table that only people with its code can join."},
	"join":           {"이 코드의 방에 앉습니다.", "Sit down at the table with this code."},
	"watch":          {"이 코드의 방을 관전합니다.", "Watch the table with this code."},
	"new":            {"하던 대국이 있어도 새로 시작합니다.", "Start afresh, also when a game of yours goes on."},
	"plain":          {"줄 단위로 입출력합니다(파이프, 스크립트, 화면 낭독기용).", "Work line by line: for pipes, scripts and screen readers."},
	"wait":           {"입력한 수가 차례를 기다립니다(스크립트용).", "Moves on the input wait for their turn: for scripts."},
	"ascii":          {"돌을 ASCII 문자로 그립니다.", "Draw stones in ASCII."},
	"no_board":       {"수마다 판을 그리지 않습니다. /board로 볼 수 있습니다.", "Do not draw the board after each move; /board still does."},
	"token_file":     {"자리를 되찾을 때 쓰는 비밀 토큰의 파일. 기본값은 사용자의 상태 폴더 안.", "File of the secret token that brings you back to your seat; by default within the user's state folder."},
}
