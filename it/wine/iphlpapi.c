/* For the tests under Wine only. Wine 8's iphlpapi has no GetAnycastIpAddressTable, and the Windows Java runtime ends at its first random
   number without it. All other functions are Wine's own, under another name (see build/wine.sh). */
#include <windows.h>

/* An empty table. Freed by the caller with FreeMibTable. */
DWORD WINAPI GetAnycastIpAddressTable(USHORT family, void **table)
{
    (void)family;
    *table = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 64);
    return *table ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
}
