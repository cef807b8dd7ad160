// Agents that are broken, slow, dead or absent; and what is left behind in the program when all is over.
#include <stdio.h>
#include <string.h>

#include "../../link/pipe.h"
#include "faults.h"

/// More than any of the limits here, on a machine with much to do.
#define MUCH_LATER 60000u

static const struct {
    enum fake_mode mode;
    STATUS expected;
    const char *name;
} faults[] = {
    {FAKE_GARBAGE, NTE_INTERNAL_ERROR, "garbage"},
    {FAKE_OVERSIZE, NTE_INTERNAL_ERROR, "a frame too large"},
    {FAKE_HALF, NTE_INTERNAL_ERROR, "half a frame"},
    {FAKE_TRAILING, NTE_INTERNAL_ERROR, "an octet too many"},
    {FAKE_OTHER_REQUEST, NTE_INTERNAL_ERROR, "an answer to another request"},
};
#define FAULTS (int)(sizeof faults / sizeof *faults)

static STATUS open(KEY *key) {
    return ksp->OpenKey(provider, key, L"p256", 0, 0);
}

static STATUS list(void) {
    NCryptKeyName *name = NULL;
    void *state = NULL;
    STATUS status = ksp->EnumKeys(provider, NULL, &name, &state, 0);
    if (name != NULL) ksp->FreeBuffer(name);
    if (state != NULL) ksp->FreeBuffer(state);
    return status;
}

static void each_fault(KEY key) {
    BYTE out[64];
    KEY other;
    for (int i = 0; i < FAULTS; i++) {
        fake_will(faults[i].mode, LINK_HELLO, 0);
        gives(faults[i].expected, open(&other), "OpenKey, hello is answered by %s", faults[i].name);
        fake_will(faults[i].mode, LINK_GET, 0);
        gives(faults[i].expected, open(&other), "OpenKey, %s", faults[i].name);
        fake_will(faults[i].mode, LINK_LIST, 0);
        gives(faults[i].expected, list(), "EnumKeys, %s", faults[i].name);
        fake_will(faults[i].mode, LINK_SIGN, 0);
        memset(out, 0xee, sizeof out);
        gives(faults[i].expected, sign_with(key, false, out, 0), "SignHash, %s", faults[i].name);
        check(out[0] == 0xee && out[63] == 0xee, "nothing is written");
    }
    fake_will(FAKE_OTHER_TYPE, LINK_SIGN, 0);
    gives(NTE_INTERNAL_ERROR, sign_with(key, false, out, 0), "SignHash, an answer of another type");
    fake_will(FAKE_TWO_SIGNATURES, LINK_SIGN, 0);
    gives(NTE_INTERNAL_ERROR, sign_with(key, false, out, 0), "SignHash, two signatures");
    fake_will(FAKE_OTHER_CREDENTIAL, LINK_GET, 0);
    gives(NTE_INTERNAL_ERROR, open(&other), "OpenKey, another credential");
    fake_will(FAKE_ENDLESS, LINK_LIST, 0);
    gives(NTE_INTERNAL_ERROR, list(), "EnumKeys, a list that begins anew");
    fake_will(FAKE_GOOD, 0, 0);
    gives(0, sign_with(key, false, out, 0), "afterwards all is well");
}

/// With limits of seconds: those of the library that is shipped are the same code, and minutes.
static void each_delay(void) {
    static const struct {
        enum fake_mode mode;
        int on;
        const char *name;
    } delays[] = {
        {FAKE_STALL, LINK_HELLO, "OpenKey, half a hello and then nothing"},
        {FAKE_STALL, LINK_GET, "OpenKey, half a frame and then nothing"},
        {FAKE_SLOW, LINK_GET, "OpenKey, a slow answer"},
        {FAKE_STALL, LINK_SIGN, "SignHash, half a frame and then nothing"},
        {FAKE_SLOW, LINK_SIGN, "SignHash, a slow answer"},
    };
    TABLE *usual = ksp;
    PROVIDER other = 0;
    KEY key = 0, opened;
    BYTE out[64];
    DWORD size;
    ksp = short_limits();
    gives(0, ksp->OpenProvider(&other, PROVIDER_NAME, 0), "the library with short limits");
    gives(0, ksp->OpenKey(other, &key, L"p256", 0, 0), "opens a key");
    for (int i = 0; i < 5; i++) {
        fake_will(delays[i].mode, delays[i].on, 6000);
        ULONGLONG start = GetTickCount64();
        STATUS status = delays[i].on == LINK_SIGN
                            ? ksp->SignHash(other, key, NULL, (BYTE *)digest(), 32, out, 64, &size, 0)
                            : ksp->OpenKey(other, &opened, L"p256", 0, 0);
        ULONGLONG took = GetTickCount64() - start;
        gives(NTE_DEVICE_NOT_READY, status, "%s", delays[i].name);
        check(took >= 2000 && took < MUCH_LATER, "after %llu ms", (unsigned long long)took);
    }
    fake_will(FAKE_GOOD, 0, 0);
    ksp->FreeKey(other, key);
    ksp->FreeProvider(other);
    ksp = usual;
}

