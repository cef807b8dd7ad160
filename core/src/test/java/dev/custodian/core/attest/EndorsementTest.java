package dev.custodian.core.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Secret;
import dev.custodian.core.der.Der;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The steps of [EndorsementSteps], each by what it refuses.
class EndorsementTest {
    private static final FakeMaker MAKER = new FakeMaker("Acme");
    private static final FakeTpm TPM = new FakeTpm("secp256r1");
    private static final Bytes GOOD = MAKER.certify(TPM.ek());

    private static Endorsement judged(Bytes certificate, List<Authority> trusted, Bytes... chain)
            throws NotProvedException {
        return TpmAttestation.endorsement(
                new Claim(certificate, Bytes.EMPTY, List.of(chain)), trusted, FakeMaker.NOW);
    }

    private static void assertRefused(
            Flaw flaw, Bytes certificate, List<Authority> trusted, Bytes... chain) {
        assertThatThrownBy(() -> judged(certificate, trusted, chain))
                .isInstanceOfSatisfying(
                        NotProvedException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
    }

    private static void assertRefused(Flaw flaw, Bytes certificate) {
        assertRefused(flaw, certificate, MAKER.authorities());
    }

    private static Bytes with(UnaryOperator<FakeMaker.Made> change) {
        return MAKER.certify(TPM.ek(), change);
    }

    @Test
    void step1RefusesWhatIsNoCertificate() {
        assertRefused(Flaw.CERTIFICATE_MALFORMED, Bytes.EMPTY);
        assertRefused(Flaw.CERTIFICATE_MALFORMED, Bytes.utf8("-----BEGIN CERTIFICATE-----"));
        assertRefused(Flaw.CERTIFICATE_MALFORMED, GOOD.slice(0, GOOD.size() - 1));
        assertRefused(
                Flaw.CERTIFICATE_MALFORMED, Bytes.concat(GOOD, Bytes.of(new byte[] {(byte) 0xff})));
        assertRefused(
                Flaw.CERTIFICATE_MALFORMED,
                GOOD,
                MAKER.authorities(),
                Bytes.utf8("no certificate"));
    }

    @Test
    void step2RefusesAKeyThatCannotBeAsked() {
        for (var kind : List.of("secp521r1", "RSA-1024", "RSA-4096")) {
            assertRefused(Flaw.CERTIFICATE_KEY, MAKER.certify(FakeMaker.pair(kind).getPublic()));
        }
    }

    /// An EK that anybody has who pays for the computation proves nothing.
    @Test
    void step2RefusesAKeyThatCanBeFactored() throws Exception {
        var spec = new RSAPublicKeySpec(RocaTest.marked(2048), BigInteger.valueOf(65537));
        var key = KeyFactory.getInstance("RSA").generatePublic(spec);
        assertRefused(Flaw.CERTIFICATE_KEY, MAKER.certify(key));
    }

    @ParameterizedTest
    @CsvSource({"secp256r1, P256", "secp384r1, P384", "RSA-2048, RSA_2048", "RSA-3072, RSA_3072"})
    void step2TakesEachKindThatEksAreOf(String kind, KeyAlgorithm algorithm) throws Exception {
        var certificate = MAKER.certify(FakeMaker.pair(kind).getPublic());
        assertThat(judged(certificate, MAKER.authorities()).algorithm()).isEqualTo(algorithm);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.3.6.1.5.5.7.3.2", "2.23.133.8.2", "2.23.133.8.3"})
    void step3RefusesACertificateOfAnotherPurpose(String purpose) {
        assertRefused(Flaw.CERTIFICATE_PURPOSE, with(made -> made.purpose(purpose)));
    }

    @Test
    void step3RefusesAnAuthority() {
        assertRefused(Flaw.CERTIFICATE_PURPOSE, with(FakeMaker.Made::ca));
    }

    /// RFC 4055 §4.1: the same numbers under another name.
    @Test
    void step2ReadsAKeyForOaepAlone() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var key = (RSAPublicKey) generator.generateKeyPair().getPublic();
        var good = MAKER.certify(oaep(key.getModulus(), key.getPublicExponent()));
        assertRefused(
                Flaw.CERTIFICATE_KEY,
                MAKER.certify(oaep(key.getModulus().shiftRight(1), key.getPublicExponent())));
        assertRefused(Flaw.CERTIFICATE_KEY, MAKER.certify(oaep(key.getModulus(), BigInteger.TWO)));
        var judged = judged(good, MAKER.authorities());
        assertThat(judged.key()).isEqualTo(key);
        assertThat(judged.algorithm()).isEqualTo(KeyAlgorithm.RSA_2048);
    }

    private static PublicKey oaep(BigInteger modulus, BigInteger exponent) {
        var numbers = Der.sequence(Der.integer(modulus), Der.integer(exponent));
        var encoded =
                Der.sequence(
                        Der.sequence(Der.oid("1.2.840.113549.1.1.7"), Der.sequence()),
                        Der.bits(numbers));
        return new PublicKey() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getAlgorithm() {
                return "RSAES-OAEP";
            }

            @Override
            public String getFormat() {
                return "X.509";
            }

            @Override
            public byte[] getEncoded() {
                return encoded.toArray();
            }
        };
    }

