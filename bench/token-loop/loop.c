// What the HSM vault asks of a PKCS#11 module, asked by a plain C program: what our binding and the server are measured against.
//
//   loop MODULE TOKEN PIN FOLDER WRAPPING MECHANISM
// PIN is a file, WRAPPING the CKA_ID of the wrapping key in hexadecimal, MECHANISM the number of the mechanism that wraps. Takes
// lines on stdin and answers each with one:
//   KEY resident|wrapped plain|verified DIGESTS COUNT
// does COUNT times what a use of the vault does: a resident key signs DIGESTS digests; a wrapped one is unwrapped, signs them and
// is destroyed. verified: each signature is checked with the public key, by OpenSSL. FOLDER has of each key the files KEY.resident
// (CKA_ID) or KEY.wrapped (the blob), and the public key beside it with .spki at its end (DER).
#include <dlfcn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGEST = 32, PREFIX = 19, SIGNATURE = 1024 };

// DigestInfo of SHA-256 up to the digest (RFC 8017 §9.2)
static const unsigned char prefix[PREFIX] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                             0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

struct octets {
    unsigned char data[4096];
    size_t size;
};

struct key {
    int rsa;
    int wrapped;
    struct octets what; // CKA_ID or blob
    CK_OBJECT_HANDLE handle;
    EVP_PKEY_CTX *verifying; // NULL: signatures are not checked
};

static CK_FUNCTION_LIST *p11;
static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE wrapping;
static CK_MECHANISM_TYPE wrap;

static void fail(const char *what, unsigned long rv) {
    fprintf(stderr, "%s: 0x%lx\n", what, rv);
    exit(1);
}

static void must(const char *what, CK_RV rv) {
    if (rv != CKR_OK) {
        fail(what, rv);
    }
}

static struct octets read_file(const char *folder, const char *name, const char *end) {
    char path[4096];
    struct octets read;
    snprintf(path, sizeof path, "%s%s%s", folder, name, end);
    FILE *file = fopen(path, "re");
    if (!file) {
        fail(path, 0);
    }
    read.size = fread(read.data, 1, sizeof read.data, file);
    fclose(file);
    return read;
}

static void load(const char *path) {
    void *module = dlopen(path, RTLD_NOW);
    CK_RV (*get)(CK_FUNCTION_LIST **) = module ? (CK_RV (*)(CK_FUNCTION_LIST **)) dlsym(module, "C_GetFunctionList") : NULL;
    CK_C_INITIALIZE_ARGS locking = {.flags = CKF_OS_LOCKING_OK};
    if (!get) {
        fail(path, 0);
    }
    must("C_GetFunctionList", get(&p11));
    must("C_Initialize", p11->C_Initialize(&locking));
}

static void login(const char *label, const char *pin_file) {
    CK_SLOT_ID slots[64];
    CK_ULONG count = 64;
    must("C_GetSlotList", p11->C_GetSlotList(CK_TRUE, slots, &count));
    for (CK_ULONG i = 0; i < count && !session; i++) {
        CK_TOKEN_INFO info;
        must("C_GetTokenInfo", p11->C_GetTokenInfo(slots[i], &info));
        size_t size = strlen(label);
        if (!strncmp((char *) info.label, label, size) && (size == sizeof info.label || info.label[size] == ' ')) {
            must("C_OpenSession", p11->C_OpenSession(slots[i], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session));
        }
    }
    if (!session) {
        fail("no such token", 0);
    }
    struct octets pin = read_file("", pin_file, "");
    must("C_Login", p11->C_Login(session, CKU_USER, pin.data, strcspn((char *) pin.data, "\n")));
}

static CK_OBJECT_HANDLE find(CK_OBJECT_CLASS class, struct octets *id) {
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof class}, {CKA_ID, id->data, id->size}};
    CK_OBJECT_HANDLE found[2];
    CK_ULONG count = 0;
    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, wanted, 2));
    must("C_FindObjects", p11->C_FindObjects(session, found, 2, &count));
    must("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    if (count != 1) {
        fail("keys with that id", count);
    }
    return found[0];
}

static CK_OBJECT_HANDLE find_wrapping(const char *hexadecimal) {
    struct octets id = {.size = strlen(hexadecimal) / 2};
    for (size_t i = 0; i < id.size && i < sizeof id.data; i++) {
        unsigned octet = 0;
        sscanf(hexadecimal + 2 * i, "%2x", &octet);
        id.data[i] = (unsigned char) octet;
    }
    return find(CKO_SECRET_KEY, &id);
}

