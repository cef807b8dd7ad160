#include <string.h>
#include <wchar.h>

#include "selftest.h"

struct test_key keys[MOST_KEYS];
int key_count;

const struct test_key *a_key(bool rsa) {
    for (int i = 0; i < key_count; i++)
        if (keys[i].rsa == rsa) return &keys[i];
    left_out(rsa ? "there is no RSA key" : "there is no EC key");
    return NULL;
}

KEY opened(const struct test_key *key) {
    KEY handle = 0;
    STATUS status = ksp->OpenKey(provider, &handle, key->name, 0, 0);
    if (status != 0) gives(0, status, "OpenKey %ls", key->name);
    return status == 0 ? handle : 0;
}

static bool known_as(KEY handle, const WCHAR *name, int count, WCHAR **wanted) {
    if (count == 0) return true;
    for (int i = 0; i < count; i++) {
        KEY other = 0;
        WCHAR text[64];
        DWORD size = 0;
        if (ksp->OpenKey(provider, &other, wanted[i], 0, 0) != 0) continue;
        STATUS status = ksp->GetKeyProperty(provider, other, NCRYPT_NAME_PROPERTY, (BYTE *)text, sizeof text, &size, 0);
        ksp->FreeKey(provider, other);
        if (status == 0 && wcscmp(text, name) == 0) return true;
    }
    (void)handle;
    return false;
}

static void add(const NCryptKeyName *name, int count, WCHAR **wanted) {
    struct test_key *key = &keys[key_count];
    KEY handle = 0;
    DWORD size = 0;
    if (key_count == MOST_KEYS || wcslen(name->pszName) > 63) return;
    wcscpy(key->name, name->pszName);
    if (!gives(0, ksp->OpenKey(provider, &handle, name->pszName, name->dwLegacyKeySpec, name->dwFlags),
               "OpenKey %ls, as EnumKeys says", name->pszName))
        return;
    key->rsa = wcscmp(name->pszAlgid, L"RSA") == 0;
    ksp->GetKeyProperty(provider, handle, NCRYPT_LENGTH_PROPERTY, (BYTE *)&key->bits, sizeof key->bits, &size, 0);
    key->signature = (key->bits + 7) / 8 * (key->rsa ? 1 : 2);
    key->algorithm = key->rsa           ? BCRYPT_RSA_ALGORITHM
                     : key->bits == 256 ? BCRYPT_ECDSA_P256_ALGORITHM
                     : key->bits == 384 ? BCRYPT_ECDSA_P384_ALGORITHM
                                        : BCRYPT_ECDSA_P521_ALGORITHM;
    check(wcscmp(name->pszAlgid, key->algorithm) == 0, "%ls is a key for %ls of %lu bits", key->name, key->algorithm,
          (unsigned long)key->bits);
    if (known_as(handle, key->name, count, wanted)) key_count++;
    ksp->FreeKey(provider, handle);
}

