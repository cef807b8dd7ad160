#include "keys.h"

#include <stdlib.h>
#include <string.h>

#include "arithmetic.h"
#include "fake_keys.h"
#include "numbers.h"

#define RSA_KEY(name) {name##_D, name##_N, NULL, NULL}, name##_INFO
#define EC_KEY(name) {name##_D, name##_PRIME, name##_ORDER, name##_GENERATOR}, name##_INFO
#define NOT_READ {NULL, 0}, {NULL, 0}

struct fake_key fake_keys[] = {
    {"rsa", "crd_aaaaaaaaaaaaaaaaaaaaaaaaaa", 1, 2048, 1, RSA_KEY(RSA_2048), RSA_2048_CERTIFICATE, NOT_READ},
    {"rsa-3072", "crd_baaaaaaaaaaaaaaaaaaaaaaaaa", 2, 3072, 1, RSA_KEY(RSA_3072), RSA_3072_CERTIFICATE, NOT_READ},
    {"p256", "crd_caaaaaaaaaaaaaaaaaaaaaaaaa", 4, 256, 2, EC_KEY(P_256), P_256_CERTIFICATE, NOT_READ},
    // a key without a certificate
    {"p384", "crd_daaaaaaaaaaaaaaaaaaaaaaaaa", 5, 384, 3, EC_KEY(P_384), "", NOT_READ},
    {"p521", "crd_eaaaaaaaaaaaaaaaaaaaaaaaaa", 6, 521, 1, EC_KEY(P_521), P_521_CERTIFICATE, NOT_READ},
    // a name beyond ASCII
    {"Umowa \xc5\xbc\xc3\xb3\xc5\x82w", "crd_faaaaaaaaaaaaaaaaaaaaaaaaa", 1, 2048, 1, RSA_KEY(RSA_2048),
     RSA_2048_CERTIFICATE, NOT_READ},
};
const int fake_key_count = sizeof fake_keys / sizeof *fake_keys;

static struct link_span read(const char *hex) {
    uint32_t room = (uint32_t)strlen(hex) / 2;
    uint8_t *octets = malloc(room + 1);
    return (struct link_span){octets, octets_from_hex(hex, octets, room)};
}

void fake_keys_read(void) {
    for (int i = 0; i < fake_key_count; i++) {
        fake_keys[i].info = read(fake_keys[i].info_hex);
        fake_keys[i].certificate = read(fake_keys[i].certificate_hex);
    }
}

static void read_number(number out, const char *hex) {
    uint8_t octets[LINK_SIGNATURE];
    number_from_octets(out, octets, octets_from_hex(hex, octets, sizeof octets));
}

static void read_modulus(struct modulus *m, const char *hex) {
    number value;
    read_number(value, hex);
    modulus_of(m, value);
}

#define NCRYPT_SHA_256 BCRYPT_SHA256_ALGORITHM
#define NCRYPT_SHA_384 BCRYPT_SHA384_ALGORITHM
#define NCRYPT_SHA_512 BCRYPT_SHA512_ALGORITHM
#define INFO(name, octets, ncrypt, info) static const char info_##name[] = info;
LINK_HASHES(INFO)
static const struct {
    int padding;
    LPCWSTR hash;
    const char *info;
} schemes[] = {
    {0, NULL, NULL},
#define ROW(id, name, family, hash, padding) {padding, NCRYPT_##hash, info_##hash},
    LINK_SCHEMES(ROW)
};

static void hash(LPCWSTR name, const uint8_t *octets, uint32_t size, uint8_t *out, uint32_t out_size) {
    BCRYPT_ALG_HANDLE algorithm;
    BCRYPT_HASH_HANDLE state;
    BCryptOpenAlgorithmProvider(&algorithm, name, NULL, 0);
    BCryptCreateHash(algorithm, &state, NULL, 0, NULL, 0, 0);
    BCryptHashData(state, (uint8_t *)octets, size, 0);
    BCryptFinishHash(state, out, out_size, 0);
    BCryptDestroyHash(state);
    BCryptCloseAlgorithmProvider(algorithm, 0);
}

