// The registration as Windows would write it, by hand, for custodian-register-wine.exe: under Wine the functions that do it
// report success and do nothing. Never on real Windows.
#include <wchar.h>

#include "../register/registration.h"

static NTSTATUS status(LSTATUS error) {
    return error == 0                      ? STATUS_WELL
           : error == ERROR_FILE_NOT_FOUND ? STATUS_NOT_THERE
           : error == ERROR_ACCESS_DENIED  ? STATUS_DENIED
                                           : (NTSTATUS)0xc0000001;
}

static LSTATUS put(const WCHAR *key, const WCHAR *value, DWORD type, const void *octets, DWORD size) {
    return RegSetKeyValueW(HKEY_LOCAL_MACHINE, key, value, type, octets, size);
}

NTSTATUS entry_add(void) {
    static const WCHAR functions[] = L"KEY_STORAGE\0";
    DWORD flags = 1;
    LSTATUS error = put(OUR_ENTRY L"\\UM", L"Image", REG_SZ, LIBRARY, sizeof LIBRARY);
    if (error == 0) error = put(OUR_ENTRY L"\\UM\\00010001", L"Flags", REG_DWORD, &flags, sizeof flags);
    if (error == 0) error = put(OUR_ENTRY L"\\UM\\00010001", L"Functions", REG_MULTI_SZ, functions, sizeof functions);
    return status(error);
}

NTSTATUS entry_remove(void) {
    return status(RegDeleteTreeW(HKEY_LOCAL_MACHINE, OUR_ENTRY));
}

/// The list without us, and its size in characters without the last NUL.
static LSTATUS others(WCHAR *list, DWORD room, DWORD *length, bool *listed) {
    DWORD size = room * sizeof *list;
    LSTATUS error = RegGetValueW(HKEY_LOCAL_MACHINE, LIST_KEY, LIST_VALUE, RRF_RT_REG_MULTI_SZ, NULL, list, &size);
    if (error == ERROR_FILE_NOT_FOUND) list[0] = 0;
    *length = 0;
    *listed = false;
    for (WCHAR *name = list, *next; *name != 0; name = next) {
        DWORD count = (DWORD)wcslen(name) + 1;
        next = name + count;
        if (wcscmp(name, PROVIDER_NAME) == 0) {
            *listed = true;
            continue;
        }
        wmemmove(list + *length, name, count);
        *length += count;
    }
    return error == ERROR_FILE_NOT_FOUND ? 0 : error;
}

NTSTATUS list_add(void) {
    WCHAR list[4096];
    DWORD length;
    bool listed;
    LSTATUS error = others(list, 4000, &length, &listed);
    if (error != 0) return status(error);
    if (listed) return STATUS_THERE_ALREADY;
    wcscpy(list + length, PROVIDER_NAME);
    length += (DWORD)wcslen(PROVIDER_NAME) + 1;
    list[length++] = 0;
    return status(put(LIST_KEY, LIST_VALUE, REG_MULTI_SZ, list, length * sizeof *list));
}

NTSTATUS list_remove(void) {
    WCHAR list[4096];
    DWORD length;
    bool listed;
    LSTATUS error = others(list, 4000, &length, &listed);
    if (error != 0) return status(error);
    if (!listed) return STATUS_NOT_THERE;
    list[length++] = 0;
    return status(put(LIST_KEY, LIST_VALUE, REG_MULTI_SZ, list, length * sizeof *list));
}
