// caller: a program that acquires keys and signs by the system's ncrypt.dll, as crypt32 and Schannel do. Says its process id; then for each
// line "KEY pkcs1|pss|ecdsa ACQUIRE SIGN DIGEST" what came: "signed" and the signature, or the call that failed and its status.
// ACQUIRE and SIGN are flags, DIGEST is that of SHA-256; all in hexadecimal.
#include <stdio.h>
#include <string.h>

#include "../../selftest/selftest.h"

/// As CryptAcquireCertificatePrivateKey does: a provider of its own, freed at once.
static const char *acquire(const WCHAR *name, DWORD flags, KEY *key, STATUS *status) {
    PROVIDER opened;
    *status = ksp->OpenProvider(&opened, PROVIDER_NAME, flags);
    if (*status != 0) return "OpenStorageProvider";
    *status = ksp->OpenKey(opened, key, name, 0, flags);
    ksp->FreeProvider(opened);
    return *status == 0 ? NULL : "OpenKey";
}

static const char *sign(KEY key, const char *padding, BYTE *hash, DWORD flags, BYTE *out, DWORD *size, STATUS *status) {
    BCRYPT_PSS_PADDING_INFO pss = {BCRYPT_SHA256_ALGORITHM, 32};
    BCRYPT_PKCS1_PADDING_INFO pkcs1 = {BCRYPT_SHA256_ALGORITHM};
    WCHAR family[32];
    void *info = NULL;
    *status = ksp->GetKeyProperty(0, key, NCRYPT_ALGORITHM_GROUP_PROPERTY, (BYTE *)family, sizeof family, size,
                                  flags & NCRYPT_SILENT_FLAG);
    if (*status != 0) return "GetProperty";
    if (strcmp(padding, "pss") == 0) {
        info = &pss;
        flags |= BCRYPT_PAD_PSS;
    } else if (strcmp(padding, "pkcs1") == 0) {
        info = &pkcs1;
        flags |= BCRYPT_PAD_PKCS1;
    }
    *status = ksp->SignHash(0, key, info, hash, 32, NULL, 0, size, flags);
    if (*status != 0) return "SignHash for its size";
    *status = ksp->SignHash(0, key, info, hash, 32, out, *size, size, flags);
    return *status == 0 ? NULL : "SignHash";
}

static void call(const WCHAR *name, const char *padding, DWORD acquiring, DWORD signing, BYTE *hash) {
    BYTE signature[600];
    DWORD size = 0;
    KEY key = 0;
    STATUS status;
    const char *failed = acquire(name, acquiring, &key, &status);
    if (failed == NULL) {
        failed = sign(key, padding, hash, signing, signature, &size, &status);
        ksp->FreeKey(0, key);
    }
    if (failed != NULL) {
        printf("%s %08lx\n", failed, (unsigned long)status);
        return;
    }
    printf("signed ");
    for (DWORD i = 0; i < size; i++) printf("%02x", signature[i]);
    printf("\n");
}

int wmain(void) {
    WCHAR name[64];
    char padding[8], hex[65];
    unsigned long acquiring, signing;
    ksp = router_table();
    if (ksp == NULL) return 3;
    printf("%lu\n", GetCurrentProcessId());
    fflush(stdout);
    while (scanf("%63ls %7s %lx %lx %64s", name, padding, &acquiring, &signing, hex) == 5) {
        BYTE hash[32] = {0};
        for (int i = 0; i < 32; i++) {
            unsigned octet;
            if (sscanf(hex + 2 * i, "%2x", &octet) != 1) return 2;
            hash[i] = (BYTE)octet;
        }
        call(name, padding, acquiring, signing, hash);
        fflush(stdout);
    }
    return 0;
}
