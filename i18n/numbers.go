package i18n

// The texts of everything that has a stable number. The numbers are those of the
// protocol (docs/protocol.md) and of package rules; tests hold the maps to them.

var unknownNumber = Text{"번호 %d", "number %d"}

// errorTexts are the refusals, by wire.ErrorCode.
var errorTexts = map[uint16]Text{
	0:   {"오류가 없습니다.", "No error."},
	1:   {"패킷의 크기나 내용이 종류에 맞지 않습니다.", "The packet's size or content does not fit its type."},
	2:   {"패킷이나 글이 너무 깁니다.", "The packet or its text is too long."},
	3:   {"모르는 종류의 패킷입니다.", "The packet is of an unknown type."},
	4:   {"한수 클라이언트가 아닙니다.", "This is no Hansu client."},
	5:   {"클라이언트의 버전이 너무 오래되었습니다. 새 버전을 쓰세요.", "This client is too old for the server. Use a newer version."},
	6:   {"첫 패킷은, 그리고 첫 패킷만 Hello여야 합니다.", "The first packet must be Hello, and only the first."},
	20:  {"이름은 1~32자여야 하며, 제어 문자나 앞뒤 공백이 없어야 합니다.", "A name has 1 to 32 characters, no control characters, and no spaces around it."},
	21:  {"글이 비어 있거나 쓸 수 없는 문자가 있습니다.", "The text is empty or has characters that cannot be sent."},
	22:  {"그런 게임이나 규칙은 없습니다.", "There is no such game or rule set."},
	23:  {"그런 시간 규정은 없습니다.", "There is no such time control."},
	24:  {"뜻이 없는 값입니다.", "A value has no meaning here."},
	40:  {"그런 방이 없습니다.", "There is no such table."},
	41:  {"이 방의 대국자가 아닙니다.", "You have no seat at this table."},
	42:  {"두 자리가 모두 찼습니다.", "Both seats are taken."},
	43:  {"이미 이 방에 앉아 있습니다.", "You already have a seat at this table."},
	44:  {"더 많은 방에 앉을 수 없습니다.", "You are at as many tables as one player may."},
	60:  {"상대의 차례입니다.", "It is your opponent's turn."},
	61:  {"둘 수 없는 수입니다.", "The rules do not allow this move."},
	62:  {"대국이 이미 끝났습니다.", "The game is over."},
	63:  {"대국이 아직 시작되지 않았습니다.", "The game has not begun."},
	64:  {"그 사이에 국면이 바뀌었습니다. 다시 두세요.", "The position has changed meanwhile. Look again."},
	65:  {"그런 제안이 없습니다.", "There is no such offer."},
	66:  {"그 제안은 이미 했습니다.", "That has been offered already."},
	67:  {"지금은 요구할 수 있는 것이 없습니다.", "There is nothing to claim now."},
	68:  {"대국 중에는 할 수 없습니다.", "Not while a game is on."},
	71:  {"이 방의 기록이 너무 길어졌습니다. 새 방에서 하세요.", "This table's record has become too long for that. Take another table."},
	69:  {"무를 수가 없거나 상대가 없습니다.", "There is nothing to take back, or nobody to ask."},
	70:  {"상대가 돌아올 시간이 아직 남았습니다.", "Your opponent still has time to come back."},
	80:  {"명령이 너무 잦습니다. 잠시 기다리세요.", "That is too fast. Wait a moment."},
	81:  {"너무 오래된 명령입니다.", "The command is too old to be answered."},
	100: {"서버가 가득 찼습니다. 나중에 다시 오세요.", "The server is full. Come back later."},
	101: {"서버가 저장하지 못했습니다. 아무 일도 일어나지 않았으니 다시 해 보세요.", "The server could not store it. Nothing was done; try again."},
	102: {"같은 사용자가 다른 곳에서 접속했습니다.", "You have come back on another connection."},
	103: {"받은 것을 읽지 않아 연결이 끊어졌습니다.", "The connection was closed: what was sent was not read."},
	104: {"너무 오래 소식이 없어 연결이 끊어졌습니다.", "The connection was closed: nothing came for too long."},
	105: {"서버가 종료합니다.", "The server is going down."},
	106: {"서버에 문제가 생겼습니다.", "The server has a fault of its own."},
}

