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
import java.util.List;
import org.junit.jupiter.api.Test;

class IntentTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Id OWNER = Id.of(Id.Kind.OWNER, Bytes.of(new byte[16]));
    private static final Id DEVICE = Id.of(Id.Kind.DEVICE, Bytes.of(new byte[16]));
    private static final Id CREDENTIAL = Id.of(Id.Kind.CREDENTIAL, Bytes.of(new byte[16]));

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
    void pointsBesideTheCurveAreRefused() {
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
        assertThatThrownBy(() -> new DeviceJwk(Bytes.of(octets).slice(1, 33), zero).publicKey())
                .isInstanceOf(MalformedException.class);
    }
}
