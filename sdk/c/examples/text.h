// text.h: UTF-8 on the wire, UTF-16 in the window, errors in the system's own words.
#ifndef TEXT_H
#define TEXT_H
#include "../hansu.h" // which includes winsock2.h before windows.h

#include <cstdarg>
#include <cstdio>
#include <string>

static bool korean; // the language of the window and of the server's texts

// T picks the window's language.
static inline const wchar_t *T(const wchar_t *ko, const wchar_t *en) { return korean ? ko : en; }

static inline std::string utf8(const std::wstring &text)
{
    std::string out(3 * text.size(), 0);
    if (text.empty()) return out;
    int n = WideCharToMultiByte(CP_UTF8, 0, text.data(), (int)text.size(), &out[0], (int)out.size(), NULL, NULL);
    out.resize((size_t)n);
    return out;
}

static inline std::wstring wide(const char *text, size_t size)
{
    std::wstring out(size, 0); // UTF-16 never has more units than UTF-8 has bytes
    if (size == 0) return out;
    int n = MultiByteToWideChar(CP_UTF8, 0, text, (int)size, &out[0], (int)size);
    out.resize((size_t)n);
    return out;
}

// fixed gives the text of a field of fixed length, which has no zero at its end if it is full.
static inline std::wstring fixed(const char *field, size_t size)
{
    size_t n = 0;
    while (n < size && field[n] != 0) n++;
    return wide(field, n);
}

static inline std::wstring format(const wchar_t *form, ...)
{
    wchar_t text[1200];
    va_list args;
    va_start(args, form);
    int n = vswprintf(text, 1200, form, args);
    va_end(args);
    return std::wstring(text, n < 0 ? 0 : (size_t)n);
}

// systemText is what the system has to say about one of its errors.
static inline std::wstring systemText(int code)
{
    wchar_t text[512];
    DWORD n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, (DWORD)code, 0, text, 512, NULL);
    while (n > 0 && text[n - 1] <= L' ') n--; // it ends in a new line
    return std::wstring(text, n);
}

#endif
