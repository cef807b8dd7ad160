package dev.custodian.agent.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.agent.session.AgentFolder;
import dev.custodian.agent.session.Doctor;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.TestCredentials;
import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.device.windows.CertificateStore.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the doctor finds on a Windows, whose part is played here.
class WindowsPlacesTest {
    private static final TestCredentials WORK =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.DOCUMENT, "Work");
    private static final Set<String> BOTH = Set.of("System32", "SysWOW64");

    @TempDir Path scratch;

    private final FakeStore store = new FakeStore();
    private final KeyRing keys = new KeyRing(() -> List.of(WORK.credential()));
    private AgentFolder folder;

    private record Played(@Nullable String registered, Set<String> folders)
            implements WindowsPlaces.Machine {
        @Override
        public boolean has(String folder) {
            return folders.contains(folder);
        }
    }

    @BeforeEach
    void open() throws Exception {
        folder = AgentFolder.open(scratch.resolve("state"), new SecureRandom());
        keys.refresh();
    }

    @AfterEach
    void close() {
        folder.close();
    }

    private Doctor.Seen find(String what, WindowsPlaces.Machine machine) {
        return new WindowsPlaces(machine, store, folder, keys)
                .all().stream()
                        .filter(place -> place.what().equals(what))
                        .findFirst()
                        .orElseThrow()
                        .look()
                        .found();
    }

    private Doctor.Seen find(String what) {
        return find(what, new Played("custodian-ksp.dll", BOTH));
    }

    private static void broken(Doctor.Seen found, String sentence, String nextStep) {
        assertThat(found)
                .isInstanceOfSatisfying(
                        Doctor.Broken.class,
                        broken -> {
                            assertThat(broken.sentence()).contains(sentence);
                            assertThat(broken.nextStep()).contains(nextStep);
                        });
    }

    @Test
    void missingOrForeignRegistrationIsNamed() {
        broken(
                find("provider", new Played(null, BOTH)),
                "does not know the Custodian Key Storage Provider",
                "as administrator");
        broken(find("provider", new Played("evil.dll\n", BOTH)), "evil.dll", "as administrator");
        broken(
                find(
                        "provider",
                        new WindowsPlaces.Machine() {
                            @Override
                            public String registered() throws IOException {
                                throw new IOException("denied");
                            }

                            @Override
                            public boolean has(String folder) {
                                return true;
                            }
                        }),
                "denied",
                "");
        assertThat(find("provider")).isInstanceOf(Doctor.Well.class);
    }

    @Test
    void missingBitnessIsNamed() {
        var name = "custodian-ksp.dll";
        broken(
                find("64-bit programs", new Played(name, Set.of("SysWOW64"))),
                "not in System32",
                "as administrator");
        broken(
                find("32-bit programs", new Played(name, Set.of("System32"))),
                "not in SysWOW64",
                "as administrator");
        assertThat(find("64-bit programs")).isInstanceOf(Doctor.Well.class);
        assertThat(find("32-bit programs")).isInstanceOf(Doctor.Well.class);
    }

    @Test
    void certificateWhoseKeyDoesNotOpenIsNamed() throws Exception {
        store.ours.add(
                new Entry(Bytes.utf8("1"), WORK.credential().id().text(), "Custodian: Work"));
        assertThat(find("certificates")).isInstanceOf(Doctor.Well.class);
        store.ours.add(new Entry(Bytes.utf8("2"), "cred_gone", "Custodian: Old"));
        broken(find("certificates"), "\"Custodian: Old\"", "custodian credential sync");
        store.broken = true;
        broken(find("certificates"), "closed today", "");
        folder.keepUnsynced(true);
        assertThat(find("certificates")).isInstanceOf(Doctor.Well.class);
    }

    @Test
    void elsewhereThereAreNoSuchPlaces() {
        assertThat(WindowsPlaces.here(null, "C:\\Windows", folder, keys)).isEmpty();
        assertThat(WindowsPlaces.here(store, null, folder, keys)).isEmpty();
    }
}
