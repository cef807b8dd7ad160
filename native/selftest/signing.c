#include <string.h>

#include "selftest.h"

bool verified(const struct test_key *key, KEY handle, void *info, const BYTE *hash, DWORD hash_size,
              const BYTE *signature, DWORD size, DWORD flags, bool *known) {
    LPCWSTR type = key->rsa ? BCRYPT_RSAPUBLIC_BLOB : BCRYPT_ECCPUBLIC_BLOB;
    BYTE blob[1000];
    DWORD blob_size = 0;
    BCRYPT_ALG_HANDLE algorithm = NULL;
    BCRYPT_KEY_HANDLE public = NULL;
    *known = false;
    if (ksp->ExportKey(provider, handle, 0, type, NULL, blob, sizeof blob, &blob_size, 0) != 0) return false;
    if (BCryptOpenAlgorithmProvider(&algorithm, key->algorithm, NULL, 0) != 0) return false;
    bool well = false;
    if (BCryptImportKeyPair(algorithm, NULL, type, &public, blob, blob_size, 0) == 0) {
        *known = true;
        DWORD kind = (flags & BCRYPT_PAD_PSS) != 0 ? BCRYPT_PAD_PSS : BCRYPT_PAD_PKCS1;
        well = BCryptVerifySignature(public, key->rsa ? info : NULL, (BYTE *)hash, hash_size, (BYTE *)signature, size,
                                     key->rsa ? kind : 0) == 0;
        BCryptDestroyKey(public);
    }
    BCryptCloseAlgorithmProvider(algorithm, 0);
    return well;
}

void sign_and_verify(const struct test_key *key, KEY handle, void *info, DWORD hash_size, DWORD flags, const char *as) {
    BYTE signature[600], hash[64];
    DWORD size = 0, made = 0;
    bool known;
    memcpy(hash, digest(), sizeof hash);
    STATUS status = ksp->SignHash(provider, handle, info, hash, hash_size, NULL, 0, &size, flags);
    check(status == 0 && size == key->signature, "%s, %lu bits: size is %lu: %08lx", as, (unsigned long)key->bits,
          (unsigned long)size, (unsigned long)status);
    memset(signature, 0xee, sizeof signature);
    status = ksp->SignHash(provider, handle, info, hash, hash_size, signature, sizeof signature, &made, flags);
    if (!check(status == 0 && made == size, "%s: signed, %lu octets: %08lx", as, (unsigned long)made,
               (unsigned long)status))
        return;
    check(signature[made] == 0xee, "%s: nothing is written beyond", as);
    if (!key->rsa && hash_size > (key->bits + 7) / 8) {
        left_out("not every system's cryptography cuts a digest that is longer than the curve");
        return;
    }
    if ((flags & BCRYPT_PAD_PSS) != 0 && ((BCRYPT_PSS_PADDING_INFO *)info)->cbSalt == 0) {
        left_out("not every system's cryptography checks PSS without salt");
        return;
    }
    bool well = verified(key, handle, info, hash, hash_size, signature, made, flags, &known);
    if (!known) {
        left_out("this system's cryptography does not know the curve");
        return;
    }
    check(well, "%s: verified", as);
    hash[0] ^= 1;
    check(!verified(key, handle, info, hash, hash_size, signature, made, flags, &known), "%s: of this digest only", as);
}

static void verify_by_provider(const struct test_key *key, KEY handle) {
    BYTE signature[600], hash[32];
    DWORD size = 0, flags = key->rsa ? BCRYPT_PAD_PKCS1 : 0;
    struct padding padding = paddings[0];
    void *info = key->rsa ? &padding.info : NULL;
    memcpy(hash, digest(), sizeof hash);
    if (ksp->SignHash(provider, handle, info, hash, 32, signature, sizeof signature, &size, flags) != 0) return;
    STATUS status = ksp->VerifySignature(provider, handle, info, hash, 32, signature, size, flags);
    if (status == NTE_NOT_SUPPORTED && key->bits == 521) {
        left_out("this system's cryptography does not know the curve");
        return;
    }
    gives(0, status, "VerifySignature");
    hash[31] ^= 1;
    gives(NTE_BAD_SIGNATURE, ksp->VerifySignature(provider, handle, info, hash, 32, signature, size, flags),
          "VerifySignature of another digest");
    if (direct)
        gives(NTE_INVALID_PARAMETER, ksp->VerifySignature(provider, handle, info, hash, 32, NULL, size, flags),
              "VerifySignature of nothing");
}

