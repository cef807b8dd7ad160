/// How a test tells the fake agent what to do, and sees what it was asked: memory that both share by name.
#ifndef CUSTODIAN_CONTROL_H
#define CUSTODIAN_CONTROL_H

#include "../../link/link.h"

#define FAKE_CONTROL L"custodian-fake-agent"
/// An event that is set when the fake agent takes connections.
#define FAKE_READY L"custodian-fake-agent-ready"

enum fake_mode {
    FAKE_GOOD,
    FAKE_SLOW,             // answers after `argument` ms
    FAKE_GARBAGE,          // octets that are no frame
    FAKE_OVERSIZE,         // says that a frame of a mebibyte and an octet follows
    FAKE_HALF,             // half an answer, then it hangs up
    FAKE_STALL,            // half an answer, then nothing
    FAKE_TRAILING,         // an answer with an octet after its last field
    FAKE_OTHER_REQUEST,    // an answer to a request that was not made
    FAKE_OTHER_TYPE,       // an answer to another type of request
    FAKE_OTHER_CREDENTIAL, // tells of a credential that was not asked for
    FAKE_TWO_SIGNATURES,
    FAKE_FAILURE,          // answers with failure number `argument`
    FAKE_DIES,             // ends at once, without a word
    FAKE_CANNED,           // answers with the signature in `canned`
    FAKE_ENDLESS,          // a list that begins anew on each page
};

struct fake_control {
    volatile int32_t mode, argument;
    volatile int32_t on; // the type of request that the mode is about
    volatile int32_t foreign; // when it starts, its pipe belongs to the administrators
    uint8_t canned[LINK_SIGNATURE];
    int32_t canned_size;
    // what was asked
    volatile int32_t connections, hellos, lists, gets, signs, refused;
    // of the last signature
    int32_t scheme, salt, silent, limit, digest_size;
    uint64_t window;
    uint8_t digest[LINK_DIGEST];
    char credential[LINK_NAME + 1], title[LINK_TEXT + 1], document[LINK_TEXT + 1];
    // of the last hello
    char program[LINK_NAME + 1];
};

#endif