// problemTexts say what is wrong with a move, by rules.Problem.
var problemTexts = map[uint8]Text{
	0:  {"문제가 없습니다.", "Nothing is wrong."},
	1:  {"판 밖입니다.", "That is outside the board."},
	2:  {"이미 돌이 있는 자리입니다.", "There is a stone already."},
	3:  {"쌍삼 금수입니다.", "Forbidden: double three."},
	4:  {"사사 금수입니다.", "Forbidden: double four."},
	5:  {"장목 금수입니다.", "Forbidden: overline."},
	6:  {"지금은 그런 수를 둘 수 없습니다.", "Such a move is not possible now."},
	7:  {"오프닝 규칙상 그 자리에는 둘 수 없습니다.", "The opening does not allow this point."},
	8:  {"그 칸에는 내 기물이 없습니다.", "There is no piece of yours on that square."},
	9:  {"그 기물은 그렇게 움직일 수 없습니다.", "The piece does not move like that."},
	10: {"내 킹이 체크에 놓입니다.", "Your king would be in check."},
	11: {"승격할 기물이 없거나 잘못되었습니다.", "The promotion piece is missing or wrong."},
	12: {"대국이 이미 끝났습니다.", "The game is over."},
}

// reasonTexts say why a game is over, by rules.Reason.
var reasonTexts = map[uint8]Text{
	0:  {"진행 중", "going on"},
	1:  {"체크메이트", "checkmate"},
	2:  {"오목 완성", "five in a row"},
	3:  {"기권", "resignation"},
	4:  {"시간패", "time ran out"},
	5:  {"합의", "by agreement"},
	6:  {"같은 국면 세 번", "threefold repetition"},
	7:  {"같은 국면 다섯 번", "fivefold repetition"},
	8:  {"50수 규칙", "fifty-move rule"},
	9:  {"75수 규칙", "seventy-five-move rule"},
	10: {"스테일메이트", "stalemate"},
	11: {"기물 부족", "no checkmate is possible any more"},
	12: {"시간이 다했으나 상대가 이길 수 없음", "time ran out, but the opponent cannot win"},
	13: {"판이 가득 참", "the board is full"},
	14: {"양쪽 모두 차례를 넘김", "both passed"},
	15: {"금수", "forbidden move"},
	16: {"상대의 이탈", "the opponent left"},
	17: {"이탈로 인한 무승부", "draw because a player left"},
	18: {"무효", "called off"},
}

// gameTexts name the games, by rules.Kind.
var gameTexts = map[uint8]Text{
	1: {"오목", "omok"},
	2: {"체스", "chess"},
}

// rulesetTexts name the rule sets, by rules.Ruleset.
var rulesetTexts = map[uint8]Text{
	0:  {"기본 규칙", "default rules"},
	1:  {"자유룰", "freestyle"},
	2:  {"고모쿠룰(정확히 다섯)", "standard (exactly five)"},
	3:  {"렌주룰", "renju"},
	4:  {"일반룰(쌍삼 금지)", "Korean rules (no double three)"},
	5:  {"카로룰", "caro"},
	6:  {"카로룰(정확히 다섯)", "caro (exactly five)"},
	32: {"표준 체스", "orthodox"},
	33: {"체스960", "Chess960"},
}

// openingTexts name the openings, by rules.Opening.
var openingTexts = map[uint8]Text{
	0: {"자유 오프닝", "free opening"},
	1: {"첫 수 천원", "first stone in the centre"},
	2: {"스왑2", "Swap2"},
	3: {"RIF 오프닝", "RIF opening"},
	4: {"소소로프-8", "Soosorv-8"},
	5: {"타라구치-10", "Taraguchi-10"},
}

// sideTexts name the colours, by rules.Side.
var sideTexts = map[uint8]Text{
	0: {"미정", "no side yet"},
	1: {"흑", "Black"},
	2: {"백", "White"},
}

// offerTexts name what can be proposed, by the protocol's number.
var offerTexts = map[uint8]Text{
	1: {"무승부", "a draw"},
	2: {"무르기", "a take-back"},
	3: {"재대국", "a rematch"},
}

var (
	seconds        = Text{"%d초", "%d s"}
	minutes        = Text{"%d분", "%d min"}
	minutesSeconds = Text{"%d분 %d초", "%d min %d s"}
)
