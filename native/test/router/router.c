// The functions of ncrypt.dll that programs use. Finds a provider where Windows has it registered, loads its library into the
// process, wraps its handles, remembers whose a buffer is, and answers "Provider Handle" itself, as far as is known of Windows.
// Whether Windows frees a provider while its keys are open is not known: CUSTODIAN_TEST_ROUTER=provider-first does so; by
// default a provider stays until its last key is freed.
#include "router.h"

#include <string.h>

#define PROVIDERS L"SYSTEM\\CurrentControlSet\\Control\\Cryptography\\Providers"
#define NAME 128

struct module {
    struct module *next;
    WCHAR name[NAME];
    TABLE *table;
};

/// What stands behind a handle of the router's.
struct handle {
    struct handle *next;
    struct handle *provider; // of a key
    TABLE *table;
    ULONG_PTR theirs;
    LONG users; // of a provider: itself, until it is freed, and its keys
    bool is_key, freed;
};

struct buffer {
    struct buffer *next;
    void *octets;
    TABLE *table; // NULL: ours
};

static struct module *modules;
static struct handle *handles;
static struct buffer *buffers;
static CRITICAL_SECTION lock;
static bool provider_first;

static void *allocate(size_t size) {
    return HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
}

static void release(void *memory) {
    HeapFree(GetProcessHeap(), 0, memory);
}

static STATUS load(LPCWSTR name, TABLE **table) {
    WCHAR key[400], image[MAX_PATH];
    DWORD size = sizeof image;
    for (struct module *one = modules; one != NULL; one = one->next)
        if (lstrcmpiW(one->name, name) == 0) {
            *table = one->table;
            return ERROR_SUCCESS;
        }
    if (lstrlenW(name) >= NAME) return NTE_NOT_FOUND;
    lstrcpyW(key, PROVIDERS L"\\");
    lstrcatW(key, name);
    lstrcatW(key, L"\\UM");
    if (RegGetValueW(HKEY_LOCAL_MACHINE, key, L"Image", RRF_RT_REG_SZ, NULL, image, &size) != 0) return NTE_NOT_FOUND;
    HMODULE library = LoadLibraryW(image);
    if (library == NULL) return NTE_PROV_DLL_NOT_FOUND;
    GET_INTERFACE get_interface = (GET_INTERFACE)(void *)GetProcAddress(library, "GetKeyStorageInterface");
    if (get_interface == NULL || get_interface(name, table, 0) != 0) return NTE_PROVIDER_DLL_FAIL;
    struct module *one = allocate(sizeof *one);
    lstrcpyW(one->name, name);
    one->table = *table;
    one->next = modules;
    modules = one;
    return ERROR_SUCCESS;
}

static ULONG_PTR wrap(struct handle *provider, TABLE *table, ULONG_PTR theirs, bool is_key) {
    struct handle *one = allocate(sizeof *one);
    *one = (struct handle){handles, provider, table, theirs, 1, is_key, false};
    EnterCriticalSection(&lock);
    one->next = handles;
    handles = one;
    if (provider != NULL) provider->users++;
    LeaveCriticalSection(&lock);
    return (ULONG_PTR)one;
}

/// Of this kind and open; no memory of a handle that is not ours is touched.
static struct handle *find(ULONG_PTR handle, bool is_key) {
    EnterCriticalSection(&lock);
    struct handle *one = handles;
    while (one != NULL && one != (struct handle *)handle) one = one->next;
    if (one != NULL && (one->is_key != is_key || one->freed)) one = NULL;
    LeaveCriticalSection(&lock);
    return one;
}

bool is_open_key(ULONG_PTR handle) {
    return find(handle, true) != NULL;
}

static void forget(struct handle *handle) {
    struct handle **link = &handles;
    while (*link != handle) link = &(*link)->next;
    *link = handle->next;
    release(handle);
}

static void leave_provider(struct handle *provider) {
    EnterCriticalSection(&lock);
    bool last = --provider->users == 0;
    ULONG_PTR theirs = provider->theirs;
    TABLE *table = provider->table;
    bool end = provider_first ? provider->freed && theirs != 0 : last;
    if (end) provider->theirs = 0;
    if (last) forget(provider);
    LeaveCriticalSection(&lock);
    if (end) table->FreeProvider(theirs);
}

