#include "link.h"

#include "fields.h"
#include "numbers.h"

#define HASH(name, octets, ncrypt, info) DIGEST_##name = octets,
enum { LINK_HASHES(HASH) };
#define BITS(id, name, family, bits, ncrypt) bits,
static const uint16_t bits_of[] = {0, LINK_KEYS(BITS)};
#define DIGEST(id, name, family, hash, padding) DIGEST_##hash,
static const uint8_t digest_of[] = {0, LINK_SCHEMES(DIGEST)};
#define IS_PSS(id, name, family, hash, padding) padding == 8,
static const bool is_pss[] = {false, LINK_SCHEMES(IS_PSS)};

#define ROW(number, name, id) {number, id},
static const struct {
    uint16_t number;
    const char *id;
} failures[] = {LINK_FAILURES(ROW)};

#define COUNT(array) (sizeof(array) / sizeof *(array))
/// Octets of salt that fit the largest modulus (4096 bits, SHA-256).
#define MOST_SALT 478u
#define MOST_LIMIT 600000u

int link_compare(struct link_span a, struct link_span b) {
    for (uint32_t i = 0; i < a.size && i < b.size; i++)
        if (a.at[i] != b.at[i]) return a.at[i] < b.at[i] ? -1 : 1;
    return a.size == b.size ? 0 : a.size < b.size ? -1 : 1;
}

static void read_credential(struct link_reader *in, struct link_credential *credential) {
    credential->name = link_text(in, 1, LINK_NAME);
    credential->id = link_id(in, "crd_");
    credential->algorithm = (uint8_t)link_within(in, 1, 1, COUNT(bits_of) - 1);
    credential->bits = (uint16_t)link_number(in, 2);
    if (in->reason == LINK_READ && credential->bits != bits_of[credential->algorithm]) link_refuse(in, LINK_VALUE);
    credential->key = link_bytes(in, 1, 2048);
    credential->certificates = link_count(in, 0, LINK_CHAIN);
    for (uint16_t i = 0; i < credential->certificates; i++) credential->chain[i] = link_bytes(in, 1, 16384);
    credential->purpose = (uint8_t)link_within(in, 1, 1, 3);
    credential->custody = (uint8_t)link_within(in, 1, 1, 2);
}

static void read_page(struct link_reader *in, struct link_answer *answer) {
    uint16_t count = link_count(in, 0, LINK_MOST_CREDENTIALS);
    const uint8_t *first = in->at;
    struct link_span last = {NULL, 0};
    bool ordered = true;
    for (uint16_t i = 0; i < count && in->reason == LINK_READ; i++) {
        struct link_credential one;
        read_credential(in, &one);
        if (in->reason != LINK_READ) return;
        if (i > 0 && link_compare(last, one.id) >= 0) ordered = false;
        last = one.id;
    }
    if (!ordered) link_refuse(in, LINK_SPELLING);
    answer->page.credentials = (struct link_items){count, {first, (uint32_t)(in->at - first)}};
    answer->page.more = link_flag(in);
    if (answer->page.more && count == 0) link_refuse(in, LINK_VALUE);
}

static void read_signatures(struct link_reader *in, struct link_answer *answer) {
    uint16_t count = link_count(in, 1, LINK_MOST_DIGESTS);
    const uint8_t *first = in->at;
    for (uint16_t i = 0; i < count; i++) link_bytes(in, 1, LINK_SIGNATURE);
    answer->signatures = (struct link_items){count, {first, (uint32_t)(in->at - first)}};
}

static bool is(struct link_span text, const char *word) {
    for (uint32_t i = 0; i < text.size; i++)
        if (word[i] == 0 || text.at[i] != (uint8_t)word[i]) return false;
    return word[text.size] == 0;
}

/// A number of the table comes with its id, any other with an id that is not in the table.
static bool agree(uint16_t number, struct link_span id) {
    for (size_t i = 0; i < COUNT(failures); i++)
        if ((failures[i].number == number) != is(id, failures[i].id)) return false;
    return true;
}

static void read_failure(struct link_reader *in, struct link_answer *answer) {
    answer->failure.number = (uint16_t)link_within(in, 2, 1, 0xffff);
    answer->failure.id = link_text(in, 1, LINK_VERSION);
    if (in->reason == LINK_READ && !agree(answer->failure.number, answer->failure.id)) link_refuse(in, LINK_VALUE);
    answer->failure.sentence = link_text(in, 1, LINK_TEXT);
    answer->failure.next_step = link_text(in, 0, LINK_TEXT);
}

