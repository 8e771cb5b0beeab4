/* vectors.c holds hansu.h to the golden vectors. hansu_test.go writes vectors.inc, with for every vector its
   bytes, a function that fills a struct and writes the packet, and one that reads it and compares
   each field; and for every packet a call of its reader. */
#include "hansu.h"
#ifdef _MSC_VER
/* mingw's stdio.h cannot be read as Microsoft's compiler reads it, and this is all that is needed of it. */
#ifdef __cplusplus
extern "C"
#endif
int printf(const char *format, ...);
#else
#include <stdio.h>
#endif

static int failures;

static void fail(const char *name, const char *what)
{
    printf("%s: %s\n", name, what);
    failures++;
}

#define CHECK(name, condition) do { if (!(condition)) fail(name, #condition); } while (0)

static int text_is(const char *field, size_t size, const char *want)
{
    char out[HANSU_NAME_BYTES + 1];
    return strcmp(hansu_get_text(out, field, size), want) == 0;
}

typedef struct vector {
    const char *name;
    const uint8_t *packet;
    size_t size;
    size_t (*write)(void *out, size_t room);
    void (*read)(const char *name, const uint8_t *packet, size_t size);
} vector;

typedef struct malformed {
    const char *name;
    const uint8_t *packet;
    size_t size;
    const char *error;
} malformed;

#include "vectors.inc"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void check_vectors(void)
{
    size_t i, n;
    uint8_t out[HANSU_MAX_PACKET];
    uint8_t packet[HANSU_MAX_PACKET];
    for (i = 0; i < COUNT(vectors); i++) {
        const vector *v = &vectors[i];
        CHECK(v->name, hansu_cut(v->packet, v->size) == (int)v->size);
        memset(out, 0xff, sizeof out);
        CHECK(v->name, v->write(out, sizeof out) == v->size);
        CHECK(v->name, memcmp(out, v->packet, v->size) == 0);
        memset(out, 0xff, sizeof out);
        CHECK(v->name, v->write(out, v->size - 1) == 0);
        CHECK(v->name, out[0] == 0xff);
        CHECK(v->name, v->write(out, v->size) == v->size);
        v->read(v->name, v->packet, v->size);
        for (n = 0; n < v->size; n++) {
            CHECK(v->name, hansu_cut(v->packet, n) == 0);
            CHECK(v->name, read_any(v->packet[2], v->packet, n) == HANSU_WRONG_SIZE);
        }
        memcpy(packet, v->packet, v->size);
        packet[2] = (uint8_t)(packet[2] ^ 0x80);
        CHECK(v->name, read_any(v->packet[2], packet, v->size) == HANSU_WRONG_TYPE);
    }
}

static void check_malformed(void)
{
    size_t i;
    for (i = 0; i < COUNT(malformeds); i++) {
        const malformed *m = &malformeds[i];
        const char *got = "fine";
        int n = hansu_cut(m->packet, m->size);
        if (n < 0) got = "frame";
        else if (n == 0) got = "more";
        else if (strcmp(hansu_type_name(m->packet[2]), "unknown") == 0) got = "unknown";
        else if (read_any(m->packet[2], m->packet, m->size) == HANSU_WRONG_SIZE) got = "size";
        if (strcmp(got, m->error) != 0) fail(m->name, got);
    }
}

/* All vectors as one stream that recv brings in pieces. */
static void check_stream(size_t piece)
{
    static hansu_stream s;
    static uint8_t all[COUNT(vectors) * HANSU_MAX_PACKET];
    size_t total = 0, at = 0, next = 0, i, room, size;
    const uint8_t *packet;
    memset(&s, 0, sizeof s);
    for (i = 0; i < COUNT(vectors); i++) {
        memcpy(all + total, vectors[i].packet, vectors[i].size);
        total += vectors[i].size;
    }
    while (at < total) {
        uint8_t *space = (uint8_t *)hansu_stream_space(&s, &room);
        size_t n = piece < total - at ? piece : total - at;
        CHECK("stream", room >= HANSU_MAX_PACKET);
        if (n > room) n = room;
        memcpy(space, all + at, n);
        hansu_stream_added(&s, n);
        at += n;
        while ((packet = hansu_stream_next(&s, &size)) != NULL) {
            CHECK("stream", next < COUNT(vectors));
            CHECK(vectors[next].name, size == vectors[next].size && memcmp(packet, vectors[next].packet, size) == 0);
            CHECK(vectors[next].name, hansu_header_of(packet).size == size);
            next++;
        }
        CHECK("stream", !s.bad);
    }
    CHECK("stream", next == COUNT(vectors));
}

static void check_bad_stream(void)
{
    static hansu_stream s;
    static const uint8_t bytes[] = {0, 12, HANSU_TYPE_LEAVE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 12};
    size_t room, size;
    memset(&s, 0, sizeof s);
    memcpy(hansu_stream_space(&s, &room), bytes, sizeof bytes);
    hansu_stream_added(&s, sizeof bytes);
    CHECK("bad stream", hansu_stream_next(&s, &size) != NULL && size == 12);
    CHECK("bad stream", hansu_stream_next(&s, &size) == NULL && s.bad && size == 0);
    CHECK("bad stream", hansu_stream_next(&s, &size) == NULL && s.bad);
}

static void check_points(void)
{
    uint8_t points[HANSU_BIT_BYTES];
    unsigned n, col, row;
    for (n = 0; n < 8 * sizeof points; n++) {
        memset(points, 0, sizeof points);
        points[n / 8] = (uint8_t)(1 << n % 8);
        for (row = 0; row < 22; row++)
            for (col = 0; col < 22; col++)
                CHECK("points", hansu_has_point(points, col, row) == (col < 20 && 20 * row + col == n));
    }
}

static void check_text(void)
{
    char name[4], out[5];
    CHECK("text", hansu_set_text(name, sizeof name, "ab") == 0 && memcmp(name, "ab\0", 4) == 0);
    CHECK("text", hansu_set_text(name, sizeof name, "abcd") == 0);
    CHECK("text", strcmp(hansu_get_text(out, name, sizeof name), "abcd") == 0);
    CHECK("text", hansu_set_text(name, sizeof name, "abcde") == -1 && name[0] == 0);
#ifdef _WIN32
    {
        static const char cp949[] = "\xc7\xd1\xbc\xf6"; /* two syllables: the name of the game server */
        static const char utf8[] = "\xed\x95\x9c\xec\x88\x98";
        char buf[16];
        CHECK("cp949", hansu_utf8_from_cp949(cp949, 4, buf, sizeof buf) == 6 && memcmp(buf, utf8, 6) == 0);
        CHECK("cp949", hansu_cp949_from_utf8(utf8, 6, buf, sizeof buf) == 4 && memcmp(buf, cp949, 4) == 0);
        CHECK("cp949", hansu_utf8_from_cp949(cp949, 4, buf, 5) == -1);
        CHECK("cp949", hansu_utf8_from_cp949("", 0, buf, sizeof buf) == 0);
        CHECK("cp949", hansu_cp949_from_utf8("\xff\xfe", 2, buf, sizeof buf) == -1);
    }
#endif
}

int main(void)
{
    static const size_t pieces[] = {1, 2, 13, 1460, HANSU_MAX_PACKET, 2 * HANSU_MAX_PACKET};
    size_t i;
    check_vectors();
    check_malformed();
    for (i = 0; i < COUNT(pieces); i++) check_stream(pieces[i]);
    check_bad_stream();
    check_text();
    check_points();
    printf("%d vectors, %d malformed, %d failures\n", (int)COUNT(vectors), (int)COUNT(malformeds), failures);
    return failures != 0;
}
