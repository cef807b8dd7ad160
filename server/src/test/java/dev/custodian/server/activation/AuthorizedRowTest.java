package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Custody;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.store.AuthorizationRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of an authorization, for the signatures that are made under it.
class AuthorizedRowTest {
    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private Id credential;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol();
        credential = rig.credential(ada.owner, Custody.OWNER_SEALED);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private AuthorizationRow row(AuthorizeRequest request) throws Refused {
        try (var reader = rig.store.read()) {
            var intent = DeviceProof.parse(request.device()).intentHash();
            return Objects.requireNonNull(reader.authorizationByIntent(intent));
        }
    }

    private List<@Nullable HashAlgorithm> hashes(AuthorizeRequest request) throws Refused {
        var hashes = new ArrayList<@Nullable HashAlgorithm>();
        try (var reader = rig.store.read()) {
            reader.digests(row(request).number()).forEach(digest -> hashes.add(digest.hash()));
        }
        return hashes;
    }

    @Test
    void digestsAreKeptAsOfTheHashThatWasApprovedOrOfNone() throws Exception {
        var named = ada.request(credential, digest("a"));
        ada.authorize(named);
        assertThat(hashes(named)).containsExactly(HashAlgorithm.SHA256);

        var unnamed = withoutHash();
        ada.authorize(unnamed);
        assertThat(hashes(unnamed)).hasSize(1).containsOnlyNulls();
    }

    private AuthorizeRequest withoutHash() throws Exception {
        var digest = digest("b");
        var matter =
                new Matter.Sign(
                        credential, Purpose.DOCUMENT, "", List.of(new Matter.Digest(digest, "")));
        var request =
                ada.request(
                        Rig.PIN,
                        credential,
                        List.of(digest),
                        i ->
                                new Intent(
                                        i.server(),
                                        i.approver(),
                                        i.nonce(),
                                        i.iat(),
                                        i.exp(),
                                        i.shown(),
                                        matter));
        return new AuthorizeRequest(
                request.caller(),
                credential,
                1,
                request.digests(),
                "",
                request.device(),
                request.second());
    }

    /// The id binds what is sealed under the SAD to its row.
    @Test
    void noTwoAuthorizationsShareAnId() throws Exception {
        var one = ada.request(credential, digest("a"));
        var two = ada.request(credential, digest("b"));
        ada.authorize(one);
        ada.authorize(two);
        assertThat(row(one).id()).isNotEqualTo(row(two).id());
    }
}
