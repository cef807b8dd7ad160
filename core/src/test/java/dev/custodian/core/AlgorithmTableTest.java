package dev.custodian.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.AlgorithmParameters;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlgorithmTableTest {
    @Test
    void publishedTableIsOurs() {
        var rows = new ArrayList<Map<String, String>>();
        for (var hash : HashAlgorithm.values()) {
            rows.add(
                    row(
                            "hash", hash.jca(),
                            "oid", hash.oid(),
                            "length", "" + hash.length(),
                            "digest info", hash.digestInfoPrefix().hex(),
                            "ncrypt", hash.ncrypt(),
                            "ckm", hex(hash.ckm()),
                            "ckg mgf1", "" + hash.ckgMgf1()));
        }
        for (var key : KeyAlgorithm.values()) {
            rows.add(
                    row(
                            "key", key.display(),
                            "id", "" + key.id(),
                            "family", key.family().name(),
                            "bits", "" + key.bits(),
                            "curve oid", key.curveOid(),
                            "jca curve", key.jcaCurve(),
                            "ckk", "" + key.ckk(),
                            "ncrypt", key.ncrypt(),
                            "ssh key", key.sshKey()));
        }
        for (var scheme : Scheme.values()) {
            rows.add(
                    row(
                            "scheme", scheme.name(),
                            "id", "" + scheme.id(),
                            "family", scheme.family().name(),
                            "hash", scheme.hash().jca(),
                            "oid", scheme.combinedOid(),
                            "jca", scheme.jca(),
                            "ckm", hex(scheme.ckm()),
                            "ckm over digest", hex(scheme.ckmOverDigest()),
                            "ncrypt padding", "" + scheme.ncryptPadding(),
                            "ssh", scheme.ssh(),
                            "cose", "" + scheme.cose(),
                            "jose", scheme.jose()));
        }
        assertThat(Vector.read("algorithms").stream().map(Vector::rest))
                .containsExactlyElementsOf(rows);
    }

    private static String hex(int number) {
        return "0x" + Integer.toHexString(number);
    }

    private static Map<String, String> row(String... keysAndValues) {
        var row = new LinkedHashMap<String, String>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            row.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return row;
    }

    @ParameterizedTest
    @EnumSource
    void everyHashIsKnownToThePlatform(HashAlgorithm hash) throws Exception {
        var digest = MessageDigest.getInstance(hash.jca());
        assertThat(digest.getDigestLength()).isEqualTo(hash.length());
        assertThat(HashAlgorithm.ofOid(hash.oid())).isEqualTo(hash);
        // SEQUENCE of two: its length counts the digest, whose OCTET STRING ends the prefix
        var prefix = hash.digestInfoPrefix();
        assertThat(prefix.at(1)).isEqualTo((byte) (prefix.size() - 2 + hash.length()));
        assertThat(prefix.at(prefix.size() - 1)).isEqualTo((byte) hash.length());
    }

    @ParameterizedTest
    @EnumSource
    void everySchemeIsKnownToThePlatformAndFoundByItsId(Scheme scheme) throws Exception {
        assertThat(Signature.getInstance(scheme.jca())).isNotNull();
        assertThat(Scheme.ofId(scheme.id())).isEqualTo(scheme);
        var same =
                scheme.isPss()
                        ? Scheme.pss(scheme.hash())
                        : Scheme.plain(scheme.family(), scheme.hash());
        assertThat(same).isEqualTo(scheme);
    }

    @ParameterizedTest
    @EnumSource
    void everyKeyIsFoundByItsNameAndHasSchemesOfItsFamily(KeyAlgorithm key) throws Exception {
        assertThat(KeyAlgorithm.ofName(key.display())).isEqualTo(key);
        assertThat(KeyAlgorithm.ofId(key.id())).isEqualTo(key);
        assertThat(key.schemes())
                .isNotEmpty()
                .allSatisfy(scheme -> assertThat(scheme.family()).isEqualTo(key.family()));
        assertThat(key.cscOids()).doesNotHaveDuplicates();
        for (var scheme : key.schemes()) {
            assertThat(key.cscOids()).contains(scheme.combinedOid());
            assertThat(SignatureScheme.of(scheme).fits(key)).isTrue();
        }
    }

    /// RFC 8332 §3 has RSA with SHA-256 and SHA-512 only; RFC 5656 §6.2.1 gives each curve its
    /// hash.
    @Test
    void sshSignsRsaInTwoWaysAndEachCurveInOne() {
        assertThat(sshNames(KeyAlgorithm.RSA_3072)).containsExactly("rsa-sha2-256", "rsa-sha2-512");
        for (var key : List.of(KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.P521)) {
            assertThat(sshNames(key)).containsOnlyOnce(key.sshKey());
        }
    }

    private static List<String> sshNames(KeyAlgorithm key) {
        return key.schemes().stream().map(Scheme::ssh).filter(name -> !name.isEmpty()).toList();
    }

    @Test
    void foreignNumbersOfSchemesAreDistinct() {
        assertThat(Scheme.values()).extracting(Scheme::ckm).doesNotHaveDuplicates();
        assertThat(Scheme.values()).extracting(Scheme::cose).doesNotHaveDuplicates();
        assertThat(Scheme.values()).extracting(Scheme::jose).doesNotHaveDuplicates();
    }

    @Test
    void curvesAreThoseOfThePlatform() throws Exception {
        for (var key : List.of(KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.P521)) {
            var parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(key.curveOid()));
            var byOid = parameters.getParameterSpec(ECParameterSpec.class);
            parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(key.jcaCurve()));
            var byName = parameters.getParameterSpec(ECParameterSpec.class);
            assertThat(byOid.getCurve()).isEqualTo(byName.getCurve());
            assertThat(byOid.getCurve().getField().getFieldSize()).isEqualTo(key.bits());
        }
    }

    @Test
    void unknownNamesAreRefused() {
        assertThatThrownBy(() -> Scheme.ofId(0)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Scheme.ofId(10)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Scheme.ofId(-1)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> KeyAlgorithm.ofId(0)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> KeyAlgorithm.ofId(7)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> KeyAlgorithm.ofName("RSA-1024"))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> KeyAlgorithm.ofName("p-256"))
                .isInstanceOf(MalformedException.class);
        // SHA-1
        assertThatThrownBy(() -> HashAlgorithm.ofOid("1.3.14.3.2.26"))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Purpose.parse("Document")).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Custody.parse("sealed")).isInstanceOf(MalformedException.class);
    }

    @Test
    void wordsAreReadAsTheyAreWritten() throws MalformedException {
        for (var purpose : Purpose.values()) {
            assertThat(Purpose.parse(purpose.text())).isEqualTo(purpose);
        }
        for (var custody : Custody.values()) {
            assertThat(Custody.parse(custody.text())).isEqualTo(custody);
        }
    }

    @Test
    void codeOfASchemeHoldsItsSaltLength() throws MalformedException {
        var pss = new SignatureScheme(Scheme.RSA_PSS_SHA256, 222);
        assertThat(SignatureScheme.ofCode(pss.code())).isEqualTo(pss);
        for (var scheme : Scheme.values()) {
            var plain = SignatureScheme.of(scheme);
            assertThat(SignatureScheme.ofCode(plain.code())).isEqualTo(plain);
        }
        for (int code : new int[] {0, -1, 10, 1 << 8 | 1, 4 | 479 << 8, Integer.MIN_VALUE | 4}) {
            assertThatThrownBy(() -> SignatureScheme.ofCode(code))
                    .isInstanceOf(MalformedException.class);
        }
    }

    /// RFC 8017 §9.1.1 step 3: emLen is at least hLen + sLen + 2.
    @Test
    void saltFitsTheModulusToTheLastOctet() {
        assertThat(new SignatureScheme(Scheme.RSA_PSS_SHA256, 222).fits(KeyAlgorithm.RSA_2048))
                .isTrue();
        assertThat(new SignatureScheme(Scheme.RSA_PSS_SHA256, 223).fits(KeyAlgorithm.RSA_2048))
                .isFalse();
        assertThat(new SignatureScheme(Scheme.RSA_PSS_SHA256, 478).fits(KeyAlgorithm.RSA_4096))
                .isTrue();
        assertThat(new SignatureScheme(Scheme.RSA_PSS_SHA512, 0).fits(KeyAlgorithm.P256)).isFalse();
        assertThatThrownBy(() -> new SignatureScheme(Scheme.RSA_PSS_SHA256, 479))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SignatureScheme(Scheme.ECDSA_SHA256, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Arrays.stream(Scheme.values()).map(Scheme::id)).doesNotHaveDuplicates();
    }
}
