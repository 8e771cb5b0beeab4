package i18n

// What `hansu backup`, `hansu verify` and `hansu migrate` say.
var (
	BackupWritten = Text{"복사본을 %s 파일에 썼습니다.", "The copy has been written to %s."}
	BackupExists  = Text{"%s 파일이 이미 있습니다. 다른 이름을 고르세요.", "%s is there already. Choose another name."}
	BackupFailed  = Text{"복사하지 못했습니다: %v", "the copy was not made: %v"}

	VerifyCounted  = Text{"테이블 %d개, 기록 %d개, 끝난 판 %d개를 확인했습니다.", "Checked: tables %d, records %d, finished games %d."}
	VerifyProblems = Text{"잘못된 곳: %d", "problems found: %d"}
	VerifyStopped  = Text{"끝까지 확인하지 못했습니다: %v", "the check could not be finished: %v"}

	MigrateFrom     = Text{"--from에는 sqlite:FILE을 적습니다: %s", "--from takes sqlite:FILE: %s"}
	MigrateTo       = Text{"--to에는 postgres://USER:PASSWORD@HOST/NAME을 적습니다.", "--to takes postgres://USER:PASSWORD@HOST/NAME."}
	MigrateName     = Text{"%s: 자료 파일의 이름은 %s입니다. 복사본이면 그 이름으로 빈 폴더에 넣으세요.", "%s: the file of the data is called %s. Put a copy under that name into an empty directory."}
	MigrateLocked   = Text{"서버가 %s의 자료를 쓰고 있습니다. 먼저 서버를 멈추세요.", "a server is using the data in %s. Stop it first."}
	MigrateNotEmpty = Text{"데이터베이스에 이미 테이블이 있습니다. 빈 데이터베이스를 고르세요.", "the database has tables already. Choose an empty one."}
	MigrateFailed   = Text{"옮기지 못했습니다: %v", "the data was not moved: %v"}
	MigrateDone     = Text{"테이블 %d개, 기록 %d개, 끝난 판 %d개를 옮기고 견주어 보았습니다.", "Moved and compared: tables %d, records %d, finished games %d."}
)

// dataHelp are the help texts of these commands and their flags.
var dataHelp = map[string]Text{
	"backup":      {"서버가 도는 동안에도 자료를 파일 하나로 복사합니다.", "Copy the data to one file, also while a server is running."},
	"backup_file": {"복사본의 이름. 없던 파일이어야 합니다.", "Name of the copy; it must not exist."},
	"backup_data": {"복사할 자료 폴더. 기본값은 사용자 자료 폴더.", "Directory of the data; default: the user's data directory."},
	"verify":      {"저장된 모든 판을 규칙대로 다시 두어 보고 잘못된 곳을 알려 줍니다.", "Replay every stored game by the rules and say what is wrong."},
	"verify_data": {"확인할 자료 폴더. 기본값은 사용자 자료 폴더.", "Directory of the data; default: the user's data directory."},

	"migrate":      {"파일에 있는 자료를 PostgreSQL 데이터베이스로 옮깁니다.", "Move the data from its file to a PostgreSQL database."},
	"migrate_from": {"옮길 자료 파일이나 폴더.", "File or directory of the data."},
	"migrate_to":   {"비어 있는 데이터베이스의 주소. 환경 변수 HANSU_DB로도 줍니다.", "Address of an empty database; also from the environment variable HANSU_DB."},
	"nats":         {"여러 서버를 하나로 묶는 NATS 서버의 주소. --db와 함께 씁니다. 비밀번호가 있으면 환경 변수 HANSU_NATS로 주세요.", "Address of NATS servers that join this server with others on the same --db; with a password, better from the environment variable HANSU_NATS."},
	"nats_creds":   {"NATS 사용자 자격 파일.", "File with the credentials of a NATS user."},
	"nats_ca":      {"NATS 서버를 보증하는 인증서 파일.", "File with certificates that vouch for the NATS server."},
	"nats_cert":    {"이 서버가 NATS에 보일 인증서 파일.", "File with this server's certificate for NATS."},
	"nats_key":     {"그 인증서의 비밀 키 파일.", "File with that certificate's key."},
	"db":           {"자료 폴더 대신 쓸 PostgreSQL 데이터베이스의 주소. 비밀번호가 있으면 환경 변수 HANSU_DB로 주세요.", "Address of a PostgreSQL database instead of a data directory; with a password, better from the environment variable HANSU_DB."},
}
