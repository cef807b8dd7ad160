/// Just enough arithmetic to sign in tests: slow, and with no care for secrets. Numbers are 32-bit limbs, least first.
#ifndef CUSTODIAN_ARITHMETIC_H
#define CUSTODIAN_ARITHMETIC_H

#include <stdbool.h>
#include <stdint.h>

#define LIMBS 96 // 3072 bits

typedef uint32_t number[LIMBS];

/// An odd modulus, and what Montgomery's multiplication needs.
struct modulus {
    int limbs;
    number value, square; // R² mod value, R = 2^(32 limbs)
    uint32_t inverse;     // -1 / value mod 2^32
};

void number_from_octets(number out, const uint8_t *octets, uint32_t size);
void number_to_octets(const number in, uint8_t *octets, uint32_t size);
/// Reads hexadecimal digits. Octets written.
uint32_t octets_from_hex(const char *hex, uint8_t *octets, uint32_t room);

void modulus_of(struct modulus *m, const number value);
/// a b / R mod m
void mont_multiply(const struct modulus *m, number out, const number a, const number b);
void mod_add(const struct modulus *m, number out, const number a, const number b);
void mod_subtract(const struct modulus *m, number out, const number a, const number b);
/// Into Montgomery's form and back.
void mont_enter(const struct modulus *m, number out, const number in);
void mont_leave(const struct modulus *m, number out, const number in);
/// base^exponent, base and result in Montgomery's form.
void mont_power(const struct modulus *m, number out, const number base, const number exponent);
/// 1 / in for a prime modulus, both in Montgomery's form.
void mont_invert(const struct modulus *m, number out, const number in);
bool is_zero(const number in);
/// in mod m, where in < 2^(32 limbs).
void mod_reduce(const struct modulus *m, number inout);

#endif
