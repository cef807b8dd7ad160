// Reads the published vectors of the link: `vectors frames.txt`. Each frame that the client reads or writes must have the fields,
// or be refused for the reason, that the file says; of messages that it does not speak, that it takes none for one of its own.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../link/link.h"
#include "../fake/request.h"
#include "numbers.h"

#define MOST_LINES 64
#define ROOM (1u << 20)

static const char *const reasons[] = {"", "size", "syntax", "spelling", "value"};
static const char *const states[] = {"", "NOT_JOINED", "LOGGED_OUT", "LOGGED_IN", "UNREACHABLE", "REMOVED"};
static const char *const purposes[] = {"", "document", "login", "code"};
static const char *const custodies[] = {"", "owner-sealed", "managed"};
#define KEY(id, name, family, bits, ncrypt) #name,
static const char *const keys[] = {"", LINK_KEYS(KEY)};
#define SCHEME(id, name, family, hash, padding) #name,
static const char *const schemes[] = {"", LINK_SCHEMES(SCHEME)};

static int checked, failed;
static char said[ROOM]; // what a frame holds, in lines
static size_t length;

static void say(const char *text) {
    size_t size = strlen(text);
    memcpy(said + length, text, size + 1);
    length += size;
}

static void say_octets(struct link_span octets, bool hex) {
    char two[3];
    for (uint32_t i = 0; i < octets.size; i++) {
        snprintf(two, sizeof two, hex ? "%02x" : "%c", octets.at[i]);
        say(two);
    }
}

static void line(const char *lead, const char *key, struct link_span text) {
    say(lead), say(key), say(": "), say_octets(text, false), say("\n");
}

static void word(const char *lead, const char *key, const char *text) {
    say(lead), say(key), say(": "), say(text), say("\n");
}

static void number(const char *key, unsigned long long value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", value);
    word("", key, digits);
}

static void describe_credential(const char *lead, const struct link_credential *one) {
    char key[16];
    snprintf(key, sizeof key, "%s", keys[one->algorithm]);
    for (char *c = key; *c != 0; c++)
        if (*c == '_') *c = '-';
    line(lead, "credential", one->name);
    line(lead, "id", one->id);
    word(lead, "key", key);
    say(lead), say("public key: "), say_octets(one->key, true), say("\n");
    say(lead), say("chain:");
    for (uint16_t i = 0; i < one->certificates; i++) say(" "), say_octets(one->chain[i], true);
    say(one->certificates == 0 ? " \n" : "\n");
    word(lead, "purpose", purposes[one->purpose]);
    word(lead, "custody", custodies[one->custody]);
}

static void describe_answer(struct link_answer *answer) {
    struct link_credential one;
    struct link_span signature;
    char lead[8];
    number("request", answer->request);
    switch (answer->type) {
        case LINK_HELLO | LINK_ANSWER:
            word("", "message", "hello answer");
            line("", "version", answer->welcome.version);
            word("", "state", states[answer->welcome.state]);
            break;
        case LINK_LIST | LINK_ANSWER:
            word("", "message", "list answer");
            word("", "more", answer->page.more ? "true" : "false");
            for (int i = 1; link_next_credential(&answer->page.credentials, &one); i++) {
                snprintf(lead, sizeof lead, "%d ", i);
                describe_credential(lead, &one);
            }
            break;
        case LINK_GET | LINK_ANSWER:
            word("", "message", "get answer");
            describe_credential("", &answer->credential);
            break;
        case LINK_SIGN | LINK_ANSWER:
            word("", "message", "sign answer");
            say("signatures:");
            while (link_next_signature(&answer->signatures, &signature)) say(" "), say_octets(signature, true);
            say("\n");
            break;
        default:
            word("", "message", "failure");
            number("number", answer->failure.number);
            line("", "id", answer->failure.id);
            line("", "sentence", answer->failure.sentence);
            line("", "next step", answer->failure.next_step);
    }
}

/// Writes the same request again; its size, 0 where the client has no such request.
static uint32_t write_again(const struct request *request, uint8_t *out) {
    switch (request->type) {
        case LINK_HELLO:
            return link_hello(out, request->number, request->hello.program, request->hello.version);
        case LINK_LIST:
            return link_list(out, request->number, request->list.purposes, request->list.after);
        case LINK_GET:
            return link_get(out, request->number, request->get);
        default:
            return request->sign.digests == 1 ? link_sign(out, request->number, &request->sign.first) : 0;
    }
}

static void describe_request(const struct request *request) {
    const struct link_sign *sign = &request->sign.first;
    number("request", request->number);
    switch (request->type) {
        case LINK_HELLO:
            word("", "message", "hello");
            line("", "program", request->hello.program);
            line("", "version", request->hello.version);
            break;
        case LINK_LIST:
            word("", "message", "list");
            say("purposes:");
            for (int i = 1; i <= 3; i++)
                if ((request->list.purposes >> i & 1) != 0) say(" "), say(purposes[i]);
            say("\n");
            line("", "after", request->list.after);
            break;
        case LINK_GET:
            word("", "message", "get");
            line("", "credential", request->get);
            break;
        default:
            word("", "message", "sign");
            line("", "credential", sign->credential);
            word("", "scheme", schemes[sign->scheme]);
            number("salt", sign->salt);
            number("window", sign->window);
            line("", "title", sign->title);
            line("", "document", sign->document);
            word("", "silent", sign->silent ? "true" : "false");
            number("limit ms", sign->limit);
    }
}

