// What the agent answers, and what becomes of it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "numbers.h"

static void can(const void *octets, int size) {
    memcpy(fake->canned, octets, (size_t)size);
    fake->canned_size = size;
    fake_will(FAKE_CANNED, LINK_SIGN, 0);
}

/// A signature of the agent becomes r | s of 32 octets each.
static void becomes(KEY key, const char *der, int size, BYTE r, BYTE s, const char *what) {
    BYTE out[66], expected[64] = {0};
    memset(out, 0xee, sizeof out);
    expected[31] = r;
    expected[63] = s;
    if (r == 0xff) memset(expected, 0xff, 32);
    can(der, size);
    STATUS status = sign_with(key, false, out, 0);
    check(status == 0 && memcmp(out, expected, 64) == 0 && out[64] == 0xee, "%s: %08lx", what, (unsigned long)status);
}

static void broken(KEY key, bool rsa, const char *octets, int size, const char *what) {
    BYTE out[600];
    memset(out, 0xee, sizeof out);
    can(octets, size);
    gives(NTE_INTERNAL_ERROR, sign_with(key, rsa, out, 0), "%s", what);
    bool untouched = true;
    for (size_t i = rsa ? 256 : 64; i < sizeof out; i++) untouched = untouched && out[i] == 0xee;
    check(untouched, "%s: nothing is written beyond", what);
}

void check_conversions(void) {
    static const char zeros[LINK_SIGNATURE];
    char wide[80];
    KEY ec = ec_key(), rsa = rsa_key();
    BYTE out[256];
    group("conversions");
    becomes(ec, "\x30\x06\x02\x01\x07\x02\x01\x09", 8, 7, 9, "short numbers are filled up");
    becomes(ec, "\x30\x07\x02\x02\x00\x80\x02\x01\x01", 9, 0x80, 1, "a sign octet is left out");
    memcpy(wide, "\x30\x26\x02\x21\x00", 5);
    memset(wide + 5, 0xff, 32);
    memcpy(wide + 37, "\x02\x01\x05", 3);
    becomes(ec, wide, 40, 0xff, 5, "a number of full width");
    broken(ec, false, "\x30\x06\x02\x01\x00\x02\x01\x09", 8, "r is 0");
    broken(ec, false, "\x30\x06\x02\x01\x07\x02\x01\x00", 8, "s is 0");
    broken(ec, false, "\x30\x06\x02\x01\x87\x02\x01\x09", 8, "r is below 0");
    broken(ec, false, "\x30\x07\x02\x02\x00\x07\x02\x01\x09", 9, "r in a second spelling");
    broken(ec, false, "\x30\x81\x06\x02\x01\x07\x02\x01\x09", 9, "a length in a second spelling");
    broken(ec, false, "\x30\x80\x02\x01\x07\x02\x01\x09\x00\x00", 10, "a length that is not told");
    broken(ec, false, "\x30\x06\x02\x01\x07\x02\x01\x09\x00", 9, "an octet behind");
    broken(ec, false, "\x30\x07\x02\x01\x07\x02\x01\x09\x00", 9, "an octet within");
    broken(ec, false, "\x30\x06\x02\x01\x07\x02\x01", 7, "cut off");
    broken(ec, false, "\x31\x06\x02\x01\x07\x02\x01\x09", 8, "a set");
    broken(ec, false, "\x30\x06\x02\x7f\x07\x02\x01\x09", 8, "a number longer than all");
    broken(ec, false, "\x30", 1, "one octet");
    memcpy(wide, "\x30\x27\x02\x22\x01", 5);
    broken(ec, false, wide, 41, "a number wider than the curve");
    broken(ec, false, zeros, 64, "r | s in place of DER");
    broken(rsa, true, zeros, 255, "an RSA signature too short");
    broken(rsa, true, zeros, 257, "an RSA signature too long");
    broken(rsa, true, zeros, 512, "the signature of a larger key");
    broken(rsa, true, zeros, 1, "one octet");
    memset(wide, 0, sizeof wide);
    can(zeros, 256);
    gives(0, sign_with(rsa, true, out, 0), "a signature of the right size");
    fake_will(FAKE_GOOD, 0, 0);
    ksp->FreeKey(provider, ec);
    ksp->FreeKey(provider, rsa);
}

#define MOST_ROWS 200

/// Rows of the table that was written by hand: number, id, status.
static int read_table(const WCHAR *file, int *numbers, unsigned long *statuses) {
    char line[300], id[80];
    int rows = 0;
    FILE *table = _wfopen(file, L"r");
    if (table == NULL) return 0;
    while (fgets(line, sizeof line, table) != NULL && rows < MOST_ROWS)
        if (line[0] != '#' && sscanf(line, "%d\t%79[^\t]\t%lx", &numbers[rows], id, &statuses[rows]) == 3) rows++;
    fclose(table);
    return rows;
}

void check_failures(const WCHAR *table) {
    static int numbers[MOST_ROWS];
    static unsigned long statuses[MOST_ROWS];
#define ROW(number, name, id) number,
    static const int known[] = {LINK_FAILURES(ROW)};
    BYTE out[64];
    KEY key = ec_key(), other;
    NCryptKeyName *name;
    group("failures");
    int rows = read_table(table, numbers, statuses);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int found = 0;
        for (int row = 0; row < rows; row++) found += numbers[row] == known[i];
        check(found == 1, "number %d is in the table %d times", known[i], found);
    }
    for (int row = 0; row < rows; row++) {
        void *state = NULL;
        fake_will(FAKE_FAILURE, LINK_SIGN, numbers[row]);
        gives((STATUS)statuses[row], sign_with(key, false, out, 0), "SignHash, failure %d", numbers[row]);
        fake_will(FAKE_FAILURE, LINK_GET, numbers[row]);
        STATUS opened = ksp->OpenKey(provider, &other, L"p256", 0, 0);
        fake_will(FAKE_FAILURE, LINK_LIST, numbers[row]);
        STATUS listed = ksp->EnumKeys(provider, NULL, &name, &state, 0);
        check(opened == (STATUS)statuses[row] && listed == opened && other == 0 && state == NULL,
              "OpenKey and EnumKeys, failure %d: %08lx", numbers[row], (unsigned long)opened);
    }
    fake_will(FAKE_GOOD, 0, 0);
    ksp->FreeKey(provider, key);
}