void find_keys(int count, WCHAR **wanted) {
    NCryptKeyName *name = NULL;
    void *state = NULL, *other = NULL;
    STATUS status;
    int found = 0;
    WCHAR first[64] = L"", last[64] = L"";
    group("list of keys");
    while ((status = ksp->EnumKeys(provider, NULL, &name, &state, 0)) == 0) {
        check(wcscmp(last, name->pszName) < 0 && wcslen(name->pszName) <= 63, "%ls comes once", name->pszName);
        wcsncpy(last, name->pszName, 63);
        if (found++ == 0) wcscpy(first, last);
        add(name, count, wanted);
        ksp->FreeBuffer(name);
    }
    gives(NTE_NO_MORE_ITEMS, status, "EnumKeys at the end");
    gives(NTE_NO_MORE_ITEMS, ksp->EnumKeys(provider, NULL, &name, &state, 0), "EnumKeys beyond the end");
    check(key_count > 0, "%d keys, %d of them to be tested", found, key_count);
    if (!gives(found == 0 ? NTE_NO_MORE_ITEMS : 0, ksp->EnumKeys(provider, NULL, &name, &other, NCRYPT_SILENT_FLAG),
               "a second enumeration, silent") ||
        found == 0)
        return;
    check(wcscmp(name->pszName, first) == 0, "it begins anew");
    gives(0, ksp->FreeBuffer(name), "FreeBuffer of a name");
    gives(0, ksp->FreeBuffer(other), "FreeBuffer of a state in the middle");
    gives(0, ksp->FreeBuffer(state), "FreeBuffer of a state at the end");
    if (!direct) return;
    gives(NTE_INVALID_PARAMETER, ksp->FreeBuffer(state), "FreeBuffer of a state once more");
    gives(NTE_INVALID_PARAMETER, ksp->EnumKeys(provider, NULL, &name, &state, 0), "EnumKeys with a state that was freed");
    state = &state;
    gives(NTE_INVALID_PARAMETER, ksp->EnumKeys(provider, NULL, &name, &state, 0), "EnumKeys with a state that is none");
    state = NULL;
    gives(NTE_INVALID_PARAMETER, ksp->EnumKeys(provider, NULL, NULL, &state, 0), "EnumKeys, no room for a name");
    gives(NTE_INVALID_PARAMETER, ksp->EnumKeys(provider, NULL, &name, NULL, 0), "EnumKeys, no room for a state");
    gives(NTE_BAD_FLAGS, ksp->EnumKeys(provider, NULL, &name, &state, 0x100), "EnumKeys, unknown flag");
}

void check_opening(void) {
    static const DWORD specs[] = {0, AT_KEYEXCHANGE, AT_SIGNATURE};
    static const DWORD flags[] = {0, NCRYPT_SILENT_FLAG, NCRYPT_MACHINE_KEY_FLAG};
    static WCHAR longest[400];
    KEY handle = 1;
    group("opening");
    gives(NTE_BAD_KEYSET, ksp->OpenKey(provider, &handle, L"there is no such key", 0, 0), "a key that is not there");
    if (direct) check(handle == 0, "then there is no handle");
    for (size_t i = 0; i < 399; i++) longest[i] = L'x';
    gives(NTE_BAD_KEYSET, ksp->OpenKey(provider, &handle, longest, 0, 0), "a name longer than any");
    gives(NTE_BAD_KEYSET, ksp->OpenKey(provider, &handle, L"\xd800", 0, 0), "a name that is no text");
    if (direct) {
        gives(NTE_INVALID_PARAMETER, ksp->OpenKey(provider, &handle, NULL, 0, 0), "no name");
        gives(NTE_INVALID_PARAMETER, ksp->OpenKey(provider, &handle, L"", 0, 0), "an empty name");
        gives(NTE_INVALID_PARAMETER, ksp->OpenKey(provider, NULL, L"x", 0, 0), "no room for a handle");
        gives(NTE_BAD_FLAGS, ksp->OpenKey(provider, &handle, L"x", 0, 0x400), "an unknown flag");
    }
    if (key_count == 0) return;
    for (int s = 0; s < 3; s++)
        for (int f = 0; f < 3; f++) {
            gives(0, ksp->OpenKey(provider, &handle, keys[0].name, specs[s], flags[f]), "spec %lu, flags %lx",
                  (unsigned long)specs[s], (unsigned long)flags[f]);
            gives(0, ksp->FreeKey(provider, handle), "FreeKey");
        }
}

static STATUS get(KEY handle, LPCWSTR name, void *out, DWORD room, DWORD *size, DWORD flags) {
    return ksp->GetKeyProperty(provider, handle, name, out, room, size, flags);
}

static void is_text(KEY handle, LPCWSTR name, LPCWSTR expected) {
    WCHAR text[64] = L"";
    DWORD needed = 0, size = 0;
    STATUS asked = get(handle, name, NULL, 0, &needed, 0);
    STATUS small = get(handle, name, text, needed - 1, &size, 0);
    STATUS status = get(handle, name, text, needed, &size, 0);
    check(asked == 0 && small == NTE_BUFFER_TOO_SMALL && status == 0 && size == needed &&
              needed == (wcslen(expected) + 1) * 2 && wcscmp(text, expected) == 0,
          "%ls is \"%ls\": %08lx", name, text, (unsigned long)status);
}

