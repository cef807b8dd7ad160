#include "der.h"

enum { INTEGER = 2, BIT_STRING = 3, OBJECT = 6, SEQUENCE = 0x30 };

/// Takes the element with this tag off `in`; its content. Lengths of up to two octets, in their shortest form.
static bool take(struct link_span *in, uint8_t tag, struct link_span *content) {
    if (in->size < 2 || in->at[0] != tag) return false;
    uint32_t head = 2, size = in->at[1];
    if (size > 0x80 + 2 || size == 0x80) return false;
    if (size > 0x80) {
        uint32_t octets = size - 0x80;
        if (in->size < 2 + octets) return false;
        size = in->at[2];
        if (octets == 2) size = size << 8 | in->at[3];
        if (size < (octets == 2 ? 0x100u : 0x80u)) return false;
        head += octets;
    }
    if (size > in->size - head) return false;
    *content = (struct link_span){in->at + head, size};
    in->at += head + size;
    in->size -= head + size;
    return true;
}

/// A number above zero in its shortest form, without the octet that only says so.
static bool take_positive(struct link_span *in, struct link_span *number) {
    if (!take(in, INTEGER, number) || number->size == 0 || (number->at[0] & 0x80) != 0) return false;
    if (number->at[0] != 0) return true;
    if (number->size == 1 || (number->at[1] & 0x80) == 0) return false;
    number->at++;
    number->size--;
    return true;
}

static bool same(struct link_span octets, const char *expected, uint32_t size) {
    return link_compare(octets, (struct link_span){(const uint8_t *)expected, size}) == 0;
}

/// Algorithm and content of the bit string, which has no unused bits.
static bool take_apart(struct link_span info, struct link_span *algorithm, struct link_span *bits) {
    struct link_span outer;
    if (!take(&info, SEQUENCE, &outer) || info.size != 0) return false;
    if (!take(&outer, SEQUENCE, algorithm) || !take(&outer, BIT_STRING, bits) || outer.size != 0) return false;
    if (bits->size == 0 || bits->at[0] != 0) return false;
    bits->at++;
    bits->size--;
    return true;
}

bool der_rsa_key(struct link_span info, uint16_t bits, struct der_key *key) {
    struct link_span algorithm, content, pair;
    if (!take_apart(info, &algorithm, &content)) return false;
    // 1.2.840.113549.1.1.1 and NULL
    if (!same(algorithm, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 13)) return false;
    if (!take(&content, SEQUENCE, &pair) || content.size != 0) return false;
    if (!take_positive(&pair, &key->a) || !take_positive(&pair, &key->b) || pair.size != 0) return false;
    return key->a.size == bits / 8u && (key->a.at[0] & 0x80) != 0 && key->b.size <= 8;
}

bool der_ec_key(struct link_span info, uint16_t bits, struct der_key *key) {
    struct link_span algorithm, point, kind, curve;
    if (!take_apart(info, &algorithm, &point)) return false;
    if (!take(&algorithm, OBJECT, &kind) || !take(&algorithm, OBJECT, &curve) || algorithm.size != 0) return false;
    // 1.2.840.10045.2.1, then the curve
    if (!same(kind, "\x2a\x86\x48\xce\x3d\x02\x01", 7)) return false;
    bool known = bits == 256   ? same(curve, "\x2a\x86\x48\xce\x3d\x03\x01\x07", 8)
                 : bits == 384 ? same(curve, "\x2b\x81\x04\x00\x22", 5)
                               : bits == 521 && same(curve, "\x2b\x81\x04\x00\x23", 5);
    uint32_t width = (bits + 7u) / 8u;
    if (!known || point.size != 1 + 2 * width || point.at[0] != 4) return false;
    key->a = (struct link_span){point.at + 1, width};
    key->b = (struct link_span){point.at + 1 + width, width};
    return true;
}

bool der_signature(struct link_span signature, uint32_t width, uint8_t *out) {
    struct link_span pair, part[2];
    if (!take(&signature, SEQUENCE, &pair) || signature.size != 0) return false;
    for (int i = 0; i < 2; i++)
        if (!take_positive(&pair, &part[i]) || part[i].size > width) return false;
    if (pair.size != 0) return false;
    for (int i = 0; i < 2; i++) {
        uint32_t lead = width - part[i].size;
        for (uint32_t k = 0; k < width; k++) *out++ = k < lead ? 0 : part[i].at[k - lead];
    }
    return true;
}
