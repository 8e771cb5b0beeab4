package i18n

// webHelp are the help texts of the page's flags.
var webHelp = map[string]Text{
	"http":              {"페이지, WebSocket, JSON API의 주소. 포트 0은 빈 포트, 빈 값은 열지 않음.", "Address of the page, WebSocket and the JSON API; port 0 is any free one, an empty value is none."},
	"tls_cert":          {"https와 wss를 위한 인증서 파일(PEM).", "Certificate file (PEM): https and wss are served."},
	"tls_key":           {"인증서의 비밀 키 파일(PEM).", "The certificate's private key file (PEM)."},
	"trusted_proxies":   {"X-Forwarded-For를 믿을 프록시의 주소나 대역.", "Addresses or networks of proxies whose X-Forwarded-For counts."},
	"allowed_origins":   {"WebSocket을 열 수 있는 다른 사이트(https://example.org 꼴).", "Other sites that may open a WebSocket, such as https://example.org."},
	"http_header_time":  {"요청의 헤더가 다 와야 하는 시간.", "Time within which a request's headers must come."},
	"http_header_bytes": {"요청 헤더의 최대 바이트.", "Bytes of a request's headers at most."},
	"http_idle_time":    {"다음 요청을 기다리는 시간.", "How long a connection may wait for its next request."},
	"ws_rate":           {"WebSocket 하나가 1초에 보낼 수 있는 메시지 수(ping 포함). 0은 제한 없음.", "WebSocket messages a second from one client, pings included; 0 is no limit."},
	"max_per_address":   {"한 주소의 동시 연결 수(이 컴퓨터와 믿는 프록시는 제외, IPv6은 /64마다). 0은 제한 없음.", "Connections from one address at once (of IPv6, from one /64), this computer and trusted proxies excepted; 0 is no limit."},
	"api_rate":          {"한 주소가 1초에 보낼 수 있는 JSON API 요청 수. 0은 제한 없음.", "JSON API requests a second from one address; 0 is no limit."},
	"api_streams":       {"JSON API의 실시간 스트림 수. 한 주소는 그 4분의 1까지.", "Live streams of the JSON API at once; one address may have a quarter of them."},
	"ws_message_bytes":  {"WebSocket 메시지 하나의 최대 바이트.", "Bytes of one WebSocket message at most."},
}
