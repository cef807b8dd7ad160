#include <string.h>

#include "selftest.h"

/// Every slot, in the order of the interface.
static const char *const slots[] = {
    "OpenProvider",        "OpenKey",       "CreatePersistedKey", "GetProviderProperty", "GetKeyProperty",
    "SetProviderProperty", "SetKeyProperty", "FinalizeKey",       "DeleteKey",           "FreeProvider",
    "FreeKey",             "FreeBuffer",    "Encrypt",            "Decrypt",             "IsAlgSupported",
    "EnumAlgorithms",      "EnumKeys",      "ImportKey",          "ExportKey",           "SignHash",
    "VerifySignature",     "PromptUser",    "NotifyChangeKey",    "SecretAgreement",     "DeriveKey",
    "FreeSecret",          "KeyDerivation", "CreateClaim",        "VerifyClaim",
};
#define SLOTS (sizeof slots / sizeof *slots)
_Static_assert(sizeof(TABLE) == (SLOTS + 1) * sizeof(void *), "29 functions behind the version");

void check_interface(GET_INTERFACE get_interface) {
    TABLE *table = NULL, *again = NULL;
    check(get_interface(PROVIDER_NAME, NULL, 0) != 0, "no room for the table is refused");
    check(get_interface(PROVIDER_NAME, &table, 0) == 0 && table != NULL, "the table is given");
    if (table == NULL) return;
    check(get_interface(L"another name", &again, 0) == 0 && again == table, "one table, whatever the name");
    check(get_interface(NULL, &again, 0) == 0 && again == table, "also without a name");
    check(table->Version.MajorVersion == 1 && table->Version.MinorVersion == 0, "version 1.0");
    void *const *slot = (void *const *)table + 1;
    for (size_t i = 0; i < SLOTS; i++)
        if (slot[i] == NULL) check(false, "slot %d, %s, is filled", (int)i + 1, slots[i]);
    check(slot[0] == (void *)table->OpenProvider && slot[28] == (void *)table->VerifyClaim, "29 slots are filled");
    ksp = table;
}

static STATUS get(LPCWSTR name, void *out, DWORD room, DWORD *size, DWORD flags) {
    return ksp->GetProviderProperty(provider, name, out, room, size, flags);
}

static void number(LPCWSTR name, DWORD expected, bool exact) {
    DWORD value = 0, size = 0;
    STATUS status = get(name, &value, sizeof value, &size, 0);
    check(status == 0 && size == sizeof value && (exact ? value == expected : value >= expected),
          "%ls is %lu: %08lx", name, (unsigned long)value, (unsigned long)status);
}

static void check_context(void) {
    WCHAR text[600];
    DWORD size = 0;
    WCHAR said[] = L"Umowa najmu.pdf";
    gives(NTE_NOT_FOUND, get(NCRYPT_USE_CONTEXT_PROPERTY, NULL, 0, &size, 0), "Use Context, before it is set");
    gives(0, ksp->SetProviderProperty(provider, NCRYPT_USE_CONTEXT_PROPERTY, (BYTE *)said, sizeof said, 0),
          "Use Context is set");
    check(get(NCRYPT_USE_CONTEXT_PROPERTY, text, sizeof text, &size, 0) == 0 && size == sizeof said &&
              wcscmp(text, said) == 0,
          "Use Context is read back");
    gives(0, ksp->SetProviderProperty(provider, NCRYPT_USE_CONTEXT_PROPERTY, (BYTE *)said, 10, 0),
          "Use Context without its NUL");
    check(get(NCRYPT_USE_CONTEXT_PROPERTY, text, sizeof text, &size, 0) == 0 && size == 12 && wcscmp(text, L"Umowa") == 0,
          "its NUL is added");
    gives(NTE_INVALID_PARAMETER,
          ksp->SetProviderProperty(provider, NCRYPT_USE_CONTEXT_PROPERTY, (BYTE *)said, 5, 0),
          "Use Context of an odd size");
    for (size_t i = 0; i < 600; i++) text[i] = L'x';
    gives(0, ksp->SetProviderProperty(provider, NCRYPT_USE_CONTEXT_PROPERTY, (BYTE *)text, sizeof text, 0),
          "Use Context that is too long");
    check(get(NCRYPT_USE_CONTEXT_PROPERTY, text, sizeof text, &size, 0) == 0 && size < sizeof text &&
              text[size / 2 - 1] == 0,
          "it is cut, with its NUL");
    gives(0, ksp->SetProviderProperty(provider, NCRYPT_USE_CONTEXT_PROPERTY, (BYTE *)L"", 2, 0), "Use Context is cleared");
}

static void check_window(void) {
    HWND window = (HWND)(ULONG_PTR)0x7ffe;
    gives(0, ksp->SetProviderProperty(provider, NCRYPT_WINDOW_HANDLE_PROPERTY, (BYTE *)&window, sizeof window, 0),
          "HWND Handle of a window that is gone");
    window = NULL;
    gives(0, ksp->SetProviderProperty(provider, NCRYPT_WINDOW_HANDLE_PROPERTY, (BYTE *)&window, sizeof window, 0),
          "HWND Handle of no window");
    gives(0, ksp->SetProviderProperty(provider, NCRYPT_WINDOW_HANDLE_PROPERTY, (BYTE *)&window, 3, 0),
          "HWND Handle of three octets");
}

