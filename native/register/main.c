// custodian-register register|repair|unregister [FOLDER], custodian-register list: enters the provider with Windows, for all its
// users; needs an administrator, but for list. FOLDER holds x64\custodian-ksp.dll and x86\custodian-ksp.dll; the one above this
// program's by default. Ends with 0 when all is as it should be, 1 when not, 2 when it was called wrongly.
#include <stdbool.h>
#include <stdio.h>
#include <wchar.h>

#include "registration.h"

/// Where a library lies before and after.
struct library {
    const WCHAR *folder, *programs;
    WCHAR from[MAX_PATH], to[MAX_PATH];
    bool wanted; // whether this Windows runs such programs
};

static struct library libraries[] = {{L"x64", L"64-bit", L"", L"", true}, {L"x86", L"32-bit", L"", L"", true}};
static WCHAR list[8192];

static bool path(WCHAR *out, const WCHAR *folder, const WCHAR *below) {
    if (wcslen(folder) + wcslen(below) + wcslen(LIBRARY) + 3 > MAX_PATH) return false;
    wcscpy(out, folder);
    wcscat(out, L"\\");
    wcscat(out, below);
    wcscat(out, *below == 0 ? LIBRARY : L"\\" LIBRARY);
    return true;
}

/// Of this program's file, the folder above its own.
static void above(WCHAR *folder) {
    GetModuleFileNameW(NULL, folder, MAX_PATH);
    for (int i = 0; i < 2; i++) {
        WCHAR *end = wcsrchr(folder, L'\\');
        if (end != NULL) *end = 0;
    }
}

static bool find_libraries(const WCHAR *given) {
    WCHAR source[MAX_PATH], system[MAX_PATH];
    if (given != NULL && wcslen(given) >= MAX_PATH) return false;
    if (given != NULL)
        wcscpy(source, given);
    else
        above(source);
    for (int i = 0; i < 2; i++) {
        UINT size = i == 0 ? GetSystemDirectoryW(system, MAX_PATH) : GetSystemWow64DirectoryW(system, MAX_PATH);
        libraries[i].wanted = size > 0 && size < MAX_PATH && GetFileAttributesW(system) != INVALID_FILE_ATTRIBUTES;
        if (!libraries[i].wanted) continue;
        if (!path(libraries[i].from, source, libraries[i].folder) || !path(libraries[i].to, system, L"")) return false;
    }
    return true;
}

static bool is_there(const WCHAR *file) {
    return GetFileAttributesW(file) != INVALID_FILE_ATTRIBUTES;
}

static bool has_entry(void) {
    WCHAR image[MAX_PATH];
    DWORD size = sizeof image;
    return RegGetValueW(HKEY_LOCAL_MACHINE, OUR_ENTRY L"\\UM", L"Image", RRF_RT_REG_SZ, NULL, image, &size) == 0 &&
           wcscmp(image, LIBRARY) == 0 &&
           RegGetValueW(HKEY_LOCAL_MACHINE, OUR_ENTRY L"\\UM\\00010001", L"Functions", RRF_RT_REG_MULTI_SZ, NULL, NULL,
                        NULL) == 0;
}

/// Reads the list; whether we are in it.
static bool is_listed(void) {
    DWORD size = sizeof list;
    bool found = false;
    if (RegGetValueW(HKEY_LOCAL_MACHINE, LIST_KEY, LIST_VALUE, RRF_RT_REG_MULTI_SZ, NULL, list, &size) != 0) list[0] = 0;
    for (const WCHAR *name = list; *name != 0; name += wcslen(name) + 1) found |= wcscmp(name, PROVIDER_NAME) == 0;
    return found;
}

static bool said(bool well, const char *what) {
    printf("%s: %s\n", well ? "well" : "missing", what);
    return well;
}

static bool show(void) {
    bool well = true;
    bool listed = is_listed();
    printf("Providers for keys, in the order of Windows:\n");
    for (const WCHAR *name = list; *name != 0; name += wcslen(name) + 1) printf("    %ls\n", name);
    well &= said(listed, "our place in this list");
    well &= said(has_entry(), "our entry, with the name of the library");
    for (int i = 0; i < 2; i++) {
        if (!libraries[i].wanted) {
            printf("not needed: the library for %ls programs, which this Windows does not run\n", libraries[i].programs);
            continue;
        }
        bool there = is_there(libraries[i].to);
        printf("%s: %ls, for %ls programs\n", there ? "well" : "missing", libraries[i].to, libraries[i].programs);
        well &= there;
    }
    return well;
}

