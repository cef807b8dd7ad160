#include "declined.h"

/// What a provider could offer and this one does not: keys are made, renewed and removed at the server, and they only sign.
/// Each answers in the documented way; no result is ever claimed, and what is handed back is empty.

static STATUS no_provider(PROVIDER provider) {
    struct object *object = use(provider, PROVIDER_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    end_use(object);
    return NTE_NOT_SUPPORTED;
}

static STATUS no_key(KEY key) {
    struct object *object = use(key, KEY_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    end_use(object);
    return NTE_NOT_SUPPORTED;
}

#define NOTHING(out) \
    if ((out) != NULL) *(out) = 0

STATUS WINAPI create_key(PROVIDER provider, KEY *key, LPCWSTR algorithm, LPCWSTR name, DWORD spec, DWORD flags) {
    (void)algorithm, (void)name, (void)spec, (void)flags;
    NOTHING(key);
    return no_provider(provider);
}

STATUS WINAPI finalize_key(PROVIDER provider, KEY key, DWORD flags) {
    (void)provider, (void)flags;
    return no_key(key);
}

STATUS WINAPI delete_key(PROVIDER provider, KEY key, DWORD flags) {
    (void)provider, (void)flags;
    return no_key(key);
}

STATUS WINAPI crypt(PROVIDER provider, KEY key, BYTE *in, DWORD in_size, void *padding, BYTE *out, DWORD room,
                    DWORD *size, DWORD flags) {
    (void)provider, (void)in, (void)in_size, (void)padding, (void)out, (void)room, (void)flags;
    NOTHING(size);
    return no_key(key);
}

STATUS WINAPI import_key(PROVIDER provider, KEY wrapping, LPCWSTR type, NCryptBufferDesc *parameters, KEY *key,
                         BYTE *in, DWORD size, DWORD flags) {
    (void)wrapping, (void)type, (void)parameters, (void)in, (void)size, (void)flags;
    NOTHING(key);
    return no_provider(provider);
}

STATUS WINAPI prompt_user(PROVIDER provider, KEY key, LPCWSTR operation, DWORD flags) {
    (void)key, (void)operation, (void)flags;
    return no_provider(provider);
}

STATUS WINAPI notify_change(PROVIDER provider, HANDLE *event, DWORD flags) {
    STATUS status = no_provider(provider);
    // Nothing was registered: to end it is well.
    if (status == NTE_NOT_SUPPORTED && flags == NCRYPT_UNREGISTER_NOTIFY_FLAG) return ERROR_SUCCESS;
    NOTHING(event);
    return status;
}

STATUS WINAPI agree_secret(PROVIDER provider, KEY ours, KEY theirs, SECRET *secret, DWORD flags) {
    (void)provider, (void)theirs, (void)flags;
    NOTHING(secret);
    return no_key(ours);
}

/// No secret was ever handed out.
STATUS WINAPI derive_key(PROVIDER provider, SECRET secret, LPCWSTR function, NCryptBufferDesc *parameters, BYTE *out,
                         DWORD room, DWORD *size, ULONG flags) {
    (void)secret, (void)function, (void)parameters, (void)out, (void)room, (void)flags;
    NOTHING(size);
    return no_provider(provider);
}

STATUS WINAPI free_secret(PROVIDER provider, SECRET secret) {
    (void)provider, (void)secret;
    return NTE_INVALID_HANDLE;
}

STATUS WINAPI derive_from_key(PROVIDER provider, KEY key, NCryptBufferDesc *parameters, UCHAR *out, DWORD room,
                              DWORD *size, ULONG flags) {
    (void)provider, (void)parameters, (void)out, (void)room, (void)flags;
    NOTHING(size);
    return no_key(key);
}

STATUS WINAPI create_claim(PROVIDER provider, KEY subject, KEY authority, DWORD type, NCryptBufferDesc *parameters,
                           BYTE *out, DWORD room, DWORD *size, DWORD flags) {
    (void)provider, (void)authority, (void)type, (void)parameters, (void)out, (void)room, (void)flags;
    NOTHING(size);
    return no_key(subject);
}

STATUS WINAPI verify_claim(PROVIDER provider, KEY subject, KEY authority, DWORD type, NCryptBufferDesc *parameters,
                           BYTE *claim, DWORD size, NCryptBufferDesc *out, DWORD flags) {
    (void)provider, (void)authority, (void)type, (void)parameters, (void)claim, (void)size, (void)out, (void)flags;
    return no_key(subject);
}
