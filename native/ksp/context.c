#include "ksp.h"

STATUS set_window(struct object *object, const BYTE *in, DWORD size) {
    // 32 bits of a window's handle have a meaning, also in 64-bit programs.
    LONG number = 0;
    if (size == 4 || size == 8) copy(&number, in, sizeof number);
    HWND window = LongToHandle(number);
    if (!IsWindow(window)) window = NULL;
    AcquireSRWLockExclusive(&object->lock);
    object->window = window;
    ReleaseSRWLockExclusive(&object->lock);
    return ERROR_SUCCESS;
}

STATUS get_window(struct object *object, BYTE *out, DWORD room, DWORD *size) {
    AcquireSRWLockShared(&object->lock);
    HWND window = object->window;
    ReleaseSRWLockShared(&object->lock);
    return window == NULL ? NTE_NOT_FOUND : put(&window, sizeof window, out, room, size);
}

/// With or without its NUL, as callers do; what is longer than our room is cut.
STATUS set_context(struct object *object, const BYTE *in, DWORD size) {
    WCHAR context[CONTEXT] = {0};
    if ((in == NULL && size != 0) || size % sizeof(WCHAR) != 0) return NTE_INVALID_PARAMETER;
    DWORD most = (CONTEXT - 1) * sizeof(WCHAR);
    // The program's memory is not touched under the lock: what happens there is the program's.
    copy(context, in, size < most ? size : most);
    AcquireSRWLockExclusive(&object->lock);
    copy(object->context, context, sizeof context);
    ReleaseSRWLockExclusive(&object->lock);
    return ERROR_SUCCESS;
}

STATUS get_context(struct object *object, BYTE *out, DWORD room, DWORD *size) {
    WCHAR context[CONTEXT];
    AcquireSRWLockShared(&object->lock);
    copy(context, object->context, sizeof context);
    ReleaseSRWLockShared(&object->lock);
    return context[0] == 0 ? NTE_NOT_FOUND : put_text(context, out, room, size);
}

void inherit(struct object *key, struct object *provider) {
    key->flags |= provider->flags & NCRYPT_SILENT_FLAG;
    AcquireSRWLockShared(&provider->lock);
    key->window = provider->window;
    copy(key->context, provider->context, sizeof key->context);
    ReleaseSRWLockShared(&provider->lock);
}

/// UTF-8 of a text that ends within CONTEXT characters; half a pair of surrogates becomes U+FFFD.
static struct link_span utf8(LPCWSTR text, uint8_t *out) {
    int length = (int)(text_size(text) / sizeof *text) - 1;
    int size = length == 0 ? 0 : WideCharToMultiByte(CP_UTF8, 0, text, length, (char *)out, TEXT_ROOM, NULL, NULL);
    return (struct link_span){out, size > 0 ? (uint32_t)size : 0};
}

/// Window and document that were said of this object, unless both are known by now.
static void fill(struct object *object, struct link_sign *sign, uint8_t *text) {
    AcquireSRWLockShared(&object->lock);
    if (sign->window == 0) sign->window = (uint64_t)(ULONG_PTR)object->window;
    if (sign->document.size == 0) sign->document = utf8(object->context, text);
    ReleaseSRWLockShared(&object->lock);
}

void describe(struct object *key, struct object *provider, struct link_sign *sign, uint8_t *text) {
    WCHAR title[CONTEXT];
    sign->window = 0;
    sign->document.size = 0;
    fill(key, sign, text);
    if (provider != NULL) fill(provider, sign, text);
    // GetWindowText would send the window a message, which a busy program does not answer.
    HWND window = (HWND)(ULONG_PTR)sign->window;
    if (window == NULL || InternalGetWindowText(window, title, CONTEXT) <= 0) title[0] = 0;
    sign->title = utf8(title, text + TEXT_ROOM);
}
