package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.Activation;
import dev.custodian.server.activation.AuthorizeRequest;
import dev.custodian.server.activation.Authorized;
import dev.custodian.server.activation.Challenges;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.activation.SecondProof;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `credentials/getChallenge` and `credentials/authorize` (CSC API §11.8, §11.10).
final class AuthorizationCalls {
    private static final String SIGN = "sign";
    private static final int LONGEST_DESCRIPTION = 500;

    private final Credentials credentials;
    private final Activation activation;
    private final Challenges challenges;
    private final Supplier<String> identity;
    private final Clock clock;

    /// @param identity the identity's statement of now, a JWS
    AuthorizationCalls(
            Credentials credentials,
            Activation activation,
            Challenges challenges,
            Supplier<String> identity,
            Clock clock) {
        this.credentials = credentials;
        this.activation = activation;
        this.challenges = challenges;
        this.identity = identity;
        this.clock = clock;
    }

    /// The nonce for an intent of the kind that is asked for in our own member, `sign` when none
    /// is; server time and activation key are in the statement beside it.
    Reply challenge(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        credentials.of(caller.owner(), parameters.credentialId());
        if (!parameters.text("authObjectID").equals(AuthData.DEVICE)) {
            throw CscRefused.invalid("authObjectID");
        }
        var ours = parameters.inner("custodian");
        var kind = ours == null ? SIGN : ours.choice("kind", SIGN, List.of(SIGN, "consent"));
        return Answers.json(
                Map.of(
                        "challenge", challenges.issue(caller.owner().text(), kind).base64Url(),
                        "custodian", Map.of("identity", identity.get())));
    }

    Reply authorize(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        var credential = credentials.of(caller.owner(), parameters.credentialId());
        int count = count(parameters, credential.multisign());
        var digests = parameters.hashes();
        var hash = SchemeChoice.hash(parameters);
        checkLengths(digests, hash);
        checkDescription(parameters);
        var data = AuthData.of(parameters);
        var request =
                new AuthorizeRequest(
                        caller,
                        credential.id(),
                        count,
                        digests,
                        hash == null ? "" : hash.oid(),
                        data.device(),
                        second(data));
        var authorized = authorize(request, credential);
        long seconds = Duration.between(clock.instant(), authorized.expires()).toSeconds();
        return Answers.json(
                Map.of(
                        "SAD", authorized.sad().expose(),
                        "expiresIn", Math.max(0, seconds),
                        "custodian",
                                Map.of(
                                        "level",
                                        authorized.level().name().toLowerCase(Locale.ROOT))));
    }

    private static SecondProof second(AuthData data) throws CscRefused {
        return data.hasConsent()
                ? new SecondProof.OfConsent(data.consent())
                : new SecondProof.OfFactors(data.sealed());
    }

    private Authorized authorize(AuthorizeRequest request, Credentials.View credential)
            throws CscRefused, Refused {
        try (var _ = request.second()) {
            return activation.authorize(request);
        } catch (Refused e) {
            if (e.kind() == FailureKind.CREDENTIAL_DISABLED
                    && !credential.certificates().isEmpty()) {
                throw new CscRefused(e.kind(), "Signing certificate is expired");
            }
            throw e;
        }
    }

    private static int count(Parameters parameters, int multisign) throws CscRefused {
        long count = parameters.number("numSignatures");
        if (count < 1) {
            throw CscRefused.malformed("Invalid value for parameter numSignatures");
        }
        if (count > multisign) {
            throw CscRefused.malformed("Numbers of signatures is too high");
        }
        return (int) count;
    }

    private static void checkLengths(List<Bytes> digests, @Nullable HashAlgorithm hash)
            throws Refused {
        for (var digest : digests) {
            boolean fits =
                    Arrays.stream(HashAlgorithm.values())
                            .filter(one -> hash == null || one == hash)
                            .anyMatch(one -> one.length() == digest.size());
            if (!fits) {
                throw new Refused(FailureKind.DIGEST_LENGTH);
            }
        }
    }

    private static void checkDescription(Parameters parameters) throws CscRefused {
        var description = parameters.textOrNull("description");
        if (description != null && description.length() > LONGEST_DESCRIPTION) {
            throw CscRefused.invalid("description");
        }
    }
}
