/// The requests that a Windows program makes, as the agent's side reads them: the other half of the codec, for tests.
#ifndef CUSTODIAN_REQUEST_H
#define CUSTODIAN_REQUEST_H

#include "../../link/link.h"

struct request {
    uint8_t type;
    uint32_t number;
    union {
        struct {
            struct link_span program, version;
        } hello;
        struct {
            uint8_t purposes; // bits 1 to 3
            struct link_span after;
        } list;
        struct link_span get;
        struct {
            struct link_sign first; // with the first digest
            uint16_t digests;
        } sign;
    };
};

enum link_reason read_request(struct link_span frame, struct request *request);

#endif
