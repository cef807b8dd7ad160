/// How Windows knows a key storage provider: an entry with its library, and a place in the list of those for key storage.
#ifndef CUSTODIAN_REGISTRATION_H
#define CUSTODIAN_REGISTRATION_H

#include <stdbool.h>

#include "../ksp/ksp_abi.h"

#define LIBRARY L"custodian-ksp.dll"
#define CONTROL L"SYSTEM\\CurrentControlSet\\Control\\Cryptography\\"
#define OUR_ENTRY CONTROL L"Providers\\" PROVIDER_NAME
#define LIST_KEY CONTROL L"Configuration\\Local\\Default\\00010001\\KEY_STORAGE"
#define LIST_VALUE L"Providers"

#define STATUS_WELL 0
#define STATUS_THERE_ALREADY ((NTSTATUS)0xc0000035)
#define STATUS_NOT_THERE ((NTSTATUS)0xc0000225)
#define STATUS_DENIED ((NTSTATUS)0xc0000022)

/// Each changes one of the two, and nothing of others. STATUS_THERE_ALREADY and STATUS_NOT_THERE are well, too.
NTSTATUS entry_add(void);
NTSTATUS entry_remove(void);
/// At the end of the list: what stands first is the default of all programs.
NTSTATUS list_add(void);
NTSTATUS list_remove(void);

#endif
