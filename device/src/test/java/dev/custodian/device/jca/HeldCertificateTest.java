package dev.custodian.device.jca;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.CertificateHolding;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.testing.SomeCertificate;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which of the certificates at hand is taken.
class HeldCertificateTest {
    private static final Instant NOW = Instant.parse("2047-03-01T12:00:00Z");
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir Path scratch;

    private DeviceStore store;

    @BeforeEach
    void open() throws Exception {
        try (var typed = Secret.owning(Bytes.utf8("correct horse").toArray())) {
            store = SoftwareStore.open(scratch.resolve("keys"), typed);
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private DeviceKey key(String name, KeyType type) throws Exception {
        return store.create(new KeySpec(name, type));
    }

    private static X509Certificate ofClient(DeviceKey key, String name, int days) throws Exception {
        return DeviceCertificates.selfSigned(
                key, name, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(days)), RANDOM);
    }

    private static void keep(DeviceKey key, X509Certificate certificate) throws Exception {
        key.ability(CertificateHolding.class).orElseThrow().keep(List.of(certificate));
    }

    private static List<String> names(List<HeldCertificate> chosen) {
        return chosen.stream()
                .map(one -> one.certificate().getSubjectX500Principal().getName())
                .toList();
    }

    @Test
    void choiceIsByPurposeIssuerAndTimeAndTheLongestComesFirst() throws Exception {
        keep(key("a", KeyType.P256), ofClient(store.open(store.list().get(0)), "short", 10));
        var second = key("b", KeyType.P256);
        keep(second, ofClient(second, "long", 300));
        var third = key("c", KeyType.P256);
        keep(third, SomeCertificate.of(third.publicKey(), "everything"));
        key("d", KeyType.P256);

        var atHand = HeldCertificate.in(store);
        assertThat(names(atHand)).containsExactly("CN=short", "CN=long", "CN=everything");
        var client = CertificatePurpose.TLS_CLIENT;
        assertThat(names(HeldCertificate.choose(atHand, client, List.of(), NOW)))
                .containsExactly("CN=long", "CN=short");
        assertThat(
                        names(
                                HeldCertificate.choose(
                                        atHand, client, List.of(), NOW.plusSeconds(20 * 86_400))))
                .containsExactly("CN=long");
        assertThat(
                        names(
                                HeldCertificate.choose(
                                        atHand,
                                        client,
                                        List.of(new X500Principal("CN=short")),
                                        NOW)))
                .containsExactly("CN=short");
        for (var purpose : CertificatePurpose.values()) {
            var now = Instant.now();
            var somebody = List.of(new X500Principal("CN=Somebody"));
            assertThat(names(HeldCertificate.choose(atHand, purpose, somebody, now)))
                    .containsExactly("CN=everything");
            assertThat(
                            purpose.isAllowedBy(
                                    second.ability(CertificateHolding.class)
                                            .orElseThrow()
                                            .certificates()
                                            .getFirst()))
                    .isEqualTo(purpose == client);
        }
    }

    @Test
    void certificateOfAnotherKeyIsNeitherHeldNorKept() throws Exception {
        var key = key("a", KeyType.P256);
        var other = key("b", KeyType.P384);
        var strange = SomeCertificate.of(other.publicKey(), "Eve");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HeldCertificate(key, List.of(strange)));
        assertThatIllegalArgumentException().isThrownBy(() -> keep(key, strange));
        keep(other, strange);
        assertThat(HeldCertificate.in(store)).hasSize(1);
    }

    @Test
    void deletedKeyTakesItsCertificateAlongAndALaterOneOfItsNameHasNone() throws Exception {
        var key = key("a", KeyType.P256);
        keep(key, ofClient(key, "a", 10));
        assertThat(scratch.resolve("keys/a.p8crt")).exists();
        store.delete(key.uri());
        assertThat(scratch.resolve("keys/a.p8crt")).doesNotExist();
        try (var later = key("a", KeyType.P256)) {
            assertThat(later.ability(CertificateHolding.class).orElseThrow().certificates())
                    .isEmpty();
        }
    }

    @Test
    void tlsTakesWhatTheOtherSideNamed() throws Exception {
        var first = key("a", KeyType.P256);
        keep(first, ofClient(first, "first", 10));
        var second = key("b", KeyType.P384);
        keep(second, ofClient(second, "second", 20));
        var third = key("c", KeyType.RSA_2048);
        keep(third, ofClient(third, "third", 30));
        var identities = new DeviceIdentities(HeldCertificate.in(store), () -> NOW);
        var issuers = new X500Principal[] {new X500Principal("CN=first")};
        var ec = new String[] {"EC"};
        var chosen = identities.chooseClientAlias(ec, issuers, null);
        assertThat(chosen).isNotNull();
        assertThat(requireNonNull(identities.getCertificateChain(chosen))[0].getPublicKey())
                .isEqualTo(first.publicKey());
        assertThat(identities.getPrivateKey(chosen)).isInstanceOf(DevicePrivateKey.class);
        assertThat(identities.getClientAliases("EC", null)).hasSize(2);
        assertThat(identities.chooseEngineClientAlias(new String[] {"RSA"}, issuers, null))
                .isNull();
        assertThat(identities.getServerAliases("EC", null)).isNull();
        assertThat(identities.chooseServerAlias("EC", null, null)).isNull();
        assertThat(identities.getCertificateChain("7")).isNull();
    }
}