static bool done(NTSTATUS status, NTSTATUS also_well, const char *what) {
    if (status == STATUS_WELL || status == also_well) return true;
    printf("%s: Windows answers 0x%08lx.%s\n", what, (unsigned long)status,
           status == STATUS_DENIED ? " Run this as an administrator." : "");
    return false;
}

/// Makes an empty file in the same folder, with a name that nothing else has.
static bool beside(const WCHAR *file, WCHAR *name) {
    WCHAR folder[MAX_PATH];
    wcscpy(folder, file);
    *wcsrchr(folder, L'\\') = 0;
    return GetTempFileNameW(folder, L"ksp", 0, name) != 0;
}

/// The last error stays what it was.
static void drop(const WCHAR *file) {
    DWORD error = GetLastError();
    DeleteFileW(file);
    SetLastError(error);
}

/// A library in use can be renamed, not deleted. The place is free then; what goes when Windows starts anew has a name of
/// its own, since by then another library may stand in this place.
static bool put_aside(const WCHAR *file) {
    WCHAR aside[MAX_PATH];
    if (!beside(file, aside)) return false;
    if (!MoveFileExW(file, aside, MOVEFILE_REPLACE_EXISTING)) {
        drop(aside);
        return false;
    }
    if (DeleteFileW(aside)) return true;
    if (MoveFileExW(aside, NULL, MOVEFILE_DELAY_UNTIL_REBOOT)) {
        printf("%ls is in use: it is %ls now, which goes when Windows starts anew.\n", file, aside);
        return true;
    }
    DWORD error = GetLastError();
    MoveFileExW(aside, file, 0);
    SetLastError(error);
    return false;
}

static bool put_library(const struct library *library) {
    if (!library->wanted) return true;
    WCHAR fresh[MAX_PATH];
    if (beside(library->to, fresh)) {
        if (CopyFileW(library->from, fresh, FALSE) &&
            (MoveFileExW(fresh, library->to, MOVEFILE_REPLACE_EXISTING) ||
             (put_aside(library->to) && MoveFileExW(fresh, library->to, MOVEFILE_REPLACE_EXISTING))))
            return true;
        drop(fresh);
    }
    printf("%ls cannot be copied to %ls: error %lu. Run this as an administrator.\n", library->from, library->to,
           GetLastError());
    return false;
}

/// All of it, or only what is missing.
static bool enter(bool all) {
    bool well = true;
    for (int i = 0; i < 2; i++)
        if (all || (libraries[i].wanted && !is_there(libraries[i].to))) well &= put_library(&libraries[i]);
    // An entry without its library would make programs fail that ask for every provider.
    if (!well) return false;
    if (all || !has_entry()) well &= done(entry_add(), STATUS_THERE_ALREADY, "The entry cannot be made");
    if (well && (all || !is_listed())) well &= done(list_add(), STATUS_THERE_ALREADY, "The list cannot be extended");
    return well;
}

static bool take_library(const struct library *library) {
    if (!library->wanted || !is_there(library->to) || DeleteFileW(library->to) || put_aside(library->to)) return true;
    printf("%ls cannot be removed: error %lu.\n", library->to, GetLastError());
    return false;
}

static bool leave(void) {
    // A place in the list without its entry would make programs fail that ask for every provider.
    bool well = done(list_remove(), STATUS_NOT_THERE, "The list cannot be changed") &&
                done(entry_remove(), STATUS_NOT_THERE, "The entry cannot be removed");
    for (int i = 0; i < 2 && well; i++) well &= take_library(&libraries[i]);
    return well;
}

int wmain(int count, WCHAR **words) {
    const WCHAR *what = count < 2 ? L"" : words[1];
    if (count > 3) return 2;
    if (!find_libraries(count == 3 ? words[2] : NULL)) {
        printf("The name of the folder is too long.\n");
        return 2;
    }
    if (wcscmp(what, L"list") == 0) return show() ? 0 : 1;
    if (wcscmp(what, L"register") == 0) return enter(true) && show() ? 0 : 1;
    if (wcscmp(what, L"repair") == 0) return enter(false) && show() ? 0 : 1;
    if (wcscmp(what, L"unregister") == 0) return leave() ? 0 : 1;
    printf("custodian-register register | repair | unregister | list\n");
    return 2;
}
