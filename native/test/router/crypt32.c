// Wine's crypt32 knows no keys of providers. Five of its functions are overwritten in memory by a jump to ours, which ask the
// router where Wine would ask nobody, and Wine's own function, its first octets put back for so long, for all else. While that
// runs in one thread, another may meet the original: programs that sign from several threads at once are not for this router.
#include "router.h"

#include <string.h>

/// jmp [rip + 0] and an address
#define JUMP 14
/// The flags by which a program says that it takes keys of providers.
#define TAKES_PROVIDERS \
    (CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG | CRYPT_ACQUIRE_PREFER_NCRYPT_KEY_FLAG | CRYPT_ACQUIRE_ONLY_NCRYPT_KEY_FLAG)
#define KEY_HANDLE_PROPERTY 78
#define PROVIDER_OR_KEY_HANDLE_PROPERTY 79

struct hook {
    const char *name;
    void *ours;
    BYTE *theirs;
    BYTE first[JUMP];
};

static CRITICAL_SECTION lock;

static void overwrite(struct hook *hook, const BYTE *octets) {
    DWORD before;
    VirtualProtect(hook->theirs, JUMP, PAGE_EXECUTE_READWRITE, &before);
    memcpy(hook->theirs, octets, JUMP);
    VirtualProtect(hook->theirs, JUMP, before, &before);
    FlushInstructionCache(GetCurrentProcess(), hook->theirs, JUMP);
}

static void jump(struct hook *hook) {
    BYTE octets[JUMP] = {0xff, 0x25};
    memcpy(octets + 6, &hook->ours, sizeof hook->ours);
    overwrite(hook, octets);
}

static void *original(struct hook *hook) {
    EnterCriticalSection(&lock);
    overwrite(hook, hook->first);
    return hook->theirs;
}

static BOOL back(struct hook *hook, BOOL result) {
    DWORD error = GetLastError();
    jump(hook);
    LeaveCriticalSection(&lock);
    SetLastError(error);
    return result;
}

static BOOL WINAPI acquire(PCCERT_CONTEXT, DWORD, void *, HCRYPTPROV_OR_NCRYPT_KEY_HANDLE *, DWORD *, WINBOOL *);
static BOOL WINAPI set_property(PCCERT_CONTEXT, DWORD, DWORD, const void *);
static BOOL WINAPI get_property(PCCERT_CONTEXT, DWORD, void *, DWORD *);
static BOOL WINAPI export_info(HCRYPTPROV_OR_NCRYPT_KEY_HANDLE, DWORD, DWORD, LPSTR, DWORD, void *,
                               PCERT_PUBLIC_KEY_INFO, DWORD *);
static DWORD WINAPI key_length(DWORD, PCERT_PUBLIC_KEY_INFO);

static struct hook on_acquire = {"CryptAcquireCertificatePrivateKey", acquire, NULL, {0}};
static struct hook on_set = {"CertSetCertificateContextProperty", set_property, NULL, {0}};
static struct hook on_get = {"CertGetCertificateContextProperty", get_property, NULL, {0}};
static struct hook on_export = {"CryptExportPublicKeyInfoEx", export_info, NULL, {0}};
static struct hook on_length = {"CertGetPublicKeyLength", key_length, NULL, {0}};

#define ORIGINAL(hook, type, ...) back(&hook, ((type)original(&hook))(__VA_ARGS__))

/// Keys that a program gave to certificates.
#define GIVEN 64
static struct {
    PCCERT_CONTEXT certificate;
    KEY key;
} given[GIVEN];

static bool same(PCCERT_CONTEXT a, PCCERT_CONTEXT b) {
    return a->cbCertEncoded == b->cbCertEncoded && memcmp(a->pbCertEncoded, b->pbCertEncoded, a->cbCertEncoded) == 0;
}

static void give(PCCERT_CONTEXT certificate, KEY key) {
    EnterCriticalSection(&lock);
    int at = 0;
    while (at < GIVEN && given[at].certificate != certificate) at++;
    if (at == GIVEN)
        for (at = 0; at < GIVEN && given[at].certificate != NULL && is_open_key(given[at].key); at++) continue;
    if (at < GIVEN) {
        given[at].certificate = key == 0 ? NULL : certificate;
        given[at].key = key;
    }
    LeaveCriticalSection(&lock);
}

static KEY key_given_to(PCCERT_CONTEXT certificate) {
    KEY key = 0;
    EnterCriticalSection(&lock);
    // The same context first; a copy of it may have been made since.
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < GIVEN && key == 0; i++)
            if (given[i].certificate != NULL && is_open_key(given[i].key) &&
                (given[i].certificate == certificate || (pass == 1 && same(given[i].certificate, certificate))))
                key = given[i].key;
    LeaveCriticalSection(&lock);
    return key;
}

