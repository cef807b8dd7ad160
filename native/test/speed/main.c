// speed DLL KEY: signs with a P-256 key by the provider. Says its process id; then for each line "THREADS CALLS" how long each call took,
// in ns, or "failed" and the status.
#include <stdio.h>
#include <stdlib.h>

#include "../../ksp/ksp_abi.h"
#include "../timing.h"

#define MOST_CALLS 4000

static TABLE *ksp;
static PROVIDER provider;
static KEY key;
static volatile LONG next, failed;

/// Another digest each time: the server gives a digest's signature twice without signing twice.
static bool sign_one(void) {
    BYTE digest[32] = {0}, out[64];
    DWORD size;
    LONG number = InterlockedIncrement(&next), process = (LONG)GetCurrentProcessId();
    memcpy(digest, &number, sizeof number);
    memcpy(digest + sizeof number, &process, sizeof process);
    STATUS status = ksp->SignHash(provider, key, NULL, digest, sizeof digest, out, sizeof out, &size, 0);
    if (status != 0) failed = status;
    return status == 0;
}

int wmain(int count, WCHAR **words) {
    static LONGLONG took[MOST_CALLS];
    LARGE_INTEGER each;
    int threads, calls;
    if (count != 3) return 2;
    HMODULE library = LoadLibraryW(words[1]);
    GET_INTERFACE get = library == NULL ? NULL : (GET_INTERFACE)(void *)GetProcAddress(library, "GetKeyStorageInterface");
    if (get == NULL || get(PROVIDER_NAME, &ksp, 0) != 0 || ksp->OpenProvider(&provider, PROVIDER_NAME, 0) != 0) return 3;
    STATUS opened = ksp->OpenKey(provider, &key, words[2], 0, 0);
    if (opened != 0) {
        printf("OpenKey: %08lx\n", (unsigned long)opened);
        return 4;
    }
    QueryPerformanceFrequency(&each);
    printf("%lu\n", GetCurrentProcessId());
    fflush(stdout);
    while (scanf("%d %d", &threads, &calls) == 2) {
        if (threads < 1 || threads > MOST_THREADS || calls < threads || calls > MOST_CALLS || calls % threads != 0) return 2;
        if (by_threads(sign_one, threads, calls, took)) {
            for (int i = 0; i < calls; i++) printf("%.0f ", 1e9 * (double)took[i] / (double)each.QuadPart);
        } else {
            printf("failed %08lx", (unsigned long)failed);
        }
        printf("\n");
        fflush(stdout);
    }
    ksp->FreeKey(provider, key);
    ksp->FreeProvider(provider);
    return 0;
}
