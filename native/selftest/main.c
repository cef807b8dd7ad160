// custodian-selftest [--wait] [--dll FILE] [KEY...]: checks the key storage provider on this machine, with the keys that its
// owner's agent has, or with those that are named. By the registered provider and the system's ncrypt.dll unless --dll names
// one. --wait says the number of the process and waits, so that a consent can be granted to it first.
#include <stdio.h>

#include "selftest.h"

static bool load(const WCHAR *file) {
    group("interface");
    HMODULE library = LoadLibraryW(file);
    if (!check(library != NULL, "%ls is loaded: error %lu", file, library == NULL ? GetLastError() : 0)) return false;
    GET_INTERFACE get_interface = (GET_INTERFACE)(void *)GetProcAddress(library, "GetKeyStorageInterface");
    if (!check(get_interface != NULL, "it has GetKeyStorageInterface")) return false;
    check_interface(get_interface);
    return ksp != NULL;
}

int wmain(int count, WCHAR **words) {
    const WCHAR *file = NULL;
    int at = 1;
    setvbuf(stdout, NULL, _IONBF, 0);
    if (at < count && lstrcmpW(words[at], L"--wait") == 0) {
        printf("This is process %lu. Press Enter to begin.\n", GetCurrentProcessId());
        getchar();
        at++;
    }
    if (at < count && lstrcmpW(words[at], L"--dll") == 0 && at + 1 < count) {
        file = words[at + 1];
        at += 2;
    }
    if (file != NULL) {
        if (!load(file)) return result();
    } else {
        direct = false;
        ksp = router_table();
        if (ksp == NULL) {
            printf("There is no ncrypt.dll that routes calls here.\n");
            return 2;
        }
    }
    check_provider();
    check_algorithms();
    find_keys(count - at, words + at);
    check_opening();
    check_properties();
    check_blobs();
    check_signatures();
    check_refusals();
    check_declined();
    check_junk();
    check_lifetimes();
    replay_programs();
    check_threads();
    group("end");
    gives(0, ksp->FreeProvider(provider), "FreeProvider");
    if (direct) gives(NTE_INVALID_HANDLE, ksp->FreeProvider(provider), "FreeProvider once more");
    return result();
}
