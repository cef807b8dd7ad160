package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.attest.Challenge;
import dev.custodian.core.attest.TpmAttestation;
import dev.custodian.device.tpm.EndorsementKey;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/// Records what a simulated TPM says when it is asked for a proof, for the tests of core. To be run
/// by hand: the vectors are committed.
final class AttestationVectors {
    private AttestationVectors() {}

    /// Records them.
    ///
    /// @param args the folder for the vectors, and one for what is made on the way
    public static void main(String[] args) throws Exception {
        var to = Files.createDirectories(Path.of(args[0]));
        var work = Path.of(args[1]);
        var random = new SecureRandom();
        var maker = new SwtpmMaker(work.resolve("maker"));
        maker.make(work.resolve("tpm"));
        try (var swtpm = Swtpm.start(work.resolve("tpm"));
                var tpm = new Tpm(swtpm.connect());
                var storage = TpmStorage.preferred(tpm, random)) {
            var file = storage.create(KeyAlgorithm.P256, null);
            var authorities = maker.authorities();
            for (var ek : EndorsementKey.of(tpm, random)) {
                var claim = ek.claim(file);
                var endorsement = TpmAttestation.endorsement(claim, authorities, Instant.now());
                try (var open = TpmAttestation.challenge(endorsement, random)) {
                    var asked = Challenge.decode(open.challenge().encode());
                    var answer = ek.answer(storage, file, asked, null);
                    Files.writeString(
                            to.resolve("swtpm-" + endorsement.algorithm().display() + ".txt"),
                            lines(
                                    List.of(
                                            "root",
                                            "below",
                                            "claim",
                                            "challenge",
                                            "key",
                                            "answer",
                                            "public"),
                                    List.of(
                                            Bytes.of(authorities.get(0).certificate().getEncoded()),
                                            Bytes.of(authorities.get(1).certificate().getEncoded()),
                                            claim.encode(),
                                            asked.encode(),
                                            Bytes.of(open.key().expose()),
                                            answer.encode(),
                                            Bytes.of(file.area().publicKey().getEncoded()))));
                }
            }
        }
    }

    private static String lines(List<String> names, List<Bytes> values) {
        var text =
                new StringBuilder("# made by AttestationVectors over swtpm: name, hexadecimal\n");
        for (int i = 0; i < names.size(); i++) {
            text.append(names.get(i)).append(' ').append(values.get(i).hex()).append('\n');
        }
        return text.toString();
    }
}