void check_broken_agents(void) {
    KEY key = ec_key();
    group("broken agents");
    each_fault(key);
    each_delay();
    ksp->FreeKey(provider, key);
}

/// Takes all instances of the pipe, so that a program finds none.
static void crowd(void) {
    enum { MOST = 10 };
    HANDLE callers[MOST];
    WCHAR name[LINE_NAME];
    int count = 0;
    KEY key = 0;
    line_name(name);
    for (ULONGLONG start = GetTickCount64(); count < MOST && GetTickCount64() - start < MUCH_LATER;) {
        callers[count] = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
        if (callers[count] != INVALID_HANDLE_VALUE) count++;
    }
    check(count == MOST, "%d callers hold a connection", count);
    gives(NTE_DEVICE_NOT_READY, open(&key), "OpenKey while all connections are taken");
    for (int i = 0; i < count; i++) CloseHandle(callers[i]);
    // Until the agent has noticed.
    STATUS status = NTE_DEVICE_NOT_READY;
    for (ULONGLONG start = GetTickCount64(); status == NTE_DEVICE_NOT_READY && GetTickCount64() - start < MUCH_LATER;)
        status = open(&key);
    gives(0, status, "OpenKey when they are gone");
    ksp->FreeKey(provider, key);
}

void check_absent_agent(void) {
    BYTE out[64];
    KEY key = ec_key(), other;
    PROVIDER opened = 0;
    DWORD bits = 0, size;
    group("absent agent");
    fake_will(FAKE_DIES, LINK_SIGN, 0);
    gives(NTE_DEVICE_NOT_READY, sign_with(key, false, out, 0), "the agent ends while it signs");
    fake_kill();
    ULONGLONG start = GetTickCount64();
    gives(NTE_DEVICE_NOT_READY, sign_with(key, false, out, 0), "SignHash without an agent");
    gives(NTE_DEVICE_NOT_READY, open(&other), "OpenKey without an agent");
    gives(NTE_DEVICE_NOT_READY, list(), "EnumKeys without an agent");
    check(GetTickCount64() - start < MUCH_LATER, "after %llu ms", (unsigned long long)(GetTickCount64() - start));
    gives(0, ksp->OpenProvider(&opened, PROVIDER_NAME, 0), "OpenProvider without an agent");
    ksp->FreeProvider(opened);
    check(ksp->GetKeyProperty(provider, key, L"Length", (BYTE *)&bits, 4, &size, 0) == 0 && bits == 256,
          "an open key tells of itself without an agent");
    fake_start();
    gives(0, sign_with(key, false, out, 0), "the same key, when the agent is back");
    fake_will(FAKE_DIES, LINK_GET, 0);
    gives(NTE_DEVICE_NOT_READY, open(&other), "the agent ends while a key is opened");
    fake_kill();
    fake_start();
    fake_will(FAKE_DIES, LINK_HELLO, 0);
    gives(NTE_DEVICE_NOT_READY, open(&other), "the agent ends at hello");
    fake_kill();
    fake_start();
    crowd();
    // Of our own process, as when the squatter has ended and we have his number.
    fake_kill();
    fake->foreign = 1;
    fake_start();
    fake_forget();
    gives(NTE_DEVICE_NOT_READY, open(&other), "OpenKey when the pipe belongs to another");
    gives(NTE_DEVICE_NOT_READY, sign_with(key, false, out, 0), "SignHash then");
    check(fake->hellos == 0 && fake->signs == 0, "nothing was sent there");
    fake_kill();
    fake->foreign = 0;
    fake_start();
    gives(0, sign_with(key, false, out, 0), "SignHash when it is ours again");
    ksp->FreeKey(provider, key);
    left_out("the process of another user: Wine has only one");
}

