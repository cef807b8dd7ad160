#include <string.h>

#include "selftest.h"

static STATUS export(KEY handle, LPCWSTR type, BYTE *out, DWORD room, DWORD *size) {
    return ksp->ExportKey(provider, handle, 0, type, NULL, out, room, size, 0);
}

static void blob_of(const struct test_key *key) {
    LPCWSTR type = key->rsa ? BCRYPT_RSAPUBLIC_BLOB : BCRYPT_ECCPUBLIC_BLOB;
    BYTE blob[1000], any[1000];
    DWORD size = 0, again = 0;
    KEY handle = opened(key);
    if (handle == 0) return;
    gives(0, export(handle, type, NULL, 0, &size), "size of %ls, %lu bits", type, (unsigned long)key->bits);
    gives(NTE_BUFFER_TOO_SMALL, export(handle, type, blob, size - 1, &again), "%ls with too little room", type);
    gives(0, export(handle, type, blob, sizeof blob, &again), "%ls", type);
    const BCRYPT_RSAKEY_BLOB *rsa = (const void *)blob;
    const BCRYPT_ECCKEY_BLOB *ec = (const void *)blob;
    if (key->rsa)
        check(rsa->Magic == 0x31415352 && rsa->BitLength == key->bits && rsa->cbModulus == key->bits / 8 &&
                  rsa->cbPrime1 == 0 && rsa->cbPrime2 == 0 && size == 24 + rsa->cbPublicExp + rsa->cbModulus &&
                  size == again,
              "RSA1, exponent, modulus");
    else
        check(ec->dwMagic == (key->bits == 256   ? 0x31534345u
                              : key->bits == 384 ? 0x33534345u
                                                 : 0x35534345u) &&
                  ec->cbKey == (key->bits + 7) / 8 && size == 8 + 2 * ec->cbKey && size == again,
              "ECS, x and y");
    check(export(handle, BCRYPT_PUBLIC_KEY_BLOB, any, sizeof any, &again) == 0 && again == size &&
              memcmp(any, blob, size) == 0,
          "PUBLICBLOB is the same");
    gives(NTE_NOT_SUPPORTED, export(handle, key->rsa ? BCRYPT_ECCPUBLIC_BLOB : BCRYPT_RSAPUBLIC_BLOB, NULL, 0, &size),
          "the blob of another kind of key");
    ksp->FreeKey(provider, handle);
}

void check_blobs(void) {
    static const LPCWSTR private[] = {BCRYPT_RSAPRIVATE_BLOB,     BCRYPT_RSAFULLPRIVATE_BLOB,
                                      BCRYPT_ECCPRIVATE_BLOB,     NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
                                      NCRYPT_OPAQUETRANSPORT_BLOB, BCRYPT_PRIVATE_KEY_BLOB,
                                      LEGACY_RSAPRIVATE_BLOB,     L"Moon"};
    group("public keys");
    for (int i = 0; i < key_count; i++) blob_of(&keys[i]);
    KEY handle = key_count == 0 ? 0 : opened(&keys[0]);
    if (handle == 0) return;
    DWORD size = 0;
    for (int i = 0; i < 8; i++)
        gives(NTE_NOT_SUPPORTED, export(handle, private[i], NULL, 0, &size), "no %ls", private[i]);
    if (direct) {
        gives(NTE_INVALID_PARAMETER, export(handle, NULL, NULL, 0, &size), "a blob without a type");
        gives(NTE_INVALID_PARAMETER, export(handle, BCRYPT_PUBLIC_KEY_BLOB, NULL, 0, NULL), "no room for a size");
        gives(NTE_INVALID_PARAMETER,
              ksp->ExportKey(provider, handle, handle, BCRYPT_PUBLIC_KEY_BLOB, NULL, NULL, 0, &size, 0),
              "wrapped by another key");
        gives(NTE_BAD_FLAGS, ksp->ExportKey(provider, handle, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, NULL, 0, &size, 1),
              "an unknown flag");
    }
    ksp->FreeKey(provider, handle);
}

