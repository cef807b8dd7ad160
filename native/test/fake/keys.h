/// The keys of the fake agent: made anew with each build, by openssl, and signing by arithmetic of their own, since Wine's
/// cryptography does not sign with all curves and paddings.
#ifndef CUSTODIAN_FAKE_KEYS_H
#define CUSTODIAN_FAKE_KEYS_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <bcrypt.h>

#include "../../link/link.h"

struct fake_key {
    const char *name, *id;
    uint8_t algorithm; // number of the link
    uint16_t bits;
    uint8_t purpose;
    const char *numbers[4]; // d; n (RSA), or prime, order and generator (EC)
    const char *info_hex, *certificate_hex;
    struct link_span info, certificate;
};

extern struct fake_key fake_keys[];
extern const int fake_key_count;

void fake_keys_read(void);
/// A signature as the link carries it; its size.
uint32_t fake_sign(const struct fake_key *key, const struct link_sign *sign, uint8_t *out);

#endif
