// What programs that are not here do, call by call, as their sources or traces of them say. A few of them stop at the first
// surprise, so the order and the sizes of buffers matter.
#include <string.h>
#include <wchar.h>

#include "selftest.h"

/// Opens a key as crypt32 does for CryptAcquireCertificatePrivateKey: a provider of its own, freed at once.
static KEY acquire(const struct test_key *key, DWORD flags) {
    PROVIDER other;
    KEY handle = 0;
    if (ksp->OpenProvider(&other, PROVIDER_NAME, flags) != 0) return 0;
    STATUS status = ksp->OpenKey(other, &handle, key->name, 0, flags);
    ksp->FreeProvider(other);
    return status == 0 ? handle : 0;
}

static STATUS get(KEY handle, LPCWSTR name, void *out, DWORD room, DWORD *size, DWORD flags) {
    return ksp->GetKeyProperty(provider, handle, name, out, room, size, flags);
}

/// Size, then as much as was said: the usual two calls.
static STATUS sign_twice(KEY handle, void *info, DWORD hash_size, DWORD flags, DWORD *made) {
    BYTE signature[600];
    DWORD size = 0;
    STATUS status = ksp->SignHash(provider, handle, info, (BYTE *)digest(), hash_size, NULL, 0, &size, flags);
    if (status != 0) return status;
    return ksp->SignHash(provider, handle, info, (BYTE *)digest(), hash_size, signature, size, made, flags);
}

static void sun_mscapi(const struct test_key *key) {
    WCHAR algorithm[16];
    DWORD size = 0, made = 0;
    group("as SunMSCAPI");
    KEY probe = acquire(key, NCRYPT_SILENT_FLAG);
    check(probe != 0, "the silent probe of a certificate's key");
    ksp->FreeKey(provider, probe);
    KEY handle = acquire(key, 0);
    check(handle != 0, "then the key itself");
    STATUS status = get(handle, NCRYPT_ALGORITHM_PROPERTY, algorithm, 32, &size, NCRYPT_SILENT_FLAG);
    check(status == 0 && (key->rsa ? algorithm[0] == L'R' : algorithm[0] == L'E' && algorithm[1] == L'C'),
          "Algorithm Name into 32 octets: %ls", algorithm);
    struct padding padding = paddings[1], pss = paddings[5];
    if (key->rsa) {
        BCRYPT_PKCS1_PADDING_INFO none = {NULL};
        gives(0, sign_twice(handle, &padding.info, 48, BCRYPT_PAD_PKCS1, &made), "SHA384withRSA");
        gives(0, sign_twice(handle, &pss.info, 64, BCRYPT_PAD_PSS, &made), "RSASSA-PSS");
        gives(NTE_NOT_SUPPORTED, sign_twice(handle, &none, 32, BCRYPT_PAD_PKCS1, &made), "NONEwithRSA is refused");
    } else {
        gives(0, sign_twice(handle, NULL, 32, 0, &made), "SHA256withECDSA");
    }
    // Its trace asks for all that it knows.
    static const LPCWSTR traced[] = {L"Algorithm Group", L"Block Length",     L"SmartCardKeyCertificate",
                                     L"DHParameters",    L"Export Policy",    L"Impl Type",
                                     L"Key Type",        L"Key Usage",        L"Modified",
                                     L"Length",          L"Lengths",          L"Max Name Length",
                                     L"Name",            L"SmartCardPinPrompt", L"SmartCardPin",
                                     L"Provider Handle", L"SmartCardReader",  L"SmartCardRootStore",
                                     L"SmartCardPinId",  L"SmartCardPinInfo", L"Security Descr",
                                     L"Security Descr Support", L"SmartCardGuid", L"UI Policy",
                                     L"Unique Name",     L"Use Context",      L"Use Count Enabled",
                                     L"Use Count",       L"SmartCardUserCertStore", L"Version",
                                     L"HWND Handle"};
    bool orderly = true;
    for (size_t i = 0; i < sizeof traced / sizeof *traced; i++) {
        BYTE octets[1024];
        memset(octets, 0xee, sizeof octets);
        size = 0;
        STATUS came = get(handle, traced[i], octets, sizeof octets, &size, NCRYPT_SILENT_FLAG);
        if (came == 0 && wcscmp(traced[i], L"Provider Handle") == 0) ksp->FreeProvider(*(PROVIDER *)octets);
        orderly = orderly && (came == 0 ? size > 0 && octets[size] == 0xee
                                        : came == NTE_NOT_SUPPORTED || came == NTE_NOT_FOUND);
    }
    check(orderly, "31 properties of its trace: answered or declined");
    gives(0, ksp->FreeKey(provider, handle), "its cleaner frees the key");
}

