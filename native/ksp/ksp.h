/// What the parts of the provider share.
#ifndef CUSTODIAN_KSP_H
#define CUSTODIAN_KSP_H

#include "../link/der.h"
#include "../link/pipe.h"
#include "ksp_abi.h"

/// Milliseconds for what the agent knows itself, for the owner's answer, and beyond it for the agent's.
#ifndef QUICK_LIMIT
#define QUICK_LIMIT 10000u
#endif
#ifndef SIGN_LIMIT
#define SIGN_LIMIT 180000u
#endif
#ifndef GRACE
#define GRACE 5000u
#endif

/// Characters of "Use Context" that are kept, its end included; in UTF-8 less than the link's 4096 octets.
#define CONTEXT 512u

enum kind { PROVIDER_OBJECT = 1, KEY_OBJECT };

/// What stands behind a handle. It goes with its last user.
struct object {
    LONG users;
    enum kind kind;
    DWORD flags; // of its opening: NCRYPT_SILENT_FLAG, NCRYPT_MACHINE_KEY_FLAG
    SRWLOCK lock; // over the next two
    HWND window;
    WCHAR context[CONTEXT];
};

/// A key as the agent told it when it was opened; never changed. It does not need its provider any more.
struct key {
    struct object object;
    char id[LINK_ID];
    uint8_t algorithm; // number of the link
    uint16_t bits;
    struct der_key public; // into `octets`, as is the next
    struct link_span certificate;
    BYTE octets[];
};

// handles.c
/// A new handle, which takes over the caller's use; 0 when there are too many, then the object is gone.
ULONG_PTR handle_of(struct object *object);
/// Begins a use of what stands behind the handle; NULL unless it is of this kind and open.
struct object *use(ULONG_PTR handle, enum kind kind);
void end_use(struct object *object);
STATUS close_handle(ULONG_PTR handle, enum kind kind);
/// Zeroed, used once, by the caller; NULL without memory.
struct object *new_object(size_t size, enum kind kind, DWORD flags);

// buffers.c
/// Zeroed block that FreeBuffer takes back; NULL without memory. `is_list`: what EnumKeys goes through.
void *new_buffer(size_t size, bool is_list);
/// Begins a use of an open list, which lives until end_list though it is freed meanwhile; false of anything else, and no
/// other memory is touched.
bool use_list(const void *buffer);
void end_list(void *list);
STATUS WINAPI free_buffer(void *buffer);

// algorithms.c
bool is_rsa(const struct key *key);
LPCWSTR algorithm_name(uint8_t algorithm);
LPCWSTR group_name(const struct key *key);
LPCWSTR curve_name(const struct key *key);
DWORD signature_size(const struct key *key);
STATUS WINAPI is_supported(PROVIDER, LPCWSTR algorithm, DWORD flags);
STATUS WINAPI enumerate_algorithms(PROVIDER, DWORD operations, DWORD *count, NCryptAlgorithmName **list, DWORD flags);

// padding.c
/// What is to be signed, in the link's words.
struct wish {
    uint8_t scheme;
    uint16_t salt;
    struct link_span digest;
};
/// Flags that SignHash and VerifySignature know.
#define PADDING_FLAGS (BCRYPT_PAD_PKCS1 | BCRYPT_PAD_PSS | BCRYPT_PAD_PKCS1_OPTIONAL_HASH_OID)
STATUS understand(const struct key *key, const void *padding, const BYTE *hash, DWORD size, DWORD flags,
                  struct wish *wish);

// context.c
/// Remembers the window of the program. What is no window, of whatever size, is none, and well.
STATUS set_window(struct object *object, const BYTE *in, DWORD size);
STATUS set_context(struct object *object, const BYTE *in, DWORD size);
STATUS get_context(struct object *object, BYTE *out, DWORD room, DWORD *size);
STATUS get_window(struct object *object, BYTE *out, DWORD room, DWORD *size);
/// Takes over what was said of the provider when a key is opened.
void inherit(struct object *key, struct object *provider);
/// Window, title and document of a signature: what was said of the key, else of `provider`, which may be gone (NULL).
/// `text` has room for both texts: 2 * TEXT_ROOM octets.
#define TEXT_ROOM (3u * CONTEXT)
void describe(struct object *key, struct object *provider, struct link_sign *sign, uint8_t *text);

// failures.c
/// What a program is told of a kind of failure: the one table.
STATUS status_of(uint32_t failure);

// properties.c
STATUS property_flags(LPCWSTR name, DWORD flags);
/// What can be set, of a provider or of a key.
STATUS set_property(struct object *object, LPCWSTR name, const BYTE *in, DWORD size, DWORD flags);

// provider.c, keys.c, properties.c, export.c, sign.c, verify.c: the functions of the table
STATUS WINAPI open_provider(PROVIDER *, LPCWSTR name, DWORD flags);
STATUS WINAPI free_provider(PROVIDER);
STATUS WINAPI get_provider_property(PROVIDER, LPCWSTR name, BYTE *out, DWORD room, DWORD *size, DWORD flags);
STATUS WINAPI set_provider_property(PROVIDER, LPCWSTR name, BYTE *in, DWORD size, DWORD flags);
STATUS WINAPI open_key(PROVIDER, KEY *, LPCWSTR name, DWORD spec, DWORD flags);
STATUS WINAPI free_key(PROVIDER, KEY);
STATUS WINAPI enumerate_keys(PROVIDER, LPCWSTR scope, NCryptKeyName **name, void **state, DWORD flags);
STATUS WINAPI get_key_property(PROVIDER, KEY, LPCWSTR name, BYTE *out, DWORD room, DWORD *size, DWORD flags);
STATUS WINAPI set_key_property(PROVIDER, KEY, LPCWSTR name, BYTE *in, DWORD size, DWORD flags);
STATUS WINAPI export_key(PROVIDER, KEY, KEY wrapping, LPCWSTR type, NCryptBufferDesc *, BYTE *out, DWORD room,
                         DWORD *size, DWORD flags);
STATUS WINAPI sign_hash(PROVIDER, KEY, void *padding, BYTE *hash, DWORD hash_size, BYTE *out, DWORD room, DWORD *size,
                        DWORD flags);
STATUS WINAPI verify_signature(PROVIDER, KEY, void *padding, BYTE *hash, DWORD hash_size, BYTE *signature,
                               DWORD signature_size, DWORD flags);

/// RSAPUBLICBLOB or ECCPUBLICBLOB of a key: its size; written when `out` is not NULL.
DWORD public_blob(const struct key *key, BYTE *out);
#define PUBLIC_BLOB 600u

// bare.c
bool same_text(LPCWSTR a, LPCWSTR b);
/// Also when ASCII letters differ in case.
bool same_word(LPCWSTR a, LPCWSTR b);
/// Octets with the NUL.
DWORD text_size(LPCWSTR text);
/// The pattern of every answer: size if there is no room, octets if there is.
STATUS put(const void *value, DWORD value_size, BYTE *out, DWORD room, DWORD *size);
STATUS put_text(LPCWSTR text, BYTE *out, DWORD room, DWORD *size);
STATUS put_number(DWORD number, BYTE *out, DWORD room, DWORD *size);
void copy(void *to, const void *from, size_t size);

#endif
