// A fake agent: the pipe, the link and keys of its own, and every way to misbehave. Only for tests; approves everything.
#include "keys.h"

#include <sddl.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "../../link/fields.h"
#include "../../link/pipe.h"
#include "control.h"
#include "request.h"

/// As many callers as the tests have threads, and two that wait.
#define CALLERS 10
#define ROOM (1u << 17)
#define PAGE 2

static struct fake_control *control;
static WCHAR name[LINE_NAME];
static SECURITY_ATTRIBUTES only_us = {sizeof only_us, NULL, FALSE};
static HANDLE ready;
static LONG instances;

static bool move(HANDLE pipe, bool reading, uint8_t *octets, uint32_t size) {
    while (size > 0) {
        DWORD count = 0;
        BOOL well = reading ? ReadFile(pipe, octets, size, &count, NULL) : WriteFile(pipe, octets, size, &count, NULL);
        if (!well || count == 0) return false;
        octets += count;
        size -= count;
    }
    return true;
}

static struct link_span text(const char *text) {
    return (struct link_span){(const uint8_t *)text, (uint32_t)strlen(text)};
}

static void keep(char *to, struct link_span text) {
    memcpy(to, text.at, text.size);
    to[text.size] = 0;
}

static void put_credential(struct link_writer *out, const struct fake_key *key) {
    link_put_bytes(out, text(key->name));
    link_put_bytes(out, text(key->id));
    link_put(out, key->algorithm, 1);
    link_put(out, key->bits, 2);
    link_put_bytes(out, key->info);
    link_put(out, key->certificate.size == 0 ? 0 : 1, 2);
    if (key->certificate.size != 0) link_put_bytes(out, key->certificate);
    link_put(out, key->purpose, 1);
    link_put(out, 1, 1);
}

static void put_failure(struct link_writer *out, uint32_t request, int number) {
#define ROW(number, name, id) {number, id},
    static const struct {
        int number;
        const char *id;
    } failures[] = {LINK_FAILURES(ROW){60000, "moon-full"}};
    const char *id = "";
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].number == number) id = failures[i].id;
    link_put_head(out, LINK_FAILURE, request);
    link_put(out, (uint64_t)number, 2);
    link_put_bytes(out, text(id));
    link_put_bytes(out, text("The fake agent was told to fail."));
    link_put_bytes(out, text(""));
}

static struct fake_key *find(struct link_span wanted) {
    for (int i = 0; i < fake_key_count; i++)
        if (link_compare(text(fake_keys[i].name), wanted) == 0 || link_compare(text(fake_keys[i].id), wanted) == 0)
            return &fake_keys[i];
    return NULL;
}

static void list(struct link_writer *out, const struct request *request, bool endless) {
    struct link_span after = endless ? text("") : request->list.after;
    const struct fake_key *page[PAGE];
    int count = 0;
    bool more = endless;
    for (int i = 0; i < fake_key_count; i++) {
        bool wanted = (request->list.purposes >> fake_keys[i].purpose & 1) != 0;
        if (!wanted || link_compare(text(fake_keys[i].id), after) <= 0) continue;
        if (count == PAGE) {
            more = true;
            break;
        }
        page[count++] = &fake_keys[i];
    }
    link_put_head(out, LINK_LIST | LINK_ANSWER, request->number);
    link_put(out, (uint64_t)count, 2);
    for (int i = 0; i < count; i++) put_credential(out, page[i]);
    link_put(out, more, 1);
}

static void get(struct link_writer *out, const struct request *request, bool other) {
    struct fake_key *key = find(request->get);
    if (key == NULL) {
        put_failure(out, request->number, FAILURE_CREDENTIAL_UNKNOWN);
        return;
    }
    if (other) key = &fake_keys[(key - fake_keys + 1) % fake_key_count];
    link_put_head(out, LINK_GET | LINK_ANSWER, request->number);
    put_credential(out, key);
}

static void note(const struct request *request) {
    const struct link_sign *sign = &request->sign.first;
    control->scheme = sign->scheme;
    control->salt = sign->salt;
    control->silent = sign->silent;
    control->limit = (int32_t)sign->limit;
    control->window = sign->window;
    control->digest_size = (int32_t)sign->digest.size;
    memcpy(control->digest, sign->digest.at, sign->digest.size);
    keep(control->credential, sign->credential);
    keep(control->title, sign->title);
    keep(control->document, sign->document);
}

static void sign(struct link_writer *out, const struct request *request, int mode) {
    struct fake_key *key = find(request->sign.first.credential);
    uint8_t signature[LINK_SIGNATURE];
    uint32_t size = 0;
    note(request);
    if (mode == FAKE_CANNED) {
        size = (uint32_t)control->canned_size;
        memcpy(signature, control->canned, size);
    } else if (key != NULL) {
        size = fake_sign(key, &request->sign.first, signature);
    }
    if (size == 0) {
        put_failure(out, request->number, FAILURE_VAULT_FAILED);
        return;
    }
    int count = mode == FAKE_TWO_SIGNATURES ? 2 : 1;
    link_put_head(out, LINK_SIGN | LINK_ANSWER, request->number);
    link_put(out, (uint64_t)count, 2);
    for (int i = 0; i < count; i++) link_put_bytes(out, (struct link_span){signature, size});
}