static void is_number(KEY handle, LPCWSTR name, DWORD expected) {
    DWORD value = 77, size = 0;
    STATUS status = get(handle, name, &value, sizeof value, &size, NCRYPT_PERSIST_FLAG);
    check(status == 0 && size == 4 && value == expected, "%ls is %lu: %08lx", name, (unsigned long)value,
          (unsigned long)status);
}

static void of_key(const struct test_key *key) {
    KEY handle = opened(key);
    DWORD size = 0;
    if (handle == 0) return;
    is_text(handle, NCRYPT_NAME_PROPERTY, key->name);
    is_text(handle, NCRYPT_UNIQUE_NAME_PROPERTY, key->name);
    is_text(handle, NCRYPT_ALGORITHM_PROPERTY, key->algorithm);
    is_text(handle, NCRYPT_ALGORITHM_GROUP_PROPERTY, key->rsa ? L"RSA" : L"ECDSA");
    check(wcslen(key->algorithm) <= 15, "its algorithm fits the 32 octets of SunMSCAPI");
    is_number(handle, NCRYPT_LENGTH_PROPERTY, key->bits);
    is_number(handle, NCRYPT_PUBLIC_LENGTH_PROPERTY, key->bits);
    is_number(handle, NCRYPT_BLOCK_LENGTH_PROPERTY, (key->bits + 7) / 8);
    is_number(handle, NCRYPT_SIGNATURE_LENGTH_PROPERTY, key->signature);
    is_number(handle, NCRYPT_KEY_USAGE_PROPERTY, NCRYPT_ALLOW_SIGNING_FLAG);
    is_number(handle, NCRYPT_EXPORT_POLICY_PROPERTY, 0);
    is_number(handle, NCRYPT_KEY_TYPE_PROPERTY, 0);
    is_number(handle, NCRYPT_IMPL_TYPE_PROPERTY, NCRYPT_IMPL_SOFTWARE_FLAG);
    NCRYPT_SUPPORTED_LENGTHS lengths = {0};
    check(get(handle, NCRYPT_LENGTHS_PROPERTY, &lengths, sizeof lengths, &size, 0) == 0 && size == 16 &&
              lengths.dwMinLength == key->bits && lengths.dwMaxLength == key->bits && lengths.dwIncrement == 0 &&
              lengths.dwDefaultLength == key->bits,
          "Lengths are %lu to %lu", (unsigned long)lengths.dwMinLength, (unsigned long)lengths.dwMaxLength);
    if (key->rsa)
        gives(NTE_NOT_SUPPORTED, get(handle, BCRYPT_ECC_CURVE_NAME, NULL, 0, &size, 0), "ECCCurveName");
    else
        is_text(handle, BCRYPT_ECC_CURVE_NAME, key->bits == 256   ? L"nistP256"
                                               : key->bits == 384 ? L"nistP384"
                                                                  : L"nistP521");
    STATUS certificate = get(handle, NCRYPT_CERTIFICATE_PROPERTY, NULL, 0, &size, 0);
    check((certificate == 0 && size > 0) || certificate == NTE_NOT_FOUND, "its certificate has %lu octets: %08lx",
          (unsigned long)size, (unsigned long)certificate);
    ksp->FreeKey(provider, handle);
}

static void provider_of(KEY handle) {
    PROVIDER other = 0;
    WCHAR text[64];
    DWORD size = 0;
    gives(0, get(handle, NCRYPT_PROVIDER_HANDLE_PROPERTY, NULL, 0, &size, 0), "size of Provider Handle");
    check(size == sizeof other, "it is that of a handle");
    gives(0, get(handle, NCRYPT_PROVIDER_HANDLE_PROPERTY, &other, sizeof other, &size, 0), "Provider Handle");
    check(ksp->GetProviderProperty(other, NCRYPT_NAME_PROPERTY, (BYTE *)text, sizeof text, &size, 0) == 0 &&
              wcscmp(text, PROVIDER_NAME) == 0,
          "its name is ours");
    gives(0, ksp->FreeProvider(other), "the program frees it");
    check(ksp->GetProviderProperty(provider, NCRYPT_NAME_PROPERTY, NULL, 0, &size, 0) == 0, "ours stays open");
}

