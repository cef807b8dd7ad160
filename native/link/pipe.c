#include "pipe.h"

#include <aclapi.h>
#include <sddl.h>

/// What this library calls itself. The agent learns from the system which program that is in.
#define PROGRAM "custodian-native"
/// Between one instance of the pipe and the next there may be none for a moment.
#define GAP 300u
/// For all instances to be taken.
#define CROWD 2000u
#define PAUSE 10u

/// Room for TOKEN_USER and the longest SID.
struct user {
    TOKEN_USER user;
    BYTE sid[SECURITY_MAX_SID_SIZE];
};

static bool user_of(HANDLE process, struct user *user) {
    HANDLE token;
    DWORD size;
    if (!OpenProcessToken(process, TOKEN_QUERY, &token)) return false;
    bool known = GetTokenInformation(token, TokenUser, user, sizeof *user, &size);
    CloseHandle(token);
    return known;
}

static WCHAR *append(WCHAR *to, const WCHAR *text) {
    while (*text != 0) *to++ = *text++;
    *to = 0;
    return to;
}

bool line_name(WCHAR *name) {
    struct user user;
    DWORD session;
    WCHAR *sid;
    if (!user_of(GetCurrentProcess(), &user) || !ProcessIdToSessionId(GetCurrentProcessId(), &session)) return false;
    // The longest text of a SID has 184 characters.
    if (!ConvertSidToStringSidW(user.user.User.Sid, &sid)) return false;
    name = append(append(append(name, L"\\\\.\\pipe\\custodian-"), sid), L"-");
    LocalFree(sid);
    WCHAR digits[11];
    WCHAR *first = digits + 10;
    *first = 0;
    do *--first = (WCHAR)(L'0' + session % 10);
    while ((session /= 10) != 0);
    append(name, first);
    return true;
}

static DWORD left(const struct line *line) {
    ULONGLONG now = GetTickCount64();
    return now >= line->end ? 0 : (DWORD)(line->end - now);
}

static bool owns(PSID user, HANDLE pipe) {
    PSID owner;
    PSECURITY_DESCRIPTOR descriptor;
    if (GetSecurityInfo(pipe, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL, &descriptor) != 0)
        return false;
    bool same = owner != NULL && EqualSid(user, owner);
    LocalFree(descriptor);
    return same;
}

/// A squatter's pipe would be of another user: what we send and show must not go there. Both pipe and process are looked
/// at: the number of a process that has ended goes to another one, which may be ours.
static bool is_ours(HANDLE pipe, DWORD *agent) {
    struct user ours, theirs;
    if (!user_of(GetCurrentProcess(), &ours) || !owns(ours.user.User.Sid, pipe)) return false;
    if (!GetNamedPipeServerProcessId(pipe, agent)) return false;
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, *agent);
    if (process == NULL) return false;
    bool same = user_of(process, &theirs) && EqualSid(ours.user.User.Sid, theirs.user.User.Sid);
    CloseHandle(process);
    return same;
}

static uint32_t connect(struct line *line) {
    WCHAR name[LINE_NAME];
    if (!line_name(name)) return FAILURE_AGENT_UNREACHABLE;
    ULONGLONG start = GetTickCount64();
    for (;;) {
        line->pipe = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                                 FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
        if (line->pipe != INVALID_HANDLE_VALUE) break;
        DWORD error = GetLastError();
        if (error == ERROR_ACCESS_DENIED) return FAILURE_AGENT_FOREIGN;
        if (error != ERROR_FILE_NOT_FOUND && error != ERROR_PIPE_BUSY) return FAILURE_AGENT_UNREACHABLE;
        DWORD waited = (DWORD)(GetTickCount64() - start);
        if (error == ERROR_FILE_NOT_FOUND && waited >= GAP) return FAILURE_AGENT_UNREACHABLE;
        if (waited >= CROWD || left(line) == 0) return FAILURE_AGENT_LATE;
        Sleep(PAUSE);
    }
    return is_ours(line->pipe, &line->agent) ? FAILURE_NONE : FAILURE_AGENT_FOREIGN;
}

/// Waits for the event. A thread with windows answers meanwhile what other programs send it, or they would hang with us.
static bool wait(const struct line *line) {
    for (;;) {
        if (!IsGUIThread(FALSE)) return WaitForSingleObject(line->event, left(line)) == WAIT_OBJECT_0;
        DWORD woken = MsgWaitForMultipleObjectsEx(1, &line->event, left(line), QS_SENDMESSAGE, 0);
        if (woken != WAIT_OBJECT_0 + 1) return woken == WAIT_OBJECT_0;
        MSG none;
        PeekMessageW(&none, NULL, 0, 0, PM_NOREMOVE | PM_QS_SENDMESSAGE);
        // They may come without end.
        if (left(line) == 0) return WaitForSingleObject(line->event, 0) == WAIT_OBJECT_0;
    }
}

