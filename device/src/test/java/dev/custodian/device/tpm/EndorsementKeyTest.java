package dev.custodian.device.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What is found in NV memory. That it proves anything is shown over a simulated TPM, end to end.
class EndorsementKeyTest {
    private static final int INDEX = 0x01c00002;
    private static final int CHAIN = 0x01c00100;

    private final Drawer drawer = new Drawer();

    /// A certificate of swtpm's, and the EK that it is for.
    private static Bytes certificate(String name) throws IOException {
        try (var in = EndorsementKeyTest.class.getResourceAsStream(name)) {
            assertThat(in).isNotNull();
            return Bytes.fromHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
        }
    }

    private static TpmPublic area(Bytes certificate) throws Exception {
        var in = new ByteArrayInputStream(certificate.toArray());
        var key =
                (RSAPublicKey)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(in)
                                .getPublicKey();
        var template = EndorsementTemplate.L1.area();
        return new TpmPublic(
                template.nameHash(),
                template.attributes(),
                template.policy(),
                new TpmPublic.Rsa(
                        TpmPublic.Symmetric.AES_128_CFB,
                        TpmPublic.AsymScheme.NONE,
                        2048,
                        0,
                        Bytes.of(TpmPublic.fixed(key.getModulus(), 256))));
    }

    private List<EndorsementKey> found() throws IOException {
        try (var tpm = new Tpm(drawer, 0)) {
            return EndorsementKey.of(tpm, new SecureRandom());
        }
    }

    @Test
    void certificateOfAnotherKeyIsToldAsThat() throws Exception {
        drawer.nv.put(INDEX, certificate("one-ek.hex"));
        drawer.persistent = area(certificate("another-ek.hex"));
        assertThatThrownBy(this::found)
                .isInstanceOfSatisfying(
                        TpmException.class,
                        e -> assertThat(e.meaning()).isEqualTo(Meaning.ANOTHER_ENDORSEMENT));
        assertThat(drawer.flushed).containsExactly(Drawer.MADE);
    }

    @Test
    void certificateOfTheKeyThatPersistsIsFound() throws Exception {
        var certificate = certificate("one-ek.hex");
        drawer.nv.put(INDEX, certificate);
        drawer.persistent = area(certificate);
        assertThat(found()).extracting(EndorsementKey::certificate).containsExactly(certificate);
        assertThat(drawer.flushed).isEmpty();
    }

    /// A symmetric key of another program, say.
    @Test
    void persistentObjectOfAnotherKindIsPassedOver() throws Exception {
        var certificate = certificate("one-ek.hex");
        drawer.nv.put(INDEX, certificate);
        drawer.persistent = area(certificate);
        drawer.odd = true;
        assertThat(found()).extracting(EndorsementKey::certificate).containsExactly(certificate);
        assertThat(drawer.flushed).isEmpty();
    }

    @Test
    void whatFillsUpTheAreaIsCutOff() throws Exception {
        var certificate = certificate("one-ek.hex");
        drawer.persistent = area(certificate);
        for (byte filler : new byte[] {0, (byte) 0xff}) {
            var padding = new byte[700];
            Arrays.fill(padding, filler);
            drawer.nv.put(INDEX, Bytes.concat(certificate, Bytes.of(padding)));
            assertThat(found())
                    .extracting(EndorsementKey::certificate)
                    .containsExactly(certificate);
        }
    }

    @Test
    void areaWithoutACertificateIsPassedOver() throws Exception {
        for (var content :
                List.of(
                        Bytes.EMPTY,
                        Bytes.of(new byte[1000]),
                        Bytes.utf8("30820100"),
                        certificate("one-ek.hex").slice(0, 500))) {
            drawer.nv.put(INDEX, content);
            assertThat(found()).isEmpty();
        }
        drawer.nv.clear();
        assertThat(found()).isEmpty();
    }

    @Test
    void certificatesOfThoseWhoVouchComeAlongFourAtMost() throws Exception {
        var certificate = certificate("one-ek.hex");
        var other = certificate("another-ek.hex");
        drawer.nv.put(INDEX, certificate);
        drawer.persistent = area(certificate);
        drawer.nv.put(CHAIN, Bytes.concat(other, other, Bytes.of(new byte[50])));
        drawer.nv.put(CHAIN + 1, Bytes.concat(other, certificate, other));
        drawer.nv.put(CHAIN + 0x100, other);
        var file =
                new TpmKeyFile(
                        TpmKeyFile.Kind.LOADABLE, true, Alg.OWNER, area(certificate), Bytes.EMPTY);
        var claim = found().getFirst().claim(file);
        assertThat(claim.chain()).containsExactly(other, other, other, certificate);
        assertThat(claim.certificate()).isEqualTo(certificate);
        assertThat(claim.keyArea()).isEqualTo(file.area().encode());
    }