void check_properties(void) {
    static const LPCWSTR absent[] = {L"CLR IsEphemeral",   L"SmartCardPin", L"SmartCardReader", L"SmartCardGuid",
                                     L"Security Descr",    L"Use Count",    L"Modified",        L"PCP_PROVIDER_VERSION",
                                     L"SmartCardRootStore", L"Moon Phase"};
    static const LPCWSTR fixed[] = {L"SmartCardPin", L"Length", L"Export Policy", L"Key Usage", L"UI Policy", L"Name"};
    group("properties");
    for (int i = 0; i < key_count; i++) of_key(&keys[i]);
    KEY handle = key_count == 0 ? 0 : opened(&keys[0]);
    if (handle == 0) return;
    DWORD size = 0, value = 0;
    for (int i = 0; i < 10; i++)
        gives(NTE_NOT_SUPPORTED, get(handle, absent[i], &value, sizeof value, &size, i == 0 ? 0x40000000 : 0), "%ls",
              absent[i]);
    gives(NTE_NOT_FOUND, get(handle, NCRYPT_UI_POLICY_PROPERTY, NULL, 0, &size, 0), "UI Policy: there is none");
    gives(0, get(handle, NCRYPT_LENGTH_PROPERTY, &value, 4, &size, NCRYPT_PERSIST_ONLY_FLAG), "Length with PERSIST_ONLY");
    for (int i = 0; i < 6; i++)
        gives(NTE_NOT_SUPPORTED, ksp->SetKeyProperty(provider, handle, fixed[i], (BYTE *)&value, 4, 0),
              "%ls cannot be set", fixed[i]);
    provider_of(handle);
    gives(NTE_NOT_FOUND, get(handle, NCRYPT_USE_CONTEXT_PROPERTY, NULL, 0, &size, 0), "Use Context, before it is set");
    gives(0, ksp->SetKeyProperty(provider, handle, NCRYPT_USE_CONTEXT_PROPERTY, (BYTE *)L"a.pdf", 12, 0),
          "Use Context is set");
    is_text(handle, NCRYPT_USE_CONTEXT_PROPERTY, L"a.pdf");
    HWND window = GetDesktopWindow(), back = NULL;
    gives(0, ksp->SetKeyProperty(provider, handle, NCRYPT_WINDOW_HANDLE_PROPERTY, (BYTE *)&window, sizeof window, 0),
          "HWND Handle is set");
    check(get(handle, NCRYPT_WINDOW_HANDLE_PROPERTY, &back, sizeof back, &size, 0) == 0 && back == window,
          "HWND Handle is read back");
    if (direct) {
        gives(NTE_INVALID_PARAMETER, get(handle, NULL, NULL, 0, &size, 0), "a property without a name");
        gives(NTE_INVALID_PARAMETER, get(handle, NCRYPT_LENGTH_PROPERTY, NULL, 0, NULL, 0), "no room for a size");
        gives(NTE_BAD_FLAGS, get(handle, NCRYPT_LENGTH_PROPERTY, NULL, 0, &size, 4), "an unknown flag");
        gives(NTE_NOT_SUPPORTED, get(handle, NCRYPT_SECURITY_DESCR_PROPERTY, NULL, 0, &size, 4),
              "Security Descr, its access part");
    }
    ksp->FreeKey(provider, handle);
    if (ksp->OpenKey(provider, &handle, keys[0].name, 0, NCRYPT_MACHINE_KEY_FLAG) == 0) {
        is_number(handle, NCRYPT_KEY_TYPE_PROPERTY, NCRYPT_MACHINE_KEY_FLAG);
        ksp->FreeKey(provider, handle);
    }
}
