// board.cpp is a window that plays omok, renju and chess on a Hansu server, with nothing but the Windows API
// and Winsock.
//
//     x86_64-w64-mingw32-g++ -std=c++11 -municode -mwindows -static -o board.exe board.cpp -lws2_32 -lgdi32
//     cl /utf-8 /EHsc board.cpp user32.lib gdi32.lib ws2_32.lib
//     board.exe [HOST [PORT [NAME [omok|renju|chess]]]]     HANSU_LANG=ko or en; else Windows' language
//
//     text.h        UTF-8 on the wire, UTF-16 in the window; errors in the system's own words
//     connection.h  a socket that never blocks: WSAAsyncSelect tells the window what has happened to it
//     game.h        what is known of the table
//     picture.h     everything is drawn in memory and copied to the window in one go
//     board.cpp     packets change the game; mouse, buttons and the line of chat become commands
//
// The window knows no rules. It sends what was clicked and draws what the server says has happened.
#ifndef UNICODE
#define UNICODE // before windows.h: the window's text is UTF-16, so that Korean is shown and typed
#endif
#include "connection.h"
#include "game.h"
#include "picture.h"

#include <windowsx.h>

enum {
    WM_SOCKET = WM_APP + 1, // what WSAAsyncSelect sends
    TIMER_PING = 1,
    PING_EVERY = 60 * 1000, // milliseconds; the server closes a connection that is silent for an hour
    SAY = IDOK,             // Enter presses this button: see IsDialogMessage
    HOST = 100, PORT, NAME, GAME, CONNECT, CHAT, DRAW, TAKEBACK, RESIGN, REMATCH, NEXT,
    PROMOTION = 200
};

// App is the program: it listens to the connection and to the window.
class App : Connection::Listener {
public:
    App() : server(*this, WM_SOCKET) { instance = GetTickCount() * 2654435761u ^ GetCurrentProcessId() << 16; }
    bool create(HINSTANCE program, int show);
    bool created(HWND w) const { return window == w; }                       // messages come earlier than that
    bool isDialogMessage(MSG *m) { return IsDialogMessageW(window, m) != 0; } // Tab, and Enter for the line of chat
    LRESULT handle(UINT message, WPARAM w, LPARAM l);

private:
    HWND window = NULL;
    Picture *picture = NULL;
    Connection server;
    Game game;
    Square picked, hover;
    // Who we are to the server. The token is kept as long as the program runs: connecting again with it, we get our
    // seat back.
    uint32_t instance, number = 0;
    uint8_t token[HANSU_TOKEN_BYTES] = {0};

    void onConnected();
    void onPacket(const uint8_t *packet, size_t size);
    void onClosed();
    void onNote(const std::wstring &text);

    void onWelcome(const hansu_welcome &p);
    void onSeat(const hansu_seat &p);
    void onMoved(const hansu_moved &p);
    void onProposed(const hansu_proposed &p);
    void onEnded(const hansu_ended &p);

    hansu_header command();
    void join();
    void askForbidden();
    void connectOrNot();
    void say();
    void propose(int what);
    void click(int x, int y);
    void move(Square from, Square to);

    void onCommand(int id);
    void build(HINSTANCE program);
    void enable();
    void redraw();
    std::wstring state() const;
    std::wstring who(int seat) const;
    std::wstring itemText(int id) const;
};

// SEND puts a packet into bytes and hands them to the connection.
#define SEND(type, p) do { \
    char bytes_[HANSU_MAX_PACKET]; \
    server.send(bytes_, hansu_write_##type(bytes_, sizeof bytes_, &(p))); \
} while (0)

// blank gives a packet that is all zeros, which is what most of its fields mean to say.
template <class Packet> static Packet blank()
{
    Packet p;
    memset(&p, 0, sizeof p);
    return p;
}

// ---------------------------------------------------------------- packets from the server

