package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.agent.session.Signers;
import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.SessionFile;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.json.Json;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.TpmStore;
import dev.custodian.device.UnsealedKeys;
import dev.custodian.device.jca.DeviceProvider;
import dev.custodian.device.testing.CountingKey;
import dev.custodian.it.Installation;
import dev.custodian.it.OwnerDevice;
import dev.custodian.it.Program;
import dev.custodian.it.Serving;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server that binds tokens by TLS, and devices with a key in software and in a TPM, which swtpm
/// simulates. curl is a client by others.
@TestInstance(Lifecycle.PER_CLASS)
class SessionByTlsIT {
    private static final Bytes DIGEST = Hashes.sha256(Bytes.utf8("one"));

    private Path scratch;
    private Installation installation;
    private Serving serving;
    private Swtpm swtpm;

    enum Store {
        SOFTWARE,
        TPM
    }

    @BeforeAll
    void start(@TempDir Path scratch) throws Exception {
        this.scratch = scratch;
        Security.addProvider(new DeviceProvider());
        installation = Installation.in(scratch);
        installation.configure("# binding = \"dpop\"", "binding = \"tls\"");
        serving = installation.serve();
        swtpm = Swtpm.start(scratch.resolve("tpm"));
    }

    @AfterAll
    void stop() throws Exception {
        swtpm.close();
        serving.close();
        Security.removeProvider(DeviceProvider.NAME);
    }

    private DeviceStore open(Store store, String name) throws Exception {
        return open(store, swtpm, name);
    }

    private DeviceStore open(Store store, Swtpm tpm, String name) throws Exception {
        var folder = scratch.resolve(name + ".keys");
        if (store == Store.TPM) {
            return TpmStore.open(folder, tpm::connect);
        }
        try (var passphrase = Secret.owning(Bytes.utf8("correct horse").toArray())) {
            return SoftwareStore.open(folder, passphrase);
        }
    }

    private OwnerDevice enrol(String name, DeviceKey key) throws Exception {
        return OwnerDevice.enrol(
                installation.invite(serving.url()), scratch.resolve(name), Signers.of(key));
    }

    private static void refused(DeviceSession session) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> new Credentials(session).list())
                .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_AUTHENTICATED));
    }

    @ParameterizedTest
    @EnumSource
    void keySignsOnceForAConnectionAndOnceForAnApproval(Store store) throws Exception {
        var name = "counted-" + store;
        try (var keys = open(store, name);
                var key = new CountingKey(keys.create(new KeySpec("device", KeyType.P256)))) {
            var ada = enrol(name, key);
            var credential =
                    installation
                            .credentials(
                                    Custody.OWNER_SEALED, Purpose.DOCUMENT, ada.owner(), "P-256")
                            .getFirst()
                            .id();
            var file = scratch.resolve(name).resolve("session");
            key.signatures().set(0);
            try (var session = ada.session(file)) {
                session.login();
                assertThat(key.signatures()).as("certificate and connection").hasValue(2);
                new Credentials(session).list();
                assertThat(key.signatures()).hasValue(2);
                ada.sign(session, credential, OwnerDevice.PIN, DIGEST);
                assertThat(key.signatures()).as("and the approval").hasValue(3);
            }

            // another run of the program
            key.signatures().set(0);
            try (var session = ada.session(file)) {
                assertThat(new Credentials(session).list()).hasSize(1);
                assertThat(key.signatures()).as("the connection").hasValue(1);

                serving.close();
                serving = installation.serve();
                assertThat(new Credentials(session).list()).hasSize(1);
                assertThat(key.signatures()).as("with the new server").hasValue(2);
                assertThat(session.status().state()).isEqualTo(DeviceSession.State.LOGGED_IN);
                session.logout();
                refused(session);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void stolenSessionFileIsWorthNothingOnAnotherMachine(Store store) throws Exception {
        var name = "robbed-" + store;
        try (var keys = open(store, name);
                var key = keys.create(new KeySpec("device", KeyType.P256));
                var tpm = Swtpm.start(scratch.resolve(name + ".tpm"));
                var others = open(store, tpm, name + ".thief");
                var other = others.create(new KeySpec("device", KeyType.P256))) {
            var ada = enrol(name, key);
            var file = scratch.resolve(name).resolve("session");
            try (var session = ada.session(file)) {
                session.login();
                new Credentials(session).list();
            }
            var copy = Files.copy(file, scratch.resolve(name + ".copy"));
            try (var thief =
                    DeviceSession.open(
                            ada.memory(),
                            Signers.of(other),
                            Clock.systemUTC(),
                            new SecureRandom(),
                            SessionFile.at(copy))) {
                refused(thief);
            }
            try (var session = ada.session(file)) {
                assertThat(new Credentials(session).list()).isEmpty();
            }
        }
    }

    private record Pem(Path certificate, Path key) {}

    private Pem pem(String name, Path p8) throws Exception {
        var made = new Pem(scratch.resolve(name + ".crt"), scratch.resolve(name + ".pem"));
        run("openssl", "pkey", "-inform", "DER", "-in", p8.toString(), "-out", "" + made.key);
        run(
                "openssl",
                "req",
                "-x509",
                "-new",
                "-key",
                made.key.toString(),
                "-subj",
                "/CN=curl",
                "-out",
                made.certificate.toString());
        return made;
    }

    private String run(String... line) throws Exception {
        return Program.run(scratch, Map.of(), List.of(line)).orFail().out();
    }

    private String curl(List<String> as, URI url, String... more) throws Exception {
        var line = new ArrayList<>(List.of("curl", "--silent", "--insecure"));
        line.addAll(as);
        line.addAll(List.of(more));
        line.add(url.toString());
        return run(line.toArray(String[]::new));
    }

    private static List<String> as(Pem pem) {
        return List.of("--cert", pem.certificate.toString(), "--key", pem.key.toString());
    }

    private String token(List<String> as, OwnerDevice device) throws Exception {
        return curl(
                as,
                serving.url().resolve("/oauth2/token"),
                "--data",
                "grant_type=client_credentials",
                "--data",
                "client_id=" + device.memory().now().device().text());
    }

    private String status(List<String> as, String token) throws Exception {
        return curl(
                as,
                serving.url().resolve("/csc/v2/credentials/list"),
                "--output",
                scratch.resolve("list.json").toString(),
                "--write-out",
                "%{http_code}",
                "--header",
                "Authorization: Bearer " + token,
                "--header",
                "Content-Type: application/json",
                "--data",
                "{}");
    }

    @Test
    void tokenThatCurlGotIsRefusedOverEveryOtherCertificate() throws Exception {
        var folder = scratch.resolve("curl");
        var bob = enrol("curl", UnsealedKeys.in(folder).create("device"));
        var other = enrol("curl2", UnsealedKeys.in(scratch.resolve("curl2")).create("device"));
        var mine = as(pem("curl", folder.resolve("device.p8")));
        var theirs = as(pem("curl2", scratch.resolve("curl2").resolve("device.p8")));

        assertThat(token(List.of(), bob)).contains("invalid_grant");
        assertThat(token(theirs, bob)).contains("invalid_grant");
        var answer = Json.parse(Bytes.utf8(token(mine, bob)), 1 << 16);
        var token = Json.members(answer, "tokens").text("access_token");

        assertThat(status(theirs, token)).isEqualTo("401");
        assertThat(status(List.of(), token)).isEqualTo("401");
        assertThat(status(mine, token)).isEqualTo("200");
        assertThat(token(theirs, other)).contains("access_token");
    }
}
