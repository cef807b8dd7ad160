package dev.custodian.core.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Purpose;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntentTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Id OWNER = Id.of(Id.Kind.OWNER, Bytes.of(new byte[16]));
    private static final Id DEVICE = Id.of(Id.Kind.DEVICE, Bytes.of(new byte[16]));
    private static final Id CREDENTIAL = Id.of(Id.Kind.CREDENTIAL, Bytes.of(new byte[16]));

    /// P-256 (FIPS 186-4 §D.1.2.3): the base point, and b.
    private static final Bytes GX =
            Bytes.fromHex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");

    private static final Bytes GY =
            Bytes.fromHex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    private static final BigInteger B =
            new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);

    private static Intent intent(Approver approver, Matter matter) {
        return new Intent(
                Bytes.of(new byte[32]),
                approver,
                Bytes.of(new byte[16]),
                NOW,
                NOW.plus(Intent.LONGEST),
                List.of(),
                matter);
    }

    private static List<Matter.Digest> digests(int count, String label) {
        var digests = new ArrayList<Matter.Digest>();
        for (int i = 0; i < count; i++) {
            digests.add(new Matter.Digest(Hashes.sha256(Bytes.u32(i)), label));
        }
        return digests;
    }

    private static Matter.Sign sign(List<Matter.Digest> digests) {
        return new Matter.Sign(CREDENTIAL, Purpose.DOCUMENT, HashAlgorithm.SHA256.oid(), digests);
    }

    @Test
    void fourThousandLabelledDigestsAreRead() throws MalformedException {
        var intent =
                intent(
                        new Approver.OnDevice(OWNER, DEVICE),
                        sign(digests(Matter.MOST, "a contract with a long name.pdf")));
        assertThat(Intent.decode(intent.encode())).isEqualTo(intent);
    }

    @Test
    void oneDigestMoreIsRefused() {
        assertThatThrownBy(() -> sign(digests(Matter.MOST + 1, "")))
                .isInstanceOf(IllegalArgumentException.class);
        var text = new StringBuilder("{\"v\":1,\"kind\":\"sign\",\"server\":\"");
        text.append(Bytes.of(new byte[32]).base64Url());
        text.append("\",\"owner\":\"").append(OWNER);
        text.append("\",\"nonce\":\"AA\",\"iat\":\"2026-11-24T12:00:00Z\"");
        text.append(",\"exp\":\"2026-11-24T12:00:00Z\",\"shown\":[],\"credential\":\"");
        text.append(CREDENTIAL).append("\",\"purpose\":\"document\",\"digests\":[");
        for (var digest : digests(Matter.MOST + 1, "")) {
            text.append("{\"value\":\"").append(digest.value().base64Url()).append("\"},");
        }
        text.setLength(text.length() - 1);
        text.append("]}");
        assertReason(Reason.SIZE, Bytes.utf8(text.toString()));
    }

    @Test
    void moreThanAMebibyteIsRefusedUnread() throws MalformedException {
        var label = "x".repeat(Intent.MAX_SIZE - 500);
        var intent = intent(new Approver.Elsewhere(OWNER), sign(digests(1, label)));
        assertThat(Intent.decode(intent.encode())).isEqualTo(intent);
        var longer = intent(new Approver.Elsewhere(OWNER), sign(digests(1, label + label)));
        assertReason(Reason.SIZE, longer.encode());
    }

    private static void assertReason(Reason reason, Bytes octets) {
        assertThatThrownBy(() -> Intent.decode(octets))
                .isInstanceOfSatisfying(
                        MalformedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void idsInTheWrongPlaceAreAFaultOfTheProgram() {
        assertThatThrownBy(() -> new Approver.OnDevice(DEVICE, OWNER))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Approver.Elsewhere(DEVICE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Matter.Sign(OWNER, Purpose.DOCUMENT, "", digests(1, "")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Matter.Consent(OWNER, Purpose.LOGIN, 1, NOW, "terminal"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onlyAnEnrolmentHasNoOwner() {
        assertThatThrownBy(() -> intent(new Approver.Newcomer(), sign(digests(1, ""))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> intent(new Approver.Newcomer(), new Matter.Change("pin", "", "")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shownNameWithHalfASurrogatePairIsStillRead() throws MalformedException {
        var shown = new Shown("document", "a\ud83d.pdf", Shown.Source.COMPUTED);
        var intent =
                new Intent(
                        Bytes.of(new byte[32]),
                        new Approver.Elsewhere(OWNER),
                        Bytes.of(new byte[16]),
                        NOW,
                        NOW,
                        List.of(shown),
                        sign(digests(1, "")));
        assertThat(Intent.decode(intent.encode()).shown().getFirst().text())
                .isEqualTo("a\ufffd.pdf");
    }

    @Test
    void deviceKeyComesBackAsItWas() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        for (int i = 0; i < 8; i++) {
            var key = (ECPublicKey) generator.generateKeyPair().getPublic();
            var back = DeviceJwk.of(key).publicKey();
            assertThat(back.getW()).isEqualTo(key.getW());
        }
    }

    @Test
    void pointsBesideTheCurveAreRefused() throws MalformedException {
        var zero = Bytes.of(new byte[32]);
        assertThatThrownBy(() -> new DeviceJwk(zero, zero).publicKey())
                .isInstanceOf(MalformedException.class);
        // x = p is 0 again: a second spelling of a coordinate
        var p =
                BigInteger.TWO
                        .pow(256)
                        .subtract(BigInteger.TWO.pow(224))
                        .add(BigInteger.TWO.pow(192))
                        .add(BigInteger.TWO.pow(96))
                        .subtract(BigInteger.ONE);
        var octets = p.toByteArray();
        var prime = Bytes.of(octets).slice(1, 33);
        assertThatThrownBy(() -> new DeviceJwk(prime, zero).publicKey())
                .isInstanceOf(MalformedException.class);
        // with the y that belongs to 0: the root of b
        var y = B.modPow(p.add(BigInteger.ONE).shiftRight(2), p).toByteArray();
        var root = Bytes.of(y).slice(y.length - 32, y.length);
        assertThat(new DeviceJwk(zero, root).publicKey().getW().getAffineX()).isZero();
        assertThatThrownBy(() -> new DeviceJwk(prime, root).publicKey())
                .isInstanceOf(MalformedException.class);
    }

    /// Whoever signs octets that hold something unknown signs what nobody showed them.
    @Test
    void unknownMemberIsRefusedWhereverItStands() throws MalformedException {
        var key = new DeviceJwk(GX, GY);
        var digest = List.of(new Matter.Digest(Hashes.sha256(Bytes.u32(1)), "label"));
        for (var matter :
                List.of(
                        sign(digest),
                        new Matter.Consent(CREDENTIAL, Purpose.LOGIN, 3, NOW, "terminal"),
                        new Matter.Change("pin", "", ""),
                        new Matter.Enrol(Bytes.of(new byte[32]), key))) {
            var intent =
                    new Intent(
                            Bytes.of(new byte[32]),
                            new Approver.OnDevice(OWNER, DEVICE),
                            Bytes.of(new byte[16]),
                            NOW,
                            NOW,
                            List.of(new Shown("document", "a.pdf", Shown.Source.COMPUTED)),
                            matter);
            var text = intent.encode().utf8();
            assertThat(Intent.decode(Bytes.utf8(text))).isEqualTo(intent);
            for (int at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
                var more = text.substring(0, at + 1) + "\"more\":1," + text.substring(at + 1);
                assertReason(Reason.MEMBERS, Bytes.utf8(more));
            }
        }
    }

    @Test
    void sizesOfNonceAndShownLinesAreBounded() throws MalformedException {
        var line = new Shown("x".repeat(1024), "y".repeat(1024), Shown.Source.REPORTED);
        var most = sized(64, Collections.nCopies(64, line));
        assertThat(Intent.decode(most.encode())).isEqualTo(most);
        assertThatThrownBy(() -> sized(65, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sized(0, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sized(64, Collections.nCopies(65, line)))
                .isInstanceOf(IllegalArgumentException.class);
        var longer = "x".repeat(1025);
        assertThatThrownBy(() -> new Shown(longer, "", Shown.Source.REPORTED))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Shown("", longer, Shown.Source.REPORTED))
                .isInstanceOf(IllegalArgumentException.class);
        var text = most.encode().utf8();
        assertReason(Reason.SIZE, Bytes.utf8(text.replaceFirst("x{1024}", longer)));
        assertReason(Reason.SIZE, Bytes.utf8(text.replaceFirst("y{1024}", longer)));
    }

    private static Intent sized(int nonce, List<Shown> shown) {
        return new Intent(
                Bytes.of(new byte[32]),
                new Approver.Elsewhere(OWNER),
                Bytes.of(new byte[nonce]),
                NOW,
                NOW,
                shown,
                sign(digests(1, "")));
    }

    @Test
    void consentIsToOneToFourThousandSignatures() {
        for (int count : new int[] {1, Matter.MOST}) {
            assertThat(new Matter.Consent(CREDENTIAL, Purpose.CODE, count, NOW, "").count())
                    .isEqualTo(count);
        }
        for (int count : new int[] {0, -1, Matter.MOST + 1}) {
            assertThatThrownBy(() -> new Matter.Consent(CREDENTIAL, Purpose.CODE, count, NOW, ""))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new Matter.Consent(CREDENTIAL, Purpose.DOCUMENT, 2, NOW, "").count())
                .isEqualTo(2);
        assertThatThrownBy(() -> new Matter.Consent(CREDENTIAL, Purpose.DOCUMENT, 3, NOW, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                new Matter.Consent(
                                        CREDENTIAL, Purpose.CERTIFICATE_REQUEST, 1, NOW, ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// No other digest hides under the name of a certificate request.
    @Test
    void certificateRequestIsTheDigestOfItsLabel() {
        var der = Bytes.utf8("a certificate request");
        var label = der.base64Url();
        assertThat(request(Hashes.sha256(der), label).purpose())
                .isEqualTo(Purpose.CERTIFICATE_REQUEST);
        for (var digest :
                List.of(
                        new Matter.Digest(Hashes.sha256(Bytes.utf8("a document")), label),
                        new Matter.Digest(Hashes.sha256(Bytes.EMPTY), ""),
                        new Matter.Digest(Hashes.sha256(der), ""),
                        new Matter.Digest(Hashes.sha256(der), "no base64url!"),
                        new Matter.Digest(Hashes.sha256(der), label + "="))) {
            assertThatThrownBy(() -> request(digest.value(), digest.label()))
                    .as(digest.label())
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Matter.Sign request(Bytes value, String label) {
        return new Matter.Sign(
                CREDENTIAL,
                Purpose.CERTIFICATE_REQUEST,
                HashAlgorithm.SHA256.oid(),
                List.of(new Matter.Digest(value, label)));
    }
}
