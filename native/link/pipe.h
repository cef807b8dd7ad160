/// The link over a named pipe (Windows): one connection a call, one deadline for all that happens on it.
#ifndef CUSTODIAN_PIPE_H
#define CUSTODIAN_PIPE_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include "link.h"
#include "numbers.h"

#define LINK_FAILURE_NUMBER(number, name, id) FAILURE_##name = number,
/// What the agent may answer, and what we say of it ourselves: unreachable, late, foreign, broken.
enum link_failure { FAILURE_NONE, LINK_FAILURES(LINK_FAILURE_NUMBER) FAILURE_MEMORY = 0x10000 };

struct line {
    HANDLE pipe, event;
    ULONGLONG end;     // GetTickCount64, when the call has failed
    DWORD agent;       // process id
    uint32_t request;  // number of the last one
    uint8_t *out, *in; // frames, on the heap
};

/// Connects, sees to it that the agent belongs to our user, and says hello. A kind of failure, or FAILURE_NONE; `line` must
/// be closed after both. `limit` in milliseconds, for all that follows.
uint32_t line_open(struct line *line, DWORD limit);
/// From now on the call has `limit` milliseconds.
void line_allow(struct line *line, DWORD limit);
/// Sends the frame of `size` octets that stands in `out` and reads its answer, which stays until the next one.
/// `size` 0 is a frame that could not be written. Any kind of failure, or FAILURE_NONE.
uint32_t line_ask(struct line *line, uint32_t size, struct link_answer *answer);
void line_close(struct line *line);

/// `\\.\pipe\custodian-SID-SESSION` of this process; false when the system does not tell. `name` has LINE_NAME characters.
#define LINE_NAME 256
bool line_name(WCHAR *name);

#endif
