#include "ksp.h"

#define ALWAYS (NCRYPT_SILENT_FLAG | NCRYPT_PERSIST_FLAG | NCRYPT_PERSIST_ONLY_FLAG)
/// Owner, group, access and audit part of a security descriptor.
#define SECURITY_PARTS 0xfu

STATUS property_flags(LPCWSTR name, DWORD flags) {
    DWORD known = ALWAYS | (same_text(name, NCRYPT_SECURITY_DESCR_PROPERTY) ? SECURITY_PARTS : 0);
    return (flags & ~known) != 0 ? NTE_BAD_FLAGS : ERROR_SUCCESS;
}

/// A PIN is not among what can be set: it never passes through the memory of a program.
STATUS set_property(struct object *object, LPCWSTR name, const BYTE *in, DWORD size, DWORD flags) {
    if (name == NULL || (in == NULL && size != 0)) return NTE_INVALID_PARAMETER;
    STATUS status = property_flags(name, flags);
    if (status != ERROR_SUCCESS) return status;
    if (same_text(name, NCRYPT_WINDOW_HANDLE_PROPERTY)) return set_window(object, in, size);
    if (same_text(name, NCRYPT_USE_CONTEXT_PROPERTY)) return set_context(object, in, size);
    return NTE_NOT_SUPPORTED;
}

static STATUS put_name(const struct key *key, BYTE *out, DWORD room, DWORD *size) {
    WCHAR name[LINK_ID + 1];
    for (size_t i = 0; i < LINK_ID; i++) name[i] = (WCHAR)key->id[i];
    name[LINK_ID] = 0;
    return put_text(name, out, room, size);
}

static STATUS put_lengths(const struct key *key, BYTE *out, DWORD room, DWORD *size) {
    NCRYPT_SUPPORTED_LENGTHS lengths = {key->bits, key->bits, 0, key->bits};
    return put(&lengths, sizeof lengths, out, room, size);
}

static STATUS put_certificate(const struct key *key, BYTE *out, DWORD room, DWORD *size) {
    if (key->certificate.size == 0) return NTE_NOT_FOUND;
    return put(key->certificate.at, key->certificate.size, out, room, size);
}

/// Of our own: the router answers this itself, with a handle that the program frees.
static STATUS put_provider(const struct key *key, BYTE *out, DWORD room, DWORD *size) {
    PROVIDER provider = 0;
    if (out == NULL || room < sizeof provider) return put(&provider, sizeof provider, out, room, size);
    STATUS status = open_provider(&provider, PROVIDER_NAME, key->object.flags & NCRYPT_SILENT_FLAG);
    return status != ERROR_SUCCESS ? status : put(&provider, sizeof provider, out, room, size);
}

static STATUS answer(struct key *key, LPCWSTR name, BYTE *out, DWORD room, DWORD *size) {
#define ASKED(property) same_text(name, property)
    if (ASKED(NCRYPT_NAME_PROPERTY) || ASKED(NCRYPT_UNIQUE_NAME_PROPERTY)) return put_name(key, out, room, size);
    if (ASKED(NCRYPT_ALGORITHM_PROPERTY)) return put_text(algorithm_name(key->algorithm), out, room, size);
    if (ASKED(NCRYPT_ALGORITHM_GROUP_PROPERTY)) return put_text(group_name(key), out, room, size);
    if (ASKED(NCRYPT_LENGTH_PROPERTY) || ASKED(NCRYPT_PUBLIC_LENGTH_PROPERTY))
        return put_number(key->bits, out, room, size);
    if (ASKED(NCRYPT_LENGTHS_PROPERTY)) return put_lengths(key, out, room, size);
    if (ASKED(NCRYPT_BLOCK_LENGTH_PROPERTY)) return put_number((key->bits + 7u) / 8u, out, room, size);
    if (ASKED(NCRYPT_SIGNATURE_LENGTH_PROPERTY)) return put_number(signature_size(key), out, room, size);
    if (ASKED(NCRYPT_KEY_USAGE_PROPERTY)) return put_number(NCRYPT_ALLOW_SIGNING_FLAG, out, room, size);
    if (ASKED(NCRYPT_EXPORT_POLICY_PROPERTY)) return put_number(0, out, room, size);
    if (ASKED(NCRYPT_KEY_TYPE_PROPERTY))
        return put_number(key->object.flags & NCRYPT_MACHINE_KEY_FLAG, out, room, size);
    // Where the server keeps this key is not known here: nothing is claimed.
    if (ASKED(NCRYPT_IMPL_TYPE_PROPERTY)) return put_number(NCRYPT_IMPL_SOFTWARE_FLAG, out, room, size);
    if (ASKED(NCRYPT_CERTIFICATE_PROPERTY)) return put_certificate(key, out, room, size);
    if (ASKED(NCRYPT_PROVIDER_HANDLE_PROPERTY)) return put_provider(key, out, room, size);
    if (ASKED(NCRYPT_USE_CONTEXT_PROPERTY)) return get_context(&key->object, out, room, size);
    if (ASKED(NCRYPT_WINDOW_HANDLE_PROPERTY)) return get_window(&key->object, out, room, size);
    if (ASKED(NCRYPT_UI_POLICY_PROPERTY)) return NTE_NOT_FOUND;
    if (ASKED(BCRYPT_ECC_CURVE_NAME) && !is_rsa(key)) return put_text(curve_name(key), out, room, size);
    return NTE_NOT_SUPPORTED;
#undef ASKED
}

STATUS WINAPI get_key_property(PROVIDER provider, KEY handle, LPCWSTR name, BYTE *out, DWORD room, DWORD *size,
                               DWORD flags) {
    (void)provider;
    struct object *object = use(handle, KEY_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    STATUS status = NTE_INVALID_PARAMETER;
    if (name != NULL && size != NULL) status = property_flags(name, flags);
    if (status == ERROR_SUCCESS) status = answer((struct key *)object, name, out, room, size);
    end_use(object);
    return status;
}

STATUS WINAPI set_key_property(PROVIDER provider, KEY handle, LPCWSTR name, BYTE *in, DWORD size, DWORD flags) {
    (void)provider;
    struct object *object = use(handle, KEY_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    STATUS status = set_property(object, name, in, size, flags);
    end_use(object);
    return status;
}
