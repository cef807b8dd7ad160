// The system's ncrypt.dll in the form of a provider's table: the same checks run through the router of Windows.
#include "selftest.h"

/// Functions of ncrypt.dll, found when they are needed: under Wine it may be another one than the linker knew.
static FARPROC in_ncrypt(const char *name) {
    static HMODULE library;
    if (library == NULL) library = LoadLibraryW(L"ncrypt.dll");
    return library == NULL ? NULL : GetProcAddress(library, name);
}

#define CALL(name, ...) ((STATUS(WINAPI *) __VA_ARGS__)(void *)in_ncrypt("NCrypt" name))

static STATUS WINAPI open_provider(PROVIDER *out, LPCWSTR name, DWORD flags) {
    return CALL("OpenStorageProvider", (PROVIDER *, LPCWSTR, DWORD))(out, name, flags);
}

static STATUS WINAPI open_key(PROVIDER by, KEY *out, LPCWSTR name, DWORD spec, DWORD flags) {
    return CALL("OpenKey", (PROVIDER, KEY *, LPCWSTR, DWORD, DWORD))(by, out, name, spec, flags);
}

static STATUS WINAPI create_key(PROVIDER by, KEY *out, LPCWSTR algorithm, LPCWSTR name, DWORD spec, DWORD flags) {
    return CALL("CreatePersistedKey", (PROVIDER, KEY *, LPCWSTR, LPCWSTR, DWORD, DWORD))(by, out, algorithm, name, spec,
                                                                                         flags);
}

static STATUS WINAPI get_property(ULONG_PTR of, LPCWSTR name, BYTE *out, DWORD room, DWORD *size, DWORD flags) {
    return CALL("GetProperty", (ULONG_PTR, LPCWSTR, BYTE *, DWORD, DWORD *, DWORD))(of, name, out, room, size, flags);
}

static STATUS WINAPI get_key_property(PROVIDER by, KEY of, LPCWSTR name, BYTE *out, DWORD room, DWORD *size,
                                      DWORD flags) {
    (void)by;
    return get_property(of, name, out, room, size, flags);
}

static STATUS WINAPI set_property(ULONG_PTR of, LPCWSTR name, BYTE *in, DWORD size, DWORD flags) {
    return CALL("SetProperty", (ULONG_PTR, LPCWSTR, BYTE *, DWORD, DWORD))(of, name, in, size, flags);
}

static STATUS WINAPI set_key_property(PROVIDER by, KEY of, LPCWSTR name, BYTE *in, DWORD size, DWORD flags) {
    (void)by;
    return set_property(of, name, in, size, flags);
}

static STATUS WINAPI finalize_key(PROVIDER by, KEY key, DWORD flags) {
    (void)by;
    return CALL("FinalizeKey", (KEY, DWORD))(key, flags);
}

static STATUS WINAPI free_provider(PROVIDER by) {
    return CALL("FreeObject", (ULONG_PTR))(by);
}

static STATUS WINAPI free_key(PROVIDER by, KEY key) {
    (void)by;
    return CALL("FreeObject", (ULONG_PTR))(key);
}

static STATUS WINAPI free_buffer(void *buffer) {
    return CALL("FreeBuffer", (void *))(buffer);
}

static STATUS WINAPI encrypt(PROVIDER by, KEY key, BYTE *in, DWORD in_size, void *padding, BYTE *out, DWORD room,
                             DWORD *size, DWORD flags) {
    (void)by;
    return CALL("Encrypt", (KEY, BYTE *, DWORD, void *, BYTE *, DWORD, DWORD *, DWORD))(key, in, in_size, padding, out,
                                                                                       room, size, flags);
}

static STATUS WINAPI decrypt(PROVIDER by, KEY key, BYTE *in, DWORD in_size, void *padding, BYTE *out, DWORD room,
                             DWORD *size, DWORD flags) {
    (void)by;
    return CALL("Decrypt", (KEY, BYTE *, DWORD, void *, BYTE *, DWORD, DWORD *, DWORD))(key, in, in_size, padding, out,
                                                                                       room, size, flags);
}

static STATUS WINAPI is_supported(PROVIDER by, LPCWSTR algorithm, DWORD flags) {
    return CALL("IsAlgSupported", (PROVIDER, LPCWSTR, DWORD))(by, algorithm, flags);
}

static STATUS WINAPI list_algorithms(PROVIDER by, DWORD operations, DWORD *count, NCryptAlgorithmName **list,
                                     DWORD flags) {
    return CALL("EnumAlgorithms", (PROVIDER, DWORD, DWORD *, NCryptAlgorithmName **, DWORD))(by, operations, count, list,
                                                                                            flags);
}

static STATUS WINAPI list_keys(PROVIDER by, LPCWSTR scope, NCryptKeyName **name, void **state, DWORD flags) {
    return CALL("EnumKeys", (PROVIDER, LPCWSTR, NCryptKeyName **, void **, DWORD))(by, scope, name, state, flags);
}

static STATUS WINAPI import_key(PROVIDER by, KEY wrapping, LPCWSTR type, NCryptBufferDesc *list, KEY *key, BYTE *in,
                                DWORD size, DWORD flags) {
    return CALL("ImportKey", (PROVIDER, KEY, LPCWSTR, NCryptBufferDesc *, KEY *, BYTE *, DWORD, DWORD))(
        by, wrapping, type, list, key, in, size, flags);
}

static STATUS WINAPI export_key(PROVIDER by, KEY key, KEY wrapping, LPCWSTR type, NCryptBufferDesc *list, BYTE *out,
                                DWORD room, DWORD *size, DWORD flags) {
    (void)by;
    return CALL("ExportKey", (KEY, KEY, LPCWSTR, NCryptBufferDesc *, BYTE *, DWORD, DWORD *, DWORD))(
        key, wrapping, type, list, out, room, size, flags);
}

static STATUS WINAPI sign_hash(PROVIDER by, KEY key, void *padding, BYTE *hash, DWORD hash_size, BYTE *out, DWORD room,
                               DWORD *size, DWORD flags) {
    (void)by;
    return CALL("SignHash", (KEY, void *, BYTE *, DWORD, BYTE *, DWORD, DWORD *, DWORD))(key, padding, hash, hash_size,
                                                                                        out, room, size, flags);
}

static STATUS WINAPI verify(PROVIDER by, KEY key, void *padding, BYTE *hash, DWORD hash_size, BYTE *signature,
                            DWORD size, DWORD flags) {
    (void)by;
    return CALL("VerifySignature", (KEY, void *, BYTE *, DWORD, BYTE *, DWORD, DWORD))(key, padding, hash, hash_size,
                                                                                      signature, size, flags);
}

TABLE *router_table(void) {
    static TABLE table = {
        .Version = {1, 0},
        .OpenProvider = open_provider,
        .OpenKey = open_key,
        .CreatePersistedKey = create_key,
        .GetProviderProperty = get_property,
        .GetKeyProperty = get_key_property,
        .SetProviderProperty = set_property,
        .SetKeyProperty = set_key_property,
        .FinalizeKey = finalize_key,
        .FreeProvider = free_provider,
        .FreeKey = free_key,
        .FreeBuffer = free_buffer,
        .Encrypt = encrypt,
        .Decrypt = decrypt,
        .IsAlgSupported = is_supported,
        .EnumAlgorithms = list_algorithms,
        .EnumKeys = list_keys,
        .ImportKey = import_key,
        .ExportKey = export_key,
        .SignHash = sign_hash,
        .VerifySignature = verify,
    };
    return in_ncrypt("NCryptOpenStorageProvider") == NULL ? NULL : &table;
}
