// libFuzzer: no octets make the decoders do anything but read or refuse, and what is read lies within; one request has one
// spelling.
#include <stdlib.h>
#include <string.h>

#include "../../link/der.h"
#include "../../link/link.h"
#include "../fake/request.h"

#define HOLDS(condition) \
    if (!(condition)) abort()

/// Touches each octet, so that a sanitizer sees a span that goes beyond.
static unsigned touch(struct link_span span) {
    unsigned sum = 0;
    for (uint32_t i = 0; i < span.size; i++) sum += span.at[i];
    return sum;
}

static unsigned look_at(const struct link_credential *one) {
    struct der_key key;
    unsigned sum = touch(one->name) + touch(one->id) + touch(one->key);
    for (uint16_t i = 0; i < one->certificates; i++) sum += touch(one->chain[i]);
    bool known = one->algorithm <= 3 ? der_rsa_key(one->key, one->bits, &key) : der_ec_key(one->key, one->bits, &key);
    return known ? sum + touch(key.a) + touch(key.b) : sum;
}

static unsigned read_answer(struct link_span frame) {
    struct link_answer answer;
    struct link_credential one;
    struct link_span signature;
    unsigned sum = 0;
    if (link_read(frame, &answer) != LINK_READ) return 0;
    switch (answer.type) {
        case LINK_HELLO | LINK_ANSWER:
            return touch(answer.welcome.version);
        case LINK_LIST | LINK_ANSWER:
            while (link_next_credential(&answer.page.credentials, &one)) sum += look_at(&one);
            HOLDS(answer.page.credentials.rest.size == 0);
            return sum;
        case LINK_GET | LINK_ANSWER:
            return look_at(&answer.credential);
        case LINK_SIGN | LINK_ANSWER:
            while (link_next_signature(&answer.signatures, &signature)) sum += touch(signature);
            HOLDS(answer.signatures.rest.size == 0);
            return sum;
        default:
            return touch(answer.failure.id) + touch(answer.failure.sentence) + touch(answer.failure.next_step);
    }
}

static void read_and_write(struct link_span frame) {
    static uint8_t out[LINK_WRITTEN];
    struct request request;
    uint32_t size = 0;
    if (read_request(frame, &request) != LINK_READ) return;
    switch (request.type) {
        case LINK_HELLO:
            size = link_hello(out, request.number, request.hello.program, request.hello.version);
            break;
        case LINK_LIST:
            size = link_list(out, request.number, request.list.purposes, request.list.after);
            break;
        case LINK_GET:
            size = link_get(out, request.number, request.get);
            break;
        default:
            if (request.sign.digests > 1) return;
            size = link_sign(out, request.number, &request.sign.first);
    }
    HOLDS(size == frame.size && memcmp(out, frame.at, size) == 0);
}

static unsigned read_der(struct link_span octets) {
    static const uint16_t bits[] = {2048, 3072, 4096, 256, 384, 521};
    uint8_t pair[132];
    struct der_key key;
    unsigned sum = 0;
    for (int i = 0; i < 6; i++)
        if (i < 3 ? der_rsa_key(octets, bits[i], &key) : der_ec_key(octets, bits[i], &key))
            sum += touch(key.a) + touch(key.b);
    for (uint32_t width = 32; width <= 66; width += width == 32 ? 16 : 18)
        if (der_signature(octets, width, pair)) sum += touch((struct link_span){pair, 2 * width});
    return sum;
}

/// Or the compiler would see that nobody needs the sums.
volatile unsigned sink;

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size) {
    struct link_span all = {octets, (uint32_t)size};
    sink = read_answer(all) + read_der(all);
    read_and_write(all);
    return 0;
}
