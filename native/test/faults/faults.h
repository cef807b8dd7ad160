/// What the agent can do to the provider, and what a program gets then: against the fake agent, which a test steers.
#ifndef CUSTODIAN_FAULTS_H
#define CUSTODIAN_FAULTS_H

#include "../../selftest/selftest.h"
#include "../fake/control.h"

/// What the fake agent does and was asked.
extern struct fake_control *fake;

/// Starts the fake agent, if it does not run, and has it be good.
void fake_start(void);
/// Ends it at once, if it has not ended, and waits for that.
void fake_kill(void);
/// From the next request of this type on; FAKE_GOOD ends it.
void fake_will(enum fake_mode mode, int on, int argument);
/// All counts begin at 0.
void fake_forget(void);

/// The provider with limits of seconds in place of minutes.
TABLE *short_limits(void);

/// One key of each family, opened by their names.
KEY rsa_key(void);
KEY ec_key(void);
/// SHA-256 with PKCS#1 or ECDSA, into 256 or 64 octets.
STATUS sign_with(KEY key, bool rsa, BYTE *out, DWORD flags);

void check_requests(void);
void check_context(void);
void check_conversions(void);
void check_failures(const WCHAR *table);
void check_broken_agents(void);
void check_absent_agent(void);
void check_leaks(void);
void check_load(void);
/// Asserts what the agent is asked, and says how long it took: lines of `us`, name, threads, p50 and p99.
void check_speed(void);

#endif