/// EMSA-PKCS1-v1_5, RFC 8017 §9.2.
static void pad_pkcs1(const struct link_sign *sign, uint8_t *out, uint32_t size) {
    uint32_t info = 19, rest = info + sign->digest.size;
    memset(out, 0xff, size);
    out[0] = 0;
    out[1] = 1;
    out[size - rest - 1] = 0;
    memcpy(out + size - rest, schemes[sign->scheme].info, info);
    memcpy(out + size - sign->digest.size, sign->digest.at, sign->digest.size);
}

/// EMSA-PSS, RFC 8017 §9.1.1, for a modulus whose bits are a multiple of 8; the salt is made of one octet.
static void pad_pss(const struct link_sign *sign, uint8_t *out, uint32_t size) {
    LPCWSTR name = schemes[sign->scheme].hash;
    uint32_t h = sign->digest.size, db = size - h - 1;
    uint8_t message[8 + LINK_DIGEST + LINK_SIGNATURE] = {0}, seed[LINK_DIGEST + 4], mask[LINK_DIGEST];
    memcpy(message + 8, sign->digest.at, h);
    memset(message + 8 + h, 0x5c, sign->salt);
    memset(out, 0, size);
    hash(name, message, 8 + h + sign->salt, out + db, h);
    out[db - sign->salt - 1] = 1;
    memset(out + db - sign->salt, 0x5c, sign->salt);
    memcpy(seed, out + db, h);
    for (uint32_t at = 0, count = 0; at < db; at += h, count++) {
        for (int i = 0; i < 4; i++) seed[h + i] = (uint8_t)(count >> (24 - 8 * i));
        hash(name, seed, h + 4, mask, h);
        for (uint32_t i = 0; i < h && at + i < db; i++) out[at + i] ^= mask[i];
    }
    out[0] &= 0x7f;
    out[size - 1] = 0xbc;
}

static uint32_t sign_rsa(const struct fake_key *key, const struct link_sign *sign, uint8_t *out) {
    struct modulus n;
    number base, d;
    uint32_t size = key->bits / 8;
    if (schemes[sign->scheme].padding == 8)
        pad_pss(sign, out, size);
    else
        pad_pkcs1(sign, out, size);
    read_modulus(&n, key->numbers[1]);
    read_number(d, key->numbers[0]);
    number_from_octets(base, out, size);
    mont_enter(&n, base, base);
    mont_power(&n, base, base, d);
    mont_leave(&n, base, base);
    number_to_octets(base, out, size);
    return size;
}

/// A point in Jacobian coordinates, in Montgomery's form.
struct point {
    number x, y, z;
};

/// a = -3: "dbl-2001-b".
static void twice(const struct modulus *p, struct point *q) {
    number delta, gamma, beta, alpha, t, u;
    mont_multiply(p, delta, q->z, q->z);
    mont_multiply(p, gamma, q->y, q->y);
    mont_multiply(p, beta, q->x, gamma);
    mod_subtract(p, t, q->x, delta);
    mod_add(p, u, q->x, delta);
    mont_multiply(p, t, t, u);
    mod_add(p, alpha, t, t);
    mod_add(p, alpha, alpha, t);
    mod_add(p, t, q->y, q->z);
    mont_multiply(p, t, t, t);
    mod_subtract(p, t, t, gamma);
    mod_subtract(p, q->z, t, delta);
    mod_add(p, beta, beta, beta);
    mod_add(p, beta, beta, beta);
    mod_add(p, t, beta, beta);
    mont_multiply(p, u, alpha, alpha);
    mod_subtract(p, q->x, u, t);
    mod_subtract(p, t, beta, q->x);
    mont_multiply(p, t, alpha, t);
    mont_multiply(p, u, gamma, gamma);
    for (int i = 0; i < 3; i++) mod_add(p, u, u, u);
    mod_subtract(p, q->y, t, u);
}

