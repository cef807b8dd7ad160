#include "ksp.h"

static DWORD rsa_blob(const struct key *key, BYTE *out) {
    struct link_span exponent = key->public.b, modulus = key->public.a;
    BCRYPT_RSAKEY_BLOB head = {BCRYPT_RSAPUBLIC_MAGIC, key->bits, exponent.size, modulus.size, 0, 0};
    if (out != NULL) {
        copy(out, &head, sizeof head);
        copy(out + sizeof head, exponent.at, exponent.size);
        copy(out + sizeof head + exponent.size, modulus.at, modulus.size);
    }
    return sizeof head + exponent.size + modulus.size;
}

static DWORD ec_blob(const struct key *key, BYTE *out) {
    struct link_span x = key->public.a, y = key->public.b;
    ULONG magic = key->bits == 256   ? BCRYPT_ECDSA_PUBLIC_P256_MAGIC
                  : key->bits == 384 ? BCRYPT_ECDSA_PUBLIC_P384_MAGIC
                                     : BCRYPT_ECDSA_PUBLIC_P521_MAGIC;
    BCRYPT_ECCKEY_BLOB head = {magic, x.size};
    if (out != NULL) {
        copy(out, &head, sizeof head);
        copy(out + sizeof head, x.at, x.size);
        copy(out + sizeof head + x.size, y.at, y.size);
    }
    return sizeof head + x.size + y.size;
}

DWORD public_blob(const struct key *key, BYTE *out) {
    return is_rsa(key) ? rsa_blob(key, out) : ec_blob(key, out);
}

static STATUS export(const struct key *key, KEY wrapping, LPCWSTR type, BYTE *out, DWORD room, DWORD *size,
                     DWORD flags) {
    if (type == NULL || size == NULL) return NTE_INVALID_PARAMETER;
    if ((flags & ~NCRYPT_SILENT_FLAG) != 0) return NTE_BAD_FLAGS;
    bool ours = same_text(type, is_rsa(key) ? BCRYPT_RSAPUBLIC_BLOB : BCRYPT_ECCPUBLIC_BLOB);
    // Of a private key there is nothing here that could be given away.
    if (!ours && !same_text(type, BCRYPT_PUBLIC_KEY_BLOB)) return NTE_NOT_SUPPORTED;
    if (wrapping != 0) return NTE_INVALID_PARAMETER;
    BYTE blob[PUBLIC_BLOB];
    return put(blob, public_blob(key, blob), out, room, size);
}

STATUS WINAPI export_key(PROVIDER provider, KEY handle, KEY wrapping, LPCWSTR type, NCryptBufferDesc *parameters,
                         BYTE *out, DWORD room, DWORD *size, DWORD flags) {
    (void)provider, (void)parameters;
    struct object *object = use(handle, KEY_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    STATUS status = export((const struct key *)object, wrapping, type, out, room, size, flags);
    end_use(object);
    return status;
}