    @Test
    void nvMemoryThatLiesIsRefused() throws Exception {
        var certificate = certificate("one-ek.hex");
        drawer.persistent = area(certificate);
        drawer.nv.put(INDEX, certificate);
        for (var lie : Drawer.Lie.values()) {
            drawer.lie = lie;
            if (lie == Drawer.Lie.NONE) {
                assertThat(found()).hasSize(1);
                continue;
            }
            assertThatThrownBy(this::found)
                    .as(lie.toString())
                    .isInstanceOfSatisfying(
                            TpmException.class,
                            e -> assertThat(e.meaning()).isEqualTo(Meaning.MALFORMED_ANSWER));
        }
    }

    /// NV memory, an EK that persists, and one that is made and is always the same.
    private static final class Drawer implements TpmTransport {
        static final int MADE = 0x80000000;
        private static final int ODD = 0x81010000;
        private static final int PERSISTENT = 0x81010001;

        enum Lie {
            NONE,
            ANOTHER_INDEX,
            TOO_LONG,
            SHORT_PIECE
        }

        private final SortedMap<Integer, Bytes> nv = new TreeMap<>();
        private final List<Integer> flushed = new ArrayList<>();
        private TpmPublic persistent = EndorsementTemplate.L1.area();
        private Lie lie = Lie.NONE;

        /// Whether there is one more that persists, of no kind that we know.
        private boolean odd;

        @Override
        public byte[] call(byte[] command) throws IOException {
            try {
                var in = new TpmReader(command);
                int tag = in.u16("tag");
                var _ = in.u32("size");
                return switch (in.u32("code")) {
                    case 0x17a -> answer(tag, handles(in));
                    case 0x169 -> answer(tag, nvPublic(in.u32("index")));
                    case 0x14e -> answer(tag, nvRead(in));
                    case 0x173 -> answer(tag, readPublic(in.u32("handle")));
                    case 0x131 -> answer(tag, made());
                    case 0x165 -> {
                        flushed.add(in.u32("handle"));
                        yield answer(tag, new TpmWriter());
                    }
                    default -> throw new MalformedException("an unknown command");
                };
            } catch (MalformedException e) {
                throw new IOException(e);
            }
        }

        private static byte[] answer(int tag, TpmWriter body) {
            var octets = body.toArray();
            return new TpmWriter().u16(tag).u32(10 + octets.length).u32(0).raw(octets).toArray();
        }

        private TpmWriter handles(TpmReader in) throws MalformedException {
            in.require(in.u32("capability") == 1, "handles");
            var handles =
                    in.u32("first") >>> 24 == 1
                            ? List.copyOf(nv.keySet())
                            : odd ? List.of(ODD, PERSISTENT) : List.of(PERSISTENT);
            var out = new TpmWriter().u8(0).u32(1).u32(handles.size());
            handles.forEach(out::u32);
            return out;
        }

        private Bytes content(int index) {
            return Objects.requireNonNull(nv.get(index));
        }

        private TpmWriter nvPublic(int index) {
            int size = lie == Lie.TOO_LONG ? Nv.LONGEST + 1 : content(index).size();
            var area =
                    new TpmWriter()
                            .u32(lie == Lie.ANOTHER_INDEX ? index + 1 : index)
                            .u16(Alg.SHA256)
                            .u32(1 << 18)
                            .u16(0)
                            .u16(size);
            return new TpmWriter().sized(area.bytes()).sized(new byte[34]);
        }

        private TpmWriter nvRead(TpmReader in) throws MalformedException {
            var _ = in.u32("who reads");
            var content = content(in.u32("index"));
            var _ = in.array("password", in.u32("size of it"));
            int size = in.u16("size");
            int from = in.u16("offset");
            var piece = content.slice(from, from + size - (lie == Lie.SHORT_PIECE ? 1 : 0));
            return withSession(new TpmWriter().sized(piece));
        }

        private static TpmWriter withSession(TpmWriter parameters) {
            var octets = parameters.toArray();
            return new TpmWriter().u32(octets.length).raw(octets).u16(0).u8(1).u16(0);
        }

        private TpmWriter readPublic(int handle) {
            if (handle == ODD) {
                // TPM_ALG_SYMCIPHER
                return new TpmWriter().sized(Bytes.fromHex("0025000b0000000000000006")).u16(0);
            }
            return new TpmWriter()
                    .sized(persistent.encode())
                    .sized(persistent.name())
                    .sized(persistent.name());
        }

        private static TpmWriter made() {
            var area = EndorsementTemplate.L1.area();
            var parameters =
                    new TpmWriter()
                            .sized(area.encode())
                            .u16(0)
                            .u16(0)
                            .u16(0)
                            .u32(0)
                            .u16(0)
                            .sized(area.name())
                            .toArray();
            return new TpmWriter()
                    .u32(MADE)
                    .u32(parameters.length)
                    .raw(parameters)
                    .u16(0)
                    .u8(1)
                    .u16(0);
        }

        @Override
        public void close() {}
    }
}
