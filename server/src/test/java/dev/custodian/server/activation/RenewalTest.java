package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static dev.custodian.server.activation.SwitchedVault.embedded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.vault.Vault;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewalTest {
    private static final byte[] FORMER = new byte[32];
    private static final byte[] NEWER = new byte[32];

    static {
        new SecureRandom().nextBytes(FORMER);
        new SecureRandom().nextBytes(NEWER);
    }

    @TempDir Path folder;
    private volatile Vault now = embedded(FORMER);
    private volatile Callable<?> beforeRenewal = () -> true;
    private Rig rig;
    private Rig.Agent ada;
    private Id credential;

    @BeforeEach
    void start() throws Exception {
        var switched =
                SwitchedVault.of(
                        () -> now,
                        method -> {
                            if (method.equals("renew")) {
                                beforeRenewal.call();
                            }
                        });
        rig = new Rig(folder, switched);
        ada = rig.enrol();
        credential = rig.credential(ada.owner, Custody.OWNER_SEALED);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void rotate() {
        now = embedded(NEWER, FORMER);
    }

    private CredentialRow row() throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.credential(credential));
        }
    }

    private static boolean isNewest(CredentialRow row) {
        return embedded(NEWER, FORMER).isNewest(row.vault(), row.keyId(), row.mechanism());
    }

    private List<Bytes> approveAndSign(Rig.Agent agent, String word) throws Exception {
        var authorized = agent.authorize(agent.request(credential, digest(word)));
        return agent.sign(credential, authorized, digest(word));
    }

    @Test
    void approvalLeavesTheKeyInTheNewestFormAndIsOfIt() throws Exception {
        var before = row();
        rotate();
        assertThat(isNewest(before)).isFalse();
        assertThat(approveAndSign(ada, "one")).hasSize(1);
        var after = row();
        assertThat(isNewest(after)).isTrue();
        assertThat(after.key()).isNotEqualTo(before.key());
        assertThat(approveAndSign(ada, "two")).hasSize(1);
        assertThat(row()).as("once").isEqualTo(after);
        var authorized = ada.authorize(ada.request(credential, digest("three")));
        now = embedded(NEWER);
        assertThat(ada.sign(credential, authorized, digest("three")))
                .as("without the former master key")
                .hasSize(1);
    }

    @Test
    void authorizationFromBeforeSignsAfter() throws Exception {
        var before = ada.authorize(ada.request(credential, digest("before")));
        rotate();
        assertThat(approveAndSign(ada, "between")).hasSize(1);
        assertThat(isNewest(row())).isTrue();
        assertThat(ada.sign(credential, before, digest("before"))).hasSize(1);
    }

    @Test
    void vaultThatCannotRenewFailsNoApproval() throws Exception {
        var before = row();
        rotate();
        beforeRenewal =
                () -> {
                    throw new GeneralSecurityException("not today");
                };
        assertThat(approveAndSign(ada, "one")).hasSize(1);
        assertThat(row()).isEqualTo(before);
        beforeRenewal =
                () -> {
                    throw new IllegalStateException("nor tomorrow");
                };
        assertThat(approveAndSign(ada, "two")).hasSize(1);
        assertThat(row()).isEqualTo(before);
        beforeRenewal = () -> true;
        assertThat(approveAndSign(ada, "three")).hasSize(1);
        assertThat(isNewest(row())).isTrue();
    }

    @Test
    void twoDevicesThatRenewAtOnceBothSign() throws Exception {
        var second = rig.join(ada);
        rotate();
        var both = new CyclicBarrier(2);
        beforeRenewal = () -> both.await(60, TimeUnit.SECONDS);
        try (var pool = Executors.newFixedThreadPool(2)) {
            var runs = new ArrayList<Future<List<Bytes>>>();
            runs.add(pool.submit(() -> approveAndSign(ada, "one")));
            runs.add(pool.submit(() -> approveAndSign(second, "two")));
            for (var run : runs) {
                assertThat(run.get()).hasSize(1);
            }
        }
        beforeRenewal = () -> true;
        assertThat(isNewest(row())).isTrue();
        assertThat(approveAndSign(ada, "three")).hasSize(1);
    }

    @Test
    void approvalThatIsNotWrittenLeavesTheRow() throws Exception {
        var before = row();
        rotate();
        beforeRenewal =
                () ->
                        rig.journal.write(
                                (tx, _) -> {
                                    var device = Objects.requireNonNull(tx.device(ada.device));
                                    tx.updateDevice(device.removed());
                                    return true;
                                });
        var request = ada.request(credential, digest("one"));
        assertThatThrownBy(() -> ada.authorize(request))
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_AUTHENTICATED));
        assertThat(row()).isEqualTo(before);
    }

    @Test
    void managedKeyIsLeftToTheOperator() throws Exception {
        credential = rig.credential(ada.owner, Custody.MANAGED);
        var before = row();
        rotate();
        assertThat(approveAndSign(ada, "one")).hasSize(1);
        assertThat(row()).isEqualTo(before);
    }

    // consents

    private ConsentSecret consent() throws Exception {
        return rig.module.consents().grant(ada.consent(credential)).secret();
    }

    private List<Bytes> signUnder(ConsentSecret secret, String word) throws Exception {
        var hash = Scheme.ECDSA_SHA256.hash().oid();
        var digests = List.of(new Matter.Digest(digest(word), ""));
        var clock = rig.clock.instant();
        var octets =
                new Intent(
                                Rig.THUMBPRINT,
                                new Approver.OnDevice(ada.owner, ada.device),
                                rig.module.challenges().issue(ada.owner.text(), "sign"),
                                clock,
                                clock.plusSeconds(240),
                                List.of(Shown.subject("ssh")),
                                new Matter.Sign(credential, Purpose.LOGIN, hash, digests))
                        .encode();
        var authorized =
                ada.authorize(
                        new AuthorizeRequest(
                                ada.caller(),
                                credential,
                                1,
                                List.of(digest(word)),
                                hash,
                                ada.jws(octets, ada.device.text()),
                                new SecondProof.OfConsent(secret)));
        return ada.sign(credential, authorized, digest(word));
    }

    @Test
    void consentFromBeforeSignsAfterAndANewOneRenews() throws Exception {
        credential = rig.credential(ada.owner, Custody.OWNER_SEALED, Purpose.LOGIN);
        var before = consent();
        var resting = row();
        rotate();
        assertThat(signUnder(before, "one")).hasSize(1);
        assertThat(row()).as("nobody opened the owner's seal").isEqualTo(resting);
        var after = consent();
        assertThat(isNewest(row())).isTrue();
        assertThat(signUnder(before, "two")).hasSize(1);
        now = embedded(NEWER);
        assertThat(signUnder(after, "three")).hasSize(1);
    }
}
