#include "ksp.h"

// The compiler calls these by itself, and there is no C runtime here that has them.
void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    BYTE *t = to;
    const BYTE *f = from;
    while (size-- > 0) *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t size) {
    BYTE *t = to;
    const BYTE *f = from;
    if (t <= f) return memcpy(to, from, size);
    while (size-- > 0) t[size] = f[size];
    return to;
}

void *memset(void *to, int value, size_t size) {
    BYTE *t = to;
    while (size-- > 0) *t++ = (BYTE)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t size) {
    const BYTE *x = a, *y = b;
    for (; size > 0; size--, x++, y++)
        if (*x != *y) return *x < *y ? -1 : 1;
    return 0;
}

void copy(void *to, const void *from, size_t size) {
    memcpy(to, from, size);
}

bool same_text(LPCWSTR a, LPCWSTR b) {
    while (*a != 0 && *a == *b) a++, b++;
    return *a == *b;
}

static WCHAR upper(WCHAR c) {
    return c >= L'a' && c <= L'z' ? (WCHAR)(c - L'a' + L'A') : c;
}

bool same_word(LPCWSTR a, LPCWSTR b) {
    while (*a != 0 && upper(*a) == upper(*b)) a++, b++;
    return *a == 0 && *b == 0;
}

DWORD text_size(LPCWSTR text) {
    DWORD length = 0;
    while (text[length] != 0) length++;
    return (length + 1) * (DWORD)sizeof *text;
}

STATUS put(const void *value, DWORD value_size, BYTE *out, DWORD room, DWORD *size) {
    *size = value_size;
    if (out == NULL) return ERROR_SUCCESS;
    if (room < value_size) return NTE_BUFFER_TOO_SMALL;
    copy(out, value, value_size);
    return ERROR_SUCCESS;
}

STATUS put_text(LPCWSTR text, BYTE *out, DWORD room, DWORD *size) {
    return put(text, text_size(text), out, room, size);
}

STATUS put_number(DWORD number, BYTE *out, DWORD room, DWORD *size) {
    return put(&number, sizeof number, out, room, size);
}
