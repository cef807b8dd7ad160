package dev.custodian.server.store;

import static dev.custodian.server.store.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store keeps. One class per database extends it.
abstract class StoreContract {
    private static final SignatureScheme SCHEME = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final Bytes VALUE = Samples.hash("one");

    private Store store;

    /// Opens the store of this test; opened again, it is the same store seen by another process.
    abstract Store open() throws Refused;

    @BeforeEach
    void openStore() throws Refused {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void whatIsCommittedIsSeenByAnotherConnection() throws Refused {
        checkCommit(store);
    }

    @Test
    void commitThatDoesNothingIsCaught() {
        assertThatThrownBy(() -> checkCommit(emptyCommit(store)))
                .isInstanceOf(AssertionError.class);
    }

    private void checkCommit(Store checked) throws Refused {
        var owner = Samples.ownerRow(Samples.owner(1));
        try (var tx = checked.begin()) {
            tx.insertOwner(owner);
            tx.commit();
            try (var other = open();
                    var reader = other.read()) {
                assertThat(reader.owner(owner.id())).isEqualTo(owner);
            }
        }
    }

    /// The mutant that looks perfect until the first crash.
    private static Store emptyCommit(Store real) {
        return wrap(
                Store.class,
                real,
                (name, result) ->
                        result instanceof Tx tx
                                ? wrap(Tx.class, tx, (n, r) -> r, "commit")
                                : result);
    }

    private interface After {
        Object result(String method, Object result);
    }

    private static <T> T wrap(Class<T> type, T real, After after, String... skipped) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            if (List.of(skipped).contains(method.getName())) {
                                return null;
                            }
                            try {
                                return after.result(
                                        method.getName(), method.invoke(real, arguments));
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    @Test
    void whatIsNotCommittedNeverWas() throws Refused {
        try (var tx = store.begin()) {
            tx.insertOwner(Samples.ownerRow(Samples.owner(1)));
        }
        try (var reader = store.read()) {
            assertThat(reader.owner(Samples.owner(1))).isNull();
        }
    }

    @Test
    void readerKeepsItsSnapshot() throws Refused {
        try (var reader = store.read()) {
            assertThat(reader.devices(Samples.owner(1))).isEmpty();
            try (var tx = store.begin()) {
                tx.insertDevice(Samples.deviceRow(Samples.device(1), Samples.owner(1)));
                tx.commit();
            }
            assertThat(reader.devices(Samples.owner(1))).isEmpty();
        }
        try (var reader = store.read()) {
            assertThat(reader.devices(Samples.owner(1))).hasSize(1);
        }
    }

    @Test
    void rowsComeBackAsTheyWereWritten() throws Refused {
        var owner = Samples.ownerRow(Samples.owner(1));
        var device = Samples.deviceRow(Samples.device(1), owner.id());
        var credential = Samples.credentialRow(Samples.credential(1), owner.id());
        var pepper = new PepperRow(3, Bytes.utf8("wrapped"), NOW);
        var invitation = new InvitationRow(Samples.hash("code"), "Ann", NOW, null);
        var session =
                new SessionRow(
                        Samples.hash("token"), Samples.hash("login"), device.id(), "jkt", NOW);
        try (var tx = store.begin()) {
            tx.insertOwner(owner);
            tx.insertDevice(device);
            tx.insertCredential(credential);
            tx.insertPepper(new PepperRow(2, Bytes.utf8("older"), NOW));
            tx.insertPepper(pepper);
            tx.insertInvitation(invitation);
            tx.insertSession(session);
            tx.commit();
        }
        try (var reader = store.read()) {
            assertThat(reader.owner(owner.id())).isEqualTo(owner);
            assertThat(reader.device(device.id())).isEqualTo(device);
            assertThat(reader.devices(owner.id())).containsExactly(device);
            assertThat(reader.credential(credential.id())).isEqualTo(credential);
            assertThat(reader.credentialOf(credential.spki())).isEqualTo(credential);
            assertThat(reader.credentials(owner.id())).containsExactly(credential);
            assertThat(reader.credentials(Samples.owner(2))).isEmpty();
            assertThat(reader.pepper(3)).isEqualTo(pepper);
            assertThat(reader.newestPepper()).isEqualTo(pepper);
            assertThat(reader.invitation(invitation.codeHash())).isEqualTo(invitation);
            assertThat(reader.session(session.tokenHash())).isEqualTo(session);
        }
    }

    @Test
    void updatesReplaceWhatMayChange() throws Refused {
        var owner = Samples.ownerRow(Samples.owner(1));
        var device = Samples.deviceRow(Samples.device(1), owner.id());
        var made = Samples.credentialRow(Samples.credential(1), owner.id());
        var certified =
                new CredentialRow(
                        made.id(),
                        made.owner(),
                        made.purpose(),
                        made.custody(),
                        made.algorithm(),
                        made.spki(),
                        Bytes.utf8("{\"cap\":1}"),
                        2,
                        made.origin(),
                        "hsm",
                        "k2",
                        "blob",
                        Bytes.utf8("sealed anew"),
                        List.of(Bytes.utf8("own"), Bytes.utf8("ca")),
                        made.created());
        var removed =
                new DeviceRow(
                        device.id(),
                        device.owner(),
                        device.slot(),
                        "old laptop",
                        device.spki(),
                        device.sharePublic(),
                        device.slotBox(),
                        DeviceRow.State.REMOVED,
                        3,
                        NOW,
                        device.created());
        var delayed =
                new OwnerRow(
                        owner.id(),
                        owner.name(),
                        owner.publicKey(),
                        owner.publicKeyMac(),
                        2,
                        owner.pinSalt(),
                        Bytes.utf8("seal 2"),
                        owner.factorsMac(),
                        4,
                        NOW,
                        owner.created());
        try (var tx = store.begin()) {
            tx.insertOwner(owner);
            tx.insertDevice(device);
            tx.insertCredential(made);
            tx.updateOwner(delayed);
            tx.updateDevice(removed);
            tx.updateCredential(certified);
            assertThat(tx.owner(owner.id())).isEqualTo(delayed);
            assertThat(tx.device(device.id())).isEqualTo(removed);
            assertThat(tx.credential(made.id())).isEqualTo(certified);
        }
    }

    @Test
    void keyIsReplacedInTheRowThatWasReadAndInNoOther() throws Refused {
        var read = Samples.credentialRow(Samples.credential(1), Samples.owner(1));
        var newer =
                new InnerKey(
                        read.id(),
                        read.algorithm(),
                        read.spki(),
                        "hsm",
                        "key-2",
                        "kwp",
                        Bytes.utf8("inner"));
        try (var tx = store.begin()) {
            tx.insertCredential(read);
            tx.insertCredential(Samples.credentialRow(Samples.credential(2), Samples.owner(1)));
            assertThat(tx.replaceKey(read, newer, Bytes.utf8("newer outer"))).isTrue();
            assertThat(tx.replaceKey(read, newer, Bytes.utf8("too late"))).isFalse();
            var written = Objects.requireNonNull(tx.credential(read.id()));
            assertThat(written.innerKey(newer.inner())).isEqualTo(newer);
            assertThat(written.key()).isEqualTo(Bytes.utf8("newer outer"));
            assertThat(tx.credential(Samples.credential(2)))
                    .isEqualTo(Samples.credentialRow(Samples.credential(2), Samples.owner(1)));
            assertThat(tx.replaceKey(written, newer, Bytes.utf8("once more"))).isTrue();
        }
    }

    @Test
    void updateOfNothingIsAFault() throws Refused {
        try (var tx = store.begin()) {
            assertThatThrownBy(() -> tx.updateOwner(Samples.ownerRow(Samples.owner(1))))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void invitationIsTakenOnce() throws Refused {
        var code = Samples.hash("code");
        try (var tx = store.begin()) {
            tx.insertInvitation(new InvitationRow(code, "Ann", NOW, null));
            assertThat(tx.takeInvitation(code, Samples.owner(1), NOW)).as("too old").isFalse();
            assertThat(tx.takeInvitation(code, Samples.owner(1), NOW.minusMillis(1))).isTrue();
            assertThat(tx.takeInvitation(code, Samples.owner(2), NOW.minusMillis(1))).isFalse();
            var taken = tx.invitation(code);
            assertThat(taken).isEqualTo(new InvitationRow(code, "Ann", NOW, Samples.owner(1)));
            assertThat(tx.takeInvitation(Samples.hash("other"), Samples.owner(1), NOW)).isFalse();
        }
    }

    @Test
    void jtiIsTakenOnceUntilItEnds() throws Refused {
        try (var tx = store.begin()) {
            assertThat(tx.takeJti(Samples.hash("jti"), NOW)).isTrue();
            assertThat(tx.takeJti(Samples.hash("jti"), NOW)).isFalse();
            assertThat(tx.deleteEnded(NOW.minusMillis(1), 50)).isZero();
            assertThat(tx.deleteEnded(NOW, 50)).isEqualTo(1);
            assertThat(tx.takeJti(Samples.hash("jti"), NOW)).isTrue();
        }
    }

    /// A refusal after it then costs no one else's batch (Batch#refuse).
    @Test
    void statementThatChangesNothingIsNoWrite() throws Refused {
        try (var tx = store.begin()) {
            assertThat(tx.takeJti(Samples.hash("jti"), NOW)).isTrue();
            long writes = tx.writes();
            assertThat(writes).isEqualTo(1);
            assertThat(tx.takeJti(Samples.hash("jti"), NOW)).isFalse();
            assertThat(tx.takeInvitation(Samples.hash("code"), Samples.owner(1), NOW)).isFalse();
            assertThat(tx.writes()).isEqualTo(writes);
        }
    }

    @Test
    void removedDeviceLosesItsSessions() throws Refused {
        try (var tx = store.begin()) {
            tx.insertSession(
                    new SessionRow(Samples.hash("a"), Bytes.EMPTY, Samples.device(1), "jkt", NOW));
            tx.insertSession(
                    new SessionRow(Samples.hash("b"), Bytes.EMPTY, Samples.device(2), "jkt", NOW));
            tx.deleteSessions(Samples.device(1));
            assertThat(tx.session(Samples.hash("a"))).isNull();
            assertThat(tx.session(Samples.hash("b"))).isNotNull();
        }
    }

    private static AuthorizationRow authorize(Tx tx, int n, NewDigest... digests) throws Refused {
        return tx.insertAuthorization(
                Samples.authorizationRow(n, Samples.credential(1)), List.of(digests));
    }

    @Test
    void authorizationIsFoundByNumberSadAndIntent() throws Refused {
        try (var tx = store.begin()) {
            var row =
                    authorize(
                            tx, 1, Samples.digest("one"), new NewDigest(Samples.hash("two"), null));
            assertThat(row)
                    .isEqualTo(
                            Samples.authorizationRow(1, Samples.credential(1))
                                    .withNumber(row.number()));
            assertThat(tx.authorization(row.number())).isEqualTo(row);
            assertThat(tx.authorizationBySad(Samples.hash("sad 1"))).isEqualTo(row);
            assertThat(tx.authorizationByIntent(Samples.hash("intent 1"))).isEqualTo(row);
            assertThat(tx.authorizationBySad(Samples.hash("sad 2"))).isNull();
            assertThat(tx.digests(row.number()))
                    .containsExactlyInAnyOrder(
                            new DigestRow(
                                    row.number(),
                                    VALUE,
                                    HashAlgorithm.SHA256,
                                    new DigestRow.Free()),
                            new DigestRow(
                                    row.number(), Samples.hash("two"), null, new DigestRow.Free()));
            assertThat(tx.digests(row.number(), List.of(VALUE, Samples.hash("three")))).hasSize(1);
        }
    }

    @Test
    void digestIsConsumedOnce() throws Refused {
        try (var tx = store.begin()) {
            long number = authorize(tx, 1, Samples.digest("one")).number();
            var used = new DigestRow.Used(9, 1, SCHEME);
            tx.consume(number, VALUE, HashAlgorithm.SHA256, used);
            assertThat(tx.digests(number).getFirst().state()).isEqualTo(used);
            assertThatThrownBy(() -> tx.consume(number, VALUE, HashAlgorithm.SHA256, used))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void usedDigestIsClosedByItsOwnUseOnly() throws Refused {
        try (var tx = store.begin()) {
            long number = authorize(tx, 1, Samples.digest("one")).number();
            var used = new DigestRow.Used(9, 1, SCHEME);
            var signed = new DigestRow.Signed(9, SCHEME, Bytes.utf8("signature"));
            tx.consume(number, VALUE, HashAlgorithm.SHA256, used);
            assertThat(tx.close(number, VALUE, new DigestRow.Used(8, 1, SCHEME), signed)).isFalse();
            assertThat(tx.close(number, VALUE, new DigestRow.Used(9, 2, SCHEME), signed)).isFalse();
            assertThat(tx.digests(number).getFirst().state()).isEqualTo(used);
            assertThat(tx.close(number, VALUE, used, signed)).isTrue();
            assertThat(tx.digests(number).getFirst().state()).isEqualTo(signed);
            assertThat(tx.close(number, VALUE, used, new DigestRow.Unknown(9, SCHEME)))
                    .as("a second time")
                    .isFalse();
        }
    }

    @Test
    void failedUseFreesTheDigest() throws Refused {
        try (var tx = store.begin()) {
            long number = authorize(tx, 1, new NewDigest(VALUE, null)).number();
            var used = new DigestRow.Used(9, 1, SCHEME);
            tx.consume(number, VALUE, HashAlgorithm.SHA256, used);
            assertThat(tx.close(number, VALUE, used, new DigestRow.Free())).isTrue();
            assertThat(tx.digests(number))
                    .containsExactly(
                            new DigestRow(
                                    number, VALUE, HashAlgorithm.SHA256, new DigestRow.Free()));
            tx.consume(number, VALUE, HashAlgorithm.SHA256, new DigestRow.Used(12, 1, SCHEME));
        }
    }

    @Test
    void openingGoesWithTheLastDigest() throws Refused {
        try (var tx = store.begin()) {
            long number = authorize(tx, 1, Samples.digest("one"), Samples.digest("two")).number();
            tx.settle(number, 1);
            assertThat(tx.authorization(number)).extracting(AuthorizationRow::opening).isNotNull();
            tx.settle(number, 1);
            assertThat(tx.authorization(number)).extracting(AuthorizationRow::opening).isNull();
        }
    }

    @Test
    void expiredAuthorizationStaysUntilItsUseIsClosed() throws Refused {
        try (var tx = store.begin()) {
            long open = authorize(tx, 1, Samples.digest("one")).number();
            long idle = authorize(tx, 2, Samples.digest("one")).number();
            var used = new DigestRow.Used(9, 1, SCHEME);
            tx.consume(open, VALUE, HashAlgorithm.SHA256, used);
            var ended = NOW.plusSeconds(300);
            assertThat(tx.deleteExpired(ended.minusMillis(1), 50)).isZero();
            assertThat(tx.deleteExpired(ended, 50)).isEqualTo(1);
            assertThat(tx.authorization(idle)).isNull();
            assertThat(tx.digests(idle)).isEmpty();
            tx.close(open, VALUE, used, new DigestRow.Unknown(9, SCHEME));
            assertThat(tx.deleteExpired(ended, 50)).isEqualTo(1);
            assertThat(tx.authorization(open)).isNull();
        }
    }

    @Test
    void openingsOfEndedAuthorizationsGo() throws Refused {
        try (var tx = store.begin()) {
            long number = authorize(tx, 1, Samples.digest("one")).number();
            tx.deleteOpenings(NOW.plusSeconds(300).minusMillis(1));
            assertThat(tx.authorization(number)).extracting(AuthorizationRow::opening).isNotNull();
            tx.deleteOpenings(NOW.plusSeconds(300));
            assertThat(tx.authorization(number)).extracting(AuthorizationRow::opening).isNull();
        }
    }

    @Test
    void expiryTakesSmallSteps() throws Refused {
        try (var tx = store.begin()) {
            for (int n = 1; n <= 5; n++) {
                authorize(tx, n, Samples.digest("one"));
            }
            assertThat(tx.deleteExpired(NOW.plusSeconds(301), 3)).isEqualTo(3);
            assertThat(tx.deleteExpired(NOW.plusSeconds(301), 3)).isEqualTo(2);
        }
    }

    @Test
    void revokedAuthorizationIsOver() throws Refused {
        try (var tx = store.begin()) {
            long number = authorize(tx, 1, Samples.digest("one")).number();
            tx.revokeAuthorizations(Samples.credential(2), NOW);
            assertThat(tx.authorization(number)).extracting(AuthorizationRow::opening).isNotNull();
            tx.revokeAuthorizations(Samples.credential(1), NOW);
            var revoked = tx.authorization(number);
            assertThat(revoked).extracting(AuthorizationRow::opening).isNull();
            assertThat(revoked).extracting(AuthorizationRow::expires).isEqualTo(NOW);
        }
    }

    @Test
    void openUsesAreThoseOfTheNodesOlderEpochs() throws Refused {
        try (var tx = store.begin()) {
            long mine = tx.beginEpoch("a", NOW);
            long theirs = tx.beginEpoch("b", NOW);
            long now = tx.beginEpoch("a", NOW);
            assertThat(List.of(mine, theirs, now)).isSorted().doesNotHaveDuplicates();
            var open = new ArrayList<OpenUse>();
            int n = 0;
            for (long epoch : List.of(mine, theirs, now)) {
                long number =
                        authorize(tx, ++n, Samples.digest("one"), Samples.digest("two")).number();
                for (var value : List.of(VALUE, Samples.hash("two"))) {
                    tx.consume(
                            number,
                            value,
                            HashAlgorithm.SHA256,
                            new DigestRow.Used(n, epoch, SCHEME));
                }
                open.add(new OpenUse(n, number, epoch));
            }
            assertThat(tx.openUses("a", now)).containsExactly(open.get(0));
            assertThat(tx.openUses("b", now)).containsExactly(open.get(1));
            assertThat(tx.usedDigests()).hasSize(6);
            tx.deleteEpochs("a", now);
            assertThat(tx.openUses("a", now)).isEmpty();
            assertThat(tx.openUses("b", now)).hasSize(1);
        }
    }

    @Test
    void chainsAreReadFromANumberOn() throws Refused {
        try (var tx = store.begin()) {
            var chain = tx.chainForUpdate(Samples.credential(1));
            assertThat(chain.seq()).isZero();
            assertThat(chain.last()).isEqualTo(-1);
            var records = new ArrayList<RecordRow>();
            for (int i = 0; i < 10; i++) {
                // every second record is of another chain
                boolean ours = i % 2 == 0;
                records.add(
                        new RecordRow(
                                i,
                                ours ? chain.number() : chain.number() + 1,
                                i / 2 + 1,
                                i < 2 ? RecordRow.NONE : i - 2,
                                Samples.hash("salt"),
                                Bytes.utf8("record " + i)));
            }
            tx.append(records);
            var end = new ChainRow(chain.number(), chain.chain(), 5, Samples.hash("prev"), 8);
            tx.updateChain(end);
            assertThat(tx.chain(Samples.credential(1))).isEqualTo(end);
            assertThat(tx.chain(Samples.credential(2))).isNull();
            assertThat(tx.recordsAfter(end, 0, 100, 1_000))
                    .extracting(RecordRow::index)
                    .containsExactly(0L, 2L, 4L, 6L, 8L);
            assertThat(tx.recordsAfter(end, 2, 2, 1_000))
                    .extracting(RecordRow::index)
                    .containsExactly(4L, 6L);
            assertThat(tx.recordsAfter(end, 5, 2, 1_000)).isEmpty();
            assertThat(tx.recordsAfter(end, 1, 100, 17))
                    .as("two of eight octets")
                    .extracting(RecordRow::index)
                    .containsExactly(2L, 4L);
            assertThat(tx.recordsAfter(end, 1, 100, 1))
                    .extracting(RecordRow::index)
                    .containsExactly(2L);
            assertThat(tx.record(3)).isEqualTo(records.get(3));
            assertThat(tx.record(10)).isNull();
            assertThat(tx.records(3, 6)).isEqualTo(records.subList(3, 6));
        }
    }

    @Test
    void headEvidenceAndTilesAreKept() throws Refused {
        var head =
                new HeadRow(
                        1, Bytes.concat(Bytes.u64(1), Samples.hash("leaf")), Bytes.utf8("note"));
        try (var tx = store.begin()) {
            assertThat(tx.head()).isEqualTo(new HeadRow(0, Bytes.u64(0), Bytes.EMPTY));
            tx.updateHead(head);
            tx.insertEvidence(4, Samples.hash("intent"), Bytes.utf8("jws"));
            tx.putTile(1, 2, Samples.hash("x"));
            tx.putTile(1, 2, Samples.hash("y"));
            tx.commit();
        }
        try (var reader = store.read()) {
            assertThat(reader.head()).isEqualTo(head);
            assertThat(reader.evidence(4)).isEqualTo(Bytes.utf8("jws"));
            assertThat(reader.evidence(5)).isNull();
            assertThat(reader.hasApproved(Samples.hash("intent"))).isTrue();
            assertThat(reader.hasApproved(Samples.hash("another"))).isFalse();
            assertThat(reader.tile(1, 2)).isEqualTo(Samples.hash("y"));
            assertThat(reader.tile(0, 2)).isNull();
        }
    }
}