void check_provider(void) {
    WCHAR text[64];
    DWORD size = 0;
    group("provider");
    if (direct) {
        gives(NTE_INVALID_PARAMETER, ksp->OpenProvider(NULL, PROVIDER_NAME, 0), "OpenProvider without room for a handle");
        gives(NTE_BAD_FLAGS, ksp->OpenProvider(&provider, PROVIDER_NAME, 4), "OpenProvider with an unknown flag");
    }
    gives(0, ksp->OpenProvider(&provider, PROVIDER_NAME, NCRYPT_SILENT_FLAG), "OpenProvider, silent");
    gives(0, ksp->FreeProvider(provider), "FreeProvider");
    gives(0, ksp->OpenProvider(&provider, PROVIDER_NAME, 0), "OpenProvider");
    check(provider != 0, "there is a handle");

    gives(0, get(NCRYPT_NAME_PROPERTY, NULL, 0, &size, 0), "size of Name");
    check(size == sizeof PROVIDER_NAME, "it is in octets, with the NUL");
    gives(NTE_BUFFER_TOO_SMALL, get(NCRYPT_NAME_PROPERTY, text, size - 1, &size, 0), "Name with too little room");
    check(size == sizeof PROVIDER_NAME, "it says how much is needed");
    check(get(NCRYPT_NAME_PROPERTY, text, sizeof text, &size, NCRYPT_SILENT_FLAG) == 0 &&
              wcscmp(text, PROVIDER_NAME) == 0,
          "Name");
    number(NCRYPT_VERSION_PROPERTY, 0x10000, false);
    number(NCRYPT_IMPL_TYPE_PROPERTY, NCRYPT_IMPL_SOFTWARE_FLAG, true);
    number(NCRYPT_MAX_NAME_LENGTH_PROPERTY, 30, false);
    number(NCRYPT_SECURITY_DESCR_SUPPORT_PROPERTY, 0, true);
    gives(NTE_NOT_SUPPORTED, get(L"Moon Phase", NULL, 0, &size, 0), "a property that nobody knows");
    gives(NTE_NOT_SUPPORTED, get(NCRYPT_READER_PROPERTY, NULL, 0, &size, 0), "SmartCardReader");
    WCHAR pin[] = L"1234";
    gives(NTE_NOT_SUPPORTED, ksp->SetProviderProperty(provider, NCRYPT_PIN_PROPERTY, (BYTE *)pin, sizeof pin, 0),
          "a PIN is not taken");
    check_context();
    check_window();
    if (!direct) return;
    gives(NTE_INVALID_PARAMETER, get(NULL, NULL, 0, &size, 0), "a property without a name");
    gives(NTE_INVALID_PARAMETER, get(NCRYPT_NAME_PROPERTY, NULL, 0, NULL, 0), "no room for a size");
    gives(NTE_BAD_FLAGS, get(NCRYPT_NAME_PROPERTY, NULL, 0, &size, 0x100), "an unknown flag");
    gives(NTE_INVALID_PARAMETER, ksp->SetProviderProperty(provider, NCRYPT_USE_CONTEXT_PROPERTY, NULL, 4, 0),
          "a value that is not there");
}

void check_algorithms(void) {
    static const LPCWSTR known[] = {L"RSA", L"ECDSA_P256", L"ECDSA_P384", L"ECDSA_P521", L"ECDSA"};
    static const LPCWSTR unknown[] = {L"DSA", L"AES", L"ECDH_P256", L"rsa", L""};
    NCryptAlgorithmName *list = NULL;
    DWORD count = 0;
    group("algorithms");
    for (int i = 0; i < 5; i++) gives(0, ksp->IsAlgSupported(provider, known[i], 0), "%ls", known[i]);
    for (int i = 0; i < (direct ? 5 : 3); i++)
        gives(NTE_NOT_SUPPORTED, ksp->IsAlgSupported(provider, unknown[i], 0), "\"%ls\"", unknown[i]);
    gives(0, ksp->EnumAlgorithms(provider, 0, &count, &list, 0), "EnumAlgorithms of all operations");
    check(count == 5, "there are five");
    for (DWORD i = 0; i < count; i++)
        check(list[i].pszName != NULL && ksp->IsAlgSupported(provider, list[i].pszName, 0) == 0 &&
                  list[i].dwClass == NCRYPT_SIGNATURE_INTERFACE &&
                  list[i].dwAlgOperations == NCRYPT_SIGNATURE_OPERATION,
              "%ls signs, and nothing else", list[i].pszName);
    gives(0, ksp->FreeBuffer(list), "FreeBuffer of the list");
    if (direct) gives(NTE_INVALID_PARAMETER, ksp->FreeBuffer(list), "FreeBuffer once more");
    gives(0, ksp->EnumAlgorithms(provider, NCRYPT_SIGNATURE_OPERATION, &count, &list, 0), "EnumAlgorithms of signatures");
    gives(0, ksp->FreeBuffer(list), "FreeBuffer");
    gives(NTE_NOT_SUPPORTED, ksp->EnumAlgorithms(provider, NCRYPT_CIPHER_OPERATION, &count, &list, 0),
          "EnumAlgorithms of ciphers");
    if (!direct) return;
    check(count == 0 && list == NULL, "then nothing is handed out");
    gives(NTE_INVALID_PARAMETER, ksp->IsAlgSupported(provider, NULL, 0), "an algorithm without a name");
    gives(NTE_BAD_FLAGS, ksp->EnumAlgorithms(provider, 0, &count, &list, 0x100), "EnumAlgorithms, unknown flag");
    gives(NTE_INVALID_PARAMETER, ksp->EnumAlgorithms(provider, 0, NULL, &list, 0), "EnumAlgorithms, no room for a count");
    gives(NTE_INVALID_PARAMETER, ksp->FreeBuffer(&count), "FreeBuffer of what is not ours");
    gives(NTE_INVALID_PARAMETER, ksp->FreeBuffer(NULL), "FreeBuffer of nothing");
}
