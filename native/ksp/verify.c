#include "ksp.h"

#define STATUS_INVALID_SIGNATURE ((NTSTATUS)0xc000a000)

static STATUS verify(const struct key *key, void *padding, BYTE *hash, DWORD hash_size, BYTE *signature, DWORD size,
                     DWORD flags) {
    struct wish wish;
    if (signature == NULL) return NTE_INVALID_PARAMETER;
    if ((flags & ~(NCRYPT_SILENT_FLAG | PADDING_FLAGS)) != 0) return NTE_BAD_FLAGS;
    if ((flags & BCRYPT_PAD_PKCS1) != 0 && (flags & BCRYPT_PAD_PSS) != 0) return NTE_BAD_FLAGS;
    // What we would not sign, we do not judge.
    STATUS status = understand(key, padding, hash, hash_size, flags, &wish);
    if (status != ERROR_SUCCESS) return status;
    BYTE blob[PUBLIC_BLOB];
    BCRYPT_ALG_HANDLE algorithm;
    BCRYPT_KEY_HANDLE public = NULL;
    if (BCryptOpenAlgorithmProvider(&algorithm, algorithm_name(key->algorithm), NULL, 0) != 0) return NTE_NOT_SUPPORTED;
    NTSTATUS said =
        BCryptImportKeyPair(algorithm, NULL, is_rsa(key) ? BCRYPT_RSAPUBLIC_BLOB : BCRYPT_ECCPUBLIC_BLOB, &public, blob,
                            public_blob(key, blob), 0);
    if (said == 0) {
        DWORD kind = !is_rsa(key) ? 0 : (flags & BCRYPT_PAD_PSS) != 0 ? BCRYPT_PAD_PSS : BCRYPT_PAD_PKCS1;
        said = BCryptVerifySignature(public, is_rsa(key) ? padding : NULL, hash, hash_size, signature, size, kind);
        BCryptDestroyKey(public);
        status = said == 0                                    ? ERROR_SUCCESS
                 : said == STATUS_INVALID_SIGNATURE           ? NTE_BAD_SIGNATURE
                 : said == (NTSTATUS)STATUS_INVALID_PARAMETER ? NTE_INVALID_PARAMETER
                                                              : NTE_NOT_SUPPORTED;
    } else {
        status = NTE_NOT_SUPPORTED;
    }
    BCryptCloseAlgorithmProvider(algorithm, 0);
    return status;
}

STATUS WINAPI verify_signature(PROVIDER provider, KEY handle, void *padding, BYTE *hash, DWORD hash_size,
                               BYTE *signature, DWORD signature_size, DWORD flags) {
    (void)provider;
    struct object *object = use(handle, KEY_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    STATUS status =
        verify((const struct key *)object, padding, hash, hash_size, signature, signature_size, flags);
    end_use(object);
    return status;
}
