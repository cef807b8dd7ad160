/// The three structures of DER that a face of the link has to take apart: strict, one spelling each.
#ifndef CUSTODIAN_DER_H
#define CUSTODIAN_DER_H

#include "link.h"

/// Modulus and exponent (RSA), or the two coordinates (EC), big-endian without leading zeros for RSA, of the curve's
/// width for EC.
struct der_key {
    struct link_span a, b;
};

/// SubjectPublicKeyInfo of a key with this number of bits; false unless it is exactly that.
bool der_rsa_key(struct link_span info, uint16_t bits, struct der_key *key);
bool der_ec_key(struct link_span info, uint16_t bits, struct der_key *key);

/// ECDSA-Sig-Value → r | s, each of `width` octets; `out` has room for both.
bool der_signature(struct link_span signature, uint32_t width, uint8_t *out);

#endif
