#include "request.h"

#include "../../link/fields.h"
#include "numbers.h"

#define HASH(name, octets, ncrypt, info) DIGEST_##name = octets,
enum { LINK_HASHES(HASH) };
#define ROW(id, name, family, hash, padding) {DIGEST_##hash, padding == 8 ? 478 : 0},
static const struct {
    uint8_t digest;
    uint16_t salt;
} schemes[] = {{0, 0}, LINK_SCHEMES(ROW)};
#define SCHEMES (sizeof schemes / sizeof *schemes)

static void list(struct link_reader *in, struct request *request) {
    uint16_t count = link_count(in, 1, 3);
    uint32_t last = 0;
    bool rising = true;
    request->list.purposes = 0;
    for (uint16_t i = 0; i < count && in->reason == LINK_READ; i++) {
        uint32_t purpose = link_within(in, 1, 1, 3);
        if (in->reason != LINK_READ) return;
        request->list.purposes |= (uint8_t)(1u << purpose);
        rising = rising && purpose > last;
        last = purpose;
    }
    if (!rising) link_refuse(in, LINK_SPELLING);
    struct link_reader ahead = *in;
    request->list.after = link_text(in, 0, LINK_NAME);
    if (in->reason == LINK_READ && request->list.after.size > 0) {
        request->list.after = link_id(&ahead, "crd_");
        *in = ahead;
    }
}

static void sign(struct link_reader *in, struct request *request) {
    struct link_sign *first = &request->sign.first;
    first->credential = link_text(in, 1, LINK_NAME);
    first->scheme = (uint8_t)link_number(in, 1);
    first->salt = (uint16_t)link_number(in, 2);
    if (in->reason != LINK_READ) return;
    if (first->scheme == 0 || first->scheme >= SCHEMES || first->salt > schemes[first->scheme].salt) {
        link_refuse(in, LINK_VALUE);
        return;
    }
    uint32_t size = schemes[first->scheme].digest;
    request->sign.digests = link_count(in, 1, LINK_MOST_DIGESTS);
    for (uint16_t i = 0; i < request->sign.digests; i++) {
        struct link_span digest = link_bytes(in, size, size);
        if (i == 0) first->digest = digest;
    }
    first->window = link_number(in, 8);
    first->title = link_text(in, 0, LINK_TEXT);
    first->document = link_text(in, 0, LINK_TEXT);
    first->silent = link_flag(in);
    first->limit = link_within(in, 4, 1, 600000);
}

enum link_reason read_request(struct link_span frame, struct request *request) {
    struct link_reader in;
    request->type = link_begin(&in, frame, &request->number);
    if (in.reason != LINK_READ) return in.reason;
    switch (request->type) {
        case LINK_HELLO:
            request->hello.program = link_text(&in, 1, LINK_NAME);
            request->hello.version = link_text(&in, 1, LINK_VERSION);
            break;
        case LINK_LIST:
            list(&in, request);
            break;
        case LINK_GET:
            request->get = link_text(&in, 1, LINK_NAME);
            break;
        case LINK_SIGN:
            sign(&in, request);
            break;
        default:
            return LINK_VALUE;
    }
    return link_end(&in);
}
