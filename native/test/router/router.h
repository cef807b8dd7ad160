/// A router in place of Windows' ncrypt.dll, for Wine, whose own knows no providers. Only for tests; 64 bit.
#ifndef CUSTODIAN_ROUTER_H
#define CUSTODIAN_ROUTER_H

#include <stdbool.h>
#include <stdint.h>

#include "../../ksp/ksp_abi.h"

/// Whether this is a key that the router has open.
bool is_open_key(ULONG_PTR handle);

/// Has crypt32.dll of this process know keys of providers, too.
void hook_crypt32(void);

#endif