void check_signatures(void) {
    group("signatures");
    for (int i = 0; i < key_count; i++) {
        const struct test_key *key = &keys[i];
        KEY handle = opened(key);
        if (handle == 0) continue;
        for (int k = 0; k < 6 && key->rsa; k++) {
            struct padding padding = paddings[k];
            sign_and_verify(key, handle, &padding.info, padding.hash_size, padding.flags, padding.name);
        }
        if (!key->rsa) {
            sign_and_verify(key, handle, NULL, 32, 0, "ECDSA with SHA-256");
            sign_and_verify(key, handle, NULL, 48, 0, "ECDSA with SHA-384");
            sign_and_verify(key, handle, NULL, 64, 0, "ECDSA with SHA-512");
        }
        verify_by_provider(key, handle);
        ksp->FreeKey(provider, handle);
    }
}

static STATUS sign(KEY handle, void *info, const BYTE *hash, DWORD size, DWORD flags) {
    BYTE signature[600];
    DWORD made;
    return ksp->SignHash(provider, handle, info, (BYTE *)hash, size, signature, sizeof signature, &made, flags);
}

static void ready_digest_info(const struct test_key *key, KEY handle) {
    static const BYTE head[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    BYTE info[sizeof head + 32], signature[600];
    BCRYPT_PKCS1_PADDING_INFO none = {NULL};
    struct padding named = paddings[0];
    DWORD size = 0;
    bool known;
    memcpy(info, head, sizeof head);
    memcpy(info + sizeof head, digest(), 32);
    STATUS status = ksp->SignHash(provider, handle, &none, info, sizeof info, signature, sizeof signature, &size,
                                  BCRYPT_PAD_PKCS1);
    bool well = status == 0 && verified(key, handle, &named.info, digest(), 32, signature, size, BCRYPT_PAD_PKCS1, &known);
    check(well, "a ready DigestInfo of SHA-256 is signed as SHA-256: %08lx", (unsigned long)status);
    gives(NTE_NOT_SUPPORTED, sign(handle, &none, info, sizeof info - 1, BCRYPT_PAD_PKCS1), "a DigestInfo cut off");
    gives(NTE_NOT_SUPPORTED, sign(handle, &none, digest(), 32, BCRYPT_PAD_PKCS1), "bare octets of a digest");
    gives(NTE_NOT_SUPPORTED, sign(handle, &none, digest(), 36, BCRYPT_PAD_PKCS1), "MD5 and SHA-1 as TLS 1.1 has it");
    info[14] = 4; // SHA-224, with the size of SHA-256
    gives(NTE_NOT_SUPPORTED, sign(handle, &none, info, sizeof info, BCRYPT_PAD_PKCS1), "a DigestInfo of another hash");
}

static void refuse_rsa(const struct test_key *key, KEY handle) {
    BCRYPT_PKCS1_PADDING_INFO sha1 = {BCRYPT_SHA1_ALGORITHM}, md5 = {BCRYPT_MD5_ALGORITHM}, odd = {L"SHA-256"};
    BCRYPT_PSS_PADDING_INFO pss_sha1 = {BCRYPT_SHA1_ALGORITHM, 20}, unnamed = {NULL, 32};
    BCRYPT_PSS_PADDING_INFO large = {BCRYPT_SHA256_ALGORITHM, 0}, none = {BCRYPT_SHA256_ALGORITHM, 0};
    struct padding pkcs1 = paddings[0], pss = paddings[3];
    DWORD room = (key->bits + 6) / 8 - 2 - 32;
    gives(NTE_NOT_SUPPORTED, sign(handle, &sha1, digest(), 20, BCRYPT_PAD_PKCS1), "PKCS#1 with SHA-1");
    gives(NTE_NOT_SUPPORTED, sign(handle, &md5, digest(), 16, BCRYPT_PAD_PKCS1), "PKCS#1 with MD5");
    gives(NTE_NOT_SUPPORTED, sign(handle, &odd, digest(), 32, BCRYPT_PAD_PKCS1), "a hash that nobody knows");
    gives(NTE_NOT_SUPPORTED, sign(handle, &pss_sha1, digest(), 20, BCRYPT_PAD_PSS), "PSS with SHA-1");
    gives(NTE_INVALID_PARAMETER, sign(handle, &unnamed, digest(), 32, BCRYPT_PAD_PSS), "PSS without a hash");
    gives(NTE_INVALID_PARAMETER, sign(handle, &pkcs1.info, digest(), 31, BCRYPT_PAD_PKCS1), "a digest too short");
    gives(NTE_INVALID_PARAMETER, sign(handle, &pss.info, digest(), 33, BCRYPT_PAD_PSS), "a digest too long");
    gives(NTE_INVALID_PARAMETER, sign(handle, NULL, digest(), 32, BCRYPT_PAD_PKCS1), "PKCS#1 without its padding");
    gives(NTE_INVALID_PARAMETER, sign(handle, NULL, digest(), 32, BCRYPT_PAD_PSS), "PSS without its padding");
    gives(NTE_INVALID_PARAMETER, sign(handle, NULL, digest(), 32, 0), "RSA without any padding");
    large.cbSalt = room + 1;
    gives(NTE_INVALID_PARAMETER, sign(handle, &large, digest(), 32, BCRYPT_PAD_PSS), "a salt that does not fit");
    large.cbSalt = 0xfffffff0;
    gives(NTE_INVALID_PARAMETER, sign(handle, &large, digest(), 32, BCRYPT_PAD_PSS), "a salt of 4 GiB");
    sign_and_verify(key, handle, &none, 32, BCRYPT_PAD_PSS, "PSS without salt");
    sign_and_verify(key, handle, &pkcs1.info, 32, BCRYPT_PAD_PKCS1 | BCRYPT_PAD_PKCS1_OPTIONAL_HASH_OID,
                    "PKCS#1 with the flag for a hash that may be absent");
    ready_digest_info(key, handle);
    if (!direct) return;
    gives(NTE_BAD_FLAGS, sign(handle, &pkcs1.info, digest(), 32, BCRYPT_PAD_PKCS1 | BCRYPT_PAD_PSS), "two paddings");
    gives(NTE_BAD_FLAGS, sign(handle, &pkcs1.info, digest(), 32, BCRYPT_PAD_PKCS1 | 0x10000), "an unknown flag");
    gives(NTE_INVALID_PARAMETER, sign(handle, &pkcs1.info, NULL, 32, BCRYPT_PAD_PKCS1), "no digest");
    BYTE signature[600];
    DWORD size = 0;
    sign_and_verify(key, handle, &pkcs1.info, 32, 0, "PKCS#1 by its padding alone");
    gives(NTE_INVALID_PARAMETER,
          ksp->SignHash(provider, handle, &pkcs1.info, (BYTE *)digest(), 32, signature, sizeof signature, NULL,
                        BCRYPT_PAD_PKCS1),
          "no room for a size");
    memset(signature, 0xee, sizeof signature);
    gives(NTE_BUFFER_TOO_SMALL,
          ksp->SignHash(provider, handle, &pkcs1.info, (BYTE *)digest(), 32, signature, key->signature - 1, &size,
                        BCRYPT_PAD_PKCS1),
          "an octet too little");
    check(size == key->signature && signature[0] == 0xee, "it says how much is needed and writes nothing");
}

static void refuse_ec(const struct test_key *key, KEY handle) {
    struct padding pkcs1 = paddings[0];
    BYTE signature[600];
    DWORD size = 0;
    gives(NTE_NOT_SUPPORTED, sign(handle, NULL, digest(), 20, 0), "ECDSA with SHA-1");
    gives(NTE_NOT_SUPPORTED, sign(handle, NULL, digest(), 28, 0), "ECDSA with SHA-224");
    gives(NTE_INVALID_PARAMETER, sign(handle, NULL, digest(), 33, 0), "ECDSA of 33 octets");
    sign_and_verify(key, handle, &pkcs1.info, 32, BCRYPT_PAD_PKCS1, "ECDSA, as signtool asks: with PKCS#1 padding");
    gives(NTE_BUFFER_TOO_SMALL,
          ksp->SignHash(provider, handle, NULL, (BYTE *)digest(), 32, signature, key->signature - 1, &size, 0),
          "an octet too little");
    check(size == key->signature, "it says how much is needed");
}

void check_refusals(void) {
    group("refusals");
    for (int rsa = 1; rsa >= 0; rsa--) {
        const struct test_key *key = a_key(rsa == 1);
        KEY handle = key == NULL ? 0 : opened(key);
        if (handle == 0) continue;
        if (rsa == 1)
            refuse_rsa(key, handle);
        else
            refuse_ec(key, handle);
        ksp->FreeKey(provider, handle);
    }
}
