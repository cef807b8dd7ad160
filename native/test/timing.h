/// How long calls take.
#ifndef CUSTODIAN_TIMING_H
#define CUSTODIAN_TIMING_H

#include <stdbool.h>
#include <windows.h>

#define MOST_THREADS 8

/// Makes so many calls, in all, by so many threads, and says of each how many ticks of QueryPerformanceCounter it took. Whether all
/// went well.
bool by_threads(bool (*call)(void), int threads, int calls, LONGLONG *took);

#endif