void check_declined(void) {
    BYTE octets[512] = {0};
    DWORD size = 77;
    KEY made = 7;
    SECRET secret = 7;
    HANDLE event = (HANDLE)7;
    group("declined");
    gives(NTE_NOT_SUPPORTED, ksp->CreatePersistedKey(provider, &made, L"RSA", L"new", 0, 0), "CreatePersistedKey");
    if (direct) check(made == 0, "no handle is handed out");
    gives(NTE_NOT_SUPPORTED, ksp->ImportKey(provider, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, &made, octets, 64, 0), "ImportKey");
    KEY handle = key_count == 0 ? 0 : opened(&keys[0]);
    if (handle == 0) return;
    gives(NTE_NOT_SUPPORTED, ksp->Encrypt(provider, handle, octets, 32, NULL, octets, 512, &size, 2), "Encrypt");
    gives(NTE_NOT_SUPPORTED, ksp->Decrypt(provider, handle, octets, 256, NULL, octets, 512, &size, 2), "Decrypt");
    gives(NTE_NOT_SUPPORTED, ksp->FinalizeKey(provider, handle, 0), "FinalizeKey");
    if (direct) {
        check(size == 0, "and says that there are no octets");
        gives(NTE_NOT_SUPPORTED, ksp->DeleteKey(provider, handle, 0), "DeleteKey");
        gives(NTE_NOT_SUPPORTED, ksp->PromptUser(provider, handle, L"sign", 0), "PromptUser");
        gives(NTE_NOT_SUPPORTED, ksp->SecretAgreement(provider, handle, handle, &secret, 0), "SecretAgreement");
        check(secret == 0, "no secret is handed out");
        gives(NTE_NOT_SUPPORTED, ksp->DeriveKey(provider, 7, L"HASH", NULL, octets, 512, &size, 0), "DeriveKey");
        gives(NTE_INVALID_HANDLE, ksp->FreeSecret(provider, 7), "FreeSecret");
        gives(NTE_NOT_SUPPORTED, ksp->KeyDerivation(provider, handle, NULL, octets, 512, &size, 0), "KeyDerivation");
        gives(NTE_NOT_SUPPORTED, ksp->CreateClaim(provider, handle, 0, 0, NULL, octets, 512, &size, 0), "CreateClaim");
        gives(NTE_NOT_SUPPORTED, ksp->VerifyClaim(provider, handle, 0, 0, NULL, octets, 512, NULL, 0), "VerifyClaim");
        gives(NTE_NOT_SUPPORTED, ksp->NotifyChangeKey(provider, &event, NCRYPT_REGISTER_NOTIFY_FLAG), "NotifyChangeKey");
        check(event == NULL, "no event is handed out");
        gives(0, ksp->NotifyChangeKey(provider, &event, NCRYPT_UNREGISTER_NOTIFY_FLAG), "its end");
    }
    DWORD bits = 0;
    check(ksp->GetKeyProperty(provider, handle, NCRYPT_LENGTH_PROPERTY, (BYTE *)&bits, 4, &size, 0) == 0 &&
              bits == keys[0].bits,
          "the key is still what it was");
    ksp->FreeKey(provider, handle);
}

/// What a program might pass for a handle.
static void junk(ULONG_PTR handle, const char *what) {
    BYTE octets[64];
    DWORD size = 0;
    PROVIDER made;
    NCryptAlgorithmName *list;
    NCryptKeyName *name;
    void *state = NULL;
    bool all = ksp->OpenKey(handle, &made, L"x", 0, 0) == NTE_INVALID_HANDLE &&
               ksp->CreatePersistedKey(handle, &made, L"RSA", L"x", 0, 0) == NTE_INVALID_HANDLE &&
               ksp->GetProviderProperty(handle, L"Name", octets, 64, &size, 0) == NTE_INVALID_HANDLE &&
               ksp->SetProviderProperty(handle, L"Use Context", octets, 4, 0) == NTE_INVALID_HANDLE &&
               ksp->FreeProvider(handle) == NTE_INVALID_HANDLE &&
               ksp->IsAlgSupported(handle, L"RSA", 0) == NTE_INVALID_HANDLE &&
               ksp->EnumAlgorithms(handle, 0, &size, &list, 0) == NTE_INVALID_HANDLE &&
               ksp->EnumKeys(handle, NULL, &name, &state, 0) == NTE_INVALID_HANDLE &&
               ksp->ImportKey(handle, 0, L"x", NULL, &made, octets, 4, 0) == NTE_INVALID_HANDLE &&
               ksp->NotifyChangeKey(handle, NULL, 1) == NTE_INVALID_HANDLE;
    check(all, "no provider: %s", what);
    all = ksp->GetKeyProperty(provider, handle, L"Length", octets, 64, &size, 0) == NTE_INVALID_HANDLE &&
          ksp->SetKeyProperty(provider, handle, L"Use Context", octets, 4, 0) == NTE_INVALID_HANDLE &&
          ksp->FinalizeKey(provider, handle, 0) == NTE_INVALID_HANDLE &&
          ksp->DeleteKey(provider, handle, 0) == NTE_INVALID_HANDLE &&
          ksp->FreeKey(provider, handle) == NTE_INVALID_HANDLE &&
          ksp->Encrypt(provider, handle, octets, 4, NULL, octets, 64, &size, 0) == NTE_INVALID_HANDLE &&
          ksp->Decrypt(provider, handle, octets, 4, NULL, octets, 64, &size, 0) == NTE_INVALID_HANDLE &&
          ksp->ExportKey(provider, handle, 0, L"PUBLICBLOB", NULL, octets, 64, &size, 0) == NTE_INVALID_HANDLE &&
          ksp->SignHash(provider, handle, NULL, octets, 32, octets, 64, &size, 0) == NTE_INVALID_HANDLE &&
          ksp->VerifySignature(provider, handle, NULL, octets, 32, octets, 64, 0) == NTE_INVALID_HANDLE &&
          ksp->SecretAgreement(provider, handle, handle, NULL, 0) == NTE_INVALID_HANDLE &&
          ksp->KeyDerivation(provider, handle, NULL, octets, 64, &size, 0) == NTE_INVALID_HANDLE;
    check(all, "no key: %s", what);
}