static void remember(void *octets, TABLE *table) {
    if (octets == NULL) return;
    struct buffer *one = allocate(sizeof *one);
    EnterCriticalSection(&lock);
    *one = (struct buffer){buffers, octets, table};
    buffers = one;
    LeaveCriticalSection(&lock);
}

#define EXPORT __declspec(dllexport) STATUS WINAPI
#define NEED_PROVIDER(given)                  \
    struct handle *one = find(given, false); \
    if (one == NULL) return NTE_INVALID_HANDLE
#define NEED_KEY(given)                      \
    struct handle *one = find(given, true); \
    if (one == NULL) return NTE_INVALID_HANDLE

EXPORT NCryptOpenStorageProvider(PROVIDER *out, LPCWSTR name, DWORD flags) {
    TABLE *table;
    PROVIDER theirs = 0;
    if (out == NULL) return NTE_INVALID_PARAMETER;
    EnterCriticalSection(&lock);
    STATUS status = load(name == NULL ? MS_KEY_STORAGE_PROVIDER : name, &table);
    LeaveCriticalSection(&lock);
    if (status == ERROR_SUCCESS) status = table->OpenProvider(&theirs, name, flags);
    if (status == ERROR_SUCCESS) *out = wrap(NULL, table, theirs, false);
    return status;
}

EXPORT NCryptOpenKey(PROVIDER provider, KEY *out, LPCWSTR name, DWORD spec, DWORD flags) {
    NEED_PROVIDER(provider);
    KEY theirs = 0;
    if (out == NULL) return NTE_INVALID_PARAMETER;
    STATUS status = one->table->OpenKey(one->theirs, &theirs, name, spec, flags);
    if (status == ERROR_SUCCESS) *out = wrap(one, one->table, theirs, true);
    return status;
}

EXPORT NCryptCreatePersistedKey(PROVIDER provider, KEY *out, LPCWSTR algorithm, LPCWSTR name, DWORD spec, DWORD flags) {
    NEED_PROVIDER(provider);
    KEY theirs = 0;
    STATUS status = one->table->CreatePersistedKey(one->theirs, &theirs, algorithm, name, spec, flags);
    if (status == ERROR_SUCCESS) *out = wrap(one, one->table, theirs, true);
    return status;
}

EXPORT NCryptImportKey(PROVIDER provider, KEY wrapping, LPCWSTR type, NCryptBufferDesc *list, KEY *out, PBYTE in,
                       DWORD size, DWORD flags) {
    NEED_PROVIDER(provider);
    KEY theirs = 0;
    STATUS status = one->table->ImportKey(one->theirs, wrapping, type, list, &theirs, in, size, flags);
    if (status == ERROR_SUCCESS) *out = wrap(one, one->table, theirs, true);
    return status;
}

static STATUS provider_handle(struct handle *key, BYTE *out, DWORD room, DWORD *size) {
    if (size == NULL) return NTE_INVALID_PARAMETER;
    *size = sizeof(PROVIDER);
    if (out == NULL) return ERROR_SUCCESS;
    if (room < sizeof(PROVIDER)) return NTE_BUFFER_TOO_SMALL;
    PROVIDER theirs = 0;
    STATUS status = key->table->OpenProvider(&theirs, NULL, 0);
    if (status != ERROR_SUCCESS) return status;
    // The program frees it, whatever becomes of the one that it opened the key with.
    PROVIDER ours = wrap(NULL, key->table, theirs, false);
    memcpy(out, &ours, sizeof ours);
    return ERROR_SUCCESS;
}

EXPORT NCryptGetProperty(NCRYPT_HANDLE handle, LPCWSTR name, PBYTE out, DWORD room, DWORD *size, DWORD flags) {
    struct handle *key = find(handle, true);
    if (key != NULL && name != NULL && lstrcmpW(name, NCRYPT_PROVIDER_HANDLE_PROPERTY) == 0)
        return provider_handle(key, out, room, size);
    if (key != NULL) return key->table->GetKeyProperty(key->provider->theirs, key->theirs, name, out, room, size, flags);
    NEED_PROVIDER(handle);
    return one->table->GetProviderProperty(one->theirs, name, out, room, size, flags);
}

