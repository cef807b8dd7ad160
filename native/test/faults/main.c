// faults DLL SHORT-DLL FAKE-AGENT FAILURES.TSV [GROUP...]: the provider against agents that are absent, slow, broken or hostile.
#include <stdio.h>
#include <wchar.h>

#include "faults.h"

struct fake_control *fake;

static const WCHAR *agent_file, *short_file;
static HANDLE agent, ready;

void fake_start(void) {
    if (fake == NULL) {
        HANDLE memory = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof *fake, FAKE_CONTROL);
        fake = MapViewOfFile(memory, FILE_MAP_ALL_ACCESS, 0, 0, sizeof *fake);
        ready = CreateEventW(NULL, TRUE, FALSE, FAKE_READY);
    }
    fake_will(FAKE_GOOD, 0, 0);
    if (agent != NULL && WaitForSingleObject(agent, 0) == WAIT_TIMEOUT) return;
    if (agent != NULL) CloseHandle(agent);
    STARTUPINFOW startup = {sizeof startup};
    PROCESS_INFORMATION started;
    WCHAR line[MAX_PATH];
    wcscpy(line, agent_file);
    ResetEvent(ready);
    if (!CreateProcessW(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started)) {
        printf("%ls does not start: error %lu\n", agent_file, GetLastError());
        ExitProcess(2);
    }
    CloseHandle(started.hThread);
    agent = started.hProcess;
    if (WaitForSingleObject(ready, 60000) != WAIT_OBJECT_0) {
        printf("The fake agent takes no connections.\n");
        ExitProcess(2);
    }
}

void fake_kill(void) {
    TerminateProcess(agent, 9);
    WaitForSingleObject(agent, 60000);
}

void fake_will(enum fake_mode mode, int on, int argument) {
    fake->argument = argument;
    fake->on = on;
    fake->mode = mode;
}

void fake_forget(void) {
    fake->connections = fake->hellos = fake->lists = fake->gets = fake->signs = fake->refused = 0;
}

static TABLE *load(const WCHAR *file) {
    TABLE *table = NULL;
    HMODULE library = LoadLibraryW(file);
    GET_INTERFACE get = library == NULL ? NULL : (GET_INTERFACE)(void *)GetProcAddress(library, "GetKeyStorageInterface");
    if (get == NULL || get(PROVIDER_NAME, &table, 0) != 0) {
        printf("%ls is no provider: error %lu\n", file, GetLastError());
        ExitProcess(2);
    }
    return table;
}

TABLE *short_limits(void) {
    static TABLE *table;
    if (table == NULL) table = load(short_file);
    return table;
}

static KEY open_by_name(const WCHAR *name) {
    KEY key = 0;
    gives(0, ksp->OpenKey(provider, &key, name, 0, 0), "OpenKey %ls", name);
    return key;
}

KEY rsa_key(void) {
    return open_by_name(L"rsa");
}

KEY ec_key(void) {
    return open_by_name(L"p256");
}

STATUS sign_with(KEY key, bool rsa, BYTE *out, DWORD flags) {
    struct padding padding = paddings[0];
    DWORD size;
    return ksp->SignHash(provider, key, rsa ? &padding.info : NULL, (BYTE *)digest(), 32, out, rsa ? 256 : 64, &size,
                         flags | (rsa ? BCRYPT_PAD_PKCS1 : 0));
}

int wmain(int count, WCHAR **words) {
    static const struct {
        const WCHAR *name;
        void (*run)(void);
    } groups[] = {
        {L"requests", check_requests},
        {L"context", check_context},
        {L"conversions", check_conversions},
        {L"broken agents", check_broken_agents},
        {L"absent agent", check_absent_agent},
        {L"leaks", check_leaks},
        {L"load", check_load},
        {L"speed", check_speed},
    };
    if (count < 5) return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    ksp = load(words[1]);
    short_file = words[2];
    agent_file = words[3];
    fake_start();
    if (ksp->OpenProvider(&provider, PROVIDER_NAME, 0) != 0) return 2;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        bool wanted = count == 5;
        for (int k = 5; k < count; k++) wanted = wanted || wcscmp(words[k], groups[i].name) == 0;
        if (wanted) groups[i].run();
    }
    bool wanted = count == 5;
    for (int k = 5; k < count; k++) wanted = wanted || wcscmp(words[k], L"failures") == 0;
    if (wanted) check_failures(words[4]);
    ksp->FreeProvider(provider);
    fake_kill();
    return result();
}
