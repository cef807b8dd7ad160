package dev.custodian.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.hpke.Hpke;
import dev.custodian.core.hpke.X25519;
import dev.custodian.core.identity.DeviceNumber;
import dev.custodian.core.identity.IdentityStatement;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.identity.OwnerAddress;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.json.Json;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Reads the published vectors: each input is accepted with the fields or refused for the reason
/// that its file says.
class PublishedVectorsTest {
    @FunctionalInterface
    private interface Decoder {
        /// Takes the input out of the vector and says what it means.
        Map<String, String> decode(Vector vector)
                throws MalformedException, GeneralSecurityException;
    }

    private static Stream<DynamicTest> cases(String file, Decoder decoder) {
        return Vector.read(file).stream()
                .map(v -> DynamicTest.dynamicTest(v.take("name"), () -> check(v, decoder)));
    }

    private static void check(Vector vector, Decoder decoder) {
        var outcome = vector.take("outcome");
        var reason = vector.has("reason") ? vector.take("reason") : "";
        if (vector.has("because")) {
            assertThat(vector.take("because")).isNotEmpty();
        }
        Map<String, String> fields;
        try {
            fields = decoder.decode(vector);
        } catch (MalformedException e) {
            assertThat(outcome).as(e.getMessage()).isEqualTo("refused");
            assertThat(e.reason().text()).as(e.getMessage()).isEqualTo(reason);
            return;
        } catch (GeneralSecurityException e) {
            assertThat(outcome).as("%s", e).isEqualTo("refused");
            assertThat("not-for-us").as("%s", e).isEqualTo(reason);
            return;
        }
        assertThat(outcome).as("%s", fields).isEqualTo("accepted");
        assertThat(fields).isEqualTo(vector.rest());
    }

    @TestFactory
    Stream<DynamicTest> json() {
        return cases("json", v -> Map.of("written", Json.parse(v.input(), 1 << 20).write().utf8()));
    }

    @TestFactory
    Stream<DynamicTest> base64url() {
        return cases(
                "base64url", v -> Map.of("octets", Bytes.fromBase64Url(v.input().utf8()).hex()));
    }

    @TestFactory
    Stream<DynamicTest> ids() {
        return cases("ids", PublishedVectorsTest::id);
    }

    private static Map<String, String> id(Vector vector) throws MalformedException {
        var kind =
                Arrays.stream(Id.Kind.values())
                        .filter(k -> k.name().equalsIgnoreCase(vectorKind(vector)))
                        .findFirst()
                        .orElseThrow();
        vector.take("kind");
        var id = Id.parse(kind, vector.input().utf8());
        var octets = Base32.decode(id.text().substring(kind.prefix().length()), 16);
        assertThat(Id.of(kind, octets)).isEqualTo(id);
        return Map.of("octets", octets.hex());
    }

    private static String vectorKind(Vector vector) {
        return vector.rest().getOrDefault("kind", "");
    }

    @TestFactory
    Stream<DynamicTest> intents() {
        return cases("intent", PublishedVectorsTest::intent);
    }

    private static Map<String, String> intent(Vector vector) throws MalformedException {
        var input = vector.input();
        var intent = Intent.decode(input);
        assertThat(Intent.decode(intent.encode())).isEqualTo(intent);
        var fields = new LinkedHashMap<String, String>();
        fields.put("hash", Hashes.sha256(input).hex());
        fields.put("kind", intent.kind());
        fields.put("server", intent.server().hex());
        switch (intent.approver()) {
            case Approver.OnDevice(var owner, var device) -> {
                fields.put("owner", owner.text());
                fields.put("device", device.text());
            }
            case Approver.Elsewhere(var owner) -> fields.put("owner", owner.text());
            case Approver.Newcomer() -> {}
        }
        fields.put("nonce", intent.nonce().hex());
        fields.put("iat", intent.iat().toString());
        fields.put("exp", intent.exp().toString());
        if (!intent.shown().isEmpty()) {
            fields.put(
                    "shown",
                    intent.shown().stream()
                            .map(s -> s.what() + "/" + s.source().text() + "/" + s.text())
                            .collect(Collectors.joining(" | ")));
        }
        putMatter(intent.matter(), fields);
        return fields;
    }