void check_junk(void) {
    group("junk");
    if (!direct) {
        left_out("the router checks handles itself");
        return;
    }
    KEY handle = key_count == 0 ? 0 : opened(&keys[0]);
    PROVIDER other = 0;
    ksp->OpenProvider(&other, PROVIDER_NAME, 0);
    ksp->FreeProvider(other);
    junk(0, "0");
    junk(1, "1");
    junk(0x10000, "a place without a generation");
    junk((ULONG_PTR)-1, "all bits");
    junk((ULONG_PTR)&handle, "an address");
    junk(other, "a handle that was freed");
    junk(other + 1, "the next generation");
    junk(other + 0x10000, "the next place");
#ifdef _WIN64
    junk(provider | 1ull << 40, "the provider's, with a bit beyond");
#endif
    check(ksp->FreeKey(provider, provider) == NTE_INVALID_HANDLE, "a provider is no key");
    check(ksp->FreeProvider(handle) == NTE_INVALID_HANDLE, "a key is no provider");
    gives(0, ksp->FreeKey(provider, handle), "the key is still open");
    junk(handle, "a key that was freed");
}

struct race {
    KEY handle;
    STATUS came;
};

static DWORD WINAPI sign_once(void *given) {
    struct race *race = given;
    BYTE signature[600];
    DWORD size;
    struct padding padding = paddings[0];
    race->came = ksp->SignHash(provider, race->handle, &padding.info, (BYTE *)digest(), 32, signature, sizeof signature,
                               &size, BCRYPT_PAD_PKCS1);
    return 0;
}

static DWORD WINAPI free_it(void *given) {
    return (DWORD)ksp->FreeBuffer(given);
}

static DWORD WINAPI enumerate_on(void *given) {
    void *state = given;
    NCryptKeyName *name = NULL;
    STATUS status;
    while ((status = ksp->EnumKeys(provider, NULL, &name, &state, 0)) == 0) ksp->FreeBuffer(name);
    return (DWORD)status;
}

/// What another thread does with a state; what it returns.
static STATUS elsewhere(LPTHREAD_START_ROUTINE routine, void *state) {
    DWORD code = 99;
    HANDLE thread = CreateThread(NULL, 0, routine, state, 0, NULL);
    WaitForSingleObject(thread, 60000);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return (STATUS)code;
}

static void *first_of_a_list(void) {
    NCryptKeyName *name = NULL;
    void *state = NULL;
    if (ksp->EnumKeys(provider, NULL, &name, &state, 0) == 0)
        ksp->FreeBuffer(name);
    else
        check(false, "EnumKeys, the first");
    return state;
}

