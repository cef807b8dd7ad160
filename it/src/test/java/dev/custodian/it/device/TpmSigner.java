package dev.custodian.it.device;

import dev.custodian.client.DeviceSigner;
import dev.custodian.client.HardwareEvidence;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.attest.Challenge;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.device.tpm.EndorsementKey;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmKeyFile;
import dev.custodian.device.tpm.TpmStorage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A device key in a TPM, as the client wants it.
final class TpmSigner implements DeviceSigner, AutoCloseable {
    private final SecureRandom random = new SecureRandom();
    private final Tpm tpm;
    private final TpmStorage storage;
    private final TpmKeyFile file;

    private TpmSigner(Tpm tpm, TpmStorage storage, TpmKeyFile file) {
        this.tpm = tpm;
        this.storage = storage;
        this.file = file;
    }

    /// Makes a key in this TPM.
    static TpmSigner in(Swtpm swtpm) throws IOException {
        var tpm = new Tpm(swtpm.connect());
        tpm.flushAll();
        var storage = TpmStorage.preferred(tpm, new SecureRandom());
        return new TpmSigner(tpm, storage, storage.create(KeyAlgorithm.P256, null));
    }

    @Override
    public ECPublicKey publicKey() {
        try {
            return (ECPublicKey) file.area().publicKey();
        } catch (MalformedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @Override
    public Bytes sign(Bytes message) {
        try (var key = storage.load(file)) {
            return key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(message), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<DeviceVerdict> verdict() {
        return Optional.of(DeviceVerdict.HARDWARE_CLAIMED);
    }

    /// What its TPM shows.
    ///
    /// @param which of its endorsement keys
    HardwareEvidence.Tpm evidence(int which) throws IOException {
        var ek = EndorsementKey.of(tpm, random).get(which);
        return new HardwareEvidence.Tpm() {
            @Override
            public Bytes claim() {
                return ek.claim(file).encode();
            }

            @Override
            public Bytes answer(Bytes challenge) throws Refused {
                try {
                    return ek.answer(storage, file, Challenge.decode(challenge), null).encode();
                } catch (IOException e) {
                    throw new Refused(FailureKind.INTERNAL, "The TPM does not answer.");
                } catch (MalformedException e) {
                    throw new Refused(FailureKind.PROTOCOL_BROKEN, "That is no challenge.");
                }
            }
        };
    }

    /// Those of its TPM's endorsement keys.
    List<X509Certificate> certificates() throws IOException, CertificateException {
        var all = new ArrayList<X509Certificate>();
        for (var ek : EndorsementKey.of(tpm, random)) {
            all.add(
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(ek.certificate().toArray())));
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        storage.close();
        tpm.close();
    }
}
