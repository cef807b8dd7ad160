// What reaches the agent: how often it is asked, and what it is told.
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "faults.h"

static void asked(int connections, int lists, int gets, int signs, const char *by) {
    check(fake->connections == connections && fake->hellos == connections && fake->lists == lists &&
              fake->gets == gets && fake->signs == signs && fake->refused == 0,
          "%s: %d connections, %d list, %d get, %d sign", by, (int)fake->connections, (int)fake->lists, (int)fake->gets,
          (int)fake->signs);
    fake_forget();
}

void check_requests(void) {
    static const LPCWSTR properties[] = {L"Name",   L"Unique Name",     L"Algorithm Name",  L"Algorithm Group",
                                         L"Length", L"PublicKeyLength", L"SignatureLength", L"SmartCardKeyCertificate",
                                         L"Lengths"};
    PROVIDER other = 0;
    KEY key = 0;
    BYTE octets[2048];
    DWORD size = 0, count;
    NCryptAlgorithmName *list;
    NCryptKeyName *name;
    void *state = NULL;
    struct padding padding = paddings[0];
    group("requests");
    fake_forget();
    gives(0, ksp->OpenProvider(&other, PROVIDER_NAME, 0), "OpenProvider");
    gives(0, ksp->EnumAlgorithms(other, 0, &count, &list, 0), "EnumAlgorithms");
    ksp->FreeBuffer(list);
    asked(0, 0, 0, 0, "a provider and its algorithms");
    gives(0, ksp->OpenKey(other, &key, L"rsa", 0, 0), "OpenKey");
    asked(1, 0, 1, 0, "OpenKey");
    gives(NTE_BAD_KEYSET, ksp->OpenKey(other, &key, L"none", 0, 0), "OpenKey of no key");
    asked(1, 0, 1, 0, "OpenKey of no key");
    key = rsa_key();
    fake_forget();
    for (int i = 0; i < 9; i++)
        if (ksp->GetKeyProperty(other, key, properties[i], octets, sizeof octets, &size, 0) != 0)
            check(false, "%ls", properties[i]);
    gives(0, ksp->ExportKey(other, key, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, octets, sizeof octets, &size, 0), "ExportKey");
    asked(0, 0, 0, 0, "properties and public key");
    gives(0, ksp->SignHash(other, key, &padding.info, (BYTE *)digest(), 32, NULL, 0, &size, BCRYPT_PAD_PKCS1), "size");
    gives(NTE_BUFFER_TOO_SMALL,
          ksp->SignHash(other, key, &padding.info, (BYTE *)digest(), 32, octets, 255, &size, BCRYPT_PAD_PKCS1),
          "an octet too little");
    gives(NTE_INVALID_PARAMETER,
          ksp->SignHash(other, key, &padding.info, (BYTE *)digest(), 31, octets, 256, &size, BCRYPT_PAD_PKCS1),
          "a digest too short");
    asked(0, 0, 0, 0, "sizes and refusals");
    gives(0, sign_with(key, true, octets, 0), "SignHash");
    asked(1, 0, 0, 1, "SignHash");
    gives(0, ksp->VerifySignature(other, key, &padding.info, (BYTE *)digest(), 32, octets, 256, BCRYPT_PAD_PKCS1),
          "VerifySignature");
    gives(0, ksp->FreeKey(other, key), "FreeKey");
    gives(0, ksp->FreeProvider(other), "FreeProvider");
    asked(0, 0, 0, 0, "verification and the end");
    int found = 0;
    while (ksp->EnumKeys(provider, NULL, &name, &state, 0) == 0) {
        ksp->FreeBuffer(name);
        found++;
    }
    ksp->FreeBuffer(state);
    check(found == 6, "%d keys in pages of two", found);
    asked(1, 3, 0, 0, "EnumKeys");
}

static void as_scheme(KEY key, void *info, DWORD size, DWORD flags, int scheme, int salt, const char *name) {
    BYTE out[600];
    DWORD made;
    STATUS status = ksp->SignHash(provider, key, info, (BYTE *)digest(), size, out, sizeof out, &made, flags);
    check(status == 0 && fake->scheme == scheme && fake->salt == salt && fake->digest_size == (int)size &&
              memcmp(fake->digest, digest(), size) == 0,
          "%s is scheme %d with %d octets of salt, and its digest", name, (int)fake->scheme, (int)fake->salt);
}

static void check_schemes(void) {
    KEY rsa = rsa_key(), ec = ec_key();
    for (int i = 0; i < 6; i++) {
        struct padding padding = paddings[i];
        as_scheme(rsa, &padding.info, padding.hash_size, padding.flags, i + 1, i < 3 ? 0 : (int)padding.hash_size,
                  padding.name);
    }
    BCRYPT_PSS_PADDING_INFO pss = {BCRYPT_SHA256_ALGORITHM, 20};
    as_scheme(rsa, &pss, 32, BCRYPT_PAD_PSS, 4, 20, "PSS with a salt of its own");
    as_scheme(ec, NULL, 32, 0, 7, 0, "ECDSA with SHA-256");
    as_scheme(ec, NULL, 48, 0, 8, 0, "ECDSA with SHA-384");
    as_scheme(ec, NULL, 64, 0, 9, 0, "ECDSA with SHA-512");
    check(strcmp(fake->credential, "crd_caaaaaaaaaaaaaaaaaaaaaaaaa") == 0, "the key goes by its id: %s", fake->credential);
    check(fake->limit == 180000, "the agent has %d ms", (int)fake->limit);
    ksp->FreeKey(provider, rsa);
    ksp->FreeKey(provider, ec);
}

