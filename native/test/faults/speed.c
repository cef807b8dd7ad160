// What the library and the pipe cost a program: the agent is the fake one, which has its signature ready and asks nobody.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../link/pipe.h"
#include "../timing.h"
#include "faults.h"

/// Of each kind, by all threads together.
#define WARM 80
#define CALLS 800

static KEY key;
static char id[LINK_NAME + 1];

static bool open_one(void) {
    KEY opened;
    return ksp->OpenKey(provider, &opened, L"p256", 0, 0) == 0 && ksp->FreeKey(provider, opened) == 0;
}

static bool sign_one(void) {
    BYTE out[64];
    return sign_with(key, false, out, 0) == 0;
}

/// The same request without the library.
static bool straight_one(void) {
    struct link_sign sign = {
        .credential = {(const uint8_t *)id, (uint32_t)strlen(id)},
        .scheme = (uint8_t)fake->scheme,
        .digest = {digest(), 32},
        .limit = 60000,
    };
    struct line line;
    struct link_answer answer;
    uint32_t failure = line_open(&line, 60000);
    if (failure == FAILURE_NONE) failure = line_ask(&line, link_sign(line.out, ++line.request, &sign), &answer);
    line_close(&line);
    return failure == FAILURE_NONE;
}

static int ascending(const void *a, const void *b) {
    LONGLONG left = *(const LONGLONG *)a, right = *(const LONGLONG *)b;
    return (left > right) - (left < right);
}

static void measure(const char *name, bool (*call)(void), int threads) {
    static LONGLONG took[CALLS];
    LARGE_INTEGER each;
    QueryPerformanceFrequency(&each);
    if (!check(by_threads(call, threads, WARM, took), "%s, to begin with", name)) return;
    fake_forget();
    if (!check(by_threads(call, threads, CALLS, took), "%s, %d calls", name, CALLS)) return;
    int gets = call == open_one ? CALLS : 0, signs = CALLS - gets;
    check(fake->connections == CALLS && fake->gets == gets && fake->lists == 0 && fake->signs == signs,
          "%s: the agent was asked %d times for a key, %d times for a signature", name, (int)fake->gets, (int)fake->signs);
    qsort(took, CALLS, sizeof *took, ascending);
    printf("us %-40s %d %8.0f %8.0f\n", name, threads, 1e6 * (double)took[CALLS / 2 - 1] / (double)each.QuadPart,
           1e6 * (double)took[CALLS * 99 / 100 - 1] / (double)each.QuadPart);
}

void check_speed(void) {
    group("speed");
    memcpy(fake->canned, "\x30\x06\x02\x01\x07\x02\x01\x09", 8);
    fake->canned_size = 8;
    fake_will(FAKE_CANNED, LINK_SIGN, 0);
    key = ec_key();
    // The agent tells what the library asked it for.
    if (!check(sign_one(), "a signature")) return;
    strcpy(id, fake->credential);
    for (int threads = 1; threads <= MOST_THREADS; threads *= MOST_THREADS) {
        measure("OpenKey", open_one, threads);
        measure("SignHash", sign_one, threads);
        measure("the same request, sent straight", straight_one, threads);
    }
    fake_will(FAKE_GOOD, 0, 0);
    ksp->FreeKey(provider, key);
}
