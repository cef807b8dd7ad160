#include "fields.h"

/// Version, type and request.
#define LEAST 6u
#define VERSION 1u

void link_refuse(struct link_reader *in, enum link_reason reason) {
    if (in->reason == LINK_READ) in->reason = reason;
    in->at = in->end;
}

static bool has(struct link_reader *in, uint32_t octets) {
    if (in->reason == LINK_READ && octets <= (size_t)(in->end - in->at)) return true;
    link_refuse(in, LINK_SIZE);
    return false;
}

uint64_t link_number(struct link_reader *in, uint32_t octets) {
    if (!has(in, octets)) return 0;
    uint64_t value = 0;
    for (uint32_t i = 0; i < octets; i++) value = value << 8 | *in->at++;
    return value;
}

bool link_flag(struct link_reader *in) {
    uint64_t value = link_number(in, 1);
    if (value > 1) link_refuse(in, LINK_SPELLING);
    return value == 1;
}

uint32_t link_within(struct link_reader *in, uint32_t octets, uint32_t least, uint32_t most) {
    uint32_t value = (uint32_t)link_number(in, octets);
    if (value < least || value > most) link_refuse(in, LINK_VALUE);
    return value;
}

struct link_span link_bytes(struct link_reader *in, uint32_t least, uint32_t most) {
    uint32_t size = (uint32_t)link_number(in, 4);
    if (size < least || size > most) link_refuse(in, LINK_SIZE);
    if (!has(in, size)) return (struct link_span){in->end, 0};
    struct link_span bytes = {in->at, size};
    in->at += size;
    return bytes;
}

/// RFC 3629: no longer form than needed, no surrogate, nothing beyond U+10FFFF.
bool link_is_utf8(struct link_span text) {
    for (uint32_t i = 0; i < text.size;) {
        uint8_t first = text.at[i++];
        if (first < 0x80) continue;
        if (first < 0xc2 || first > 0xf4) return false;
        uint32_t more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if (more > text.size - i) return false;
        // Only the second octet can make the character too small, a surrogate or too great.
        uint8_t least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        uint8_t most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (text.at[i] < least || text.at[i] > most) return false;
        for (uint32_t k = 1; k < more; k++)
            if (text.at[i + k] < 0x80 || text.at[i + k] > 0xbf) return false;
        i += more;
    }
    return true;
}

struct link_span link_text(struct link_reader *in, uint32_t least, uint32_t most) {
    struct link_span text = link_bytes(in, least, most);
    if (!link_is_utf8(text)) link_refuse(in, LINK_SYNTAX);
    return text;
}

uint16_t link_count(struct link_reader *in, uint16_t least, uint16_t most) {
    uint16_t count = (uint16_t)link_number(in, 2);
    if (count < least || count > most) link_refuse(in, LINK_SIZE);
    return has(in, count) ? count : 0;
}

/// Characters of a text, which decide over its size where Java counts (FORMATS §0); beyond U+FFFF it counts two.
static uint32_t characters(struct link_span text) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        if ((text.at[i] & 0xc0) != 0x80) count++;
        if (text.at[i] >= 0xf0) count++;
    }
    return count;
}

struct link_span link_id(struct link_reader *in, const char *prefix) {
    struct link_span id = link_text(in, 1, LINK_NAME);
    if (in->reason != LINK_READ) return id;
    if (characters(id) != LINK_ID) {
        link_refuse(in, LINK_SIZE);
        return id;
    }
    for (uint32_t i = 0; i < 4; i++)
        if (id.at[i] != (uint8_t)prefix[i]) {
            link_refuse(in, LINK_VALUE);
            return id;
        }
    // 26 characters of base32 are 130 bits: the last two of 16 octets must be zero.
    uint8_t value = 0;
    for (uint32_t i = 4; i < id.size; i++) {
        uint8_t c = id.at[i];
        if (c >= 'a' && c <= 'z')
            value = c - 'a';
        else if (c >= '2' && c <= '7')
            value = c - '2' + 26;
        else {
            link_refuse(in, LINK_SYNTAX);
            return id;
        }
    }
    if ((value & 3) != 0) link_refuse(in, LINK_SPELLING);
    return id;
}

uint32_t link_rest(const uint8_t length[LINK_LENGTH]) {
    uint32_t rest = (uint32_t)length[0] << 24 | (uint32_t)length[1] << 16 | (uint32_t)length[2] << 8 | length[3];
    return rest >= LEAST && rest <= LINK_LONGEST - LINK_LENGTH ? rest : 0;
}

uint8_t link_begin(struct link_reader *in, struct link_span frame, uint32_t *request) {
    *in = (struct link_reader){frame.at, frame.at + frame.size, LINK_READ};
    *request = 0;
    if (frame.size < LINK_LENGTH || link_rest(frame.at) != frame.size - LINK_LENGTH ||
        frame.size < LINK_LENGTH + LEAST) {
        link_refuse(in, LINK_SIZE);
        return 0;
    }
    in->at += LINK_LENGTH;
    if (link_number(in, 1) != VERSION) link_refuse(in, LINK_VALUE);
    uint8_t type = (uint8_t)link_number(in, 1);
    *request = (uint32_t)link_number(in, 4);
    if (*request == 0 && type != LINK_FAILURE) link_refuse(in, LINK_VALUE);
    return type;
}

enum link_reason link_end(struct link_reader *in) {
    if (in->at != in->end) link_refuse(in, LINK_SIZE);
    return in->reason;
}

void link_put(struct link_writer *out, uint64_t value, uint32_t octets) {
    while (octets-- > 0) {
        if (out->size < out->room) out->out[out->size] = (uint8_t)(value >> (8 * octets));
        out->size++;
    }
}

void link_put_bytes(struct link_writer *out, struct link_span bytes) {
    link_put(out, bytes.size, 4);
    for (uint32_t i = 0; i < bytes.size; i++) link_put(out, bytes.at[i], 1);
}

void link_put_head(struct link_writer *out, uint8_t type, uint32_t request) {
    link_put(out, 0, LINK_LENGTH);
    link_put(out, VERSION, 1);
    link_put(out, type, 1);
    link_put(out, request, 4);
}

uint32_t link_written(struct link_writer *out) {
    uint32_t size = out->size;
    if (size > out->room || size > LINK_LONGEST) return 0;
    out->size = 0;
    link_put(out, size - LINK_LENGTH, LINK_LENGTH);
    out->size = size;
    return size;
}