// With the template of the vault (TokenKeyPairs.unwrapped).
static CK_OBJECT_HANDLE unwrap(struct key *key) {
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_KEY_TYPE type = key->rsa ? CKK_RSA : CKK_EC;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ATTRIBUTE attributes[] = {
            {CKA_CLASS, &class, sizeof class},
            {CKA_KEY_TYPE, &type, sizeof type},
            {CKA_TOKEN, &no, 1},
            {CKA_EXTRACTABLE, &no, 1},
            {CKA_PRIVATE, &yes, 1},
            {CKA_SENSITIVE, &yes, 1},
            {CKA_SIGN, &yes, 1},
            {key->rsa ? CKA_DECRYPT : CKA_DERIVE, &no, 1},
            {CKA_UNWRAP, &no, 1},
    };
    CK_MECHANISM how = {wrap, NULL, 0};
    CK_OBJECT_HANDLE handle = 0;
    must("C_UnwrapKey", p11->C_UnwrapKey(session, &how, wrapping, key->what.data, key->what.size, attributes, key->rsa ? 9 : 8, &handle));
    return handle;
}

// Signatures of ECDSA come as r | s (PKCS#11 §2.3.1), and OpenSSL takes DER.
static int verifies_ecdsa(EVP_PKEY_CTX *verifying, const unsigned char *digest, const unsigned char *raw, size_t size) {
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    int half = (int) size / 2;
    ECDSA_SIG_set0(numbers, BN_bin2bn(raw, half, NULL), BN_bin2bn(raw + half, half, NULL));
    unsigned char *der = NULL;
    int length = i2d_ECDSA_SIG(numbers, &der);
    ECDSA_SIG_free(numbers);
    int ok = length > 0 && EVP_PKEY_verify(verifying, der, (size_t) length, digest, DIGEST) == 1;
    OPENSSL_free(der);
    return ok;
}

static void sign(struct key *key, unsigned char *input) {
    CK_MECHANISM how = {key->rsa ? CKM_RSA_PKCS : CKM_ECDSA, NULL, 0};
    unsigned char signature[SIGNATURE], *digest = input + PREFIX;
    CK_ULONG size = sizeof signature;
    must("C_SignInit", p11->C_SignInit(session, &how, key->handle));
    must("C_Sign", p11->C_Sign(session, key->rsa ? input : digest, key->rsa ? PREFIX + DIGEST : DIGEST, signature, &size));
    if (key->verifying) {
        int ok = key->rsa ? EVP_PKEY_verify(key->verifying, signature, size, digest, DIGEST) == 1
                          : verifies_ecdsa(key->verifying, digest, signature, size);
        if (!ok) {
            fail("a signature that does not verify", 0);
        }
    }
}

static EVP_PKEY_CTX *verifying(struct octets spki, int rsa) {
    const unsigned char *der = spki.data;
    EVP_PKEY *public = d2i_PUBKEY(NULL, &der, (long) spki.size);
    EVP_PKEY_CTX *context = public ? EVP_PKEY_CTX_new(public, NULL) : NULL;
    EVP_PKEY_free(public);
    int ok = context && EVP_PKEY_verify_init(context) == 1 && EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1
             && (!rsa || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1);
    if (!ok) {
        fail("a public key that is none", 0);
    }
    return context;
}

static void obey(const char *folder, char *line) {
    char name[64], mode[16], check[16], file[128];
    int digests = 0, count = 0;
    if (sscanf(line, "%63s %15s %15s %d %d", name, mode, check, &digests, &count) != 5) {
        fail(line, 0);
    }
    struct key key = {.rsa = !strncmp(name, "RSA", 3), .wrapped = !strcmp(mode, "wrapped")};
    snprintf(file, sizeof file, "/%s.%s", name, mode);
    key.what = read_file(folder, file, "");
    key.verifying = strcmp(check, "plain") ? verifying(read_file(folder, file, ".spki"), key.rsa) : NULL;
    if (!key.wrapped) {
        key.handle = find(CKO_PRIVATE_KEY, &key.what);
    }
    unsigned char input[PREFIX + DIGEST] = {0};
    memcpy(input, prefix, PREFIX);
    for (int i = 0; i < count; i++) {
        if (key.wrapped) {
            key.handle = unwrap(&key);
        }
        for (int j = 0; j < digests; j++) {
            input[PREFIX + (i + j) % DIGEST]++;
            sign(&key, input);
        }
        if (key.wrapped) {
            must("C_DestroyObject", p11->C_DestroyObject(session, key.handle));
        }
    }
    EVP_PKEY_CTX_free(key.verifying);
}

int main(int argc, char **argv) {
    if (argc != 7) {
        fail("arguments", (unsigned long) argc);
    }
    load(argv[1]);
    login(argv[2], argv[3]);
    wrapping = find_wrapping(argv[5]);
    wrap = strtoul(argv[6], NULL, 0);
    puts("ready");
    fflush(stdout);
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        obey(argv[4], line);
        puts("done");
        fflush(stdout);
    }
    return 0;
}