/// The state of EnumKeys among threads.
static void check_states(void) {
    NCryptKeyName *name = NULL;
    void *state = first_of_a_list();
    gives(NTE_NO_MORE_ITEMS, elsewhere(enumerate_on, state), "another thread goes on to the end");
    gives(0, elsewhere(free_it, state), "another thread frees the state");
    gives(NTE_INVALID_PARAMETER, ksp->EnumKeys(provider, NULL, &name, &state, 0), "EnumKeys with it afterwards");
    check(name == NULL, "no name is handed out");
    gives(NTE_INVALID_PARAMETER, ksp->FreeBuffer(state), "FreeBuffer of it afterwards");
    int met = 0;
    for (int i = 0; i < 50; i++) {
        state = first_of_a_list();
        DWORD code = 99;
        HANDLE thread = CreateThread(NULL, 0, enumerate_on, state, 0, NULL);
        // Now at the beginning, now at the end.
        for (int k = 0; k < i % 5; k++) SwitchToThread();
        STATUS freed = ksp->FreeBuffer(state);
        WaitForSingleObject(thread, 60000);
        GetExitCodeThread(thread, &code);
        CloseHandle(thread);
        bool well = freed == 0 && (code == (DWORD)NTE_NO_MORE_ITEMS || code == (DWORD)NTE_INVALID_PARAMETER);
        if (code == (DWORD)NTE_INVALID_PARAMETER) met++;
        if (!well) check(false, "freed while another thread goes through it: %08lx, %08lx", (unsigned long)freed, code);
    }
    check(true, "50 times freed while another thread goes through it, which met that %d times", met);
}

void check_lifetimes(void) {
    PROVIDER other = 0;
    KEY handle = 0;
    const struct test_key *key = &keys[0];
    group("lifetimes");
    if (key_count == 0) return;
    gives(0, ksp->OpenProvider(&other, PROVIDER_NAME, 0), "OpenProvider");
    gives(0, ksp->OpenKey(other, &handle, key->name, 0, 0), "OpenKey");
    gives(0, ksp->FreeProvider(other), "FreeProvider before its key, as signtool does");
    struct padding padding = paddings[0];
    sign_and_verify(key, handle, key->rsa ? &padding.info : NULL, 32, key->rsa ? BCRYPT_PAD_PKCS1 : 0,
                    "with a key without its provider");
    if (direct) {
        BYTE signature[600];
        DWORD size;
        gives(0,
              ksp->SignHash(other, handle, &padding.info, (BYTE *)digest(), 32, signature, sizeof signature, &size,
                            BCRYPT_PAD_PKCS1),
              "also when the stale handle is named");
        gives(0, ksp->FreeKey(other, handle), "FreeKey after its provider");
        gives(NTE_INVALID_HANDLE, ksp->FreeKey(other, handle), "FreeKey once more");
    } else {
        gives(0, ksp->FreeKey(other, handle), "FreeKey after its provider");
        return;
    }
    for (int i = 0; i < 8; i++) {
        struct race race = {opened(key), 77};
        HANDLE thread = CreateThread(NULL, 0, sign_once, &race, 0, NULL);
        STATUS freed = ksp->FreeKey(provider, race.handle);
        WaitForSingleObject(thread, 60000);
        CloseHandle(thread);
        check(freed == 0 && (race.came == 0 || race.came == NTE_INVALID_HANDLE),
              "FreeKey while another thread signs: %08lx", (unsigned long)race.came);
    }
    check_states();
}

#define THREADS 8
#define ROUNDS 5

static DWORD WINAPI sign_often(void *given) {
    const struct test_key *key = given;
    struct padding padding = paddings[0];
    for (int i = 0; i < ROUNDS; i++) {
        KEY handle;
        BYTE signature[600];
        DWORD size;
        if (ksp->OpenKey(provider, &handle, key->name, 0, 0) != 0) return 1;
        STATUS status = ksp->SignHash(provider, handle, key->rsa ? &padding.info : NULL, (BYTE *)digest(), 32,
                                      signature, sizeof signature, &size, key->rsa ? BCRYPT_PAD_PKCS1 : 0);
        if (status != 0 || size != key->signature) return 2;
        if (ksp->FreeKey(provider, handle) != 0) return 3;
    }
    return 0;
}

void check_threads(void) {
    HANDLE threads[THREADS];
    group("threads");
    for (int i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, sign_often, &keys[key_count == 0 ? 0 : i % key_count], 0, NULL);
    for (int i = 0; i < THREADS; i++) {
        DWORD code = 99;
        WaitForSingleObject(threads[i], 120000);
        GetExitCodeThread(threads[i], &code);
        check(code == 0, "thread %d opened, signed and freed %d times: %lu", i, ROUNDS, (unsigned long)code);
        CloseHandle(threads[i]);
    }
}
