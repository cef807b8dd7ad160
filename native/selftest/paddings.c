#include "selftest.h"

const struct padding paddings[6] = {
    {"PKCS#1 with SHA-256", BCRYPT_PAD_PKCS1, 32, {.pkcs1 = {BCRYPT_SHA256_ALGORITHM}}},
    {"PKCS#1 with SHA-384", BCRYPT_PAD_PKCS1, 48, {.pkcs1 = {BCRYPT_SHA384_ALGORITHM}}},
    {"PKCS#1 with SHA-512", BCRYPT_PAD_PKCS1, 64, {.pkcs1 = {BCRYPT_SHA512_ALGORITHM}}},
    {"PSS with SHA-256", BCRYPT_PAD_PSS, 32, {.pss = {BCRYPT_SHA256_ALGORITHM, 32}}},
    {"PSS with SHA-384", BCRYPT_PAD_PSS, 48, {.pss = {BCRYPT_SHA384_ALGORITHM, 48}}},
    {"PSS with SHA-512", BCRYPT_PAD_PSS, 64, {.pss = {BCRYPT_SHA512_ALGORITHM, 64}}},
};

const BYTE *digest(void) {
    static BYTE octets[64];
    for (int i = 0; i < 64; i++) octets[i] = (BYTE)(i * 7 + 1);
    return octets;
}