EXPORT NCryptSetProperty(NCRYPT_HANDLE handle, LPCWSTR name, PBYTE in, DWORD size, DWORD flags) {
    struct handle *key = find(handle, true);
    if (key != NULL) return key->table->SetKeyProperty(key->provider->theirs, key->theirs, name, in, size, flags);
    NEED_PROVIDER(handle);
    return one->table->SetProviderProperty(one->theirs, name, in, size, flags);
}

EXPORT NCryptSignHash(KEY key, VOID *padding, PBYTE hash, DWORD hash_size, PBYTE out, DWORD room, DWORD *size,
                      DWORD flags) {
    NEED_KEY(key);
    return one->table->SignHash(one->provider->theirs, one->theirs, padding, hash, hash_size, out, room, size, flags);
}

EXPORT NCryptVerifySignature(KEY key, VOID *padding, PBYTE hash, DWORD hash_size, PBYTE signature, DWORD size,
                             DWORD flags) {
    NEED_KEY(key);
    return one->table->VerifySignature(one->provider->theirs, one->theirs, padding, hash, hash_size, signature, size,
                                       flags);
}

EXPORT NCryptExportKey(KEY key, KEY wrapping, LPCWSTR type, NCryptBufferDesc *list, PBYTE out, DWORD room, DWORD *size,
                       DWORD flags) {
    NEED_KEY(key);
    return one->table->ExportKey(one->provider->theirs, one->theirs, wrapping, type, list, out, room, size, flags);
}

EXPORT NCryptEncrypt(KEY key, PBYTE in, DWORD in_size, VOID *padding, PBYTE out, DWORD room, DWORD *size, DWORD flags) {
    NEED_KEY(key);
    return one->table->Encrypt(one->provider->theirs, one->theirs, in, in_size, padding, out, room, size, flags);
}

EXPORT NCryptDecrypt(KEY key, PBYTE in, DWORD in_size, VOID *padding, PBYTE out, DWORD room, DWORD *size, DWORD flags) {
    NEED_KEY(key);
    return one->table->Decrypt(one->provider->theirs, one->theirs, in, in_size, padding, out, room, size, flags);
}

EXPORT NCryptFinalizeKey(KEY key, DWORD flags) {
    NEED_KEY(key);
    return one->table->FinalizeKey(one->provider->theirs, one->theirs, flags);
}

EXPORT NCryptIsAlgSupported(PROVIDER provider, LPCWSTR algorithm, DWORD flags) {
    NEED_PROVIDER(provider);
    return one->table->IsAlgSupported(one->theirs, algorithm, flags);
}

EXPORT NCryptEnumAlgorithms(PROVIDER provider, DWORD operations, DWORD *count, NCryptAlgorithmName **list,
                            DWORD flags) {
    NEED_PROVIDER(provider);
    STATUS status = one->table->EnumAlgorithms(one->theirs, operations, count, list, flags);
    if (status == ERROR_SUCCESS) remember(*list, one->table);
    return status;
}

EXPORT NCryptEnumKeys(PROVIDER provider, LPCWSTR scope, NCryptKeyName **name, PVOID *state, DWORD flags) {
    NEED_PROVIDER(provider);
    bool first = *state == NULL;
    STATUS status = one->table->EnumKeys(one->theirs, scope, name, state, flags);
    if (status == ERROR_SUCCESS) remember(*name, one->table);
    if (first) remember(*state, one->table);
    return status;
}

EXPORT NCryptNotifyChangeKey(PROVIDER provider, HANDLE *event, DWORD flags) {
    NEED_PROVIDER(provider);
    return one->table->NotifyChangeKey(one->theirs, event, flags);
}

