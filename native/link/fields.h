/// Fields of a frame, one after the other, in both directions: shared by the codec and by the fake agent of the tests.
#ifndef CUSTODIAN_FIELDS_H
#define CUSTODIAN_FIELDS_H

#include "link.h"

/// The first rule that was broken stays; from then on every field is empty.
struct link_reader {
    const uint8_t *at, *end;
    enum link_reason reason;
};

void link_refuse(struct link_reader *in, enum link_reason reason);
uint64_t link_number(struct link_reader *in, uint32_t octets);
/// 0 or 1; anything else is a second spelling.
bool link_flag(struct link_reader *in);
/// A number from `least` to `most`; anything else is no value.
uint32_t link_within(struct link_reader *in, uint32_t octets, uint32_t least, uint32_t most);
/// `u32` length and octets.
struct link_span link_bytes(struct link_reader *in, uint32_t least, uint32_t most);
/// The same, and UTF-8.
struct link_span link_text(struct link_reader *in, uint32_t least, uint32_t most);
/// `u16` count of a list; each item has an octet at least.
uint16_t link_count(struct link_reader *in, uint16_t least, uint16_t most);
/// An id with this prefix of four characters.
struct link_span link_id(struct link_reader *in, const char *prefix);
/// Begins a frame: checks length, version and request. Type and request of it.
uint8_t link_begin(struct link_reader *in, struct link_span frame, uint32_t *request);
/// Nothing follows the last field.
enum link_reason link_end(struct link_reader *in);

/// Writes into room that the caller has counted; `size` may go beyond it, then nothing more is written.
struct link_writer {
    uint8_t *out;
    uint32_t size, room;
};

void link_put(struct link_writer *out, uint64_t value, uint32_t octets);
void link_put_bytes(struct link_writer *out, struct link_span bytes);
/// Begins a frame; its length is filled in by `link_written`.
void link_put_head(struct link_writer *out, uint8_t type, uint32_t request);
/// The frame's size; 0 when the room was too small.
uint32_t link_written(struct link_writer *out);

#endif
