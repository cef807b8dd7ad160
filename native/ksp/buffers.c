#include "ksp.h"

/// FreeBuffer gets an address and nothing else. All that we gave away hang in one chain, so that an address that is not
/// ours, or was freed already, is found out without looking at what it points to.
struct block {
    struct block *next;
    LONG users;
    bool is_list;
    _Alignas(16) BYTE content[];
};

static struct block *blocks;
static SRWLOCK chain = SRWLOCK_INIT;

void *new_buffer(size_t size, bool is_list) {
    struct block *block = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *block + size);
    if (block == NULL) return NULL;
    block->users = 1;
    block->is_list = is_list;
    AcquireSRWLockExclusive(&chain);
    block->next = blocks;
    blocks = block;
    ReleaseSRWLockExclusive(&chain);
    return block->content;
}

bool use_list(const void *buffer) {
    AcquireSRWLockShared(&chain);
    struct block *block = blocks;
    while (block != NULL && (block->content != buffer || !block->is_list)) block = block->next;
    if (block != NULL) InterlockedIncrement(&block->users);
    ReleaseSRWLockShared(&chain);
    return block != NULL;
}

static void end_block(struct block *block) {
    if (InterlockedDecrement(&block->users) == 0) HeapFree(GetProcessHeap(), 0, block);
}

void end_list(void *list) {
    end_block((struct block *)((BYTE *)list - offsetof(struct block, content)));
}

STATUS WINAPI free_buffer(void *buffer) {
    AcquireSRWLockExclusive(&chain);
    struct block **link = &blocks;
    while (*link != NULL && (*link)->content != buffer) link = &(*link)->next;
    struct block *block = *link;
    if (block != NULL) *link = block->next;
    ReleaseSRWLockExclusive(&chain);
    if (block == NULL) return NTE_INVALID_PARAMETER;
    end_block(block);
    return ERROR_SUCCESS;
}