// READ copies the packet into a struct p, in the machine's byte order. What is not whole is skipped.
#define READ(type) \
    hansu_##type p; \
    if (hansu_read_##type(&p, packet, size) != HANSU_OK) return
#define READ_TEXT(type) \
    hansu_##type p; \
    const char *text; \
    size_t length; \
    if (hansu_read_##type(&p, packet, size, &text, &length) != HANSU_OK) return

void App::onPacket(const uint8_t *packet, size_t size)
{
    hansu_header header = hansu_header_of(packet);
    if (header.number != 0 && header.table != game.table) return; // of a table that we have left
    switch (header.type) {
    case HANSU_TYPE_WELCOME: { READ(welcome); return onWelcome(p); }
    case HANSU_TYPE_SEAT:    { READ(seat);    return onSeat(p); }
    case HANSU_TYPE_MOVED:   { READ(moved);   return onMoved(p); }
    case HANSU_TYPE_PROPOSED: { READ(proposed); return onProposed(p); }
    case HANSU_TYPE_ENDED:   { READ(ended);   return onEnded(p); }
    case HANSU_TYPE_SEATED: {
        READ(seated);
        if (p.seat < 1 || p.seat > 2) return;
        game.names[p.seat] = fixed(p.name, sizeof p.name);
        return onNote(who(p.seat) + T(L" 님이 앉았습니다.", L" sits down."));
    }
    case HANSU_TYPE_STARTED: {
        READ(started);
        game.start(p.first);
        onNote(format(T(L"%d번째 대국을 시작합니다.", L"Game %d begins."), p.game));
        return askForbidden();
    }
    case HANSU_TYPE_TOOK_BACK: {
        READ(took_back);
        game.replay(p.ply);
        game.turn = p.next;
        game.blackSeat = p.black;
        onNote(T(L"수를 물렀습니다.", L"Moves were taken back."));
        return askForbidden();
    }
    case HANSU_TYPE_REPLIED: {
        READ(replied);
        return onNote(who(p.seat) + (p.accept == HANSU_REPLY_ACCEPT ? T(L" 님이 받아들였습니다.", L" accepts.") : T(L" 님이 거절했습니다.", L" declines.")));
    }
    case HANSU_TYPE_SAID: {
        READ_TEXT(said);
        return onNote(who(p.seat) + L": " + wide(text, length));
    }
    case HANSU_TYPE_AWAY: { READ(away); return onNote(who(p.seat) + T(L" 님의 연결이 끊겼습니다.", L" has lost the connection.")); }
    case HANSU_TYPE_BACK: { READ(back); return onNote(who(p.seat) + T(L" 님이 돌아왔습니다.", L" is back.")); }
    case HANSU_TYPE_LEFT: { READ(left); return onNote(who(p.seat) + T(L" 님이 나갔습니다.", L" has left.")); }
    case HANSU_TYPE_FORBIDDEN: {
        READ(forbidden);
        if (p.ply != game.moves.size()) return; // of another position
        memcpy(game.forbidden, p.points, sizeof game.forbidden);
        return redraw();
    }
    case HANSU_TYPE_ERROR: {
        READ_TEXT(error);
        return onNote(format(T(L"오류 %d: %ls", L"Error %d: %ls"), p.code, wide(text, length).c_str()));
    }
    case HANSU_TYPE_BYE: {
        READ(bye);
        return onNote(format(T(L"서버가 연결을 닫습니다(%d). 잠시 뒤에 다시 접속하세요.", L"The server closes the connection (%d). Connect again in a while."), p.code));
    }
    default: return; // what this program does not know, it skips
    }
}

void App::onWelcome(const hansu_welcome &p)
{
    memcpy(token, p.token, sizeof token);
    if (p.tables == 0) return join();
    hansu_resume r = blank<hansu_resume>(); // of table 0: every table where we have a seat, from its first record
    game.table = 0;
    r.header = command();
    SEND(resume, r);
    onNote(T(L"앉아 있던 자리로 돌아갑니다.", L"Coming back to our seat."));
}

void App::onSeat(const hansu_seat &p)
{
    if (p.variant.size > HANSU_BOARD_SIDE) return;
    game = Game();
    game.table = p.header.table;
    game.seat = p.seat;
    game.size = p.variant.size;
    game.chess = p.variant.kind == HANSU_KIND_CHESS;
    game.renju = p.variant.rules == HANSU_RULES_RENJU;
    game.clear();
    picked = hover = Square();
    onNote(format(T(L"%d번 자리에 앉았습니다.", L"We have seat %d."), p.seat));
    enable();
}

void App::onMoved(const hansu_moved &p)
{
    game.play(p.move);
    game.turn = p.next;
    game.blackSeat = p.black;
    picked = Square();
    const hansu_move &m = p.move;
    std::wstring to = format(L"%lc%d", L'a' + m.col, m.row + 1);
    if (m.kind == HANSU_MOVE_PASS) to = T(L"통과", L"pass");
    else if (game.chess) to = format(L"%lc%d-%ls", L'a' + m.from_col, m.from_row + 1, to.c_str());
    onNote(format(L"%d. %ls  %ls", p.ply, to.c_str(), who(p.seat).c_str()));
    askForbidden();
}

void App::onProposed(const hansu_proposed &p)
{
    const wchar_t *what = p.what == HANSU_OFFER_DRAW ? T(L"무승부", L"Draw") : p.what == HANSU_OFFER_TAKEBACK ? T(L"무르기", L"Take back") : T(L"재대국", L"Rematch");
    if (p.seat == game.seat) return onNote(format(T(L"%ls을(를) 제안했습니다.", L"%ls: offered."), what));
    onNote(format(T(L"%ls 님의 제안: %ls. 받아들이려면 그 단추를 누르세요.", L"%ls offers: %ls. Press that button to accept."), who(p.seat).c_str(), what));
}

void App::onEnded(const hansu_ended &p)
{
    // By the number of the reason; a newer server may have more.
    static const wchar_t *const ko[] = {L"", L"체크메이트", L"다섯을 이음", L"기권", L"시간", L"합의", L"같은 국면 세 번", L"같은 국면 다섯 번",
        L"50수 규칙", L"75수 규칙", L"스테일메이트", L"이길 수 없는 국면", L"시간, 그러나 상대도 이길 수 없음", L"판이 참", L"양쪽 통과",
        L"금수", L"상대의 이탈", L"상대의 이탈", L"무효"};
    static const wchar_t *const en[] = {L"", L"checkmate", L"five in a row", L"resignation", L"time", L"agreement", L"threefold repetition", L"fivefold repetition",
        L"fifty moves", L"seventy-five moves", L"stalemate", L"nobody can win", L"time, but the other cannot win", L"the board is full", L"both passed",
        L"forbidden move", L"the opponent left", L"the opponent left", L"called off"};
    game.turn = 0;
    game.ended = true;
    std::wstring why = p.reason < sizeof ko / sizeof *ko ? (korean ? ko : en)[p.reason] : format(T(L"까닭 %d", L"reason %d"), p.reason);
    if (p.winner == 0) onNote(T(L"무승부: ", L"A draw: ") + why);
    else onNote(who(p.winner) + T(L" 님이 이겼습니다: ", L" wins: ") + why);
    enable();
}

void App::onConnected()
{
    hansu_hello h = blank<hansu_hello>();
    h.magic = HANSU_MAGIC;
    h.version = HANSU_VERSION;
    h.language = korean ? HANSU_LANGUAGE_KOREAN : HANSU_LANGUAGE_ENGLISH;
    h.instance = instance;
    memcpy(h.token, token, sizeof token);
    if (hansu_set_text(h.name, sizeof h.name, utf8(itemText(NAME)).c_str()) != 0) onNote(T(L"이름이 너무 깁니다.", L"The name is too long."));
    SEND(hello, h);
    onNote(T(L"접속했습니다.", L"Connected."));
    enable();
}

void App::onClosed()
{
    game.turn = 0; // until the server says again whose turn it is
    enable();
}

void App::onNote(const std::wstring &text)
{
    picture->log(text);
    redraw();
}

// ---------------------------------------------------------------- commands to the server

// command gives the header of the next command at our table.
hansu_header App::command()
{
    hansu_header h = blank<hansu_header>();
    h.table = game.table;
    h.number = ++number;
    return h;
}

void App::join()
{
    int which = ComboBox_GetCurSel(GetDlgItem(window, GAME)); // omok, renju, chess
    hansu_join j = blank<hansu_join>();                       // zeros: the usual rules, no clock
    game.table = 0;
    j.header = command();
    j.variant.kind = which == 2 ? HANSU_KIND_CHESS : HANSU_KIND_OMOK;
    if (which == 1) j.variant.rules = HANSU_RULES_RENJU;
    SEND(join, j);
    onNote(T(L"상대를 기다립니다.", L"Waiting for an opponent."));
}

// askForbidden asks which points renju forbids, when it is our turn.
void App::askForbidden()
{
    redraw();
    enable();
    if (!game.renju || !game.myTurn()) return;
    hansu_points q = blank<hansu_points>();
    q.header = command();
    SEND(points, q);
}

void App::move(Square from, Square to)
{
    hansu_make_move m = blank<hansu_make_move>();
    m.header = command();
    m.move.col = (uint8_t)to.col;
    m.move.row = (uint8_t)to.row;
    m.ply = (uint16_t)game.moves.size(); // so a click on an old position is never played
    if (game.chess) {
        m.move.from_col = (uint8_t)from.col;
        m.move.from_row = (uint8_t)from.row;
        char piece = game.board[from.row][from.col];
        if ((piece == 'P' && to.row == 7) || (piece == 'p' && to.row == 0)) {
            HMENU menu = CreatePopupMenu(); // PROMOTION + 5 is a queen, as in the packet
            AppendMenuW(menu, MF_STRING, PROMOTION + 5, T(L"퀸", L"Queen"));
            AppendMenuW(menu, MF_STRING, PROMOTION + 4, T(L"룩", L"Rook"));
            AppendMenuW(menu, MF_STRING, PROMOTION + 3, T(L"비숍", L"Bishop"));
            AppendMenuW(menu, MF_STRING, PROMOTION + 2, T(L"나이트", L"Knight"));
            POINT p;
            GetCursorPos(&p);
            int chosen = TrackPopupMenu(menu, TPM_RETURNCMD | TPM_NONOTIFY, p.x, p.y, 0, window, NULL);
            DestroyMenu(menu);
            if (chosen == 0) return;
            m.move.arg = (uint8_t)(chosen - PROMOTION);
        }
    }
    SEND(make_move, m); // and nothing is drawn: the stone appears when Moved comes
}

void App::say()
{
    std::wstring text = itemText(CHAT);
    std::string bytes = utf8(text);
    if (bytes.empty() || !server.connected()) return;
    if (bytes.size() > HANSU_MAX_CHAT) return onNote(T(L"글이 너무 깁니다.", L"The text is too long."));
    hansu_say p = blank<hansu_say>();
    char packet[HANSU_MAX_PACKET];
    p.header = command();
    server.send(packet, hansu_write_say(packet, sizeof packet, &p, bytes.data(), bytes.size()));
    SetWindowTextW(GetDlgItem(window, CHAT), L"");
}

void App::propose(int what)
{
    hansu_propose p = blank<hansu_propose>(); // what the opponent has offered already is accepted by this
    p.header = command();
    p.what = (uint8_t)what;
    SEND(propose, p);
}

void App::connectOrNot()
{
    if (server.active()) {
        onNote(T(L"연결을 끊었습니다.", L"Disconnected."));
        return server.close();
    }
    std::wstring host = itemText(HOST), port = itemText(PORT);
    onNote(format(T(L"%ls:%ls에 접속합니다…", L"Connecting to %ls:%ls…"), host.c_str(), port.c_str()));
    server.open(window, host, port);
    enable();
}

// ---------------------------------------------------------------- mouse and buttons

void App::click(int x, int y)
{
    Square s = Grid(game).at(x, y);
    SetFocus(window);
    if (s.none() || !game.myTurn()) return;
    char piece = game.board[s.row][s.col];
    if (!game.chess) {
        if (piece == 0) move(Square(), s);
        return;
    }
    bool own = piece != 0 && (piece > 'a') == game.black(game.seat);
    if (own) picked = picked.is(s.col, s.row) ? Square() : s;
    else if (!picked.none()) move(picked, s);
    redraw();
}

void App::onCommand(int id)
{
    switch (id) {
    case CONNECT: return connectOrNot();
    case SAY: return say();
    case DRAW: return propose(HANSU_OFFER_DRAW);
    case TAKEBACK: return propose(HANSU_OFFER_TAKEBACK);
    case REMATCH: return propose(HANSU_OFFER_REMATCH);
    case RESIGN: {
        hansu_resign p = blank<hansu_resign>();
        p.header = command();
        SEND(resign, p);
        return;
    }
    case NEXT: {
        hansu_leave p = blank<hansu_leave>();
        p.header = command();
        SEND(leave, p);
        return join();
    }
    }
}

// ---------------------------------------------------------------- window

std::wstring App::itemText(int id) const
{
    HWND item = GetDlgItem(window, id);
    std::wstring text((size_t)GetWindowTextLengthW(item) + 1, 0);
    text.resize((size_t)GetWindowTextW(item, &text[0], (int)text.size()));
    return text;
}

std::wstring App::who(int seat) const
{
    return seat >= 1 && seat <= 2 && !game.names[seat].empty() ? game.names[seat] : format(T(L"%d번 자리", L"Seat %d"), seat);
}

std::wstring App::state() const
{
    if (!server.active()) return T(L"접속하지 않았습니다", L"Not connected");
    if (!server.connected()) return T(L"접속하는 중입니다…", L"Connecting…");
    if (game.ended) return T(L"대국이 끝났습니다", L"The game is over");
    if (game.turn == 0) return T(L"상대를 기다립니다", L"Waiting for an opponent");
    return game.myTurn() ? T(L"내 차례입니다", L"Your turn") : T(L"상대 차례입니다", L"The opponent's turn");
}

void App::redraw() { InvalidateRect(window, NULL, FALSE); }

// enable lets only those buttons be pressed that make sense now.
void App::enable()
{
    bool seated = server.connected() && game.seat != 0, playing = seated && game.turn != 0;
    SetWindowTextW(GetDlgItem(window, CONNECT), server.active() ? T(L"끊기", L"Disconnect") : T(L"접속", L"Connect"));
    for (int id = HOST; id <= GAME; id++) EnableWindow(GetDlgItem(window, id), !server.active());
    for (int id = DRAW; id <= RESIGN; id++) EnableWindow(GetDlgItem(window, id), playing);
    for (int id = REMATCH; id <= NEXT; id++) EnableWindow(GetDlgItem(window, id), seated && game.ended);
    EnableWindow(GetDlgItem(window, SAY), seated);
    redraw();
}

// build makes the controls, each a line of a table.
void App::build(HINSTANCE program)
{
    const int below = LOG_Y + LOG_H + 8, fifth = (PANEL_W - 4 * 4) / 5;
    const DWORD edit = WS_BORDER | WS_TABSTOP | ES_AUTOHSCROLL, button = WS_TABSTOP | BS_PUSHBUTTON;
    const struct { const wchar_t *kind, *text; int id, x, y, w, h; DWORD style; } controls[] = {
        {L"STATIC", T(L"서버", L"Server"), 0, 12, 17, 46, 20, 0},
        {L"EDIT", L"127.0.0.1", HOST, 60, 14, 170, 24, edit},
        {L"EDIT", L"9000", PORT, 234, 14, 56, 24, edit | ES_NUMBER},
        {L"STATIC", T(L"이름", L"Name"), 0, 308, 17, 40, 20, 0},
        {L"EDIT", T(L"손님", L"Guest"), NAME, 350, 14, 130, 24, edit},
        {L"COMBOBOX", L"", GAME, 498, 13, 116, 200, WS_TABSTOP | CBS_DROPDOWNLIST},
        {L"BUTTON", L"", CONNECT, PANEL_X, 12, 110, 28, button},
        {L"EDIT", L"", CHAT, PANEL_X, below, PANEL_W - 74, 26, edit},
        {L"BUTTON", T(L"보내기", L"Send"), SAY, PANEL_X + PANEL_W - 70, below, 70, 26, WS_TABSTOP | BS_DEFPUSHBUTTON},
        {L"BUTTON", T(L"무승부", L"Draw"), DRAW, PANEL_X, below + 34, fifth, 28, button},
        {L"BUTTON", T(L"무르기", L"Take back"), TAKEBACK, PANEL_X + fifth + 4, below + 34, fifth, 28, button},
        {L"BUTTON", T(L"기권", L"Resign"), RESIGN, PANEL_X + 2 * (fifth + 4), below + 34, fifth, 28, button},
        {L"BUTTON", T(L"재대국", L"Rematch"), REMATCH, PANEL_X + 3 * (fifth + 4), below + 34, fifth, 28, button},
        {L"BUTTON", T(L"새 상대", L"Next"), NEXT, PANEL_X + 4 * (fifth + 4), below + 34, fifth, 28, button},
    };
    for (const auto &c : controls) {
        HWND item = CreateWindowExW(0, c.kind, c.text, WS_CHILD | WS_VISIBLE | c.style, c.x, c.y, c.w, c.h, window, (HMENU)(INT_PTR)c.id, program, NULL);
        SendMessageW(item, WM_SETFONT, (WPARAM)picture->font, TRUE);
    }
    HWND games = GetDlgItem(window, GAME);
    ComboBox_AddString(games, T(L"오목", L"Omok"));
    ComboBox_AddString(games, T(L"렌주", L"Renju"));
    ComboBox_AddString(games, T(L"체스", L"Chess"));
    ComboBox_SetCurSel(games, 0);
    Edit_LimitText(GetDlgItem(window, CHAT), 300);
    // From the command line: HOST, PORT, NAME, game.
    for (int i = 1; i < __argc && i <= 3; i++) SetWindowTextW(GetDlgItem(window, HOST + i - 1), __wargv[i]);
    if (__argc > 4) ComboBox_SetCurSel(games, lstrcmpW(__wargv[4], L"chess") == 0 ? 2 : lstrcmpW(__wargv[4], L"renju") == 0 ? 1 : 0);
}

LRESULT App::handle(UINT message, WPARAM w, LPARAM l)
{
    switch (message) {
    case WM_SOCKET:
        server.handle((SOCKET)w, WSAGETSELECTEVENT(l), WSAGETSELECTERROR(l));
        return 0;
    case WM_ERASEBKGND:
        return 1; // WM_PAINT covers everything
    case WM_PAINT: {
        Scene scene = {game, picked, hover, state()};
        PAINTSTRUCT paint;
        picture->draw(scene);
        picture->copyTo(BeginPaint(window, &paint));
        EndPaint(window, &paint);
        return 0;
    }
    case WM_LBUTTONDOWN:
        click(GET_X_LPARAM(l), GET_Y_LPARAM(l));
        return 0;
    case WM_MOUSEMOVE: {
        Square s = Grid(game).at(GET_X_LPARAM(l), GET_Y_LPARAM(l));
        if (!hover.is(s.col, s.row)) redraw();
        hover = s;
        return 0;
    }
    case WM_COMMAND:
        if (HIWORD(w) == BN_CLICKED) onCommand(LOWORD(w));
        return 0;
    case WM_CTLCOLORSTATIC:
        SetBkColor((HDC)w, BACKGROUND); // of labels, and of edits that are disabled
        SetDCBrushColor((HDC)w, BACKGROUND);
        return (LRESULT)GetStockObject(DC_BRUSH);
    case WM_TIMER: {
        hansu_ping p = blank<hansu_ping>();
        SEND(ping, p);
        return 0;
    }
    case WM_DESTROY:
        PostQuitMessage(0);
        return 0;
    }
    return DefWindowProcW(window, message, w, l);
}

static App *app;

static LRESULT CALLBACK windowProcedure(HWND window, UINT message, WPARAM w, LPARAM l)
{
    return app->created(window) ? app->handle(message, w, l) : DefWindowProcW(window, message, w, l);
}

bool App::create(HINSTANCE program, int show)
{
    const DWORD style = WS_OVERLAPPED | WS_CAPTION | WS_SYSMENU | WS_MINIMIZEBOX | WS_CLIPCHILDREN;
    WNDCLASSW type = {};
    type.lpfnWndProc = windowProcedure;
    type.hInstance = program;
    type.hCursor = LoadCursor(NULL, IDC_ARROW);
    type.lpszClassName = L"HansuBoard";
    RECT r = {0, 0, WIDTH, HEIGHT};
    AdjustWindowRect(&r, style, FALSE);
    if (RegisterClassW(&type) == 0) return false;
    HWND made = CreateWindowW(type.lpszClassName, L"Hansu", style, CW_USEDEFAULT, CW_USEDEFAULT, r.right - r.left, r.bottom - r.top, NULL, NULL, program, NULL);
    if (made == NULL) return false;
    picture = new Picture(made); // lives as long as the program
    window = made;
    build(program);
    SetTimer(window, TIMER_PING, PING_EVERY, NULL);
    enable();
    ShowWindow(window, show);
    if (__argc > 1) connectOrNot();
    return true;
}

int WINAPI wWinMain(HINSTANCE program, HINSTANCE, LPWSTR, int show)
{
    WSADATA data;
    wchar_t language[16] = L"";
    korean = PRIMARYLANGID(GetUserDefaultUILanguage()) == LANG_KOREAN;
    if (GetEnvironmentVariableW(L"HANSU_LANG", language, 16) > 0) korean = language[0] == L'k';
    int error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0) {
        MessageBoxW(NULL, systemText(error).c_str(), L"WSAStartup", MB_ICONERROR);
        return 1;
    }
    app = new App();
    if (!app->create(program, show)) {
        MessageBoxW(NULL, systemText((int)GetLastError()).c_str(), L"CreateWindow", MB_ICONERROR);
        return 1;
    }
    MSG m;
    while (GetMessageW(&m, NULL, 0, 0) > 0) {
        if (app->isDialogMessage(&m)) continue;
        TranslateMessage(&m);
        DispatchMessageW(&m);
    }
    WSACleanup();
    return 0;
}
