#include "ksp.h"

/// The part of the version that programs read; all of it stands in the file's properties.
#define OUR_VERSION 0x00010000u
/// Octets of a name on the link; a name beyond ASCII has fewer characters.
#define LONGEST_NAME LINK_NAME

/// No agent yet: installers and lists of providers open every one.
STATUS WINAPI open_provider(PROVIDER *provider, LPCWSTR name, DWORD flags) {
    (void)name;
    if (provider == NULL) return NTE_INVALID_PARAMETER;
    *provider = 0;
    if ((flags & ~NCRYPT_SILENT_FLAG) != 0) return NTE_BAD_FLAGS;
    struct object *object = new_object(sizeof *object, PROVIDER_OBJECT, flags);
    if (object == NULL) return NTE_NO_MEMORY;
    *provider = handle_of(object);
    return *provider == 0 ? NTE_NO_MEMORY : ERROR_SUCCESS;
}

STATUS WINAPI free_provider(PROVIDER provider) {
    return close_handle(provider, PROVIDER_OBJECT);
}

static STATUS answer(struct object *object, LPCWSTR name, BYTE *out, DWORD room, DWORD *size) {
    if (same_text(name, NCRYPT_NAME_PROPERTY)) return put_text(PROVIDER_NAME, out, room, size);
    // Where the server keeps its keys is not known here: nothing is claimed.
    if (same_text(name, NCRYPT_IMPL_TYPE_PROPERTY)) return put_number(NCRYPT_IMPL_SOFTWARE_FLAG, out, room, size);
    if (same_text(name, NCRYPT_VERSION_PROPERTY)) return put_number(OUR_VERSION, out, room, size);
    if (same_text(name, NCRYPT_MAX_NAME_LENGTH_PROPERTY)) return put_number(LONGEST_NAME, out, room, size);
    if (same_text(name, NCRYPT_SECURITY_DESCR_SUPPORT_PROPERTY)) return put_number(0, out, room, size);
    if (same_text(name, NCRYPT_USE_CONTEXT_PROPERTY)) return get_context(object, out, room, size);
    if (same_text(name, NCRYPT_WINDOW_HANDLE_PROPERTY)) return get_window(object, out, room, size);
    return NTE_NOT_SUPPORTED;
}

STATUS WINAPI get_provider_property(PROVIDER provider, LPCWSTR name, BYTE *out, DWORD room, DWORD *size, DWORD flags) {
    struct object *object = use(provider, PROVIDER_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    STATUS status = NTE_INVALID_PARAMETER;
    if (name != NULL && size != NULL) status = property_flags(name, flags);
    if (status == ERROR_SUCCESS) status = answer(object, name, out, room, size);
    end_use(object);
    return status;
}

STATUS WINAPI set_provider_property(PROVIDER provider, LPCWSTR name, BYTE *in, DWORD size, DWORD flags) {
    struct object *object = use(provider, PROVIDER_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    STATUS status = set_property(object, name, in, size, flags);
    end_use(object);
    return status;
}
