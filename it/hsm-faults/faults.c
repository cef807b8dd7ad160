// A PKCS#11 module that hands every call to a real one, and misbehaves on command.
//
// FAULTS_MODULE names the real module. FAULTS_FILE names a file of commands that is read at each call, a line each:
//   FUNCTION return NUMBER    fails with this CK_RV, without calling the real module
//   FUNCTION lose NUMBER      closes all sessions of the real module, as when a device is pulled out, then fails like that
//   FUNCTION slow NUMBER      sleeps so many milliseconds, then calls the real module
//   FUNCTION hang             does not come back until the file says `FUNCTION back`, then calls the real module
//   FUNCTION wrong            calls the real module, then flips a bit of what it wrote
//   FUNCTION says NUMBER      calls the real module, then says that what it wrote has this size or count
//   FUNCTION note             calls the real module, and writes its name into FAULTS_FILE.notes, a line each
//   FUNCTION absent           is null in the list of functions
//   C_GetFunctionList none    gives no list;  C_GetFunctionList version NUMBER  gives one of that version
// FUNCTION may be * for every function but C_GetFunctionList, C_Initialize and C_Finalize. The first line that fits holds.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum kind { NONE, RETURN, LOSE, SLOW, HANG, BACK, WRONG, SAYS, NOTE, ABSENT, NO_LIST, VERSION };
static const char *const names[] = {"", "return", "lose", "slow", "hang", "back", "wrong", "says", "note", "absent", "none", "version"};

struct fault {
    enum kind kind;
    unsigned long number;
};

static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST ours;

static struct fault ordered(const char *function) {
    struct fault fault = {NONE, 0};
    const char *path = getenv("FAULTS_FILE");
    FILE *file = path ? fopen(path, "re") : NULL;
    char line[256];
    while (file && fault.kind == NONE && fgets(line, sizeof line, file)) {
        char name[64] = "", word[64] = "", number[64] = "0";
        sscanf(line, "%63s %63s %63s", name, word, number);
        int general = strcmp(function, "C_GetFunctionList") && strcmp(function, "C_Initialize") && strcmp(function, "C_Finalize");
        if (strcmp(name, function) && (strcmp(name, "*") || !general)) {
            continue;
        }
        for (int kind = RETURN; kind <= VERSION; kind++) {
            if (!strcmp(word, names[kind])) {
                fault.kind = (enum kind) kind;
                fault.number = strtoul(number, NULL, 0);
            }
        }
    }
    if (file) {
        fclose(file);
    }
    return fault;
}

static void lose(void) {
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    if (real->C_GetSlotList(CK_TRUE, slots, &count) == CKR_OK) {
        for (CK_ULONG i = 0; i < count; i++) {
            real->C_CloseAllSessions(slots[i]);
        }
    }
}

static void pause_for(unsigned long milliseconds) {
    struct timespec wait = {(time_t) (milliseconds / 1000), (long) (milliseconds % 1000) * 1000000};
    nanosleep(&wait, NULL);
}

static void note(const char *function) {
    char path[4096];
    snprintf(path, sizeof path, "%s.notes", getenv("FAULTS_FILE"));
    FILE *file = fopen(path, "ae");
    if (file) {
        fprintf(file, "%s\n", function);
        fclose(file);
    }
}

// What comes before the real call; true when there is to be none.
static int before(const char *function, struct fault fault, CK_RV *rv) {
    if (fault.kind == SLOW) {
        pause_for(fault.number);
    } else if (fault.kind == HANG) {
        while (ordered(function).kind != BACK) {
            pause_for(10);
        }
    } else if (fault.kind == LOSE) {
        lose();
    } else if (fault.kind == NOTE) {
        note(function);
    }
    *rv = fault.number;
    return fault.kind == RETURN || fault.kind == LOSE;
}

static void after(struct fault fault, CK_RV rv, unsigned char *wrote, CK_ULONG *size) {
    if (rv == CKR_OK && fault.kind == WRONG && wrote && *size > 0) {
        wrote[*size - 1] ^= 1;
    }
    if (rv == CKR_OK && fault.kind == SAYS && size) {
        *size = fault.number;
    }
}

