#include "timing.h"

struct part {
    bool (*call)(void);
    LONGLONG *took;
    int count;
};

static DWORD WINAPI call_often(void *given) {
    struct part *part = given;
    LARGE_INTEGER began, ended;
    for (int i = 0; i < part->count; i++) {
        QueryPerformanceCounter(&began);
        if (!part->call()) return 1;
        QueryPerformanceCounter(&ended);
        part->took[i] = ended.QuadPart - began.QuadPart;
    }
    return 0;
}

bool by_threads(bool (*call)(void), int threads, int calls, LONGLONG *took) {
    struct part parts[MOST_THREADS];
    HANDLE running[MOST_THREADS];
    bool well = true;
    for (int i = 0; i < threads; i++) {
        parts[i] = (struct part){call, took + calls / threads * i, calls / threads};
        running[i] = CreateThread(NULL, 0, call_often, &parts[i], 0, NULL);
    }
    for (int i = 0; i < threads; i++) {
        DWORD code = 99;
        WaitForSingleObject(running[i], INFINITE);
        GetExitCodeThread(running[i], &code);
        well = well && code == 0;
        CloseHandle(running[i]);
    }
    return well;
}