    @Test
    void step4RefusesACertificateThatNamesNoMaker() {
        // the platform reads no certificate that names nobody at all
        assertRefused(Flaw.CERTIFICATE_MALFORMED, with(FakeMaker.Made::nameless));
        assertRefused(Flaw.CERTIFICATE_MAKER, with(made -> made.nameless().subject("CN=TPM")));
        for (var names :
                List.of(
                        FakeMaker.maker("", "model", "1"),
                        FakeMaker.maker("id:53544D20", "", "1"),
                        FakeMaker.maker("id:53544D20", "model", ""),
                        FakeMaker.maker("STM", "model", "1"),
                        FakeMaker.maker("id:53544D2", "model", "1"),
                        FakeMaker.maker("id:53544D20", "a\u001b[2J", "1"),
                        FakeMaker.maker("id:53544D20", "a\nb", "1"),
                        FakeMaker.maker("id:53544D20", "m".repeat(65), "1"),
                        new GeneralNames(new GeneralName(GeneralName.dNSName, "tpm.example")),
                        twice())) {
            assertRefused(Flaw.CERTIFICATE_MAKER, with(made -> made.names(names)));
        }
    }

    private static GeneralNames twice() {
        var parts = new ASN1EncodableVector();
        FakeMaker.add(parts, "2.23.133.2.1", "id:53544D20");
        FakeMaker.add(parts, "2.23.133.2.2", "one");
        FakeMaker.add(parts, "2.23.133.2.2", "another");
        FakeMaker.add(parts, "2.23.133.2.3", "1");
        return FakeMaker.directory(parts);
    }

    @Test
    void step4ReadsTheMakerInEachFormThatMakersWrite() throws Exception {
        var maker = new TpmMaker("id:53544D20", "ST33HTPHAHE5", "id:00010101");
        assertThat(judged(GOOD, MAKER.authorities()).maker()).isEqualTo(maker);
        assertThat(maker)
                .hasToString("STMicroelectronics ST33HTPHAHE5 id:00010101")
                .returns(false, TpmMaker::simulated);

        // all three in one set, another name beside, small hexadecimal
        var one = new ASN1EncodableVector();
        one.add(
                new DERSet(
                        new ASN1Encodable[] {
                            FakeMaker.attribute("2.23.133.2.1", "id:49465800"),
                            FakeMaker.attribute("2.23.133.2.2", "SLB 9670"),
                            FakeMaker.attribute("2.23.133.2.3", "id:0d0b")
                        }));
        var beside =
                new GeneralNames(
                        new GeneralName[] {
                            new GeneralName(new X500Name("CN=a serial number")),
                            FakeMaker.directory(one).getNames()[0],
                            new GeneralName(GeneralName.dNSName, "tpm.example")
                        });
        assertThat(judged(with(made -> made.names(beside)), MAKER.authorities()).maker())
                .hasToString("Infineon SLB 9670 id:0d0b");
    }

    @ParameterizedTest
    @CsvSource({
        "id:00001014, swtpm, true",
        "id:49424D00, SW   TPM, false",
        "id:53494D30, a simulator, true",
        "id:54535437, a test, true",
        "id:4E544300, NPCT75x, false"
    })
    void makerSaysThatItIsSimulated(String manufacturer, String model, boolean simulated) {
        var maker = new TpmMaker(manufacturer, model, "1");
        assertThat(maker.simulated()).isEqualTo(simulated);
        assertThat(maker.toString().endsWith("(simulated)")).isEqualTo(simulated);
    }

    @Test
    void step5RefusesAMakerThatNobodyTrusts() {
        var other = new FakeMaker("Acme");
        assertRefused(Flaw.ROOT_UNKNOWN, other.certify(TPM.ek()));
        assertRefused(
                Flaw.ROOT_UNKNOWN, other.certify(TPM.ek()), MAKER.authorities(), other.belowDer());
        assertRefused(Flaw.ROOT_UNKNOWN, GOOD, List.of());
        // nothing leads to the root
        assertRefused(Flaw.ROOT_UNKNOWN, GOOD, List.of(MAKER.root()));
        // what is no root is trusted by nobody
        assertRefused(Flaw.ROOT_UNKNOWN, GOOD, List.of(MAKER.below()));
    }

    @Test
    void step5TakesWhatLeadsToTheRootFromTheTpmToo() throws Exception {
        var judged = judged(GOOD, List.of(MAKER.root()), MAKER.belowDer());
        assertThat(judged.root()).isEqualTo(MAKER.root());
        assertThat(judged.vouchers())
                .as("the TPM's own first, the root's last")
                .containsExactly(
                        Bytes.of(TPM.ek().getEncoded()), key(MAKER.below()), key(MAKER.root()));
    }