    private static void putMatter(Matter matter, Map<String, String> fields) {
        switch (matter) {
            case Matter.Sign(var credential, var purpose, var hashOid, var digests) -> {
                fields.put("credential", credential.text());
                fields.put("purpose", purpose.text());
                if (!hashOid.isEmpty()) {
                    fields.put("alg", hashOid);
                }
                fields.put(
                        "digests",
                        digests.stream()
                                .map(d -> d.value().hex())
                                .collect(Collectors.joining(" ")));
                fields.put(
                        "labels",
                        digests.stream()
                                .map(d -> d.label().isEmpty() ? "-" : d.label())
                                .collect(Collectors.joining(" | ")));
            }
            case Matter.Consent(var credential, var purpose, var count, var until, var subject) -> {
                fields.put("credential", credential.text());
                fields.put("purpose", purpose.text());
                fields.put("count", "" + count);
                fields.put("until", until.toString());
                fields.put("subject", subject);
            }
            case Matter.Change(var what, var subject, var after) -> {
                fields.put("change.what", what);
                fields.put("change.subject", subject);
                fields.put("change.after", after);
            }
            case Matter.Enrol(var codeHash, var jwk) -> {
                fields.put("enrol.code", codeHash.hex());
                fields.put("enrol.x", jwk.x().hex());
                fields.put("enrol.y", jwk.y().hex());
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> sealed() {
        return cases("sealed", PublishedVectorsTest::sealed);
    }

    private static Map<String, String> sealed(Vector vector)
            throws MalformedException, GeneralSecurityException {
        var key = X25519.privateKey(Secret.owning(vector.octets("activation key").toArray()));
        var intentHash = vector.octets("intent hash");
        var input = vector.input();
        var sealed = Sealed.decode(input);
        assertThat(sealed.encode()).isEqualTo(input);
        try (var factors = sealed.open(key, intentHash)) {
            return Map.of(
                    "key id", sealed.keyId().hex(),
                    "pin", Bytes.of(factors.pin().expose()).hex(),
                    "share", Bytes.of(factors.share().expose()).hex(),
                    "r", Bytes.of(factors.r().expose()).hex(),
                    "more", Bytes.of(factors.more().expose()).hex());
        }
    }

    @TestFactory
    Stream<DynamicTest> sads() {
        return cases(
                "sad",
                v -> {
                    var r = Secret.owning(v.octets("r").toArray());
                    var sad = Sad.derive(r, v.octets("intent hash"));
                    assertThat(Sad.parse(sad.expose()).hash()).isEqualTo(sad.hash());
                    var opening = sad.openingKey(v.take("authorization"));
                    return Map.of(
                            "sad", sad.expose(),
                            "hash", sad.hash().hex(),
                            "opening key", Bytes.of(opening.expose()).hex());
                });
    }

    @TestFactory
    Stream<DynamicTest> consents() {
        return cases(
                "consent",
                v -> {
                    var r = Secret.owning(v.octets("r").toArray());
                    var intent = v.octets("consent intent hash");
                    var secret = ConsentSecret.derive(r, intent);
                    var id = ConsentSecret.id(intent);
                    assertThat(ConsentSecret.parse(secret.expose()).hash())
                            .isEqualTo(secret.hash());
                    return Map.of(
                            "id", id.text(),
                            "secret", secret.expose(),
                            "hash", secret.hash().hex(),
                            "opening key", Bytes.of(secret.openingKey(id).expose()).hex(),
                            "sad", secret.sad(v.octets("sign intent hash")).expose());
                });
    }

    @TestFactory
    Stream<DynamicTest> invitations() {
        return cases(
                "invitation",
                v -> {
                    var text = v.input().utf8();
                    var invitation = Invitation.parse(text);
                    assertThat(invitation.expose()).isEqualTo(text);
                    return Map.of(
                            "base", invitation.base().toString(),
                            "code", invitation.code().hex(),
                            "code hash", invitation.codeHash().hex(),
                            "thumbprint", invitation.thumbprint().hex());
                });
    }

    @TestFactory
    Stream<DynamicTest> ownerAddresses() {
        return cases(
                "owner-address",
                v -> {
                    var text = v.input().utf8();
                    var address = OwnerAddress.parse(text);
                    assertThat(address.text()).isEqualTo(text);
                    return Map.of(
                            "base", address.base().toString(),
                            "owner", address.owner().text(),
                            "thumbprint", address.thumbprint().hex());
                });
    }

    @TestFactory
    Stream<DynamicTest> deviceNumbers() {
        return cases(
                "device-number",
                v -> {
                    var device = Id.parse(Id.Kind.DEVICE, v.take("device"));
                    return Map.of("number", DeviceNumber.of(v.input(), device));
                });
    }

    @TestFactory
    Stream<DynamicTest> identities() {
        return cases("identity", PublishedVectorsTest::identity);
    }

    private static Map<String, String> identity(Vector vector) throws MalformedException {
        var identity = IdentityStatement.decode(vector.input());
        assertThat(IdentityStatement.decode(identity.encode())).isEqualTo(identity);
        return Map.of(
                "thumbprint", identity.thumbprint().hex(),
                "tls", identity.tls().stream().map(Bytes::hex).collect(Collectors.joining(" ")),
                "activation.id", identity.activation().id().hex(),
                "activation.key", identity.activation().key().hex(),
                "journal", identity.journal(),
                "base", identity.base(),
                "time", identity.time().toString(),
                "exp", identity.expires().toString());
    }

    @TestFactory
    Stream<DynamicTest> hpke() {
        return cases("hpke", PublishedVectorsTest::hpke);
    }

    private static Map<String, String> hpke(Vector vector) throws GeneralSecurityException {
        var key = X25519.privateKey(Secret.owning(vector.octets("recipient").toArray()));
        var info = vector.octets("info");
        var aad = vector.octets("aad");
        var box = vector.octets("box");
        try (var plaintext = Hpke.open(key, box, info, aad)) {
            var publicKey = X25519.publicOf(key);
            assertThat(publicKey).isEqualTo(vector.octets("recipient public"));
            var ephemeral = vector.octets("ephemeral");
            assertThat(Hpke.seal(publicKey, info, aad, plaintext.expose(), always(ephemeral)))
                    .isEqualTo(box);
            return Map.of("plaintext", Bytes.of(plaintext.expose()).hex());
        }
    }

    /// Randomness that is known, so that sealing gives a known box.
    private static SecureRandom always(Bytes octets) {
        return new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] out) {
                System.arraycopy(octets.toArray(), 0, out, 0, out.length);
            }
        };
    }
}
