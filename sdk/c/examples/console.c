/* console.c plays omok or chess on a Hansu server, in a console: one source for Winsock and POSIX.

       cc -o console console.c                                     Linux, macOS
       x86_64-w64-mingw32-gcc -o console.exe console.c -lws2_32    Windows
       console 127.0.0.1 9000 NAME [chess]

   The socket blocks. When it is your turn the program waits for a line, otherwise for packets: it needs
   neither threads nor select, but hears nothing while you think. board.cpp does better. */
#define _POSIX_C_SOURCE 200112L
#include "../hansu.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef _WIN32
#include <ws2tcpip.h>
#else
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <sys/socket.h>
typedef int SOCKET;
#endif

static SOCKET sock;
static hansu_stream in;
static char out[HANSU_MAX_PACKET];
static uint32_t table, number;      /* our table; the last command's number */
static uint32_t waiting;            /* the command whose answer has not come, or 0 */
static int chess, size, mine, turn, stones, over; /* mine, turn: seats */
static char board[20][20];

/* fatal ends the program with what failed and the system's own words for it. */
static void fatal(const char *what)
{
#ifdef _WIN32
    char text[512] = "";
    int code = WSAGetLastError();
    FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, (DWORD)code, 0, text, sizeof text, NULL);
#else
    int code = errno;
    const char *text = strerror(code);
#endif
    fprintf(stderr, "%s: %d: %s\n", what, code, text);
    exit(1);
}

/* utf8 turns what was typed, on Windows in a code page such as 949, into the protocol's UTF-8. */
static const char *utf8(const char *typed)
{
#ifdef _WIN32
    static char text[3 * HANSU_MAX_CHAT + 1];
    int n = hansu_recode(GetConsoleCP() ? GetConsoleCP() : CP_UTF8, CP_UTF8, typed, strlen(typed), text, sizeof text - 1);
    if (n >= 0) return text[n] = 0, text;
#endif
    return typed;
}

static void send_all(const char *bytes, size_t n)
{
    while (n > 0) {                 /* send may take only a part */
        int sent = (int)send(sock, bytes, (int)n, 0);
        if (sent <= 0) fatal("send");
        bytes += sent;
        n -= (size_t)sent;
    }
}

/* BLANK declares a packet that is all zeros, which is what most fields mean to say. */
#define BLANK(type, p) hansu_##type p; memset(&p, 0, sizeof p)