struct vector {
    char *line[MOST_LINES]; // "key: value"
    int lines;
    uint8_t *octets; // of exactly their size, so that a sanitizer sees a step beyond
    uint32_t size;
};

static const char *value(const struct vector *vector, const char *key) {
    size_t size = strlen(key);
    for (int i = 0; i < vector->lines; i++)
        if (strncmp(vector->line[i], key, size) == 0 && vector->line[i][size] == ':') {
            const char *text = vector->line[i] + size + 1;
            return *text == ' ' ? text + 1 : text;
        }
    return "";
}

static void check(bool holds, const struct vector *vector, const char *what) {
    checked++;
    if (holds) return;
    failed++;
    printf("NOT OK %s: %s\n%s", value(vector, "name"), what, said);
}

static size_t without_blanks(const char *text, size_t size) {
    while (size > 0 && text[size - 1] == ' ') size--;
    return size;
}

/// Each line that was said is in the vector; if `all`, the vector has no others but its name, octets and outcome.
static bool agrees(const struct vector *vector, bool all) {
    int lines = 0;
    for (const char *at = said; *at != 0; lines++) {
        size_t size = strcspn(at, "\n"), shown = without_blanks(at, size);
        bool found = false;
        for (int i = 0; i < vector->lines && !found; i++) {
            const char *text = vector->line[i];
            found = without_blanks(text, strlen(text)) == shown && strncmp(at, text, shown) == 0;
        }
        if (!found) return false;
        at += size + 1;
    }
    return !all || lines == vector->lines - 3;
}

static bool is_ours(uint8_t type, bool answer) {
    uint8_t low = type & 0x7f;
    if (answer) return type == LINK_FAILURE || ((type & LINK_ANSWER) != 0 && low >= LINK_HELLO && low <= LINK_SIGN);
    return type >= LINK_HELLO && type <= LINK_SIGN;
}

/// Frames whose refusal does not hang on the type.
static bool is_no_frame(const struct vector *vector) {
    if (vector->size < 10) return true;
    return link_rest(vector->octets) != vector->size - LINK_LENGTH || vector->octets[4] != 1;
}

static void try_one(struct vector *vector) {
    static struct link_answer answer;
    static struct request request;
    static uint8_t out[LINK_WRITTEN];
    struct link_span frame = {vector->octets, vector->size};
    uint8_t type = vector->size < 6 ? 0 : vector->octets[5];
    enum link_reason as_answer = link_read(frame, &answer), as_request = read_request(frame, &request);
    length = 0;
    said[0] = 0;
    if (strcmp(value(vector, "outcome"), "refused") == 0) {
        const char *reason = value(vector, "reason");
        check(as_answer != LINK_READ && as_request != LINK_READ, vector, "it is refused");
        if (is_ours(type, true) || is_no_frame(vector))
            check(strcmp(reasons[as_answer], reason) == 0, vector, "for its reason, as an answer");
        if (is_ours(type, false) || is_no_frame(vector))
            check(strcmp(reasons[as_request], reason) == 0, vector, "for its reason, as a request");
    } else if (is_ours(type, true)) {
        check(as_answer == LINK_READ, vector, "the answer is read");
        if (as_answer == LINK_READ) describe_answer(&answer);
        check(agrees(vector, true), vector, "the answer has these fields");
    } else if (is_ours(type, false)) {
        check(as_request == LINK_READ, vector, "the request is read");
        if (as_request != LINK_READ) return;
        describe_request(&request);
        check(agrees(vector, request.type != LINK_SIGN), vector, "the request has these fields");
        uint32_t size = write_again(&request, out);
        check(size == 0 ? request.type == LINK_SIGN && request.sign.digests > 1
                        : size == vector->size && memcmp(out, vector->octets, size) == 0,
              vector, "the request is written so");
    } else {
        check(as_answer == LINK_VALUE && as_request == LINK_VALUE, vector, "it is none of ours");
    }
}

static void try(struct vector *vector) {
    const char *hex = value(vector, "hex");
    vector->size = (uint32_t)(strcspn(hex, " \n") / 2);
    vector->octets = malloc(vector->size == 0 ? 1 : vector->size);
    for (uint32_t i = 0; i < vector->size; i++) {
        unsigned octet;
        sscanf(hex + 2 * i, "%2x", &octet);
        vector->octets[i] = (uint8_t)octet;
    }
    try_one(vector);
    free(vector->octets);
}

int main(int count, char **words) {
    static char text[ROOM];
    struct vector vector = {0};
    int vectors = 0;
    FILE *file = count == 2 ? fopen(words[1], "r") : NULL;
    if (file == NULL) return 2;
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = 0;
    for (char *at = text; *at != 0;) {
        char *end = at + strcspn(at, "\n");
        char *next = *end == 0 ? end : end + 1;
        *end = 0;
        if (*at != 0 && *at != '#' && vector.lines < MOST_LINES) vector.line[vector.lines++] = at;
        if (*at == 0 || *next == 0) {
            if (vector.lines > 0) try(&vector), vectors++;
            vector.lines = 0;
        }
        at = next;
    }
    printf("%d vectors, %d checks, %d failed\n", vectors, checked, failed);
    return failed != 0 || vectors == 0;
}
