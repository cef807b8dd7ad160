#include "ksp.h"

/// Handles are numbers, never addresses: a place in a table and how often it was taken. What a program makes up, has freed
/// or frees twice is refused, and no memory is touched for it.
#define PLACES 4096u

static struct place {
    struct object *object;
    WORD generation;
} places[PLACES];

static SRWLOCK table = SRWLOCK_INIT;
/// Places are taken in turn, so that a freed handle stays unknown for long.
static DWORD next;

struct object *new_object(size_t size, enum kind kind, DWORD flags) {
    struct object *object = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
    if (object == NULL) return NULL;
    object->users = 1;
    object->kind = kind;
    object->flags = flags;
    return object;
}

void end_use(struct object *object) {
    if (InterlockedDecrement(&object->users) == 0) HeapFree(GetProcessHeap(), 0, object);
}

ULONG_PTR handle_of(struct object *object) {
    ULONG_PTR handle = 0;
    AcquireSRWLockExclusive(&table);
    for (DWORD tried = 0; tried < PLACES && handle == 0; tried++) {
        struct place *place = &places[next];
        DWORD at = next;
        next = (next + 1) % PLACES;
        if (place->object != NULL) continue;
        if (++place->generation == 0) place->generation = 1;
        place->object = object;
        handle = (ULONG_PTR)(at + 1) << 16 | place->generation;
    }
    ReleaseSRWLockExclusive(&table);
    if (handle == 0) end_use(object);
    return handle;
}

static struct place *find(ULONG_PTR handle, enum kind kind) {
    ULONG_PTR at = handle >> 16;
    if (at == 0 || at > PLACES) return NULL;
    struct place *place = &places[at - 1];
    bool open = place->object != NULL && place->generation == (WORD)handle && place->object->kind == kind;
    return open ? place : NULL;
}

struct object *use(ULONG_PTR handle, enum kind kind) {
    AcquireSRWLockShared(&table);
    struct place *place = find(handle, kind);
    struct object *object = place == NULL ? NULL : place->object;
    if (object != NULL) InterlockedIncrement(&object->users);
    ReleaseSRWLockShared(&table);
    return object;
}

STATUS close_handle(ULONG_PTR handle, enum kind kind) {
    AcquireSRWLockExclusive(&table);
    struct place *place = find(handle, kind);
    struct object *object = place == NULL ? NULL : place->object;
    if (place != NULL) place->object = NULL;
    ReleaseSRWLockExclusive(&table);
    if (object == NULL) return NTE_INVALID_HANDLE;
    end_use(object);
    return ERROR_SUCCESS;
}
