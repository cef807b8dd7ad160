package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import org.jspecify.annotations.Nullable;

/// Where certificates of endorsement keys are in NV memory, and what the keys are made of when they
/// do not persist (EK Credential Profile §2.2.1.4 and Annex B). A TPM whose maker put a template or
/// a nonce beside the certificate has to have the key persist.
enum EndorsementTemplate {
    L1(0x01c00002, KeyAlgorithm.RSA_2048, true),
    L2(0x01c0000a, KeyAlgorithm.P256, true),
    H1(0x01c00012, KeyAlgorithm.RSA_2048, false),
    H2(0x01c00014, KeyAlgorithm.P256, false),
    H3(0x01c00016, KeyAlgorithm.P384, false),
    H6(0x01c0001c, KeyAlgorithm.RSA_3072, false);

    /// The first NV index of all.
    static final int FIRST = 0x01c00002;

    private static final Bytes POLICY_A =
            Bytes.fromHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");
    private static final Bytes POLICY_B_256 =
            Bytes.fromHex("ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0");
    private static final Bytes POLICY_B_384 =
            Bytes.fromHex(
                    "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419ca"
                            + "cb47ba09699646150f9fc000f3f80e12");

    private static final int ALL =
            Alg.FIXED_TPM
                    | Alg.FIXED_PARENT
                    | Alg.SENSITIVE_DATA_ORIGIN
                    | Alg.ADMIN_WITH_POLICY
                    | Alg.RESTRICTED
                    | Alg.DECRYPT;

    private final int index;
    private final KeyAlgorithm algorithm;
    private final boolean low;

    EndorsementTemplate(int index, KeyAlgorithm algorithm, boolean low) {
        this.index = index;
        this.algorithm = algorithm;
        this.low = low;
    }

    /// That whose certificate is at an NV index; null when none is.
    static @Nullable EndorsementTemplate at(int index) {
        for (var one : values()) {
            if (one.index == index) {
                return one;
            }
        }
        return null;
    }

    TpmPublic area() {
        boolean larger = algorithm == KeyAlgorithm.P384 || algorithm == KeyAlgorithm.RSA_3072;
        var symmetric = new TpmPublic.Symmetric(Alg.AES, larger ? 256 : 128, Alg.CFB);
        int octets = low ? (algorithm.bits() + 7) / 8 : 0;
        var zeros = Bytes.of(new byte[octets]);
        var kind =
                switch (algorithm.family()) {
                    case EC ->
                            new TpmPublic.Ecc(
                                    symmetric,
                                    TpmPublic.AsymScheme.NONE,
                                    algorithm == KeyAlgorithm.P256 ? Alg.P256 : Alg.P384,
                                    zeros,
                                    zeros);
                    case RSA ->
                            new TpmPublic.Rsa(
                                    symmetric,
                                    TpmPublic.AsymScheme.NONE,
                                    algorithm.bits(),
                                    0,
                                    zeros);
                };
        return new TpmPublic(
                larger ? HashAlgorithm.SHA384 : HashAlgorithm.SHA256,
                low ? ALL : ALL | Alg.USER_WITH_AUTH,
                low ? POLICY_A : larger ? POLICY_B_384 : POLICY_B_256,
                kind);
    }
}