static void is_silent(DWORD provider_flags, DWORD key_flags, DWORD call_flags, int expected) {
    PROVIDER other;
    KEY key;
    BYTE out[256];
    struct padding padding = paddings[0];
    DWORD size;
    ksp->OpenProvider(&other, PROVIDER_NAME, provider_flags);
    ksp->OpenKey(other, &key, L"p256", 0, key_flags);
    ksp->FreeProvider(other);
    fake->silent = 7;
    // The handle of the provider is stale by now.
    STATUS status = ksp->SignHash(other, key, &padding.info, (BYTE *)digest(), 32, out, sizeof out, &size, call_flags);
    check(status == 0 && fake->silent == expected, "silent%s%s%s: %d", provider_flags != 0 ? " provider" : "",
          key_flags != 0 ? " key" : "", call_flags != 0 ? " call" : "", (int)fake->silent);
    ksp->FreeKey(provider, key);
}

static void told(KEY key, HWND window, const char *title, const char *document, const char *when) {
    BYTE out[64];
    fake->window = 7;
    STATUS status = sign_with(key, false, out, 0);
    check(status == 0 && fake->window == (uint64_t)(ULONG_PTR)window && strcmp(fake->title, title) == 0 &&
              strcmp(fake->document, document) == 0,
          "%s: window %llx, \"%s\", document \"%s\"", when, (unsigned long long)fake->window, fake->title,
          fake->document);
}

static void set(bool of_key, KEY key, LPCWSTR name, const void *value, DWORD size) {
    STATUS status = of_key ? ksp->SetKeyProperty(provider, key, name, (BYTE *)value, size, 0)
                           : ksp->SetProviderProperty(provider, name, (BYTE *)value, size, 0);
    if (status != 0) gives(0, status, "%ls is set", name);
}

static void check_window(void) {
    // One that is not to be seen, so that there need not be a screen.
    HWND window = CreateWindowExW(0, L"STATIC", L"Umowa \x2013 Czytnik \xd83d\xde00", 0, 0, 0, 10, 10, HWND_MESSAGE, NULL,
                                  NULL, NULL);
    HWND none = NULL;
    static WCHAR longest[3000];
    const char *title = "Umowa \xe2\x80\x93 Czytnik \xf0\x9f\x98\x80";
    KEY key = ec_key();
    check(window != NULL, "there is a window");
    told(key, NULL, "", "", "nothing was said");
    set(false, 0, NCRYPT_WINDOW_HANDLE_PROPERTY, &window, sizeof window);
    told(key, window, title, "", "the provider's, after the key was opened");
    set(true, key, NCRYPT_USE_CONTEXT_PROPERTY, L"Umowa.pdf", 20);
    told(key, window, title, "Umowa.pdf", "the document of the key");
    set(true, key, NCRYPT_USE_CONTEXT_PROPERTY, L"Um\xd800", 6);
    told(key, window, title, "Um\xef\xbf\xbd", "half a character becomes U+FFFD");
    ksp->FreeKey(provider, key);
    key = ec_key();
    set(false, 0, NCRYPT_WINDOW_HANDLE_PROPERTY, &none, sizeof none);
    told(key, window, title, "", "the provider's, before the key was opened");
    ksp->FreeKey(provider, key);
    key = ec_key();
    set(true, key, NCRYPT_WINDOW_HANDLE_PROPERTY, &window, sizeof window);
    told(key, window, title, "", "the key's own");
    set(true, key, NCRYPT_WINDOW_HANDLE_PROPERTY, &window, 3);
    told(key, NULL, "", "", "of three octets it is none");
    set(true, key, NCRYPT_WINDOW_HANDLE_PROPERTY, &window, 4);
    told(key, window, title, "", "four octets are enough");
    for (int i = 0; i < 2999; i++) longest[i] = 0x6587;
    SetWindowTextW(window, longest);
    set(true, key, NCRYPT_USE_CONTEXT_PROPERTY, longest, sizeof longest);
    BYTE out[64];
    gives(0, sign_with(key, false, out, 0), "SignHash with the longest texts");
    check(strlen(fake->title) == 511 * 3 && strlen(fake->document) == 511 * 3,
          "the longest title has %d octets, the longest document %d", (int)strlen(fake->title),
          (int)strlen(fake->document));
    DestroyWindow(window);
    set(true, key, NCRYPT_USE_CONTEXT_PROPERTY, L"", 2);
    gives(0, sign_with(key, false, out, 0), "SignHash for a window that is gone");
    check(strlen(fake->title) == 0, "it has no title");
    ksp->FreeKey(provider, key);
}

void check_context(void) {
    group("context");
    check_schemes();
    is_silent(0, 0, 0, 0);
    is_silent(0, 0, NCRYPT_SILENT_FLAG, 1);
    is_silent(0, NCRYPT_SILENT_FLAG, 0, 1);
    is_silent(NCRYPT_SILENT_FLAG, 0, 0, 1);
    is_silent(0, 0, 0, 0);
    check_window();
    check(strcmp(fake->program, "custodian-native") == 0, "the library calls itself %s", fake->program);
    KEY key = 0;
    gives(0, ksp->OpenKey(provider, &key, L"Umowa \x017c\xf3\x0142w", 0, 0), "a name beyond ASCII");
    ksp->FreeKey(provider, key);
}