static BOOL WINAPI set_property(PCCERT_CONTEXT certificate, DWORD property, DWORD flags, const void *data) {
    const CERT_KEY_CONTEXT *context = data;
    if (property == KEY_HANDLE_PROPERTY || property == PROVIDER_OR_KEY_HANDLE_PROPERTY) {
        give(certificate, (KEY)data);
        return TRUE;
    }
    if (property == CERT_KEY_CONTEXT_PROP_ID && context != NULL && context->dwKeySpec == CERT_NCRYPT_KEY_SPEC) {
        give(certificate, context->hCryptProv);
        return TRUE;
    }
    return ORIGINAL(on_set, typeof(&set_property), certificate, property, flags, data);
}

static BOOL WINAPI get_property(PCCERT_CONTEXT certificate, DWORD property, void *data, DWORD *size) {
    KEY key = 0;
    if (property == KEY_HANDLE_PROPERTY || property == PROVIDER_OR_KEY_HANDLE_PROPERTY) key = key_given_to(certificate);
    if (key == 0) return ORIGINAL(on_get, typeof(&get_property), certificate, property, data, size);
    DWORD room = *size;
    *size = sizeof key;
    if (data == NULL) return TRUE;
    if (room < sizeof key) {
        SetLastError(ERROR_MORE_DATA);
        return FALSE;
    }
    memcpy(data, &key, sizeof key);
    return TRUE;
}

SECURITY_STATUS WINAPI NCryptOpenStorageProvider(PROVIDER *, LPCWSTR, DWORD);

static STATUS open(const CRYPT_KEY_PROV_INFO *info, DWORD flags, void *window, KEY *key) {
    PROVIDER provider;
    DWORD silent = (flags & CRYPT_ACQUIRE_SILENT_FLAG) != 0 ? NCRYPT_SILENT_FLAG : 0;
    STATUS status = NCryptOpenStorageProvider(&provider, info->pwszProvName, silent);
    if (status != ERROR_SUCCESS) return status;
    DWORD spec = info->dwKeySpec == CERT_NCRYPT_KEY_SPEC ? 0 : info->dwKeySpec;
    status = NCryptOpenKey(provider, key, info->pwszContainerName, spec,
                           silent | (info->dwFlags & NCRYPT_MACHINE_KEY_FLAG));
    NCryptFreeObject(provider);
    if (status == ERROR_SUCCESS && (flags & CRYPT_ACQUIRE_WINDOW_HANDLE_FLAG) != 0 && window != NULL)
        NCryptSetProperty(*key, NCRYPT_WINDOW_HANDLE_PROPERTY, window, sizeof(HWND), 0);
    return status;
}

static BOOL WINAPI acquire(PCCERT_CONTEXT certificate, DWORD flags, void *window,
                           HCRYPTPROV_OR_NCRYPT_KEY_HANDLE *handle, DWORD *spec, WINBOOL *must_free) {
    DWORD size = 0;
    KEY key = key_given_to(certificate);
    if (key != 0 && (flags & TAKES_PROVIDERS) != 0) {
        *handle = key;
        if (spec != NULL) *spec = CERT_NCRYPT_KEY_SPEC;
        if (must_free != NULL) *must_free = FALSE;
        return TRUE;
    }
    CRYPT_KEY_PROV_INFO *info = NULL;
    if (get_property(certificate, CERT_KEY_PROV_INFO_PROP_ID, NULL, &size)) {
        info = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
        get_property(certificate, CERT_KEY_PROV_INFO_PROP_ID, info, &size);
    }
    if (info == NULL || info->dwProvType != 0) {
        HeapFree(GetProcessHeap(), 0, info);
        return ORIGINAL(on_acquire, typeof(&acquire), certificate, flags, window, handle, spec, must_free);
    }
    // What a program meets that knows no keys of providers.
    STATUS status = (flags & TAKES_PROVIDERS) == 0 ? NTE_BAD_PROV_TYPE : open(info, flags, window, &key);
    HeapFree(GetProcessHeap(), 0, info);
    if (status != ERROR_SUCCESS) {
        SetLastError((DWORD)status);
        return FALSE;
    }
    *handle = key;
    if (spec != NULL) *spec = CERT_NCRYPT_KEY_SPEC;
    if (must_free != NULL) *must_free = TRUE;
    return TRUE;
}

/// INTEGER of DER.
static DWORD put_integer(BYTE *out, const BYTE *value, DWORD size) {
    DWORD at = 0, lead = value[0] >> 7;
    out[at++] = 2;
    if (size + lead > 0xff) {
        out[at++] = 0x82;
        out[at++] = (BYTE)((size + lead) >> 8);
    } else if (size + lead > 0x7f) {
        out[at++] = 0x81;
    }
    out[at++] = (BYTE)(size + lead);
    if (lead != 0) out[at++] = 0;
    memcpy(out + at, value, size);
    return at + size;
}

