package i18n

// What `hansu backup` and `hansu verify` say.
var (
	BackupWritten = Text{"복사본을 %s 파일에 썼습니다.", "The copy has been written to %s."}
	BackupExists  = Text{"%s 파일이 이미 있습니다. 다른 이름을 고르세요.", "%s is there already. Choose another name."}
	BackupFailed  = Text{"복사하지 못했습니다: %v", "the copy was not made: %v"}

	VerifyCounted  = Text{"테이블 %d개, 기록 %d개, 끝난 판 %d개를 확인했습니다.", "Checked: tables %d, records %d, finished games %d."}
	VerifyProblems = Text{"잘못된 곳: %d", "problems found: %d"}
	VerifyStopped  = Text{"끝까지 확인하지 못했습니다: %v", "the check could not be finished: %v"}
)

// dataHelp are the help texts of these commands and their flags.
var dataHelp = map[string]Text{
	"backup":      {"서버가 도는 동안에도 자료를 파일 하나로 복사합니다.", "Copy the data to one file, also while a server is running."},
	"backup_file": {"복사본의 이름. 없던 파일이어야 합니다.", "Name of the copy; it must not exist."},
	"backup_data": {"복사할 자료 폴더. 기본값은 사용자 자료 폴더.", "Directory of the data; default: the user's data directory."},
	"verify":      {"저장된 모든 판을 규칙대로 다시 두어 보고 잘못된 곳을 알려 줍니다.", "Replay every stored game by the rules and say what is wrong."},
	"verify_data": {"확인할 자료 폴더. 기본값은 사용자 자료 폴더.", "Directory of the data; default: the user's data directory."},
}
