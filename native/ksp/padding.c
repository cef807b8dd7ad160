#include "ksp.h"

static const struct {
    LPCWSTR name;
    uint8_t size;
    const char *info; // DigestInfo up to the digest
    uint8_t info_size;
} hashes[] = {
#define ROW(name, octets, ncrypt, info) {L"" ncrypt, octets, info, sizeof info - 1},
    LINK_HASHES(ROW)
#undef ROW
};
#define HASHES (sizeof hashes / sizeof *hashes)
/// No hash of the table.
#define NO_HASH HASHES

#define HASH_INDEX(name, octets, ncrypt, info) INDEX_##name,
enum { LINK_HASHES(HASH_INDEX) };

/// By id: which padding and hash a scheme has.
static const struct {
    uint8_t padding, hash;
} schemes[] = {
    {0xff, 0},
#define ROW(id, constant, family, hash, padding) {padding, INDEX_##hash},
    LINK_SCHEMES(ROW)
#undef ROW
};

/// Octets of hashes that we refuse by policy: MD5, SHA-1, SHA-224.
static bool is_weak(DWORD size) {
    return size == 16 || size == 20 || size == 28;
}

static size_t hash_of_name(LPCWSTR name) {
    size_t i = 0;
    while (i < HASHES && !same_word(name, hashes[i].name)) i++;
    return i;
}

static size_t hash_of_size(DWORD size) {
    size_t i = 0;
    while (i < HASHES && hashes[i].size != size) i++;
    return i;
}

/// A ready DigestInfo, octet for octet the one that we would make of its digest.
static size_t hash_of_info(const BYTE *info, DWORD size) {
    for (size_t i = 0; i < HASHES; i++) {
        if (size != (DWORD)hashes[i].info_size + hashes[i].size) continue;
        const struct link_span head = {info, hashes[i].info_size};
        const struct link_span expected = {(const uint8_t *)hashes[i].info, hashes[i].info_size};
        if (link_compare(head, expected) == 0) return i;
    }
    return NO_HASH;
}

static STATUS choose(size_t hash, uint8_t padding, const BYTE *digest, DWORD size, struct wish *wish) {
    if (hash == NO_HASH) return NTE_NOT_SUPPORTED;
    if (size != hashes[hash].size) return NTE_INVALID_PARAMETER;
    wish->digest = (struct link_span){digest, size};
    for (uint8_t id = 1; id < sizeof schemes / sizeof *schemes; id++)
        if (schemes[id].padding == padding && schemes[id].hash == hash) {
            wish->scheme = id;
            return ERROR_SUCCESS;
        }
    return NTE_NOT_SUPPORTED;
}

static STATUS pss(const struct key *key, const BCRYPT_PSS_PADDING_INFO *info, const BYTE *hash, DWORD size,
                  struct wish *wish) {
    if (info == NULL || info->pszAlgId == NULL) return NTE_INVALID_PARAMETER;
    // RFC 8017 §9.1.1: digest, salt and two octets fit the encoded message.
    DWORD room = (key->bits + 6u) / 8u - 2;
    if (size > room || info->cbSalt > room - size) return NTE_INVALID_PARAMETER;
    wish->salt = (uint16_t)info->cbSalt;
    return choose(hash_of_name(info->pszAlgId), BCRYPT_PAD_PSS, hash, size, wish);
}

static STATUS pkcs1(const BCRYPT_PKCS1_PADDING_INFO *info, const BYTE *hash, DWORD size, struct wish *wish) {
    if (info == NULL) return NTE_INVALID_PARAMETER;
    if (info->pszAlgId != NULL) return choose(hash_of_name(info->pszAlgId), BCRYPT_PAD_PKCS1, hash, size, wish);
    // No name: bare octets would be signed whatever they mean. A DigestInfo says it.
    size_t known = hash_of_info(hash, size);
    if (known == NO_HASH) return NTE_NOT_SUPPORTED;
    DWORD head = hashes[known].info_size;
    return choose(known, BCRYPT_PAD_PKCS1, hash + head, size - head, wish);
}

STATUS understand(const struct key *key, const void *padding, const BYTE *hash, DWORD size, DWORD flags,
                  struct wish *wish) {
    *wish = (struct wish){0};
    if (hash == NULL || size == 0) return NTE_INVALID_PARAMETER;
    if (!is_rsa(key)) {
        // signtool names a padding for EC keys, too: it means nothing there.
        size_t known = hash_of_size(size);
        return known == NO_HASH && !is_weak(size) ? NTE_INVALID_PARAMETER : choose(known, 0, hash, size, wish);
    }
    if ((flags & BCRYPT_PAD_PSS) != 0) return pss(key, padding, hash, size, wish);
    return pkcs1(padding, hash, size, wish);
}
