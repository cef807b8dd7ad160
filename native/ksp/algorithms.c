#include "ksp.h"

/// RSA and EC, as the rows of the table name them.
enum { RSA, EC };

static const struct {
    uint8_t family;
    LPCWSTR name;
} keys[] = {
    {0, NULL},
#define ROW(id, constant, family, bits, ncrypt) {family, L"" ncrypt},
    LINK_KEYS(ROW)
#undef ROW
};

/// What a program may ask for by name. Each once: the sizes of RSA share a name.
static const LPCWSTR names[] = {
    BCRYPT_RSA_ALGORITHM,        BCRYPT_ECDSA_P256_ALGORITHM, BCRYPT_ECDSA_P384_ALGORITHM,
    BCRYPT_ECDSA_P521_ALGORITHM, BCRYPT_ECDSA_ALGORITHM,
};
#define NAMES (sizeof names / sizeof *names)
/// Characters of the longest, its end included.
#define NAME 16u

bool is_rsa(const struct key *key) {
    return keys[key->algorithm].family == RSA;
}

LPCWSTR algorithm_name(uint8_t algorithm) {
    return keys[algorithm].name;
}

LPCWSTR group_name(const struct key *key) {
    return is_rsa(key) ? NCRYPT_RSA_ALGORITHM_GROUP : NCRYPT_ECDSA_ALGORITHM_GROUP;
}

LPCWSTR curve_name(const struct key *key) {
    return key->bits == 256 ? L"nistP256" : key->bits == 384 ? L"nistP384" : L"nistP521";
}

DWORD signature_size(const struct key *key) {
    DWORD width = (key->bits + 7u) / 8u;
    return is_rsa(key) ? width : 2 * width;
}

STATUS WINAPI is_supported(PROVIDER provider, LPCWSTR algorithm, DWORD flags) {
    struct object *object = use(provider, PROVIDER_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    end_use(object);
    if (algorithm == NULL) return NTE_INVALID_PARAMETER;
    if ((flags & ~NCRYPT_SILENT_FLAG) != 0) return NTE_BAD_FLAGS;
    for (size_t i = 0; i < NAMES; i++)
        if (same_text(algorithm, names[i])) return ERROR_SUCCESS;
    return NTE_NOT_SUPPORTED;
}

STATUS WINAPI enumerate_algorithms(PROVIDER provider, DWORD operations, DWORD *count, NCryptAlgorithmName **list,
                                   DWORD flags) {
    struct object *object = use(provider, PROVIDER_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    end_use(object);
    if (count == NULL || list == NULL) return NTE_INVALID_PARAMETER;
    *count = 0;
    *list = NULL;
    if ((flags & ~NCRYPT_SILENT_FLAG) != 0) return NTE_BAD_FLAGS;
    if (operations != 0 && (operations & NCRYPT_SIGNATURE_OPERATION) == 0) return NTE_NOT_SUPPORTED;
    NCryptAlgorithmName *rows = new_buffer(NAMES * (sizeof *rows + NAME * sizeof(WCHAR)), false);
    if (rows == NULL) return NTE_NO_MEMORY;
    WCHAR *text = (WCHAR *)(rows + NAMES);
    for (size_t i = 0; i < NAMES; i++, text += NAME) {
        copy(text, names[i], text_size(names[i]));
        rows[i].pszName = text;
        rows[i].dwClass = NCRYPT_SIGNATURE_INTERFACE;
        rows[i].dwAlgOperations = NCRYPT_SIGNATURE_OPERATION;
    }
    *count = NAMES;
    *list = rows;
    return ERROR_SUCCESS;
}
