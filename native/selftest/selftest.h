/// The checks of custodian-selftest: every function of a key storage provider as Windows programs call it, on the keys that
/// the owner's agent has.
#ifndef CUSTODIAN_SELFTEST_H
#define CUSTODIAN_SELFTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "../ksp/ksp_abi.h"

/// Says `ok` or `NOT OK`, the group and what is checked. Whether it holds.
bool check(bool holds, const char *what, ...) __attribute__((format(printf, 2, 3)));
/// The same, of a status; says which one came.
bool gives(STATUS expected, STATUS came, const char *what, ...) __attribute__((format(printf, 3, 4)));
void group(const char *name);
/// Says so much, that checks were left out, and why.
void left_out(const char *why);
/// The last line; 0 when all held.
int result(void);

/// The provider under test: by its own table, or by the system's router behind a table of the same form.
extern TABLE *ksp;
extern PROVIDER provider;
/// Whether `ksp` is the provider's own table: the router changes handles, and refuses some things itself.
extern bool direct;
/// Fills a table with the functions of ncrypt.dll; NULL when they are not there.
TABLE *router_table(void);

struct test_key {
    WCHAR name[64];
    bool rsa;
    DWORD bits, signature; // octets of it
    LPCWSTR algorithm;     // as BCrypt names it
};
#define MOST_KEYS 32
extern struct test_key keys[MOST_KEYS];
extern int key_count;
/// The first key of a family; NULL when there is none, which a check says.
const struct test_key *a_key(bool rsa);
/// Opens a key with flags 0; 0 and a failed check when it cannot.
KEY opened(const struct test_key *key);

/// A padding with all that belongs to it.
struct padding {
    const char *name;
    DWORD flags, hash_size;
    union {
        BCRYPT_PKCS1_PADDING_INFO pkcs1;
        BCRYPT_PSS_PADDING_INFO pss;
    } info;
};
extern const struct padding paddings[6];
/// Octets that look like a digest.
const BYTE *digest(void);
/// Size query, signature, and its check by the system's own cryptography with the exported key. Number of checks: 4.
void sign_and_verify(const struct test_key *key, KEY handle, void *info, DWORD hash_size, DWORD flags, const char *as);
/// Whether the system's own cryptography accepts the signature; *known false when it does not know the curve.
bool verified(const struct test_key *key, KEY handle, void *info, const BYTE *hash, DWORD hash_size,
              const BYTE *signature, DWORD size, DWORD flags, bool *known);

void check_interface(GET_INTERFACE get_interface);
void check_provider(void);
void check_algorithms(void);
void find_keys(int count, WCHAR **wanted);
void check_opening(void);
void check_properties(void);
void check_blobs(void);
void check_signatures(void);
void check_refusals(void);
void check_declined(void);
void check_junk(void);
void check_lifetimes(void);
void check_threads(void);
void replay_programs(void);

#endif