/// Moves all `size` octets, or says why not. `moved` counts, however it ends.
static uint32_t move(struct line *line, bool reading, uint8_t *octets, uint32_t size, uint32_t *moved) {
    *moved = 0;
    while (*moved < size) {
        OVERLAPPED state = {0};
        state.hEvent = line->event;
        DWORD count = 0;
        BOOL done = reading ? ReadFile(line->pipe, octets + *moved, size - *moved, NULL, &state)
                            : WriteFile(line->pipe, octets + *moved, size - *moved, NULL, &state);
        if (!done && GetLastError() != ERROR_IO_PENDING) return FAILURE_AGENT_UNREACHABLE;
        bool late = !done && !wait(line);
        if (late) CancelIoEx(line->pipe, &state);
        // Also after a cancellation: until it ends, the system may write to `state` and to `octets`.
        BOOL well = GetOverlappedResult(line->pipe, &state, &count, TRUE);
        *moved += count;
        if (late && *moved < size) return FAILURE_AGENT_LATE;
        if (!well || count == 0) return FAILURE_AGENT_UNREACHABLE;
    }
    return FAILURE_NONE;
}

static uint32_t receive(struct line *line, struct link_span *frame) {
    uint8_t length[LINK_LENGTH];
    uint32_t moved;
    uint32_t failure = move(line, true, length, LINK_LENGTH, &moved);
    if (failure == FAILURE_AGENT_UNREACHABLE && moved > 0) return FAILURE_AGENT_BROKEN;
    if (failure != FAILURE_NONE) return failure;
    uint32_t rest = link_rest(length);
    if (rest == 0) return FAILURE_AGENT_BROKEN;
    if (line->in != NULL) HeapFree(GetProcessHeap(), 0, line->in);
    line->in = HeapAlloc(GetProcessHeap(), 0, LINK_LENGTH + rest);
    if (line->in == NULL) return FAILURE_MEMORY;
    for (uint32_t i = 0; i < LINK_LENGTH; i++) line->in[i] = length[i];
    failure = move(line, true, line->in + LINK_LENGTH, rest, &moved);
    *frame = (struct link_span){line->in, LINK_LENGTH + rest};
    return failure == FAILURE_AGENT_UNREACHABLE ? FAILURE_AGENT_BROKEN : failure;
}

uint32_t line_ask(struct line *line, uint32_t size, struct link_answer *answer) {
    struct link_span frame;
    uint32_t moved;
    if (size == 0) return FAILURE_MALFORMED_REQUEST;
    uint32_t failure = move(line, false, line->out, size, &moved);
    if (failure == FAILURE_NONE) failure = receive(line, &frame);
    if (failure != FAILURE_NONE) return failure;
    if (link_read(frame, answer) != LINK_READ) return FAILURE_AGENT_BROKEN;
    if (answer->type == LINK_FAILURE && (answer->request == line->request || answer->request == 0))
        return answer->failure.number;
    // The type of our request stands behind its length and version.
    bool fits = answer->request == line->request && answer->type == (line->out[LINK_LENGTH + 1] | LINK_ANSWER);
    return fits ? FAILURE_NONE : FAILURE_AGENT_BROKEN;
}

void line_allow(struct line *line, DWORD limit) {
    line->end = GetTickCount64() + limit;
}

uint32_t line_open(struct line *line, DWORD limit) {
    static const struct link_span program = {(const uint8_t *)PROGRAM, sizeof PROGRAM - 1};
    static const struct link_span version = {(const uint8_t *)CUSTODIAN_VERSION, sizeof CUSTODIAN_VERSION - 1};
    struct link_answer welcome;
    *line = (struct line){.pipe = INVALID_HANDLE_VALUE};
    line_allow(line, limit);
    line->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    line->out = HeapAlloc(GetProcessHeap(), 0, LINK_WRITTEN);
    if (line->event == NULL || line->out == NULL) return FAILURE_MEMORY;
    uint32_t failure = connect(line);
    if (failure != FAILURE_NONE) return failure;
    return line_ask(line, link_hello(line->out, ++line->request, program, version), &welcome);
}

void line_close(struct line *line) {
    if (line->pipe != INVALID_HANDLE_VALUE) CloseHandle(line->pipe);
    if (line->event != NULL) CloseHandle(line->event);
    if (line->out != NULL) HeapFree(GetProcessHeap(), 0, line->out);
    if (line->in != NULL) HeapFree(GetProcessHeap(), 0, line->in);
}