/// RSAPublicKey of DER.
static DWORD rsa_key(const BYTE *blob, BYTE *out) {
    const BCRYPT_RSAKEY_BLOB *head = (const void *)blob;
    const BYTE *exponent = blob + sizeof *head;
    BYTE pair[1200];
    DWORD size = put_integer(pair, exponent + head->cbPublicExp, head->cbModulus);
    size += put_integer(pair + size, exponent, head->cbPublicExp);
    out[0] = 0x30;
    out[1] = 0x82;
    out[2] = (BYTE)(size >> 8);
    out[3] = (BYTE)size;
    memcpy(out + 4, pair, size);
    return 4 + size;
}

static const BYTE p256[] = {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}, p384[] = {6, 5, 0x2b, 0x81, 4, 0, 0x22},
                  p521[] = {6, 5, 0x2b, 0x81, 4, 0, 0x23}, null[] = {5, 0};

static BOOL WINAPI export_info(HCRYPTPROV_OR_NCRYPT_KEY_HANDLE handle, DWORD spec, DWORD encoding, LPSTR oid,
                               DWORD flags, void *more, PCERT_PUBLIC_KEY_INFO info, DWORD *size) {
    BYTE blob[1200], key[1200];
    DWORD blob_size, key_size;
    if (!is_open_key(handle))
        return ORIGINAL(on_export, typeof(&export_info), handle, spec, encoding, oid, flags, more, info, size);
    if (NCryptExportKey(handle, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, blob, sizeof blob, &blob_size, 0) != 0) return FALSE;
    const BCRYPT_ECCKEY_BLOB *ec = (const void *)blob;
    bool rsa = ec->dwMagic == BCRYPT_RSAPUBLIC_MAGIC;
    const BYTE *parameters = rsa ? null : ec->cbKey == 32 ? p256 : ec->cbKey == 48 ? p384 : p521;
    DWORD parameters_size = parameters[1] + 2u;
    const char *algorithm = rsa ? szOID_RSA_RSA : "1.2.840.10045.2.1";
    DWORD algorithm_size = (DWORD)strlen(algorithm) + 1;
    if (rsa) {
        key_size = rsa_key(blob, key);
    } else {
        key[0] = 4;
        memcpy(key + 1, blob + sizeof *ec, 2 * ec->cbKey);
        key_size = 1 + 2 * ec->cbKey;
    }
    DWORD room = *size;
    *size = sizeof *info + algorithm_size + parameters_size + key_size;
    if (info == NULL) return TRUE;
    if (room < *size) {
        SetLastError(ERROR_MORE_DATA);
        return FALSE;
    }
    BYTE *at = (BYTE *)(info + 1);
    memset(info, 0, sizeof *info);
    info->Algorithm.pszObjId = memcpy(at, algorithm, algorithm_size);
    info->Algorithm.Parameters = (CRYPT_OBJID_BLOB){parameters_size, memcpy(at + algorithm_size, parameters, parameters_size)};
    info->PublicKey.cbData = key_size;
    info->PublicKey.pbData = memcpy(at + algorithm_size + parameters_size, key, key_size);
    return TRUE;
}

static DWORD WINAPI key_length(DWORD encoding, PCERT_PUBLIC_KEY_INFO info) {
    static const struct {
        const BYTE *curve;
        DWORD size, bits;
    } curves[] = {{p256, sizeof p256, 256}, {p384, sizeof p384, 384}, {p521, sizeof p521, 521}};
    const CRYPT_OBJID_BLOB *curve = &info->Algorithm.Parameters;
    for (int i = 0; i < 3 && strcmp(info->Algorithm.pszObjId, "1.2.840.10045.2.1") == 0; i++)
        if (curve->cbData == curves[i].size && memcmp(curve->pbData, curves[i].curve, curves[i].size) == 0)
            return curves[i].bits;
    return (DWORD)ORIGINAL(on_length, typeof(&key_length), encoding, info);
}

/// Named by nobody: it makes the linker have crypt32 loaded before us.
void *volatile needs_crypt32;

void hook_crypt32(void) {
    struct hook *hooks[] = {&on_acquire, &on_set, &on_get, &on_export, &on_length};
    needs_crypt32 = (void *)CertGetNameStringW;
    InitializeCriticalSection(&lock);
    for (int i = 0; i < 5; i++) {
        hooks[i]->theirs = (BYTE *)(void *)GetProcAddress(GetModuleHandleW(L"crypt32.dll"), hooks[i]->name);
        memcpy(hooks[i]->first, hooks[i]->theirs, JUMP);
        jump(hooks[i]);
    }
}