static void chromium(const struct test_key *key) {
    PROVIDER other = 0;
    WCHAR name[64];
    DWORD size = 0, made = 0;
    group("as Chromium");
    KEY handle = acquire(key, 0);
    gives(0, get(handle, NCRYPT_PROVIDER_HANDLE_PROPERTY, &other, sizeof other, &size, 0), "Provider Handle");
    gives(0, ksp->GetProviderProperty(other, NCRYPT_NAME_PROPERTY, (BYTE *)name, sizeof name, &size, 0), "its Name");
    ksp->FreeProvider(other);
    struct padding pss = paddings[3], pkcs1 = paddings[1];
    if (key->rsa) {
        gives(0, sign_twice(handle, &pss.info, 32, BCRYPT_PAD_PSS, &made), "TLS 1.3: PSS, salt as the hash");
        gives(0, sign_twice(handle, &pkcs1.info, 48, BCRYPT_PAD_PKCS1, &made), "TLS 1.2: PKCS#1");
        BCRYPT_PKCS1_PADDING_INFO none = {NULL};
        gives(NTE_NOT_SUPPORTED, sign_twice(handle, &none, 36, BCRYPT_PAD_PKCS1, &made), "TLS 1.1 is refused");
    } else {
        gives(0, sign_twice(handle, NULL, 32, 0, &made), "ECDSA");
        check(made == key->signature, "two numbers of the curve's width");
    }
    ksp->FreeKey(provider, handle);
}

static void schannel(const struct test_key *key) {
    DWORD made = 0, size = 0;
    WCHAR text[32];
    group("as Schannel");
    KEY handle = acquire(key, NCRYPT_SILENT_FLAG);
    check(handle != 0, "the key is opened silently");
    gives(0, get(handle, NCRYPT_ALGORITHM_GROUP_PROPERTY, text, sizeof text, &size, NCRYPT_SILENT_FLAG),
          "Algorithm Group");
    struct padding pss = paddings[3];
    STATUS status = sign_twice(handle, key->rsa ? &pss.info : NULL, 32,
                               (key->rsa ? BCRYPT_PAD_PSS : 0) | NCRYPT_SILENT_FLAG, &made);
    check(status == 0 || status == NTE_SILENT_CONTEXT, "signs under a consent, else is told that a question is needed: %08lx",
          (unsigned long)status);
    ksp->FreeKey(provider, handle);
}

static void certutil(void) {
    NCryptKeyName *name = NULL;
    void *state = NULL;
    HWND window = NULL;
    WCHAR context[] = L"Repair";
    BYTE blob[1000];
    int found = 0;
    DWORD size = 0;
    group("as certutil -repairstore");
    gives(0, ksp->SetProviderProperty(provider, NCRYPT_WINDOW_HANDLE_PROPERTY, (BYTE *)&window, sizeof window, 0),
          "HWND Handle of the provider");
    gives(0, ksp->SetProviderProperty(provider, NCRYPT_USE_CONTEXT_PROPERTY, (BYTE *)context, sizeof context, 0),
          "Use Context of the provider");
    while (ksp->EnumKeys(provider, NULL, &name, &state, NCRYPT_SILENT_FLAG) == 0) {
        KEY handle = 0;
        bool well = ksp->OpenKey(provider, &handle, name->pszName, 0, NCRYPT_SILENT_FLAG) == 0 &&
                    ksp->ExportKey(provider, handle, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, NULL, 0, &size, 0) == 0 &&
                    ksp->ExportKey(provider, handle, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, blob, size, &size, 0) == 0 &&
                    get(handle, NCRYPT_UNIQUE_NAME_PROPERTY, blob, sizeof blob, &size, 0) == 0 &&
                    wcscmp((WCHAR *)blob, name->pszName) == 0;
        check(well, "%ls: opened, exported, Unique Name is its Name", name->pszName);
        ksp->FreeKey(provider, handle);
        ksp->FreeBuffer(name);
        found++;
    }
    ksp->FreeBuffer(state);
    check(found >= key_count, "%d keys were found", found);
}

static void acrobat(const struct test_key *key) {
    PROVIDER other = 0;
    KEY handle = 0;
    HWND window = GetDesktopWindow();
    NCRYPT_SUPPORTED_LENGTHS lengths;
    DWORD size = 0, made = 0;
    group("as Acrobat");
    gives(0, ksp->OpenProvider(&other, PROVIDER_NAME, 0), "OpenProvider");
    gives(0, ksp->OpenKey(other, &handle, key->name, 0, 0), "OpenKey by the certificate's provider info");
    gives(0, ksp->SetKeyProperty(other, handle, NCRYPT_WINDOW_HANDLE_PROPERTY, (BYTE *)&window, sizeof window, 0),
          "HWND Handle");
    gives(0, ksp->GetKeyProperty(other, handle, NCRYPT_LENGTHS_PROPERTY, (BYTE *)&lengths, sizeof lengths, &size, 0),
          "Lengths");
    struct padding padding = paddings[0];
    gives(0, sign_twice(handle, key->rsa ? &padding.info : NULL, 32, key->rsa ? BCRYPT_PAD_PKCS1 : 0, &made),
          "SignHash, twice");
    gives(0, ksp->FreeKey(other, handle), "FreeKey");
    gives(0, ksp->FreeProvider(other), "FreeProvider");
}

