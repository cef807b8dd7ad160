package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.client.HardwareEvidence;
import dev.custodian.client.PinnedServer;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.json.Json;
import dev.custodian.device.Attesting;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.PivStore;
import dev.custodian.it.Installation;
import dev.custodian.it.OwnerDevice;
import dev.custodian.it.Serving;
import dev.custodian.it.StoredKeySigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shipped server asks devices for proof that their key is on a card, and a credential that
/// demands such a key is opened to none other. Card, reader and the card's maker are simulated.
class PivProofIT {
    private static final Bytes DIGEST = Hashes.sha256(Bytes.utf8("a letter"));
    private static final int SERIAL = 8_000_001;

    @TempDir Path folder;

    private final TrustedCardMaker maker = new TrustedCardMaker();
    private final SimulatedPivCard card = maker.card(SERIAL);
    private Installation installation;
    private Serving server;

    @BeforeEach
    void start() throws Exception {
        installation = Installation.in(folder);
        maker.isTrustedBy(installation, folder.resolve("trusted"));
        server = installation.serve();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private interface Use {
        void with(PivStore store) throws Exception;
    }

    /// Puts a card into the reader for as long as this takes.
    private static void in(SimulatedPivCard card, Use use) throws Exception {
        try (var _ = CardInReader.of(card);
                var management = CardInReader.managementKey();
                var store = PivStore.open(CardInReader.reader(), management)) {
            use.with(store);
        }
    }

    /// What a card says of a new key.
    private static HardwareEvidence.Piv made(SimulatedPivCard by) throws Exception {
        var made = new HardwareEvidence.Piv[1];
        in(
                by,
                store -> {
                    try (var key = store.create(new KeySpec("9a", KeyType.P256))) {
                        made[0] = evidence(key);
                    }
                });
        return made[0];
    }

    private static HardwareEvidence.Piv evidence(DeviceKey key) throws DeviceException {
        var parts = key.ability(Attesting.class).orElseThrow().evidence().parts();
        return new HardwareEvidence.Piv(parts.get(0), parts.get(1));
    }

    private OwnerDevice enrol(DeviceKey key) throws Exception {
        return OwnerDevice.enrol(
                installation.invite(server.url()),
                folder.resolve("owner"),
                new StoredKeySigner(key, Optional.of(DeviceVerdict.HARDWARE_CLAIMED)));
    }

    private Id strict(Id owner) throws Exception {
        return installation
                .credentials(
                        List.of("--level", "bound_hardware"),
                        Custody.OWNER_SEALED,
                        Purpose.DOCUMENT,
                        owner,
                        "P-256")
                .getFirst()
                .id();
    }

    private String verdict() throws Exception {
        var devices = installation.command("device", "list").items("devices");
        assertThat(devices).hasSize(1);
        return Json.members(devices.getFirst(), "a device").text("verdict");
    }

    private static void refused(FailureKind kind, String sentence, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.kind()).as(refused.getMessage()).isEqualTo(kind);
                            assertThat(refused.detail()).contains(sentence);
                        });
    }

    private static void notProved(String sentence, ThrowingCallable call) {
        refused(FailureKind.HARDWARE_NOT_PROVED, sentence, call);
    }

    @Test
    void provedCardOpensWhatDemandsHardwareAndAnUnprovedOneDoesNot() throws Exception {
        var invitation = installation.invite(server.url());
        try (var met =
                PinnedServer.meet(invitation.base(), invitation.thumbprint(), Clock.systemUTC())) {
            assertThat(met.wantsProof()).as("said before anything").containsExactly(ProofKind.PIV);
        }
        in(
                card,
                store -> {
                    var key = store.create(new KeySpec("9a", KeyType.P256));
                    var device = enrol(key);
                    var credential = strict(device.owner());
                    try (var session = device.session()) {
                        refused(
                                FailureKind.POLICY_REFUSED,
                                "This device's key is not proved to be in hardware",
                                () -> device.sign(session, credential, OwnerDevice.PIN, DIGEST));
                        session.prove(evidence(key));
                        assertThat(
                                        device.sign(session, credential, OwnerDevice.PIN, DIGEST)
                                                .level())
                                .isEqualTo(Level.BOUND_HARDWARE);
                    }
                    assertThat(verdict()).isEqualTo("HARDWARE_PROVED");
                    assertNothingOfTheCardIsKept(evidence(key));
                });
    }

    private void assertNothingOfTheCardIsKept(HardwareEvidence.Piv shown) throws Exception {
        var octets = new StringBuilder();
        for (var file : List.of("custodian.db", "custodian.db-wal")) {
            var path = installation.database().resolveSibling(file);
            if (Files.exists(path)) {
                octets.append(Bytes.of(Files.readAllBytes(path)).hex());
            }
        }
        assertThat(octets)
                .doesNotContain(shown.statement().hex())
                .doesNotContain(shown.certificate().hex())
                .doesNotContain(Bytes.u64(SERIAL).hex());
    }

    /// Its owner has the session, and tries with what is at hand.
    @Test
    void whatOthersCardsSayAndWhatNoCardSaidProvesNothing() throws Exception {
        var foreign = made(new TrustedCardMaker().card(SERIAL));
        var another = made(maker.card(SERIAL + 1));
        in(
                card,
                store -> {
                    var key = store.create(new KeySpec("9a", KeyType.P256));
                    var own = evidence(key);
                    var device = enrol(key);
                    try (var session = device.session()) {
                        notProved(
                                "does not lead to a maker that is trusted here",
                                () -> session.prove(foreign));
                        notProved(
                                "It is about another key than this device's.",
                                () -> session.prove(another));
                        notProved(
                                "does not lead to a maker that is trusted here",
                                () -> session.prove(piv(another.statement(), own.certificate())));
                        notProved(
                                "does not lead to a maker that is trusted here",
                                () -> session.prove(piv(own.statement(), another.certificate())));
                        notProved(
                                "does not lead to a maker that is trusted here",
                                () -> session.prove(piv(own.statement(), foreign.certificate())));
                        // a key that the card made vouches for none
                        notProved("", () -> session.prove(piv(own.statement(), own.statement())));
                        assertThat(verdict()).isEqualTo("HARDWARE_CLAIMED");
                        session.prove(own);
                        assertThat(verdict()).isEqualTo("HARDWARE_PROVED");
                    }
                });
    }

    private static HardwareEvidence.Piv piv(Bytes statement, Bytes certificate) {
        return new HardwareEvidence.Piv(statement, certificate);
    }

    @Test
    void keyThatWasBroughtToTheCardIsProvedByNothingThatTheCardSays() throws Exception {
        in(
                card,
                store -> {
                    HardwareEvidence.Piv ofOther;
                    try (var other = store.create(new KeySpec("9c", KeyType.P256))) {
                        ofOther = evidence(other);
                    }
                    card.takes(0x9a, SimulatedKey.ec("secp256r1"));
                    var key = store.open(new KeyUri.PivSlot("" + SERIAL, "9a"));
                    assertThatThrownBy(() -> evidence(key))
                            .isInstanceOfSatisfying(
                                    DeviceException.class,
                                    e -> {
                                        assertThat(e.failure())
                                                .isEqualTo(DeviceFailure.UNSUPPORTED);
                                        assertThat(e.detail())
                                                .contains("brought to the card from outside");
                                    });
                    var device = enrol(key);
                    var credential = strict(device.owner());
                    try (var session = device.session()) {
                        notProved(
                                "It is about another key than this device's.",
                                () -> session.prove(ofOther));
                        refused(
                                FailureKind.POLICY_REFUSED,
                                "This device's key is not proved to be in hardware",
                                () -> device.sign(session, credential, OwnerDevice.PIN, DIGEST));
                    }
                    assertThat(verdict()).isEqualTo("HARDWARE_CLAIMED");
                });
    }
}