static uint32_t answer(struct request *request, int mode, uint8_t *octets) {
    struct link_writer out = {octets, 0, ROOM};
    if (mode == FAKE_OTHER_REQUEST) request->number++;
    switch (mode == FAKE_FAILURE ? LINK_FAILURE : mode == FAKE_OTHER_TYPE ? LINK_HELLO : request->type) {
        case LINK_FAILURE:
            if (request->type == LINK_SIGN) note(request);
            put_failure(&out, request->number, control->argument);
            break;
        case LINK_HELLO:
            link_put_head(&out, LINK_HELLO | LINK_ANSWER, request->number);
            link_put_bytes(&out, text("fake"));
            link_put(&out, 3, 1);
            break;
        case LINK_LIST:
            list(&out, request, mode == FAKE_ENDLESS);
            break;
        case LINK_GET:
            get(&out, request, mode == FAKE_OTHER_CREDENTIAL);
            break;
        default:
            sign(&out, request, mode);
    }
    if (mode == FAKE_TRAILING) link_put(&out, 0, 1);
    return link_written(&out);
}

static void count(const struct request *request) {
    switch (request->type) {
        case LINK_HELLO:
            InterlockedIncrement((LONG *)&control->hellos);
            keep(control->program, request->hello.program);
            break;
        case LINK_LIST:
            InterlockedIncrement((LONG *)&control->lists);
            break;
        case LINK_GET:
            InterlockedIncrement((LONG *)&control->gets);
            break;
        default:
            InterlockedIncrement((LONG *)&control->signs);
    }
}

/// One request and its answer; false when the connection ends.
static bool serve_one(HANDLE pipe, uint8_t *octets) {
    struct request request;
    uint32_t rest;
    if (!move(pipe, true, octets, LINK_LENGTH)) return false;
    rest = link_rest(octets);
    if (rest == 0 || rest > ROOM - LINK_LENGTH || !move(pipe, true, octets + LINK_LENGTH, rest) ||
        read_request((struct link_span){octets, LINK_LENGTH + rest}, &request) != LINK_READ) {
        InterlockedIncrement((LONG *)&control->refused);
        return false;
    }
    count(&request);
    int mode = control->on == request.type ? control->mode : FAKE_GOOD;
    if (mode == FAKE_DIES) TerminateProcess(GetCurrentProcess(), 9);
    if (mode == FAKE_SLOW) Sleep((DWORD)control->argument);
    static __thread uint8_t out[ROOM];
    uint32_t size = answer(&request, mode, out);
    if (mode == FAKE_GARBAGE) memset(out, 0xa5, size);
    if (mode == FAKE_OVERSIZE) memcpy(out, "\x00\x10\x00\x01", 4);
    if (mode == FAKE_HALF || mode == FAKE_STALL) size /= 2;
    bool well = move(pipe, false, out, size);
    // The program gives up first and hangs up.
    if (mode == FAKE_STALL || mode == FAKE_OVERSIZE) well = move(pipe, true, octets, 1) && false;
    return well && mode != FAKE_HALF;
}

static DWORD WINAPI serve(void *unused) {
    (void)unused;
    static __thread uint8_t octets[ROOM];
    for (;;) {
        HANDLE pipe = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
                                       PIPE_UNLIMITED_INSTANCES, ROOM, ROOM, 0, &only_us);
        if (pipe == INVALID_HANDLE_VALUE) {
            printf("CreateNamedPipe: error %lu\n", GetLastError());
            ExitProcess(1);
        }
        if (InterlockedIncrement(&instances) == 1) {
            puts("ready");
            fflush(stdout);
        }
        SetEvent(ready);
        if (ConnectNamedPipe(pipe, NULL) || GetLastError() == ERROR_PIPE_CONNECTED) {
            InterlockedIncrement((LONG *)&control->connections);
            while (serve_one(pipe, octets)) continue;
        }
        FlushFileBuffers(pipe);
        DisconnectNamedPipe(pipe);
        CloseHandle(pipe);
    }
}

/// Our user owns what we make, and nobody else may use it.
static bool only(void) {
    WCHAR sid[LINE_NAME], text[2 * LINE_NAME + 32];
    if (!line_name(name)) return false;
    // It stands in the name, before the session.
    wcscpy(sid, wcschr(name, L'-') + 1);
    *wcsrchr(sid, L'-') = 0;
    swprintf(text, sizeof text / sizeof *text, L"O:%lsD:P(A;;GA;;;%ls)", control->foreign ? L"BA" : sid, sid);
    return ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &only_us.lpSecurityDescriptor, NULL);
}

int main(void) {
    HANDLE memory = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof *control, FAKE_CONTROL);
    control = MapViewOfFile(memory, FILE_MAP_ALL_ACCESS, 0, 0, sizeof *control);
    ready = CreateEventW(NULL, TRUE, FALSE, FAKE_READY);
    if (control == NULL || !only()) return 1;
    fake_keys_read();
    HANDLE threads[CALLERS];
    for (int i = 0; i < CALLERS; i++) threads[i] = CreateThread(NULL, 0, serve, NULL, 0, NULL);
    WaitForMultipleObjects(CALLERS, threads, TRUE, INFINITE);
    return 0;
}