    @Test
    void step5RefusesWhatWasWithdrawn() {
        assertRefused(
                Flaw.ROOT_WITHDRAWN,
                GOOD,
                List.of(FakeMaker.withdrawn(MAKER.root()), MAKER.below()));
        assertRefused(
                Flaw.ROOT_WITHDRAWN,
                GOOD,
                List.of(MAKER.root(), FakeMaker.withdrawn(MAKER.below())));
        // the TPM brings along what was withdrawn
        assertRefused(
                Flaw.ROOT_WITHDRAWN,
                GOOD,
                List.of(MAKER.root(), FakeMaker.withdrawn(MAKER.below())),
                MAKER.belowDer());
    }

    /// Whoever has an ECDSA signature makes another one of it, without the key.
    @Test
    void step5RefusesAnotherCertificateOfAWithdrawnKey() throws Exception {
        var twin = MAKER.twin();
        assertThat(twin).isNotEqualTo(MAKER.belowDer());
        assertRefused(
                Flaw.ROOT_WITHDRAWN,
                GOOD,
                List.of(MAKER.root(), FakeMaker.withdrawn(MAKER.below())),
                twin);
        assertThat(judged(GOOD, List.of(MAKER.root()), twin).root()).isEqualTo(MAKER.root());
    }

    @Test
    void step5RefusesWhatIsNotValidNow() {
        var second = Duration.ofSeconds(1);
        assertRefused(
                Flaw.CERTIFICATE_EXPIRED, with(made -> made.until(FakeMaker.NOW.minus(second))));
        assertRefused(
                Flaw.CERTIFICATE_EXPIRED, with(made -> made.from(FakeMaker.NOW.plus(second))));
        var expired = new FakeMaker("Old", made -> made.until(FakeMaker.NOW.minus(second)));
        assertRefused(Flaw.CERTIFICATE_EXPIRED, expired.certify(TPM.ek()), expired.authorities());
    }

    @Test
    void step5TakesTheLastSecond() throws Exception {
        var last = with(made -> made.until(FakeMaker.NOW).from(FakeMaker.NOW));
        assertThat(judged(last, MAKER.authorities()).maker().name())
                .isEqualTo("STMicroelectronics");
    }

    @Test
    void step5RefusesSha1() {
        // the certificate says SHA-1 of a SHA-1 signature
        var below = new FakeMaker("Weak", FakeMaker.Made::sha1);
        assertRefused(Flaw.WEAK_SIGNATURE, below.certify(TPM.ek()), below.authorities());
    }

    @Test
    void step5RefusesSha1InPssToo() throws Exception {
        var maker = new FakeMaker("Pss", of -> of, FakeMaker.pair("RSA-2048"));
        assertRefused(
                Flaw.WEAK_SIGNATURE,
                maker.certify(TPM.ek(), made -> made.pss("SHA-1", 20)),
                maker.authorities());
        var good = maker.certify(TPM.ek(), made -> made.pss("SHA-256", 32));
        assertThat(judged(good, maker.authorities()).root()).isEqualTo(maker.root());
    }

    @Test
    void step5RefusesWhatThePlatformRefuses() {
        assertRefused(Flaw.CHAIN_REFUSED, with(FakeMaker.Made::unknownCritical));
        // the one in between is no authority
        var posing =
                new FakeMaker("Posing", _ -> new FakeMaker.Made().ek().subject("CN=Posing EK CA"));
        assertRefused(Flaw.CHAIN_REFUSED, posing.certify(TPM.ek()), posing.authorities());
    }

    @Test
    void step5FindsTheWayAmongMany() throws Exception {
        var all = new ArrayList<Authority>();
        for (int i = 0; i < 20; i++) {
            all.addAll(new FakeMaker("Acme").authorities());
        }
        assertRefused(Flaw.ROOT_UNKNOWN, GOOD, all);
        all.addAll(MAKER.authorities());
        assertThat(judged(GOOD, all).root()).isEqualTo(MAKER.root());
    }

    @Test
    void markIsOneForAnEkAndAServer() throws Exception {
        var again = with(made -> made.names(FakeMaker.maker("id:49465800", "another", "2")));
        try (var key = secret("one");
                var other = secret("another")) {
            var mark = judged(GOOD, MAKER.authorities()).mark(key);
            assertThat(mark.size()).isEqualTo(32);
            assertThat(judged(again, MAKER.authorities()).mark(key)).isEqualTo(mark);
            assertThat(judged(GOOD, MAKER.authorities()).mark(other)).isNotEqualTo(mark);
            var stranger = MAKER.certify(FakeMaker.pair("secp256r1").getPublic());
            assertThat(judged(stranger, MAKER.authorities()).mark(key)).isNotEqualTo(mark);
        }
    }

    private static Secret secret(String text) {
        return Secret.owning(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Bytes key(Authority authority) {
        return Bytes.of(authority.certificate().getPublicKey().getEncoded());
    }
}
