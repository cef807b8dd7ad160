#include "arithmetic.h"

#include <string.h>

void number_from_octets(number out, const uint8_t *octets, uint32_t size) {
    memset(out, 0, sizeof(number));
    for (uint32_t i = 0; i < size && i < 4 * LIMBS; i++) out[i / 4] |= (uint32_t)octets[size - 1 - i] << (8 * (i % 4));
}

void number_to_octets(const number in, uint8_t *octets, uint32_t size) {
    for (uint32_t i = 0; i < size; i++) octets[size - 1 - i] = (uint8_t)(in[i / 4] >> (8 * (i % 4)));
}

static int digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint32_t octets_from_hex(const char *hex, uint8_t *octets, uint32_t room) {
    uint32_t size = 0;
    for (; size < room && digit(hex[0]) >= 0 && digit(hex[1]) >= 0; hex += 2)
        octets[size++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
    return size;
}

static int compare(const struct modulus *m, const number a, const number b) {
    for (int i = m->limbs - 1; i >= 0; i--)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

static uint32_t add(const struct modulus *m, number out, const number a, const number b) {
    uint64_t carry = 0;
    for (int i = 0; i < m->limbs; i++) {
        carry += (uint64_t)a[i] + b[i];
        out[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return (uint32_t)carry;
}

static uint32_t subtract(const struct modulus *m, number out, const number a, const number b) {
    uint64_t borrow = 0;
    for (int i = 0; i < m->limbs; i++) {
        uint64_t difference = (uint64_t)a[i] - b[i] - borrow;
        out[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
    return (uint32_t)borrow;
}

void mod_add(const struct modulus *m, number out, const number a, const number b) {
    if (add(m, out, a, b) != 0 || compare(m, out, m->value) >= 0) subtract(m, out, out, m->value);
}

void mod_subtract(const struct modulus *m, number out, const number a, const number b) {
    if (subtract(m, out, a, b) != 0) add(m, out, out, m->value);
}

void mod_reduce(const struct modulus *m, number inout) {
    // Of full width, so a few subtractions do.
    while (compare(m, inout, m->value) >= 0) subtract(m, inout, inout, m->value);
}

bool is_zero(const number in) {
    for (int i = 0; i < LIMBS; i++)
        if (in[i] != 0) return false;
    return true;
}

void modulus_of(struct modulus *m, const number value) {
    memcpy(m->value, value, sizeof(number));
    m->limbs = LIMBS;
    while (value[m->limbs - 1] == 0) m->limbs--;
    uint32_t inverse = 1;
    for (int i = 0; i < 5; i++) inverse *= 2 - value[0] * inverse;
    m->inverse = 0 - inverse;
    memset(m->square, 0, sizeof(number));
    m->square[0] = 1;
    for (int i = 0; i < 64 * m->limbs; i++) mod_add(m, m->square, m->square, m->square);
}

void mont_multiply(const struct modulus *m, number out, const number a, const number b) {
    uint32_t sum[LIMBS + 2] = {0};
    int n = m->limbs;
    for (int i = 0; i < n; i++) {
        uint64_t carry = 0;
        for (int k = 0; k < n; k++) {
            carry += (uint64_t)a[k] * b[i] + sum[k];
            sum[k] = (uint32_t)carry;
            carry >>= 32;
        }
        carry += sum[n];
        sum[n] = (uint32_t)carry;
        sum[n + 1] = (uint32_t)(carry >> 32);
        uint32_t factor = sum[0] * m->inverse;
        carry = ((uint64_t)factor * m->value[0] + sum[0]) >> 32;
        for (int k = 1; k < n; k++) {
            carry += (uint64_t)factor * m->value[k] + sum[k];
            sum[k - 1] = (uint32_t)carry;
            carry >>= 32;
        }
        carry += sum[n];
        sum[n - 1] = (uint32_t)carry;
        sum[n] = sum[n + 1] + (uint32_t)(carry >> 32);
    }
    bool above = sum[n] != 0;
    memset(out, 0, sizeof(number));
    memcpy(out, sum, (size_t)n * sizeof *sum);
    if (above || compare(m, out, m->value) >= 0) subtract(m, out, out, m->value);
}

void mont_enter(const struct modulus *m, number out, const number in) {
    mont_multiply(m, out, in, m->square);
}

void mont_leave(const struct modulus *m, number out, const number in) {
    static const number one = {1};
    mont_multiply(m, out, in, one);
}

void mont_power(const struct modulus *m, number out, const number base, const number exponent) {
    static const number one = {1};
    number result, factor;
    memcpy(factor, base, sizeof factor);
    mont_enter(m, result, one);
    for (int i = 32 * m->limbs - 1; i >= 0; i--) {
        mont_multiply(m, result, result, result);
        if ((exponent[i / 32] >> (i % 32) & 1) != 0) mont_multiply(m, result, result, factor);
    }
    memcpy(out, result, sizeof result);
}

void mont_invert(const struct modulus *m, number out, const number in) {
    static const number two = {2};
    number exponent = {0};
    subtract(m, exponent, m->value, two);
    mont_power(m, out, in, exponent);
}
