package dev.custodian.device.tpm;

/// The commands that are used here (Part 2 §6.5.2).
enum CommandCode {
    CREATE_PRIMARY(0x131, "CreatePrimary", true),
    CERTIFY(0x148, "Certify", false),
    NV_READ(0x14e, "NV_Read", false),
    OBJECT_CHANGE_AUTH(0x150, "ObjectChangeAuth", false),
    POLICY_SECRET(0x151, "PolicySecret", false),
    CREATE(0x153, "Create", false),
    IMPORT(0x156, "Import", false),
    LOAD(0x157, "Load", true),
    SIGN(0x15d, "Sign", false),
    UNSEAL(0x15e, "Unseal", false),
    FLUSH_CONTEXT(0x165, "FlushContext", false),
    NV_READ_PUBLIC(0x169, "NV_ReadPublic", false),
    READ_PUBLIC(0x173, "ReadPublic", false),
    START_AUTH_SESSION(0x176, "StartAuthSession", true),
    GET_CAPABILITY(0x17a, "GetCapability", false);

    private final int number;
    private final String title;
    private final boolean givesHandle;

    CommandCode(int number, String title, boolean givesHandle) {
        this.number = number;
        this.title = title;
        this.givesHandle = givesHandle;
    }

    int number() {
        return number;
    }

    /// Whether a handle stands before the answer's parameters.
    boolean givesHandle() {
        return givesHandle;
    }

    /// The name in Part 3.
    @Override
    public String toString() {
        return "TPM2_" + title;
    }
}
