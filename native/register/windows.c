#include "registration.h"

// The headers of mingw-w64 lack these; its import library has them.
NTSTATUS WINAPI BCryptRegisterProvider(LPCWSTR name, ULONG flags, PCRYPT_PROVIDER_REG entry);
NTSTATUS WINAPI BCryptUnregisterProvider(LPCWSTR name);
NTSTATUS WINAPI BCryptAddContextFunctionProvider(ULONG table, LPCWSTR context, ULONG interface, LPCWSTR function,
                                                 LPCWSTR name, ULONG position);
NTSTATUS WINAPI BCryptRemoveContextFunctionProvider(ULONG table, LPCWSTR context, ULONG interface, LPCWSTR function,
                                                    LPCWSTR name);

/// Windows writes its registry itself: nobody else should.
NTSTATUS entry_add(void) {
    WCHAR function[] = NCRYPT_KEY_STORAGE_ALGORITHM, image[] = LIBRARY;
    PWSTR functions[] = {function};
    CRYPT_INTERFACE_REG interface = {NCRYPT_KEY_STORAGE_INTERFACE, CRYPT_LOCAL, 1, functions};
    PCRYPT_INTERFACE_REG interfaces[] = {&interface};
    CRYPT_IMAGE_REG user_mode = {image, 1, interfaces};
    CRYPT_PROVIDER_REG entry = {0, NULL, &user_mode, NULL};
    return BCryptRegisterProvider(PROVIDER_NAME, CRYPT_OVERWRITE, &entry);
}

NTSTATUS entry_remove(void) {
    return BCryptUnregisterProvider(PROVIDER_NAME);
}

NTSTATUS list_add(void) {
    return BCryptAddContextFunctionProvider(CRYPT_LOCAL, NULL, NCRYPT_KEY_STORAGE_INTERFACE,
                                            NCRYPT_KEY_STORAGE_ALGORITHM, PROVIDER_NAME, CRYPT_PRIORITY_BOTTOM);
}

/// Only our place: BCryptRemoveContextFunction would take the whole list, with everybody's.
NTSTATUS list_remove(void) {
    return BCryptRemoveContextFunctionProvider(CRYPT_LOCAL, NULL, NCRYPT_KEY_STORAGE_INTERFACE,
                                               NCRYPT_KEY_STORAGE_ALGORITHM, PROVIDER_NAME);
}
