package dev.custodian.it.thief;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
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
import javax.tools.ToolProvider;
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
        var found = foundAfterActivations(List.of());
        assertThat(found.get("pin")).as("%s", found).isZero();
        assertThat(found.get("share")).as("%s", found).isZero();
        assertThat(found.get("K")).as("%s", found).isZero();
        try (var files = Files.list(folder.resolve("server"))) {
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
        var found = foundAfterActivations(List.of(secretThatDoesNotWipe()));
        assertThat(found.get("pin")).as("%s", found).isPositive();
        assertThat(found.get("share")).as("%s", found).isPositive();
        assertThat(found.get("K")).as("%s", found).isPositive();
    }

    private Map<String, Integer> foundAfterActivations(List<Path> before) throws Exception {
        try (var server = ServerProcess.start(folder, ServerProcess.SHIPPED, before)) {
            for (int i = 0; i < OWNERS; i++) {
                use(server, i);
            }
            // not for something to happen, but for nothing to happen
            TimeUnit.SECONDS.sleep(1);
            var prefix = folder.resolve("core").toString();
            Program.succeed(List.of("gcore", "-o", prefix, Long.toString(server.pid())));
            var core = Path.of(prefix + "." + server.pid());
            var found = secrets.countIn(core);
            Files.delete(core);
            // for docs/concepts/threat-model.md
            System.out.println("found in memory: " + found);
            return found;
        }
    }

    /// An owner enrols and signs, with all secrets noted.
    private void use(ServerProcess server, int number) throws Exception {
        var home = folder.resolve("owner-" + number);
        var invitation = server.invite("Ada");
        try (var owner = new Owner(home, invitation, randomPin(), random)) {
            secrets.pin(owner.pin());
            secrets.octets("share", Files.readAllBytes(owner.shareFile()));
            random.given();
            var made = server.credentials(owner.id(), "owner-sealed", "P-256", "RSA-2048");
            var sealed = made.getFirst();
            var other = made.getLast();
            for (int i = 0; i < ACTIVATIONS / 2; i++) {
                sign(owner, sealed, Scheme.ECDSA_SHA256, i);
                sign(owner, other, Scheme.RSA_PKCS1_SHA256, i);
            }
            spoils(server, owner, sealed, KeyAlgorithm.P256);
            spoils(server, owner, other, KeyAlgorithm.RSA_2048);
        }
    }

    private void sign(Owner owner, ServerProcess.Made credential, Scheme scheme, int number)
            throws Exception {
        var digest = Hashes.sha256(Bytes.utf8(credential.id() + "/" + number));
        var signed = owner.sign(credential.id(), SignatureScheme.of(scheme), digest);
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
            ServerProcess server, Owner owner, ServerProcess.Made credential, KeyAlgorithm key)
            throws Exception {
        var pins = Files.writeString(folder.resolve("pins"), owner.pin());
        var spoils = folder.resolve("spoils");
        Program.succeed(
                List.of(
                        Program.python().toString(),
                        Program.HOME.resolve("it/thief/thief.py").toString(),
                        "--config",
                        server.config().toString(),
                        "--credential",
                        credential.id().text(),
                        "--digest",
                        Hashes.sha256(Bytes.EMPTY).hex(),
                        "--share",
                        owner.shareFile().toString(),
                        "--pins",
                        pins.toString(),
                        "--spoils",
                        spoils.toString()));
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

    /// `Secret` as it is, but for the line that wipes; returns the folder of the class.
    private Path secretThatDoesNotWipe() throws Exception {
        var name = "dev/custodian/core/Secret";
        var wiping = "Arrays.fill(octets, (byte) 0);";
        var source =
                Files.readString(
                        Program.HOME.resolve("core/src/main/java").resolve(name + ".java"));
        assertThat(source).containsOnlyOnce(wiping);
        var file = folder.resolve("Secret.java");
        var variant =
                source.replace(wiping, "")
                        .replace("import org.jspecify.annotations.Nullable;", "")
                        .replace("@Nullable", "");
        Files.writeString(file, variant);
        var classes = Files.createDirectory(folder.resolve("classes"));
        int result =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-nowarn",
                                "-cp",
                                Program.HOME.resolve("core/target/classes").toString(),
                                "-d",
                                classes.toString(),
                                file.toString());
        assertThat(result).isZero();
        assertThat(classes.resolve(name + ".class")).exists();
        return classes;
    }
}
