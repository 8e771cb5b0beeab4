/* What hansu_read_... returns. */
enum {
    HANSU_OK = 0,
    HANSU_WRONG_TYPE = 1, /* the packet is of another type */
    HANSU_WRONG_SIZE = 2  /* the packet is shorter or longer than its type may be */
};

/* hansu_u16 and hansu_u32 turn a number from network order into the machine's, and back. */
static inline uint16_t hansu_u16(uint16_t v)
{
    unsigned char b[2];
    memcpy(b, &v, 2);
    return (uint16_t)((unsigned)b[0] << 8 | b[1]);
}

static inline uint32_t hansu_u32(uint32_t v)
{
    unsigned char b[4];
    memcpy(b, &v, 4);
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

/* hansu_cut looks at the beginning of a stream, of which have bytes are there. It returns the size of the
   first packet, 0 if the packet is not complete yet, -1 if this is no packet: then the
   connection must be closed, for nobody knows where the next one would begin. */
static inline int hansu_cut(const void *stream, size_t have)
{
    const unsigned char *b = (const unsigned char *)stream;
    unsigned size;
    if (have < 2) return 0;
    size = (unsigned)b[0] << 8 | b[1];
    if (size < HANSU_HEADER_SIZE || size > HANSU_MAX_PACKET) return -1;
    return size <= have ? (int)size : 0;
}

/* hansu_stream gathers what recv brings and cuts it into packets. Zeros are its beginning; set it to
   zeros again for a new connection. */
typedef struct hansu_stream {
    size_t begin, end; /* what is there and not yet given */
    int bad;           /* 1: the stream has no packet boundaries any more */
    uint8_t bytes[2 * HANSU_MAX_PACKET];
} hansu_stream;

/* hansu_stream_space says where recv may put bytes, and how many: at least HANSU_MAX_PACKET if every
   packet that was there has been taken. Packets given before are not valid any more. */
static inline void *hansu_stream_space(hansu_stream *s, size_t *room)
{
    if (s->begin > 0) {
        memmove(s->bytes, s->bytes + s->begin, s->end - s->begin);
        s->end -= s->begin;
        s->begin = 0;
    }
    *room = sizeof s->bytes - s->end;
    return s->bytes + s->end;
}

/* hansu_stream_added says how many bytes recv put there. */
static inline void hansu_stream_added(hansu_stream *s, size_t n)
{
    size_t room = sizeof s->bytes - s->end;
    s->end += n < room ? n : room;
}

/* hansu_stream_next returns the next complete packet and its size, or NULL if there is none: then
   either more bytes are needed, or s->bad is 1. The packet stays valid until hansu_stream_space. */
static inline const uint8_t *hansu_stream_next(hansu_stream *s, size_t *size)
{
    const uint8_t *packet = s->bytes + s->begin;
    int n = hansu_cut(packet, s->end - s->begin);
    if (s->bad || n <= 0) {
        if (n < 0) s->bad = 1;
        *size = 0;
        return NULL;
    }
    s->begin += (size_t)n;
    *size = (size_t)n;
    return packet;
}

/* hansu_set_text fills a fixed field (a name, a code) with UTF-8 and pads it with zeros. It returns
   0, or -1 if the text does not fit; the field is then empty. */
static inline int hansu_set_text(char *field, size_t field_size, const char *text)
{
    size_t n = strlen(text);
    memset(field, 0, field_size);
    if (n > field_size) return -1;
    memcpy(field, text, n);
    return 0;
}

/* hansu_get_text copies a fixed field into out, which must have room for field_size + 1 bytes, and
   ends it with a zero: a full field has none of its own. */
static inline char *hansu_get_text(char *out, const char *field, size_t field_size)
{
    size_t n = 0;
    while (n < field_size && field[n] != 0) n++;
    memcpy(out, field, n);
    out[n] = 0;
    return out;
}

/* hansu_has_point says whether a set of points (hansu_forbidden.points) has this one. */
static inline int hansu_has_point(const uint8_t *points, unsigned col, unsigned row)
{
    unsigned n = row * HANSU_BOARD_SIDE + col;
    return col < HANSU_BOARD_SIDE && row < HANSU_BOARD_SIDE && (points[n / 8] >> n % 8 & 1) != 0;
}

#ifdef _WIN32
#ifndef _WINDOWS_
#include <winsock2.h>
#include <windows.h>
#endif

/* hansu_recode turns text of one code page into another. It returns how many bytes it put into out,
   or -1 if the text is not of that code page, is longer than HANSU_MAX_CHAT or does not fit. */
static inline int hansu_recode(unsigned from, unsigned to, const char *text, size_t size, char *out, size_t room)
{
    WCHAR wide[HANSU_MAX_CHAT];
    int n;
    if (size == 0) return 0;
    if (size > HANSU_MAX_CHAT || room > 0x7fffffff) return -1;
    n = MultiByteToWideChar(from, MB_ERR_INVALID_CHARS, text, (int)size, wide, HANSU_MAX_CHAT);
    if (n <= 0) return -1;
    n = WideCharToMultiByte(to, 0, wide, n, out, (int)room, NULL, NULL);
    return n > 0 ? n : -1;
}

/* A Korean window that is no Unicode window gives text in code page 949; the protocol has UTF-8.
   Both return the number of bytes, or -1, as hansu_recode does. What code page 949 lacks becomes
   a question mark on the way back. */
static inline int hansu_utf8_from_cp949(const char *text, size_t size, char *out, size_t room)
{
    return hansu_recode(949, CP_UTF8, text, size, out, room);
}

static inline int hansu_cp949_from_utf8(const char *text, size_t size, char *out, size_t room)
{
    return hansu_recode(CP_UTF8, 949, text, size, out, room);
}
#endif

/* hansu_expect says whether a packet of size bytes is whole and of the type. */
static inline int hansu_expect(const void *packet, size_t size, int type, size_t fixed, size_t tail)
{
    const unsigned char *b = (const unsigned char *)packet;
    if (size < HANSU_HEADER_SIZE || hansu_cut(packet, size) != (int)size) return HANSU_WRONG_SIZE;
    if (b[2] != type) return HANSU_WRONG_TYPE;
    if (size < fixed || size > fixed + tail) return HANSU_WRONG_SIZE;
    return HANSU_OK;
}

/* For each packet:

   hansu_flip_X   turns the struct's numbers from network order into the machine's, or back.
   hansu_read_X   copies a whole packet into a struct, with numbers in the machine's order. Text of
                  variable length is not copied and has no zero at its end.
   hansu_write_X  puts a whole packet into out and returns its size, or 0 if it does not fit. It fills in
                  header.size and header.type itself and sends reserved bytes as zero. */

