/// The functions of the table that this provider does not offer.
#ifndef CUSTODIAN_DECLINED_H
#define CUSTODIAN_DECLINED_H

#include "ksp.h"

STATUS WINAPI create_key(PROVIDER, KEY *, LPCWSTR algorithm, LPCWSTR name, DWORD spec, DWORD flags);
STATUS WINAPI finalize_key(PROVIDER, KEY, DWORD flags);
STATUS WINAPI delete_key(PROVIDER, KEY, DWORD flags);
/// Encrypt and Decrypt.
STATUS WINAPI crypt(PROVIDER, KEY, BYTE *in, DWORD in_size, void *padding, BYTE *out, DWORD room, DWORD *size,
                    DWORD flags);
STATUS WINAPI import_key(PROVIDER, KEY wrapping, LPCWSTR type, NCryptBufferDesc *, KEY *, BYTE *in, DWORD size,
                         DWORD flags);
STATUS WINAPI prompt_user(PROVIDER, KEY, LPCWSTR operation, DWORD flags);
STATUS WINAPI notify_change(PROVIDER, HANDLE *event, DWORD flags);
STATUS WINAPI agree_secret(PROVIDER, KEY ours, KEY theirs, SECRET *, DWORD flags);
STATUS WINAPI derive_key(PROVIDER, SECRET, LPCWSTR function, NCryptBufferDesc *, BYTE *out, DWORD room, DWORD *size,
                         ULONG flags);
STATUS WINAPI free_secret(PROVIDER, SECRET);
STATUS WINAPI derive_from_key(PROVIDER, KEY, NCryptBufferDesc *, UCHAR *out, DWORD room, DWORD *size, ULONG flags);
STATUS WINAPI create_claim(PROVIDER, KEY subject, KEY authority, DWORD type, NCryptBufferDesc *, BYTE *out, DWORD room,
                           DWORD *size, DWORD flags);
STATUS WINAPI verify_claim(PROVIDER, KEY subject, KEY authority, DWORD type, NCryptBufferDesc *, BYTE *claim,
                           DWORD size, NCryptBufferDesc *out, DWORD flags);

#endif