/* SEND numbers a command and sends it. */
#define SEND(type, p) ((p).header.table = table, (p).header.number = waiting = ++number, \
                       send_all(out, hansu_write_##type(out, sizeof out, &(p))))

static void hello_and_join(const char *name)
{
    BLANK(hello, h);
    BLANK(join, j);                 /* the usual rules, no clock */
    h.magic = HANSU_MAGIC;
    h.version = HANSU_VERSION;
    h.language = HANSU_LANGUAGE_ENGLISH;
    h.instance = (uint32_t)time(NULL);
    hansu_set_text(h.name, sizeof h.name, name); /* too long a name leaves it empty: the server says so */
    send_all(out, hansu_write_hello(out, sizeof out, &h));
    j.variant.kind = chess ? HANSU_KIND_CHESS : HANSU_KIND_OMOK;
    SEND(join, j);
}

static void set_up(void)
{
    memset(board, '.', sizeof board);
    stones = 0;
    if (!chess) return;
    memcpy(board[0], "RNBQKBNR", 8), memcpy(board[1], "PPPPPPPP", 8);
    memcpy(board[6], "pppppppp", 8), memcpy(board[7], "rnbqkbnr", 8);
}

/* place carries a move out. The server has checked it; only memory needs care here. */
static void place(const hansu_move *m)
{
    char *to = &board[m->row % 20][m->col % 20], *from = &board[m->from_row % 20][m->from_col % 20];
    if (!chess) { *to = stones++ % 2 == 0 ? 'X' : 'O'; return; }
    if ((*from | 32) == 'p' && *to == '.' && m->col != m->from_col) board[m->from_row % 20][m->col % 20] = '.'; /* en passant */
    if ((*from | 32) == 'k' && m->from_col == 4 && (m->col == 2 || m->col == 6)) { /* castling: the rook too */
        char *rook = &board[m->row % 20][m->col == 2 ? 0 : 7];
        board[m->row % 20][m->col == 2 ? 3 : 5] = *rook, *rook = '.';
    }
    *to = *from, *from = '.';
    if (m->arg >= 2 && m->arg <= 5) *to = (*to == 'P' ? "NBRQ" : "nbrq")[m->arg - 2];
}

static void show(void)
{
    for (int row = size - 1; row >= 0; row--) {
        printf("%2d", row + 1);
        for (int col = 0; col < size; col++) printf(" %c", board[row][col]);
        printf("\n");
    }
    printf("  ");
    for (int col = 0; col < size; col++) printf(" %c", 'a' + col);
    printf("\n");
}

/* ON reads the packet into a struct of its type's name and is true if it is of that type, and whole. */
#define ON(TYPE, name) \
    hansu_##name name; \
    if (type == HANSU_TYPE_##TYPE && hansu_read_##name(&name, packet, n) == HANSU_OK)
#define ON_TEXT(TYPE, name) \
    hansu_##name name; \
    if (type == HANSU_TYPE_##TYPE && hansu_read_##name(&name, packet, n, &text, &length) == HANSU_OK)

static void on_packet(const uint8_t *packet, size_t n) /* types that are not here are skipped */
{
    char name[HANSU_NAME_BYTES + 1];
    const char *text;
    size_t length;
    int type = hansu_header_of(packet).type;
    ON(SEAT, seat) {
        table = seat.header.table, mine = seat.seat, size = seat.variant.size <= 20 ? seat.variant.size : 20;
        printf("You have seat %d\n", mine);
    }
    ON(SEATED, seated) printf("Seat %d: %s\n", seated.seat, hansu_get_text(name, seated.name, sizeof seated.name));
    ON(STARTED, started) turn = started.first, set_up(), show();
    ON(MOVED, moved) turn = moved.next, place(&moved.move), show();
    ON(ENDED, ended) {
        over = 1;
        printf("%s (reason %d)\n", ended.winner == 0 ? "Nobody wins" : ended.winner == mine ? "You win" : "You lose", ended.reason);
    }
    ON_TEXT(SAID, said) printf("Seat %d says: %.*s\n", said.seat, (int)length, text);
    ON(DONE, done) if (done.command == waiting) waiting = 0;
    ON_TEXT(ERROR, error) {
        printf("Error %d: %.*s\n", error.code, (int)length, text);
        if (error.command == waiting) waiting = 0;
    }
}

static void receive(void)
{
    size_t room, n;
    const uint8_t *packet;
    char *space = (char *)hansu_stream_space(&in, &room);
    int got = (int)recv(sock, space, (int)room, 0);
    if (got < 0) fatal("recv");
    hansu_stream_added(&in, (size_t)got);
    while ((packet = hansu_stream_next(&in, &n)) != NULL) on_packet(packet, n);
    if (got > 0 && !in.bad) return;
    fprintf(stderr, in.bad ? "This is no Hansu server\n" : "The server has closed the connection\n");
    exit(1);
}

/* command reads a line and sends what it asks for. */
static void command(void)
{
    static const char pieces[] = "nbrq"; /* as Move.arg counts them, from 2 */
    char line[HANSU_MAX_CHAT + 2], from = 'a', to, piece = 0;
    int from_row = 1, row;
    printf("Your move (%s), resign, or say TEXT: ", chess ? "e2e4, e7e8q" : "h8");
    if (fgets(line, sizeof line, stdin) == NULL) exit(0);
    line[strcspn(line, "\r\n")] = 0;
    if (strcmp(line, "resign") == 0) {
        BLANK(resign, r);
        SEND(resign, r);
    } else if (strncmp(line, "say ", 4) == 0) {
        BLANK(say, s);
        const char *text = utf8(line + 4);
        s.header.table = table, s.header.number = waiting = ++number;
        send_all(out, hansu_write_say(out, sizeof out, &s, text, strlen(text)));
    } else if (chess ? sscanf(line, "%c%1d%c%1d%c", &from, &from_row, &to, &row, &piece) >= 4 : sscanf(line, "%c%2d", &to, &row) == 2) {
        BLANK(make_move, m);
        const char *promotion = piece == 0 ? NULL : strchr(pieces, piece);
        m.ply = HANSU_ANY_PLY;
        m.move.col = (uint8_t)(to - 'a'), m.move.row = (uint8_t)(row - 1);
        m.move.from_col = (uint8_t)(from - 'a'), m.move.from_row = (uint8_t)(from_row - 1);
        if (promotion != NULL) m.move.arg = (uint8_t)(promotion - pieces + 2);
        SEND(make_move, m);
    }
}

int main(int argc, char **argv)
{
    struct addrinfo hints = {0}, *list, *a;
#ifdef _WIN32
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) fatal("WSAStartup");
    SetConsoleOutputCP(CP_UTF8);
#else
    signal(SIGPIPE, SIG_IGN);       /* a lost connection is an error of send, not the end of the program */
#endif
    if (argc < 4) return fprintf(stderr, "Usage: console HOST PORT NAME [chess]\n"), 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    chess = argc > 4 && strcmp(argv[4], "chess") == 0;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(argv[1], argv[2], &hints, &list) != 0) return fprintf(stderr, "There is no such host: %s\n", argv[1]), 1;
    for (a = list; a != NULL; a = a->ai_next) {
        sock = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (connect(sock, a->ai_addr, (int)a->ai_addrlen) == 0) break;
        if (a->ai_next == NULL) fatal("connect");
    }
    hello_and_join(utf8(argv[3]));
    while (!over)
        if (waiting == 0 && turn == mine && table != 0) command();
        else receive();
    return 0;
}
