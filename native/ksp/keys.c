#include "ksp.h"

static bool to_utf8(LPCWSTR name, uint8_t *out, struct link_span *utf8) {
    int size = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, name, -1, (char *)out, LINK_NAME + 1, NULL, NULL);
    *utf8 = (struct link_span){out, size > 1 ? (uint32_t)size - 1 : 0};
    return size > 1;
}

static bool same(struct link_span a, struct link_span b) {
    return link_compare(a, b) == 0;
}

/// Copies what the agent says of a key; NULL when it makes no sense or there is no memory.
static STATUS remember(const struct link_credential *told, DWORD flags, struct key **made) {
    struct key probe = {.algorithm = told->algorithm};
    struct link_span certificate = told->certificates == 0 ? (struct link_span){NULL, 0} : told->chain[0];
    bool well = is_rsa(&probe) ? der_rsa_key(told->key, told->bits, &probe.public)
                               : der_ec_key(told->key, told->bits, &probe.public);
    if (!well) return status_of(FAILURE_AGENT_BROKEN);
    struct link_span *part[] = {&probe.public.a, &probe.public.b, &certificate};
    size_t size = 0;
    for (size_t i = 0; i < 3; i++) size += part[i]->size;
    struct key *key = (struct key *)new_object(sizeof *key + size, KEY_OBJECT, flags);
    if (key == NULL) return NTE_NO_MEMORY;
    BYTE *octets = key->octets;
    for (size_t i = 0; i < 3; i++) {
        copy(octets, part[i]->at, part[i]->size);
        part[i]->at = octets;
        octets += part[i]->size;
    }
    copy(key->id, told->id.at, LINK_ID);
    key->algorithm = told->algorithm;
    key->bits = told->bits;
    key->public = probe.public;
    key->certificate = certificate;
    *made = key;
    return ERROR_SUCCESS;
}

/// Asks the agent's key ring: no server, no question.
static STATUS find(LPCWSTR name, DWORD flags, struct key **key) {
    uint8_t octets[LINK_NAME + 1];
    struct link_span wanted;
    struct link_answer answer;
    struct line line;
    // No credential has such a name.
    if (!to_utf8(name, octets, &wanted)) return NTE_BAD_KEYSET;
    uint32_t failure = line_open(&line, QUICK_LIMIT);
    if (failure == FAILURE_NONE) failure = line_ask(&line, link_get(line.out, ++line.request, wanted), &answer);
    STATUS status = status_of(failure);
    if (failure == FAILURE_NONE) {
        bool asked = same(answer.credential.name, wanted) || same(answer.credential.id, wanted);
        status = asked ? remember(&answer.credential, flags, key) : status_of(FAILURE_AGENT_BROKEN);
    }
    line_close(&line);
    return status;
}

/// Callers give any `spec`: 0, AT_KEYEXCHANGE, AT_SIGNATURE. It means nothing here.
STATUS WINAPI open_key(PROVIDER provider, KEY *handle, LPCWSTR name, DWORD spec, DWORD flags) {
    (void)spec;
    struct key *key = NULL;
    struct object *object = use(provider, PROVIDER_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    STATUS status = ERROR_SUCCESS;
    if (handle == NULL || name == NULL || *name == 0)
        status = NTE_INVALID_PARAMETER;
    else if ((flags & ~(NCRYPT_SILENT_FLAG | NCRYPT_MACHINE_KEY_FLAG)) != 0)
        status = NTE_BAD_FLAGS;
    if (handle != NULL) *handle = 0;
    if (status == ERROR_SUCCESS) status = find(name, flags, &key);
    if (status == ERROR_SUCCESS) {
        inherit(&key->object, object);
        *handle = handle_of(&key->object);
        if (*handle == 0) status = NTE_NO_MEMORY;
    }
    end_use(object);
    return status;
}

/// Also after its provider was freed: programs do that.
STATUS WINAPI free_key(PROVIDER provider, KEY key) {
    (void)provider;
    return close_handle(key, KEY_OBJECT);
}

/// What EnumKeys goes through: a snapshot.
struct list {
    DWORD next, count;
    struct {
        uint8_t algorithm;
        char id[LINK_ID];
    } keys[];
};

/// More keys than a table of handles has places: no owner has that many.
#define MOST_KEYS 4096u

static STATUS all_keys(struct list **list) {
    struct line line;
    struct link_answer answer;
    struct link_credential one;
    struct link_span after = {NULL, 0};
    char last[LINK_ID];
    struct list *keys = new_buffer(sizeof *keys + MOST_KEYS * sizeof *keys->keys, true);
    if (keys == NULL) return NTE_NO_MEMORY;
    uint32_t failure = line_open(&line, QUICK_LIMIT);
    do {
        if (failure == FAILURE_NONE) failure = line_ask(&line, link_list(line.out, ++line.request, 0xe, after), &answer);
        if (failure != FAILURE_NONE) break;
        while (link_next_credential(&answer.page.credentials, &one)) {
            bool rising = after.size == 0 || link_compare(after, one.id) < 0;
            if (!rising || keys->count == MOST_KEYS) {
                failure = FAILURE_AGENT_BROKEN;
                break;
            }
            keys->keys[keys->count].algorithm = one.algorithm;
            copy(keys->keys[keys->count++].id, one.id.at, LINK_ID);
            copy(last, one.id.at, LINK_ID);
            after = (struct link_span){(const uint8_t *)last, LINK_ID};
        }
    } while (failure == FAILURE_NONE && answer.page.more);
    line_close(&line);
    if (failure != FAILURE_NONE)
        free_buffer(keys);
    else
        *list = keys;
    return status_of(failure);
}

static STATUS next_name(struct list *list, NCryptKeyName **name) {
    DWORD at = list->next;
    if (at >= list->count) return NTE_NO_MORE_ITEMS;
    LPCWSTR algorithm = algorithm_name(list->keys[at].algorithm);
    NCryptKeyName *row = new_buffer(sizeof *row + (LINK_ID + 1) * sizeof(WCHAR) + text_size(algorithm), false);
    if (row == NULL) return NTE_NO_MEMORY;
    WCHAR *text = (WCHAR *)(row + 1);
    row->pszName = text;
    for (size_t i = 0; i < LINK_ID; i++) *text++ = (WCHAR)list->keys[at].id[i];
    *text++ = 0;
    row->pszAlgid = text;
    copy(text, algorithm, text_size(algorithm));
    list->next++;
    *name = row;
    return ERROR_SUCCESS;
}

STATUS WINAPI enumerate_keys(PROVIDER provider, LPCWSTR scope, NCryptKeyName **name, void **state, DWORD flags) {
    (void)scope;
    struct object *object = use(provider, PROVIDER_OBJECT);
    if (object == NULL) return NTE_INVALID_HANDLE;
    end_use(object);
    if (name == NULL || state == NULL) return NTE_INVALID_PARAMETER;
    *name = NULL;
    if ((flags & ~(NCRYPT_SILENT_FLAG | NCRYPT_MACHINE_KEY_FLAG)) != 0) return NTE_BAD_FLAGS;
    struct list *list = *state;
    STATUS status = ERROR_SUCCESS;
    if (list == NULL) status = all_keys(&list);
    if (status == ERROR_SUCCESS && !use_list(list)) status = NTE_INVALID_PARAMETER;
    if (status != ERROR_SUCCESS) return status;
    *state = list;
    status = next_name(list, name);
    end_list(list);
    return status;
}
