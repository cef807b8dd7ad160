#include <stdarg.h>
#include <stdio.h>

#include "selftest.h"

TABLE *ksp;
PROVIDER provider;
bool direct = true;

static const char *current = "";
static int checks, failed, reasons;

void group(const char *name) {
    current = name;
}

bool check(bool holds, const char *what, ...) {
    char text[400];
    va_list rest;
    va_start(rest, what);
    vsnprintf(text, sizeof text, what, rest);
    va_end(rest);
    checks++;
    if (!holds) failed++;
    printf("%s %s: %s\n", holds ? "ok" : "NOT OK", current, text);
    return holds;
}

bool gives(STATUS expected, STATUS came, const char *what, ...) {
    char text[400];
    va_list rest;
    va_start(rest, what);
    vsnprintf(text, sizeof text, what, rest);
    va_end(rest);
    if (expected == came) return check(true, "%s: %08lx", text, (unsigned long)came);
    return check(false, "%s: %08lx, not %08lx", text, (unsigned long)came, (unsigned long)expected);
}

void left_out(const char *why) {
    reasons++;
    printf("left out %s: %s\n", current, why);
}

int result(void) {
    printf("%d checks, %d failed, left out for %d reasons\n", checks, failed, reasons);
    return failed != 0 || checks == 0;
}
