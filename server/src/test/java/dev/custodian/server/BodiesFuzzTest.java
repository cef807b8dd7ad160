package dev.custodian.server;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Secret;
import dev.custodian.server.activation.ActivationModule;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.config.Binding;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.csc.Answers;
import dev.custodian.server.csc.CscRoutes;
import dev.custodian.server.csc.Service;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.CallRefused;
import dev.custodian.server.http.Route;
import dev.custodian.server.journal.CheckpointKey;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.oauth.DpopNonces;
import dev.custodian.server.oauth.RevocationEndpoint;
import dev.custodian.server.oauth.TokenEndpoint;
import dev.custodian.server.owner.Devices;
import dev.custodian.server.owner.Sessions;
import dev.custodian.server.pairing.PairingRoutes;
import dev.custodian.server.signing.SignHashes;
import dev.custodian.server.trust.DeviceTrust;
import dev.custodian.server.vault.EmbeddedVault;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/// Whatever is sent as a body, each route answers or refuses: no handler fails. Behind the routes
/// is everything but the rows; the caller is taken for an enrolled device.
class BodiesFuzzTest {
    private static final DeviceCaller CALLER =
            new DeviceCaller(OneCredential.OWNER, Id.of(Id.Kind.DEVICE, Bytes.of(new byte[16])));
    private static final Map<String, Route> ROUTES = routes();

    @FuzzTest
    void info(byte[] body) throws Exception {
        post("/csc/v2/info", body);
    }

    @FuzzTest
    void credentialsList(byte[] body) throws Exception {
        post("/csc/v2/credentials/list", body);
    }

    @FuzzTest
    void credentialsInfo(byte[] body) throws Exception {
        post("/csc/v2/credentials/info", body);
    }

    @FuzzTest
    void credentialsGetChallenge(byte[] body) throws Exception {
        post("/csc/v2/credentials/getChallenge", body);
    }

    @FuzzTest
    void credentialsAuthorize(byte[] body) throws Exception {
        post("/csc/v2/credentials/authorize", body);
    }

    @FuzzTest
    void signaturesSignHash(byte[] body) throws Exception {
        post("/csc/v2/signatures/signHash", body);
    }

    @FuzzTest
    void journalRecords(byte[] body) throws Exception {
        post("/csc/v2/journal/records", body);
    }

    @FuzzTest
    void consentsGrant(byte[] body) throws Exception {
        post("/csc/v2/consents/grant", body);
    }

    @FuzzTest
    void consentsForget(byte[] body) throws Exception {
        post("/csc/v2/consents/forget", body);
    }

    @FuzzTest
    void revoke(byte[] body) throws Exception {
        post(RevocationEndpoint.PATH, body);
    }

    @FuzzTest
    void ownerDevices(byte[] body) throws Exception {
        post("/csc/v2/owner/devices", body);
    }

    @FuzzTest
    void ownerChange(byte[] body) throws Exception {
        post("/csc/v2/owner/change", body);
    }

    @FuzzTest
    void ownerRefuse(byte[] body) throws Exception {
        post("/csc/v2/owner/refuse", body);
    }

    @FuzzTest
    void recover(byte[] body) throws Exception {
        post("/recover", body);
    }

    @FuzzTest
    void enrol(byte[] body) throws Exception {
        post("/enrol", body);
    }

    @FuzzTest
    void token(byte[] body) throws Exception {
        post(TokenEndpoint.PATH, body);
    }

    private static void post(String path, byte[] body) throws Exception {
        var route = ROUTES.get(path);
        if (route == null) {
            throw new AssertionError("no route " + path);
        }
        var call =
                Call.of("POST", path, Bytes.of(body))
                        .withHeader("Content-Type", "application/x-www-form-urlencoded");
        try {
            int status = route.handler().handle(call).status();
            if (status == 500) {
                throw new AssertionError("a fault of the server");
            }
        } catch (CallRefused e) {
            return;
        }
    }

    private static Map<String, Route> routes() {
        try {
            var store = new OneCredential();
            var clock = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
            var random = new SecureRandom();
            var vault = new EmbeddedVault(Secret.owning(new byte[32]), random);
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            var journal =
                    new Journal(
                            store,
                            clock,
                            random,
                            new CheckpointKey("fuzz", pair.getPublic(), pair.getPrivate()),
                            vault::sign,
                            1,
                            "fuzz");
            var base = URI.create("https://localhost");
            var activation =
                    ActivationModule.of(
                            store,
                            journal,
                            vault,
                            Bytes.of(new byte[32]),
                            Duration.ZERO,
                            DeviceTrust.none(clock),
                            clock,
                            random);
            var routes = new HashMap<String, Route>();
            CscRoutes.of(
                            new Service("Fuzz", "DE", ""),
                            () -> base,
                            handler -> Answers.guarded(call -> handler.handle(call, CALLER)),
                            new Credentials(store),
                            new Devices(store),
                            activation,
                            new SignHashes(store, journal, clock),
                            journal,
                            () -> "identity",
                            clock)
                    .forEach(route -> routes.put(route.path(), route));
            PairingRoutes.of(() -> "identity", Binding.DPOP, activation, journal)
                    .forEach(route -> routes.put(route.path(), route));
            var nonces = new DpopNonces(clock, data -> vault.mac("fuzz", data));
            var sessions =
                    new Sessions(store, journal, clock, random, data -> vault.mac("fuzz", data));
            routes.put(
                    RevocationEndpoint.PATH,
                    Route.post(
                            RevocationEndpoint.PATH,
                            RevocationEndpoint.BODY_LIMIT,
                            new RevocationEndpoint(sessions)));
            routes.put(
                    TokenEndpoint.PATH,
                    Route.post(
                            TokenEndpoint.PATH,
                            TokenEndpoint.BODY_LIMIT,
                            new TokenEndpoint(sessions, Binding.DPOP, nonces, () -> base, clock)));
            return Map.copyOf(routes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
