/// The link (docs/reference/link.md): frames between a program and the agent on its machine. Portable: no system, no
/// allocation, no memory of its own. What is read stays where it is: a span points into the frame.
#ifndef CUSTODIAN_LINK_H
#define CUSTODIAN_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Most octets of a frame, its length field included.
#define LINK_LONGEST (4u + (1u << 20))
/// Octets of the length field.
#define LINK_LENGTH 4u

#define LINK_NAME 256u
#define LINK_VERSION 64u
#define LINK_TEXT 4096u
#define LINK_ID 30u
#define LINK_CHAIN 16u
#define LINK_DIGEST 64u
#define LINK_SIGNATURE 512u
#define LINK_MOST_CREDENTIALS 4000u
#define LINK_MOST_DIGESTS 2000u

enum link_type {
    LINK_HELLO = 1,
    LINK_LIST = 2,
    LINK_GET = 3,
    LINK_SIGN = 4,
    LINK_ANSWER = 0x80,
    LINK_FAILURE = 0xff,
};

/// Whether octets were read, and if not, which kind of rule they break: the words of the vectors.
enum link_reason { LINK_READ, LINK_SIZE, LINK_SYNTAX, LINK_SPELLING, LINK_VALUE };

struct link_span {
    const uint8_t *at;
    uint32_t size;
};

/// A key that the owner has. `chain` begins with the certificate of the key; it may be empty.
struct link_credential {
    struct link_span name, id;
    uint8_t algorithm; // number of a row of LINK_KEYS
    uint16_t bits;
    struct link_span key; // SubjectPublicKeyInfo, DER
    uint16_t certificates;
    struct link_span chain[LINK_CHAIN];
    uint8_t purpose, custody;
};

/// Items that were checked already: `link_next_credential` and `link_next_signature` take one off.
struct link_items {
    uint16_t left;
    struct link_span rest;
};

/// An answer of the agent to one of our four requests, or a failure.
struct link_answer {
    uint8_t type;
    uint32_t request;
    union {
        struct {
            struct link_span version;
            uint8_t state;
        } welcome;
        struct {
            struct link_items credentials;
            bool more;
        } page;
        struct link_credential credential;
        struct link_items signatures;
        struct {
            uint16_t number; // of a row of LINK_FAILURES, or one that we do not know
            struct link_span id, sentence, next_step;
        } failure;
    };
};

/// Octets after the length field, 6 to 1,048,576; 0 when `length` says anything else. To be called before there is room.
uint32_t link_rest(const uint8_t length[LINK_LENGTH]);

/// Reads a whole frame, its length included. `answer` holds nothing useful unless the result is LINK_READ.
enum link_reason link_read(struct link_span frame, struct link_answer *answer);

/// Take the next item of what `link_read` has checked; false at the end.
bool link_next_credential(struct link_items *items, struct link_credential *credential);
bool link_next_signature(struct link_items *items, struct link_span *signature);

/// What a program says of one request to sign. Window, title and document are claims, shown as *reported*.
struct link_sign {
    struct link_span credential; // name or id, 1 to 256 octets
    uint8_t scheme;              // number of a row of LINK_SCHEMES
    uint16_t salt;
    struct link_span digest; // one; of the length of the scheme's hash
    uint64_t window;
    struct link_span title, document; // UTF-8, at most 4096 octets
    bool silent;
    uint32_t limit; // milliseconds, 1 to 600,000
};

/// Most octets of a frame that these write.
#define LINK_WRITTEN (10u + 4u + LINK_NAME + 3u + 2u + 4u + LINK_DIGEST + 8u + 2u * (4u + LINK_TEXT) + 1u + 4u)

/// Write a whole frame to `out`, which has room for LINK_WRITTEN octets. Its size; 0 when a field breaks its limit.
uint32_t link_hello(uint8_t *out, uint32_t request, struct link_span program, struct link_span version);
/// `purposes`: bit 1 document, bit 2 login, bit 3 code. `after`: an id, or empty at first.
uint32_t link_list(uint8_t *out, uint32_t request, uint8_t purposes, struct link_span after);
uint32_t link_get(uint8_t *out, uint32_t request, struct link_span name);
uint32_t link_sign(uint8_t *out, uint32_t request, const struct link_sign *sign);

/// Order of octets, as of `Id` in Java.
int link_compare(struct link_span a, struct link_span b);
bool link_is_utf8(struct link_span text);

#endif
