package dev.custodian.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.link.Credential;
import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentSigningTest {
    private static final Bytes DER = Bytes.of((byte) 48, (byte) 0);

    private static Credential credential(String name, char id, boolean certified) {
        return new Credential(
                name,
                new Id(Id.Kind.CREDENTIAL, "crd_" + String.valueOf(id).repeat(25) + "a"),
                KeyAlgorithm.P256,
                DER,
                certified ? List.of(DER) : List.of(),
                Purpose.DOCUMENT,
                Custody.OWNER_SEALED);
    }

    private static final Credential ONE = credential("contracts", 'b', true);
    private static final Credential OTHER = credential("letters", 'c', true);
    private static final Credential NEW = credential("new", 'd', false);

    private static void refused(FailureKind kind, String words, String name, Credential... all) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(
                        () -> DocumentSigning.choose(List.of(all), name.isEmpty() ? null : name))
                .satisfies(
                        e -> {
                            assertThat(e.kind()).isEqualTo(kind);
                            assertThat(e.detail()).contains(words);
                        });
    }

    @Test
    void whatIsNotOneCertifiedCredentialIsRefused() {
        refused(FailureKind.CREDENTIAL_UNKNOWN, "none for documents", "");
        refused(FailureKind.CREDENTIAL_UNKNOWN, "no drafts for", "drafts", ONE, OTHER);
        refused(FailureKind.CREDENTIAL_DISABLED, "new", "", NEW);
        refused(FailureKind.CREDENTIAL_DISABLED, "new", "new", ONE, NEW);
        refused(FailureKind.USAGE, "--credential: " + ONE.id(), "", ONE, OTHER);
        refused(FailureKind.USAGE, OTHER.id() + " (P-256).", "", ONE, OTHER, NEW);
    }

    @Test
    void onlyOneOrTheOneThatIsNamedIsTaken() throws Exception {
        assertThat(DocumentSigning.choose(List.of(NEW, ONE), null)).isEqualTo(ONE);
        assertThat(DocumentSigning.choose(List.of(ONE, OTHER), "letters")).isEqualTo(OTHER);
        assertThat(DocumentSigning.choose(List.of(ONE, OTHER), ONE.id().text())).isEqualTo(ONE);
    }
}
