package i18n

// KoreanCommands are the commands of the terminal client in Korean, with what they stand for.
var KoreanCommands = map[string]string{
	"기권": "resign", "무승부": "draw", "무르기": "takeback", "재대국": "rematch",
	"수락": "accept", "거절": "decline", "철회": "withdraw", "요구": "claim", "말": "say",
	"판": "board", "수순": "moves", "시간": "clock", "도움말": "help", "나가기": "quit",
}

// KoreanClaims are what may be claimed, in Korean.
var KoreanClaims = map[string]string{"승리": "win", "무승부": "draw"}
