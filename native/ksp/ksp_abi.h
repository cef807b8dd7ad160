/// What the router of Windows (ncrypt.dll) and a key storage provider say to each other, and names that the headers of
/// mingw-w64 do not have. Written from the public description of the interface.
#ifndef CUSTODIAN_KSP_ABI_H
#define CUSTODIAN_KSP_ABI_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <wincrypt.h>

#include <bcrypt.h>
#include <ncrypt.h>
#include <stddef.h>

typedef SECURITY_STATUS STATUS;
typedef NCRYPT_PROV_HANDLE PROVIDER;
typedef NCRYPT_KEY_HANDLE KEY;
typedef NCRYPT_SECRET_HANDLE SECRET;

/// A slot is as wide as a pointer; the version fills the first.
typedef struct {
    BCRYPT_INTERFACE_VERSION Version;
    STATUS(WINAPI *OpenProvider)(PROVIDER *, LPCWSTR name, DWORD flags);
    STATUS(WINAPI *OpenKey)(PROVIDER, KEY *, LPCWSTR name, DWORD spec, DWORD flags);
    STATUS(WINAPI *CreatePersistedKey)(PROVIDER, KEY *, LPCWSTR algorithm, LPCWSTR name, DWORD spec, DWORD flags);
    STATUS(WINAPI *GetProviderProperty)(PROVIDER, LPCWSTR name, BYTE *out, DWORD room, DWORD *size, DWORD flags);
    STATUS(WINAPI *GetKeyProperty)(PROVIDER, KEY, LPCWSTR name, BYTE *out, DWORD room, DWORD *size, DWORD flags);
    STATUS(WINAPI *SetProviderProperty)(PROVIDER, LPCWSTR name, BYTE *in, DWORD size, DWORD flags);
    STATUS(WINAPI *SetKeyProperty)(PROVIDER, KEY, LPCWSTR name, BYTE *in, DWORD size, DWORD flags);
    STATUS(WINAPI *FinalizeKey)(PROVIDER, KEY, DWORD flags);
    STATUS(WINAPI *DeleteKey)(PROVIDER, KEY, DWORD flags);
    STATUS(WINAPI *FreeProvider)(PROVIDER);
    STATUS(WINAPI *FreeKey)(PROVIDER, KEY);
    STATUS(WINAPI *FreeBuffer)(void *);
    STATUS(WINAPI *Encrypt)(PROVIDER, KEY, BYTE *in, DWORD in_size, void *padding, BYTE *out, DWORD room, DWORD *size,
                            DWORD flags);
    STATUS(WINAPI *Decrypt)(PROVIDER, KEY, BYTE *in, DWORD in_size, void *padding, BYTE *out, DWORD room, DWORD *size,
                            DWORD flags);
    STATUS(WINAPI *IsAlgSupported)(PROVIDER, LPCWSTR algorithm, DWORD flags);
    STATUS(WINAPI *EnumAlgorithms)(PROVIDER, DWORD operations, DWORD *count, NCryptAlgorithmName **, DWORD flags);
    STATUS(WINAPI *EnumKeys)(PROVIDER, LPCWSTR scope, NCryptKeyName **, void **state, DWORD flags);
    STATUS(WINAPI *ImportKey)(PROVIDER, KEY wrapping, LPCWSTR type, NCryptBufferDesc *, KEY *, BYTE *in, DWORD size,
                              DWORD flags);
    STATUS(WINAPI *ExportKey)(PROVIDER, KEY, KEY wrapping, LPCWSTR type, NCryptBufferDesc *, BYTE *out, DWORD room,
                              DWORD *size, DWORD flags);
    STATUS(WINAPI *SignHash)(PROVIDER, KEY, void *padding, BYTE *hash, DWORD hash_size, BYTE *out, DWORD room,
                             DWORD *size, DWORD flags);
    STATUS(WINAPI *VerifySignature)(PROVIDER, KEY, void *padding, BYTE *hash, DWORD hash_size, BYTE *signature,
                                    DWORD signature_size, DWORD flags);
    STATUS(WINAPI *PromptUser)(PROVIDER, KEY, LPCWSTR operation, DWORD flags);
    STATUS(WINAPI *NotifyChangeKey)(PROVIDER, HANDLE *event, DWORD flags);
    STATUS(WINAPI *SecretAgreement)(PROVIDER, KEY ours, KEY theirs, SECRET *, DWORD flags);
    STATUS(WINAPI *DeriveKey)(PROVIDER, SECRET, LPCWSTR function, NCryptBufferDesc *, BYTE *out, DWORD room, DWORD *size,
                              ULONG flags);
    STATUS(WINAPI *FreeSecret)(PROVIDER, SECRET);
    STATUS(WINAPI *KeyDerivation)(PROVIDER, KEY, NCryptBufferDesc *, UCHAR *out, DWORD room, DWORD *size, ULONG flags);
    STATUS(WINAPI *CreateClaim)(PROVIDER, KEY subject, KEY authority, DWORD type, NCryptBufferDesc *, BYTE *out,
                                DWORD room, DWORD *size, DWORD flags);
    STATUS(WINAPI *VerifyClaim)(PROVIDER, KEY subject, KEY authority, DWORD type, NCryptBufferDesc *, BYTE *claim,
                                DWORD size, NCryptBufferDesc *out, DWORD flags);
} TABLE;

typedef NTSTATUS(WINAPI *GET_INTERFACE)(LPCWSTR name, TABLE **, DWORD flags);

#define PROVIDER_NAME L"Custodian Key Storage Provider"

#ifndef BCRYPT_ECDSA_ALGORITHM
#define BCRYPT_ECDSA_ALGORITHM L"ECDSA"
#endif
#ifndef BCRYPT_ECC_CURVE_NAME
#define BCRYPT_ECC_CURVE_NAME L"ECCCurveName"
#endif
#ifndef NCRYPT_PUBLIC_LENGTH_PROPERTY
#define NCRYPT_PUBLIC_LENGTH_PROPERTY L"PublicKeyLength"
#endif
#ifndef NCRYPT_SIGNATURE_LENGTH_PROPERTY
#define NCRYPT_SIGNATURE_LENGTH_PROPERTY L"SignatureLength"
#endif
#ifndef NCRYPT_ECDSA_ALGORITHM
#define NCRYPT_ECDSA_ALGORITHM BCRYPT_ECDSA_ALGORITHM
#endif
#ifndef NCRYPT_PERSIST_ONLY_FLAG
#define NCRYPT_PERSIST_ONLY_FLAG 0x40000000
#endif
#ifndef NCRYPT_REGISTER_NOTIFY_FLAG
#define NCRYPT_REGISTER_NOTIFY_FLAG 1
#endif
#ifndef NCRYPT_UNREGISTER_NOTIFY_FLAG
#define NCRYPT_UNREGISTER_NOTIFY_FLAG 2
#endif
#ifndef BCRYPT_PAD_PKCS1_OPTIONAL_HASH_OID
#define BCRYPT_PAD_PKCS1_OPTIONAL_HASH_OID 0x10
#endif

#endif