EXPORT NCryptEnumStorageProviders(DWORD *count, NCryptProviderName **list, DWORD flags) {
    enum { MOST = 32 };
    HKEY key;
    (void)flags;
    if (count == NULL || list == NULL) return NTE_INVALID_PARAMETER;
    NCryptProviderName *rows = allocate(MOST * (sizeof *rows + NAME * sizeof(WCHAR)));
    WCHAR *text = (WCHAR *)(rows + MOST);
    *count = 0;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, PROVIDERS, 0, KEY_READ, &key) == 0) {
        DWORD size = NAME;
        while (*count < MOST && RegEnumKeyExW(key, *count, text, &size, NULL, NULL, NULL, NULL) == 0) {
            rows[*count].pszName = text;
            rows[*count].pszComment = text + lstrlenW(text);
            ++*count;
            text += NAME;
            size = NAME;
        }
        RegCloseKey(key);
    }
    *list = rows;
    remember(rows, NULL);
    return ERROR_SUCCESS;
}

EXPORT NCryptFreeBuffer(PVOID octets) {
    EnterCriticalSection(&lock);
    struct buffer **link = &buffers;
    while (*link != NULL && (*link)->octets != octets) link = &(*link)->next;
    struct buffer *one = *link;
    if (one != NULL) *link = one->next;
    LeaveCriticalSection(&lock);
    if (one == NULL) return NTE_INVALID_PARAMETER;
    TABLE *table = one->table;
    release(one);
    if (table != NULL) return table->FreeBuffer(octets);
    release(octets);
    return ERROR_SUCCESS;
}

EXPORT NCryptFreeObject(NCRYPT_HANDLE handle) {
    struct handle *key = find(handle, true);
    if (key == NULL) {
        NEED_PROVIDER(handle);
        one->freed = true;
        leave_provider(one);
        return ERROR_SUCCESS;
    }
    STATUS status = key->table->FreeKey(key->provider->theirs, key->theirs);
    struct handle *provider = key->provider;
    EnterCriticalSection(&lock);
    forget(key);
    LeaveCriticalSection(&lock);
    leave_provider(provider);
    return status;
}

EXPORT NCryptDeleteKey(KEY key, DWORD flags) {
    NEED_KEY(key);
    return one->table->DeleteKey(one->provider->theirs, one->theirs, flags);
}

__declspec(dllexport) WINBOOL WINAPI NCryptIsKeyHandle(KEY key) {
    return is_open_key(key);
}

// No provider here has these; programs only look whether they are there.
EXPORT NCryptTranslateHandle(PROVIDER *provider, KEY *key, HCRYPTPROV legacy, HCRYPTKEY legacy_key, DWORD spec,
                             DWORD flags) {
    (void)provider, (void)key, (void)legacy, (void)legacy_key, (void)spec, (void)flags;
    return NTE_NOT_SUPPORTED;
}

EXPORT NCryptSecretAgreement(KEY ours, KEY theirs, SECRET *secret, DWORD flags) {
    (void)ours, (void)theirs, (void)secret, (void)flags;
    return NTE_NOT_SUPPORTED;
}

EXPORT NCryptDeriveKey(SECRET secret, LPCWSTR function, NCryptBufferDesc *list, PBYTE out, DWORD room, DWORD *size,
                       ULONG flags) {
    (void)secret, (void)function, (void)list, (void)out, (void)room, (void)size, (void)flags;
    return NTE_NOT_SUPPORTED;
}

__declspec(dllexport) STATUS WINAPI NCryptKeyDerivation(KEY key, NCryptBufferDesc *list, PUCHAR out, DWORD room, DWORD *size, ULONG flags) {
    (void)key, (void)list, (void)out, (void)room, (void)size, (void)flags;
    return NTE_NOT_SUPPORTED;
}

BOOL WINAPI DllMain(HINSTANCE library, DWORD reason, void *reserved) {
    WCHAR mode[32];
    (void)library, (void)reserved;
    if (reason != DLL_PROCESS_ATTACH) return TRUE;
    InitializeCriticalSection(&lock);
    provider_first = GetEnvironmentVariableW(L"CUSTODIAN_TEST_ROUTER", mode, 32) > 0 &&
                     lstrcmpW(mode, L"provider-first") == 0;
    hook_crypt32();
    return TRUE;
}
