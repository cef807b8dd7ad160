package dev.custodian.agent.windows;

import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.session.AgentFolder;
import dev.custodian.agent.session.Doctor;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.core.Purpose;
import dev.custodian.device.windows.CertificateStore;
import dev.custodian.device.windows.CertificateStore.Entry;
import dev.custodian.device.windows.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What Windows programs need besides the agent: the provider, for programs of both kinds, and
/// certificates whose keys it opens.
public final class WindowsPlaces {
    static final String LIBRARY = "custodian-ksp.dll";

    private static final String KEY =
            "SYSTEM\\CurrentControlSet\\Control\\Cryptography\\Providers\\"
                    + CertificateStore.PROVIDER
                    + "\\UM";
    private static final int LONGEST = 100;
    private static final String REGISTER = "Run, as administrator: custodian-register.exe register";

    private final Machine machine;
    private final CertificateStore store;
    private final AgentFolder folder;
    private final KeyRing keys;

    /// What is installed on a machine.
    interface Machine {
        /// The file name of the provider's library, as it is registered; null when it is not.
        @Nullable String registered() throws IOException;

        /// Whether a folder of Windows holds the library.
        boolean has(String folder);
    }

    private record ThisMachine(Path windows) implements Machine {
        @Override
        public @Nullable String registered() throws IOException {
            return Registry.machineText(KEY, "Image");
        }

        @Override
        public boolean has(String folder) {
            return Files.isRegularFile(windows.resolve(folder).resolve(LIBRARY));
        }
    }

    WindowsPlaces(Machine machine, CertificateStore store, AgentFolder folder, KeyRing keys) {
        this.machine = machine;
        this.store = store;
        this.folder = folder;
        this.keys = keys;
    }

    /// Those of this machine, in the order in which a program meets them; none elsewhere.
    ///
    /// @param store null where there is none
    /// @param windows where Windows is, as it says itself (`SystemRoot`); null where it is not
    public static List<Doctor.Place> here(
            @Nullable CertificateStore store,
            @Nullable String windows,
            AgentFolder folder,
            KeyRing keys) {
        return store == null || windows == null
                ? List.of()
                : new WindowsPlaces(new ThisMachine(Path.of(windows)), store, folder, keys).all();
    }

    List<Doctor.Place> all() {
        return List.of(
                new Doctor.Place("provider", this::registration),
                new Doctor.Place("64-bit programs", () -> library("System32")),
                new Doctor.Place("32-bit programs", () -> library("SysWOW64")),
                new Doctor.Place("certificates", this::certificates));
    }

    private Doctor.Seen registration() {
        String name;
        try {
            name = machine.registered();
        } catch (IOException e) {
            return new Doctor.Broken("The registry cannot be read: " + e.getMessage(), REGISTER);
        }
        if (name == null) {
            return new Doctor.Broken(
                    "Windows does not know the " + CertificateStore.PROVIDER + ".", REGISTER);
        }
        return name.equalsIgnoreCase(LIBRARY)
                ? new Doctor.Well("Windows knows it.")
                : new Doctor.Broken(
                        "What is registered as the "
                                + CertificateStore.PROVIDER
                                + " is "
                                + Line.of(name, LONGEST)
                                + ".",
                        REGISTER);
    }

    private Doctor.Seen library(String in) {
        return machine.has(in)
                ? new Doctor.Well(LIBRARY + " is in " + in + ".")
                : new Doctor.Broken(LIBRARY + " is not in " + in + ".", REGISTER);
    }

    private Doctor.Seen certificates() {
        if (folder.isUnsynced()) {
            return new Doctor.Well("None are there, as you said: custodian credential unsync.");
        }
        try {
            var ours = store.list();
            var known =
                    keys.credentials(Purpose.DOCUMENT, Purpose.LOGIN, Purpose.CODE).stream()
                            .map(one -> one.id().text())
                            .toList();
            return ours.stream()
                    .filter(entry -> !known.contains(entry.key()))
                    .findFirst()
                    .<Doctor.Seen>map(WindowsPlaces::keyless)
                    .orElseGet(() -> new Doctor.Well("The keys of " + ours.size() + " open."));
        } catch (IOException e) {
            return new Doctor.Broken(
                    "The store of certificates cannot be read: " + e.getMessage(),
                    "Log off from Windows and on again.");
        }
    }

    private static Doctor.Broken keyless(Entry entry) {
        return new Doctor.Broken(
                "The key of the certificate \""
                        + Line.of(entry.name(), LONGEST)
                        + "\" does not open: no credential is called "
                        + Line.of(entry.key(), LONGEST)
                        + ".",
                "Run: custodian credential sync");
    }
}
