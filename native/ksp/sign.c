#include "ksp.h"

/// Brings what the agent answered into the form of CNG, if it has the size that the program was told.
static bool take_over(const struct key *key, struct link_span signature, BYTE *out) {
    if (!is_rsa(key)) return der_signature(signature, signature_size(key) / 2, out);
    if (signature.size != signature_size(key)) return false;
    copy(out, signature.at, signature.size);
    return true;
}

/// The one signature of an answer.
static bool only(struct link_answer *answer, struct link_span *signature) {
    return answer->signatures.left == 1 && link_next_signature(&answer->signatures, signature);
}

static STATUS ask(struct key *key, struct object *provider, const struct wish *wish, bool silent, BYTE *out) {
    uint8_t *text = HeapAlloc(GetProcessHeap(), 0, 2 * TEXT_ROOM);
    if (text == NULL) return NTE_NO_MEMORY;
    struct link_sign sign = {
        .credential = {(const uint8_t *)key->id, LINK_ID},
        .scheme = wish->scheme,
        .salt = wish->salt,
        .digest = wish->digest,
        .silent = silent,
        .limit = SIGN_LIMIT,
    };
    describe(&key->object, provider, &sign, text);
    struct line line;
    struct link_answer answer;
    struct link_span signature;
    uint32_t failure = line_open(&line, QUICK_LIMIT);
    if (failure == FAILURE_NONE) {
        // Its question would stay behind our windows otherwise.
        if (!silent) AllowSetForegroundWindow(line.agent);
        line_allow(&line, SIGN_LIMIT + GRACE);
        failure = line_ask(&line, link_sign(line.out, ++line.request, &sign), &answer);
    }
    if (failure == FAILURE_NONE && (!only(&answer, &signature) || !take_over(key, signature, out)))
        failure = FAILURE_AGENT_BROKEN;
    line_close(&line);
    HeapFree(GetProcessHeap(), 0, text);
    return status_of(failure);
}

static STATUS sign(struct key *key, struct object *provider, const void *padding, const BYTE *hash, DWORD hash_size,
                   BYTE *out, DWORD room, DWORD *size, DWORD flags) {
    struct wish wish;
    if (size == NULL) return NTE_INVALID_PARAMETER;
    if ((flags & ~(NCRYPT_SILENT_FLAG | PADDING_FLAGS)) != 0) return NTE_BAD_FLAGS;
    if ((flags & BCRYPT_PAD_PKCS1) != 0 && (flags & BCRYPT_PAD_PSS) != 0) return NTE_BAD_FLAGS;
    *size = signature_size(key);
    if (out == NULL) return ERROR_SUCCESS;
    // Before anybody is asked for a signature that would not fit.
    if (room < *size) return NTE_BUFFER_TOO_SMALL;
    STATUS status = understand(key, padding, hash, hash_size, flags, &wish);
    if (status != ERROR_SUCCESS) return status;
    return ask(key, provider, &wish, ((flags | key->object.flags) & NCRYPT_SILENT_FLAG) != 0, out);
}

STATUS WINAPI sign_hash(PROVIDER provider, KEY handle, void *padding, BYTE *hash, DWORD hash_size, BYTE *out,
                        DWORD room, DWORD *size, DWORD flags) {
    struct object *object = use(handle, KEY_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    // It may have been freed before its key.
    struct object *opened_by = use(provider, PROVIDER_OBJECT);
    STATUS status = sign((struct key *)object, opened_by, padding, hash, hash_size, out, room, size, flags);
    if (opened_by != NULL) end_use(opened_by);
    end_use(object);
    return status;
}