#define FAULTY(name, parameters, arguments, wrote, size)       \
    static CK_RV faulty_##name parameters {                    \
        struct fault fault = ordered(#name);                   \
        CK_RV rv;                                              \
        if (before(#name, fault, &rv)) {                       \
            return rv;                                         \
        }                                                      \
        rv = real->name arguments;                             \
        after(fault, rv, (unsigned char *) (wrote), (size));   \
        return rv;                                             \
    }

FAULTY(C_Initialize, (void *a), (a), NULL, NULL)
FAULTY(C_Finalize, (void *a), (a), NULL, NULL)
FAULTY(C_GetSlotList, (unsigned char present, CK_SLOT_ID *list, CK_ULONG *count), (present, list, count), list, count)
FAULTY(C_GetTokenInfo, (CK_SLOT_ID slot, CK_TOKEN_INFO *info), (slot, info), NULL, NULL)
FAULTY(C_GetMechanismList, (CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count), (slot, list, count), list, count)
FAULTY(C_OpenSession, (CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *s),
       (slot, flags, app, notify, s), NULL, s)
FAULTY(C_CloseSession, (CK_SESSION_HANDLE s), (s), NULL, NULL)
FAULTY(C_Login, (CK_SESSION_HANDLE s, CK_USER_TYPE user, unsigned char *pin, CK_ULONG size), (s, user, pin, size), NULL, NULL)
FAULTY(C_CreateObject, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o), (s, t, n, o), NULL, o)
FAULTY(C_DestroyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o), (s, o), NULL, NULL)
FAULTY(C_GetAttributeValue, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *t, CK_ULONG n), (s, o, t, n),
       t->pValue, &t->ulValueLen)
FAULTY(C_FindObjectsInit, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *t, CK_ULONG n), (s, t, n), NULL, NULL)
FAULTY(C_FindObjects, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE *list, CK_ULONG most, CK_ULONG *count), (s, list, most, count),
       list, count)
FAULTY(C_FindObjectsFinal, (CK_SESSION_HANDLE s), (s), NULL, NULL)
FAULTY(C_SignInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key), (s, m, key), NULL, NULL)
FAULTY(C_Sign, (CK_SESSION_HANDLE s, unsigned char *data, CK_ULONG n, unsigned char *out, CK_ULONG *size),
       (s, data, n, out, size), out, size)
FAULTY(C_GenerateKey, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o),
       (s, m, t, n, o), NULL, o)
FAULTY(C_GenerateKeyPair,
       (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *p, CK_ULONG np, CK_ATTRIBUTE *q, CK_ULONG nq, CK_OBJECT_HANDLE *op,
        CK_OBJECT_HANDLE *oq),
       (s, m, p, np, q, nq, op, oq), NULL, oq)
FAULTY(C_WrapKey,
       (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE with, CK_OBJECT_HANDLE key, unsigned char *out, CK_ULONG *size),
       (s, m, with, key, out, size), out, size)
FAULTY(C_UnwrapKey,
       (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE with, unsigned char *in, CK_ULONG size, CK_ATTRIBUTE *t, CK_ULONG n,
        CK_OBJECT_HANDLE *o),
       (s, m, with, in, size, t, n, o), NULL, o)

#define REPLACE(name) ours.name = ordered(#name).kind == ABSENT ? NULL : faulty_##name

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
    void *module = dlopen(getenv("FAULTS_MODULE"), RTLD_NOW);
    CK_RV (*get)(CK_FUNCTION_LIST **) = module ? (CK_RV (*)(CK_FUNCTION_LIST **)) dlsym(module, "C_GetFunctionList") : NULL;
    if (!get || get(&real) != CKR_OK) {
        return CKR_GENERAL_ERROR;
    }
    ours = *real;
    REPLACE(C_Initialize);
    REPLACE(C_Finalize);
    REPLACE(C_GetSlotList);
    REPLACE(C_GetTokenInfo);
    REPLACE(C_GetMechanismList);
    REPLACE(C_OpenSession);
    REPLACE(C_CloseSession);
    REPLACE(C_Login);
    REPLACE(C_CreateObject);
    REPLACE(C_DestroyObject);
    REPLACE(C_GetAttributeValue);
    REPLACE(C_FindObjectsInit);
    REPLACE(C_FindObjects);
    REPLACE(C_FindObjectsFinal);
    REPLACE(C_SignInit);
    REPLACE(C_Sign);
    REPLACE(C_GenerateKey);
    REPLACE(C_GenerateKeyPair);
    REPLACE(C_WrapKey);
    REPLACE(C_UnwrapKey);
    struct fault fault = ordered("C_GetFunctionList");
    if (fault.kind == RETURN) {
        return fault.number;
    }
    if (fault.kind == VERSION) {
        ours.version.major = (unsigned char) fault.number;
    }
    *list = fault.kind == NO_LIST ? NULL : &ours;
    return CKR_OK;
}
