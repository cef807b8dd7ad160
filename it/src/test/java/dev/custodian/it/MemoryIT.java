package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.client.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the memory of a server holds after 32 activations and an idle second (FORMATS §0, §4).
class MemoryIT {
    private static final int OWNERS = 2;
    private static final int ACTIVATIONS = 16;
    private static final String LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    @TempDir private Path folder;

    private RememberingRandom random;
    private Secrets secrets;

    /// Remembers what it gave, so that each activation's `r` is known.
    private static final class RememberingRandom extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final transient List<Bytes> given = new ArrayList<>();

        @Override
        public synchronized void nextBytes(byte[] octets) {
            super.nextBytes(octets);
            given.add(Bytes.of(octets));
        }

        /// The values of `r`'s size since the last call.
        synchronized List<Bytes> given() {
            var values = given.stream().filter(octets -> octets.size() == 32).toList();
            given.clear();
            return values;
        }
    }

    @BeforeEach
    void knowNothing() {
        random = new RememberingRandom();
        secrets = new Secrets();
    }

    @Test
    void neitherPinNorShareNorKIsLeftInMemoryOrInFiles() throws Exception {
        var installation = Installation.in(folder);
        var found = foundAfterActivations(installation, installation.serve());
        assertThat(found.get("pin")).as("%s", found).isZero();
        assertThat(found.get("share")).as("%s", found).isZero();
        assertThat(found.get("K")).as("%s", found).isZero();
        try (var files = Files.list(installation.data())) {
            for (var file : files.filter(file -> file.toFile().length() > 0).toList()) {
                var inFile = secrets.countIn(file);
                assertThat(inFile.values()).as("%s: %s", file, inFile).containsOnly(0);
            }
        }
    }

    /// The control: the same server but for one class, which does not wipe. Were it not found out,
    /// the test above would prove nothing.
    @Test
    void aServerThatDoesNotWipeIsFoundOut() throws Exception {
        var installation = Installation.in(folder);
        var found =
                foundAfterActivations(installation, installation.serveWith(Wiping.without(folder)));
        assertThat(found.get("pin")).as("%s", found).isPositive();
        assertThat(found.get("share")).as("%s", found).isPositive();
        assertThat(found.get("K")).as("%s", found).isPositive();
    }

    private Map<String, Integer> foundAfterActivations(Installation installation, Serving serving)
            throws Exception {
        try (serving) {
            for (int i = 0; i < OWNERS; i++) {
                use(installation, serving, i);
            }
            // not for something to happen, but for nothing to happen
            TimeUnit.SECONDS.sleep(1);
            var found = secrets.countIn(serving, folder);
            // for docs/concepts/threat-model.md
            System.out.println("found in memory: " + found);
            return found;
        }
    }

    /// An owner enrols and signs, with all secrets noted.
    private void use(Installation installation, Serving serving, int number) throws Exception {
        var home = folder.resolve("owner-" + number);
        var pin = randomPin();
        var owner = OwnerDevice.enrol(installation.invite(serving.url()), home, pin, random);
        try (var session = owner.session()) {
            secrets.pin(pin);
            secrets.octets("share", Files.readAllBytes(owner.shareFile()));
            random.given();
            var made = installation.credentials(owner.owner(), "P-256", "RSA-2048");
            for (int i = 0; i < ACTIVATIONS; i++) {
                var digest = Hashes.sha256(Bytes.utf8(number + "/" + i));
                note(owner.sign(session, made.get(i % made.size()), pin, digest));
            }
            spoils(installation, owner, pin, made.getFirst(), KeyAlgorithm.P256);
            spoils(installation, owner, pin, made.getLast(), KeyAlgorithm.RSA_2048);
        }
    }

    private void note(Signing.Signed signed) throws Exception {
        var approval = (Approval) JournalRecord.parse(signed.approval().record());
        for (var value : random.given()) {
            secrets.octets("r", value.toArray());
            try (var r = Secret.owning(value.toArray())) {
                secrets.sad(Sad.derive(r, approval.intent()).expose());
            }
        }
    }

    /// What a thief with share and PIN lays open.
    private void spoils(
            Installation installation,
            OwnerDevice owner,
            String pin,
            Id credential,
            KeyAlgorithm key)
            throws Exception {
        var pins = Files.writeString(folder.resolve("pins"), pin);
        var spoils = folder.resolve("spoils");
        Program.python(
                        "python",
                        Program.HOME.resolve("it/thief/thief.py").toString(),
                        "--config",
                        installation.config().toString(),
                        "--credential",
                        credential.text(),
                        "--digest",
                        Hashes.sha256(Bytes.EMPTY).hex(),
                        "--share",
                        owner.shareFile().toString(),
                        "--pins",
                        pins.toString(),
                        "--spoils",
                        spoils.toString())
                .orFail();
        var laidOpen =
                Json.members(Json.parse(Bytes.of(Files.readAllBytes(spoils)), 1 << 16), "spoils");
        secrets.octets("slot key", HexFormat.of().parseHex(laidOpen.text("slot_key")));
        secrets.octets("K", HexFormat.of().parseHex(laidOpen.text("k")));
        secrets.octets("owner key", HexFormat.of().parseHex(laidOpen.text("owner_key")));
        secrets.pkcs8(key, HexFormat.of().parseHex(laidOpen.text("pkcs8")));
    }

    private String randomPin() {
        var pin = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            pin.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return pin.toString();
    }
}