enum link_reason link_read(struct link_span frame, struct link_answer *answer) {
    struct link_reader in;
    answer->type = link_begin(&in, frame, &answer->request);
    if (in.reason != LINK_READ) return in.reason;
    switch (answer->type) {
        case LINK_HELLO | LINK_ANSWER:
            answer->welcome.version = link_text(&in, 1, LINK_VERSION);
            answer->welcome.state = (uint8_t)link_within(&in, 1, 1, 5);
            break;
        case LINK_LIST | LINK_ANSWER:
            read_page(&in, answer);
            break;
        case LINK_GET | LINK_ANSWER:
            read_credential(&in, &answer->credential);
            break;
        case LINK_SIGN | LINK_ANSWER:
            read_signatures(&in, answer);
            break;
        case LINK_FAILURE:
            read_failure(&in, answer);
            break;
        default:
            return LINK_VALUE;
    }
    return link_end(&in);
}

static struct link_reader rest_of(const struct link_items *items) {
    return (struct link_reader){items->rest.at, items->rest.at + items->rest.size, LINK_READ};
}

static void take(struct link_items *items, const struct link_reader *in) {
    items->left--;
    items->rest.size -= (uint32_t)(in->at - items->rest.at);
    items->rest.at = in->at;
}

bool link_next_credential(struct link_items *items, struct link_credential *credential) {
    if (items->left == 0) return false;
    struct link_reader in = rest_of(items);
    read_credential(&in, credential);
    take(items, &in);
    return true;
}

bool link_next_signature(struct link_items *items, struct link_span *signature) {
    if (items->left == 0) return false;
    struct link_reader in = rest_of(items);
    *signature = link_bytes(&in, 1, LINK_SIGNATURE);
    take(items, &in);
    return true;
}

static struct link_writer begin(uint8_t *out, uint8_t type, uint32_t request) {
    struct link_writer frame = {out, 0, LINK_WRITTEN};
    link_put_head(&frame, type, request);
    return frame;
}

static bool text(struct link_span text, uint32_t least, uint32_t most) {
    return text.size >= least && text.size <= most && link_is_utf8(text);
}

uint32_t link_hello(uint8_t *out, uint32_t request, struct link_span program, struct link_span version) {
    if (request == 0 || !text(program, 1, LINK_NAME) || !text(version, 1, LINK_VERSION)) return 0;
    struct link_writer frame = begin(out, LINK_HELLO, request);
    link_put_bytes(&frame, program);
    link_put_bytes(&frame, version);
    return link_written(&frame);
}

uint32_t link_list(uint8_t *out, uint32_t request, uint8_t purposes, struct link_span after) {
    if (request == 0 || (purposes & 0xe) == 0 || (purposes & ~0xe) != 0) return 0;
    if (after.size != 0 && after.size != LINK_ID) return 0;
    struct link_writer frame = begin(out, LINK_LIST, request);
    uint32_t count = 0;
    for (uint32_t i = 1; i <= 3; i++) count += purposes >> i & 1;
    link_put(&frame, count, 2);
    for (uint32_t i = 1; i <= 3; i++)
        if ((purposes >> i & 1) != 0) link_put(&frame, i, 1);
    link_put_bytes(&frame, after);
    return link_written(&frame);
}

uint32_t link_get(uint8_t *out, uint32_t request, struct link_span name) {
    if (request == 0 || !text(name, 1, LINK_NAME)) return 0;
    struct link_writer frame = begin(out, LINK_GET, request);
    link_put_bytes(&frame, name);
    return link_written(&frame);
}

uint32_t link_sign(uint8_t *out, uint32_t request, const struct link_sign *sign) {
    if (request == 0 || !text(sign->credential, 1, LINK_NAME)) return 0;
    if (sign->scheme == 0 || sign->scheme >= COUNT(digest_of) || sign->digest.size != digest_of[sign->scheme]) return 0;
    if (sign->salt > (is_pss[sign->scheme] ? MOST_SALT : 0)) return 0;
    if (!text(sign->title, 0, LINK_TEXT) || !text(sign->document, 0, LINK_TEXT)) return 0;
    if (sign->limit == 0 || sign->limit > MOST_LIMIT) return 0;
    struct link_writer frame = begin(out, LINK_SIGN, request);
    link_put_bytes(&frame, sign->credential);
    link_put(&frame, sign->scheme, 1);
    link_put(&frame, sign->salt, 2);
    link_put(&frame, 1, 2);
    link_put_bytes(&frame, sign->digest);
    link_put(&frame, sign->window, 8);
    link_put_bytes(&frame, sign->title);
    link_put_bytes(&frame, sign->document);
    link_put(&frame, sign->silent, 1);
    link_put(&frame, sign->limit, 4);
    return link_written(&frame);
}