/// Blocks of the heap that are in use.
static int blocks(void) {
    PROCESS_HEAP_ENTRY entry = {0};
    int count = 0;
    HeapLock(GetProcessHeap());
    while (HeapWalk(GetProcessHeap(), &entry))
        if ((entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0) count++;
    HeapUnlock(GetProcessHeap());
    return count;
}

/// Open handles. Each possible one is tried: Wine's GetProcessHandleCount answers 0.
static int handles(void) {
    int count = 0;
    DWORD flags;
    for (ULONG_PTR one = 4; one < 0x4000; one += 4)
        if (GetHandleInformation((HANDLE)one, &flags)) count++;
    return count;
}

/// What the system itself may keep; a leak of ours would be of hundreds.
#define A_FEW 8

static void fail_in_every_way(KEY key) {
    BYTE out[64];
    KEY other;
    for (int i = 0; i < FAULTS; i++)
        for (int on = LINK_HELLO; on <= LINK_SIGN; on++) {
            fake_will(faults[i].mode, on, 0);
            if (open(&other) == 0) ksp->FreeKey(provider, other);
            list();
            sign_with(key, false, out, 0);
        }
    fake_will(FAKE_FAILURE, LINK_SIGN, 37);
    sign_with(key, false, out, 0);
    fake_will(FAKE_OTHER_CREDENTIAL, LINK_GET, 0);
    open(&other);
    fake_will(FAKE_ENDLESS, LINK_LIST, 0);
    list();
    fake_will(FAKE_GOOD, 0, 0);
    open(&other);
    sign_with(other, false, out, 0);
    sign_with(other, false, out, 4); // an unknown flag
    list();
    ksp->FreeKey(provider, other);
}

void check_leaks(void) {
    KEY key = ec_key();
    group("leaks");
    fail_in_every_way(key);
    int handles_before = handles();
    int blocks_before = blocks();
    for (int i = 0; i < 10; i++) fail_in_every_way(key);
    int handles_after = handles();
    check(handles_after > 0 && handles_after <= handles_before + A_FEW, "%d handles before, %d after 10 rounds of every fault",
          handles_before, handles_after);
    int blocks_after = blocks();
    check(blocks_after <= blocks_before + A_FEW, "%d blocks of memory before, %d after", blocks_before, blocks_after);
    ksp->FreeKey(provider, key);
}

#define THREADS 8
#define SIGNATURES 1000

static DWORD WINAPI sign_much(void *given) {
    int rounds = *(const int *)given;
    BYTE out[64];
    KEY key;
    for (int i = 0; i < rounds; i++) {
        if (ksp->OpenKey(provider, &key, L"p256", 0, 0) != 0) return 1;
        for (int k = 0; k < 10; k++)
            if (sign_with(key, false, out, 0) != 0) return 2;
        if (ksp->FreeKey(provider, key) != 0) return 3;
    }
    return 0;
}

static void by_all(int rounds) {
    HANDLE threads[THREADS];
    for (int i = 0; i < THREADS; i++) threads[i] = CreateThread(NULL, 0, sign_much, &rounds, 0, NULL);
    for (int i = 0; i < THREADS; i++) {
        DWORD code = 99;
        WaitForSingleObject(threads[i], INFINITE);
        GetExitCodeThread(threads[i], &code);
        check(code == 0, "thread %d made %d signatures: %lu", i, 10 * rounds, code);
        CloseHandle(threads[i]);
    }
}

void check_load(void) {
    group("load");
    // The agent has its signature ready: this is about the library.
    memcpy(fake->canned, "\x30\x06\x02\x01\x07\x02\x01\x09", 8);
    fake->canned_size = 8;
    fake_will(FAKE_CANNED, LINK_SIGN, 0);
    by_all(2);
    fake_forget();
    int handles_before = handles();
    int blocks_before = blocks();
    by_all(SIGNATURES / 10);
    check(fake->signs == THREADS * SIGNATURES && fake->refused == 0, "the agent was asked for %d signatures",
          (int)fake->signs);
    int handles_after = handles();
    check(handles_after > 0 && handles_after <= handles_before + A_FEW, "%d handles before, %d after", handles_before,
          handles_after);
    int blocks_after = blocks();
    check(blocks_after <= blocks_before + A_FEW, "%d blocks of memory before, %d after", blocks_before, blocks_after);
    fake_will(FAKE_GOOD, 0, 0);
}