static void signtool(const struct test_key *key) {
    PROVIDER other = 0;
    KEY handle = 0;
    BYTE blob[1000];
    DWORD size = 0, made = 0;
    LPCWSTR type = key->rsa ? BCRYPT_RSAPUBLIC_BLOB : BCRYPT_ECCPUBLIC_BLOB;
    group("as signtool");
    gives(0, ksp->OpenProvider(&other, PROVIDER_NAME, 0), "OpenProvider");
    gives(0, ksp->OpenKey(other, &handle, key->name, AT_SIGNATURE, 0), "OpenKey with spec 2");
    gives(0, ksp->FreeProvider(other), "FreeProvider, at once");
    gives(0, ksp->ExportKey(other, handle, 0, type, NULL, NULL, 0, &size, 0), "size of %ls", type);
    gives(0, ksp->ExportKey(other, handle, 0, type, NULL, blob, size, &size, 0), "%ls", type);
    struct padding padding = paddings[0];
    gives(0, sign_twice(handle, &padding.info, 32, BCRYPT_PAD_PKCS1, &made), "PKCS#1 padding, whatever the key");
    gives(0, ksp->FreeKey(other, handle), "FreeKey");
    gives(0, ksp->OpenProvider(&other, PROVIDER_NAME, 0), "OpenProvider");
    gives(0, ksp->OpenKey(other, &handle, key->name, AT_KEYEXCHANGE, NCRYPT_MACHINE_KEY_FLAG),
          "OpenKey with spec 1 for the machine");
    gives(0, ksp->FreeKey(other, handle), "FreeKey");
    gives(0, ksp->FreeProvider(other), "FreeProvider");
}

static void dotnet(const struct test_key *key) {
    PROVIDER other = 0, again = 0;
    KEY handle = 0;
    BYTE octets[600];
    DWORD size = 0, bits = 0, made = 0;
    group("as .NET");
    gives(0, ksp->OpenProvider(&other, PROVIDER_NAME, 0), "OpenProvider");
    gives(NTE_BAD_KEYSET, ksp->OpenKey(other, &handle, L"nosuch", 0, 0), "CngKey.Exists of a key that is not there");
    gives(0, ksp->OpenKey(other, &handle, key->name, 0, 0), "CngKey.Open");
    gives(NTE_NOT_SUPPORTED, get(handle, L"CLR IsEphemeral", octets, 1, &size, NCRYPT_PERSIST_ONLY_FLAG),
          "CLR IsEphemeral");
    gives(0, get(handle, NCRYPT_ALGORITHM_GROUP_PROPERTY, NULL, 0, &size, 0), "size of Algorithm Group");
    gives(0, get(handle, NCRYPT_ALGORITHM_GROUP_PROPERTY, octets, size, &size, 0), "Algorithm Group");
    gives(0, get(handle, NCRYPT_PUBLIC_LENGTH_PROPERTY, &bits, 4, &size, 0), "PublicKeyLength");
    gives(0, get(handle, NCRYPT_PROVIDER_HANDLE_PROPERTY, &again, sizeof again, &size, 0), "Provider Handle");
    ksp->FreeProvider(again);
    // Once, with room that it works out itself.
    DWORD room = key->rsa ? bits / 8 : 2 * ((bits + 7) / 8);
    struct padding pkcs1 = paddings[0], pss = paddings[3];
    if (key->rsa) {
        gives(0,
              ksp->SignHash(other, handle, &pkcs1.info, (BYTE *)digest(), 32, octets, room, &made, BCRYPT_PAD_PKCS1),
              "RSACng, PKCS#1");
        gives(0, ksp->SignHash(other, handle, &pss.info, (BYTE *)digest(), 32, octets, room, &made, BCRYPT_PAD_PSS),
              "RSACng, PSS");
    } else {
        gives(0, ksp->SignHash(other, handle, NULL, (BYTE *)digest(), 32, octets, room, &made, 0), "ECDsaCng");
    }
    check(made == room, "the signature fills the room");
    gives(0, ksp->FreeKey(other, handle), "FreeKey");
    gives(0, ksp->FreeProvider(other), "FreeProvider");
}

void replay_programs(void) {
    static void (*const programs[])(const struct test_key *) = {sun_mscapi, chromium, schannel, acrobat, signtool, dotnet};
    for (int rsa = 1; rsa >= 0; rsa--) {
        group("replays");
        const struct test_key *key = a_key(rsa == 1);
        for (int i = 0; key != NULL && i < 6; i++) programs[i](key);
    }
    certutil();
}