/// q + g, where z of g is 1 and the two differ.
static void plus(const struct modulus *p, struct point *q, const struct point *g) {
    number zz, u, s, h, hh, hhh, v, r, t;
    mont_multiply(p, zz, q->z, q->z);
    mont_multiply(p, u, g->x, zz);
    mont_multiply(p, s, g->y, zz);
    mont_multiply(p, s, s, q->z);
    mod_subtract(p, h, u, q->x);
    mod_subtract(p, r, s, q->y);
    mont_multiply(p, hh, h, h);
    mont_multiply(p, hhh, hh, h);
    mont_multiply(p, v, q->x, hh);
    mont_multiply(p, q->z, q->z, h);
    mont_multiply(p, t, r, r);
    mod_subtract(p, t, t, hhh);
    mod_subtract(p, t, t, v);
    mod_subtract(p, q->x, t, v);
    mod_subtract(p, t, v, q->x);
    mont_multiply(p, t, t, r);
    mont_multiply(p, s, q->y, hhh);
    mod_subtract(p, q->y, t, s);
}

/// x of k G.
static void x_of(const struct modulus *p, const char *generator, const number k, number x) {
    static const number one = {1};
    uint8_t octets[LINK_SIGNATURE];
    uint32_t width = (octets_from_hex(generator, octets, sizeof octets) - 1) / 2;
    struct point g, q;
    number_from_octets(g.x, octets + 1, width);
    number_from_octets(g.y, octets + 1 + width, width);
    mont_enter(p, g.x, g.x);
    mont_enter(p, g.y, g.y);
    mont_enter(p, g.z, one);
    int bit = 32 * p->limbs - 1;
    while ((k[bit / 32] >> (bit % 32) & 1) == 0) bit--;
    q = g;
    while (--bit >= 0) {
        twice(p, &q);
        if ((k[bit / 32] >> (bit % 32) & 1) != 0) plus(p, &q, &g);
    }
    mont_multiply(p, q.z, q.z, q.z);
    mont_invert(p, q.z, q.z);
    mont_multiply(p, x, q.x, q.z);
    mont_leave(p, x, x);
}

/// INTEGER of DER.
static uint32_t put_integer(const number value, uint32_t width, uint8_t *out) {
    uint8_t octets[LINK_SIGNATURE] = {0};
    number_to_octets(value, octets + 1, width);
    uint32_t first = 0;
    while (first < width && octets[first] == 0 && (octets[first + 1] & 0x80) == 0) first++;
    uint32_t size = width + 1 - first;
    out[0] = 2;
    out[1] = (uint8_t)size;
    memcpy(out + 2, octets + first, size);
    return 2 + size;
}

static uint32_t sign_ec(const struct fake_key *key, const struct link_sign *sign, uint8_t *out) {
    struct modulus p, n;
    number d, z, k, r, s;
    uint32_t width = (key->bits + 7) / 8u;
    uint8_t nonce[LINK_DIGEST];
    read_modulus(&p, key->numbers[1]);
    read_modulus(&n, key->numbers[2]);
    read_number(d, key->numbers[0]);
    // The leftmost bits of the digest, as many as the order has.
    number_from_octets(z, sign->digest.at, sign->digest.size < width ? sign->digest.size : width);
    mod_reduce(&n, z);
    BCryptGenRandom(NULL, nonce, sizeof nonce, BCRYPT_USE_SYSTEM_PREFERRED_RNG);
    number_from_octets(k, nonce, width < sizeof nonce ? width : sizeof nonce);
    mod_reduce(&n, k);
    x_of(&p, key->numbers[3], k, r);
    mod_reduce(&n, r);
    // s = (z + r d) / k
    mont_enter(&n, d, d);
    mont_multiply(&n, s, r, d);
    mod_add(&n, s, s, z);
    mont_enter(&n, s, s);
    mont_enter(&n, k, k);
    mont_invert(&n, k, k);
    mont_multiply(&n, s, s, k);
    mont_leave(&n, s, s);
    uint8_t pair[LINK_SIGNATURE];
    uint32_t size = put_integer(r, width, pair);
    size += put_integer(s, width, pair + size);
    uint32_t head = 0;
    out[head++] = 0x30;
    if (size > 0x7f) out[head++] = 0x81;
    out[head++] = (uint8_t)size;
    memcpy(out + head, pair, size);
    return head + size;
}

uint32_t fake_sign(const struct fake_key *key, const struct link_sign *sign, uint8_t *out) {
    return key->algorithm <= 3 ? sign_rsa(key, sign, out) : sign_ec(key, sign, out);
}
