#include "declined.h"

/// The table that the router asks for: every slot is filled. Version 1 says that the last three need not be.
static TABLE table = {
    .Version = {1, 0},
    .OpenProvider = open_provider,
    .OpenKey = open_key,
    .CreatePersistedKey = create_key,
    .GetProviderProperty = get_provider_property,
    .GetKeyProperty = get_key_property,
    .SetProviderProperty = set_provider_property,
    .SetKeyProperty = set_key_property,
    .FinalizeKey = finalize_key,
    .DeleteKey = delete_key,
    .FreeProvider = free_provider,
    .FreeKey = free_key,
    .FreeBuffer = free_buffer,
    .Encrypt = crypt,
    .Decrypt = crypt,
    .IsAlgSupported = is_supported,
    .EnumAlgorithms = enumerate_algorithms,
    .EnumKeys = enumerate_keys,
    .ImportKey = import_key,
    .ExportKey = export_key,
    .SignHash = sign_hash,
    .VerifySignature = verify_signature,
    .PromptUser = prompt_user,
    .NotifyChangeKey = notify_change,
    .SecretAgreement = agree_secret,
    .DeriveKey = derive_key,
    .FreeSecret = free_secret,
    .KeyDerivation = derive_from_key,
    .CreateClaim = create_claim,
    .VerifyClaim = verify_claim,
};

#define AT(member, slot) _Static_assert(offsetof(TABLE, member) == (slot) * sizeof(void *), #member)
AT(OpenProvider, 1);
AT(FreeBuffer, 12);
AT(SignHash, 20);
AT(FreeSecret, 26);
AT(VerifyClaim, 29);

NTSTATUS WINAPI GetKeyStorageInterface(LPCWSTR name, TABLE **out, DWORD flags) {
    (void)name, (void)flags;
    if (out == NULL) return (NTSTATUS)0xc000000d; // STATUS_INVALID_PARAMETER
    *out = &table;
    return 0;
}

/// Runs inside every program that loads us, under its loader's lock: nothing happens here.
BOOL WINAPI DllMainCRTStartup(HINSTANCE library, DWORD reason, void *reserved) {
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) DisableThreadLibraryCalls(library);
    return TRUE;
}
