package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Custody;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.Pkcs11Vault;
import dev.custodian.server.vault.Vault;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// 100,000 signatures over SoftHSM in this process, by a resident and a wrapped key in turn, leave
/// nothing behind: no object in the token, and no memory. Module, vault and journal are all here.
class ManySignaturesFull extends VaultRig {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final int SIGNATURES = Integer.getInteger("custodian.it.signatures", 100_000);
    private static final int PARTS = 10;
    private static final int THREADS = 4;

    /// An object of SoftHSM takes more than 1 kB: 90,000 of them would be seen.
    private static final long MOST_MEGABYTES = 48;

    private @Nullable Hsm hsm;
    private @Nullable Pkcs11Module module;

    @Override
    Vault open(Path folder) throws Exception {
        var made = Hsm.softHsm(folder);
        hsm = made;
        module = made.load();
        var config = made.config(made.label(), 1_000);
        try (var user = made.userPin();
                var officer = made.officer()) {
            assertThat(HsmSetup.make(config, user, officer, random)).isEmpty();
        }
        return Pkcs11Vault.open(config, made.userPin(), random);
    }

    @AfterAll
    void finish() {
        Objects.requireNonNull(module).close();
    }

    /// Also those of sessions, which all sessions of a process see.
    private int objects() throws Exception {
        var token = Objects.requireNonNull(hsm);
        try (var session = Objects.requireNonNull(module).token(token.label()).open();
                var pin = token.userPin()) {
            session.login(User.USER, pin);
            return session.find(Template.empty(), 200_000).size();
        }
    }

    /// Memory of this process that is its own, without what the heap could do without.
    private static long megabytes() throws Exception {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
                .sum();
    }

    @Test
    void signaturesLeaveNeitherObjectNorMemory() throws Exception {
        var resident = make(KeyAlgorithm.P256, Custody.MANAGED).key();
        var wrapped = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        assertThat(resident.mechanism()).isEqualTo("resident");
        assertThat(wrapped.mechanism()).startsWith("AES_KEY_WRAP_");
        int objects = objects();
        var memory = new ArrayList<Long>();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int part = 0; part < PARTS; part++) {
                var uses = new ArrayList<Callable<Integer>>();
                for (int i = 0; i < SIGNATURES / PARTS / 2; i++) {
                    var word = part + "/" + i;
                    for (var key : List.of(resident, wrapped)) {
                        uses.add(() -> sign(key, ECDSA, word).size());
                    }
                }
                for (var one : threads.invokeAll(uses)) {
                    assertThat(one.get()).isOne();
                }
                assertThat(objects()).isEqualTo(objects);
                memory.add(megabytes());
                // for docs/reference/evidence.md
                System.out.printf(
                        "%d signatures: %d objects, %d MB%n",
                        (part + 1) * (SIGNATURES / PARTS), objects, memory.getLast());
            }
        }
        assertThat(memory.getLast() - memory.getFirst())
                .as("MB after each part: %s", memory)
                .isLessThan(MOST_MEGABYTES);
    }
}
