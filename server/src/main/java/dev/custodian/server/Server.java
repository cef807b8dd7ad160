package dev.custodian.server;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.ActivationModule;
import dev.custodian.server.config.Binding;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.csc.CscRoutes;
import dev.custodian.server.csc.Service;
import dev.custodian.server.http.Route;
import dev.custodian.server.http.WebServer;
import dev.custodian.server.http.WebServerConfig;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.oauth.DeviceAuthentication;
import dev.custodian.server.oauth.DpopNonces;
import dev.custodian.server.oauth.RevocationEndpoint;
import dev.custodian.server.oauth.TokenEndpoint;
import dev.custodian.server.owner.Devices;
import dev.custodian.server.owner.Sessions;
import dev.custodian.server.pairing.Identity;
import dev.custodian.server.pairing.PairingRoutes;
import dev.custodian.server.signing.SignHashes;
import dev.custodian.server.trust.DeviceTrust;
import dev.custodian.server.trust.TrustException;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A running signing server: the whole object graph, built in one place.
public final class Server implements AutoCloseable {
    private static final String NODE = "server";
    private static final String REFRESH = "custodian/refresh/1";
    private static final String NONCES = "custodian/dpop-nonce/1";

    private final Journal journal;
    private final WebServer web;
    private final URI url;

    private Server(Journal journal, WebServer web, URI url) {
        this.journal = journal;
        this.web = web;
        this.url = url;
    }

    /// Starts a server; returns when it serves.
    public static Server start(Config config, KeyFiles keys, Parts parts) throws Refused {
        var journal = journal(keys, parts, NODE);
        try {
            // Known only when the port is open; a request that is faster waits for it.
            var url = new CompletableFuture<URI>();
            var trust = trust(config, parts.clock());
            var routes = routes(config, keys, parts, journal, trust, url);
            var web = serve(config, keys, routes.stream().map(parts.routes()).toList());
            url.complete(config.base(web.port()));
            return new Server(journal, web, url.join());
        } catch (Refused | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    /// Starts the journal of a node.
    ///
    /// @param node its name; no two that run have the same
    static Journal journal(KeyFiles keys, Parts parts, String node) throws Refused {
        var journal =
                new Journal(
                        parts.store(),
                        parts.clock(),
                        parts.random(),
                        keys.checkpointKey(),
                        parts.vault()::sign,
                        parts.vault().parallel(),
                        node);
        journal.start();
        return journal;
    }

    static DeviceTrust trust(Config config, Clock clock) throws Refused {
        try {
            return DeviceTrust.open(config.roots(), clock);
        } catch (TrustException e) {
            throw new Refused(FailureKind.CONFIG_WRONG, String.valueOf(e.getMessage()));
        }
    }

    private static List<Route> routes(
            Config config,
            KeyFiles keys,
            Parts parts,
            Journal journal,
            DeviceTrust trust,
            CompletableFuture<URI> url) {
        var clock = parts.clock();
        var vault = parts.vault();
        var activation =
                ActivationModule.of(
                        parts.store(),
                        journal,
                        vault,
                        keys.thumbprint(),
                        config.recoveryDelay(),
                        trust,
                        clock,
                        parts.random());
        var identity =
                new Identity(
                        keys.spki(),
                        keys.identity().getPrivate(),
                        List.of(keys.tlsHash()),
                        activation.keys()::current,
                        keys.checkpointKey().verifier().text(),
                        () -> url.join() + CscRoutes.BASE,
                        clock);
        var sessions =
                new Sessions(
                        parts.store(),
                        journal,
                        clock,
                        parts.random(),
                        (Bytes token) -> vault.mac(REFRESH, token));
        var nonces = new DpopNonces(clock, (Bytes slot) -> vault.mac(NONCES, slot));
        var devices =
                new DeviceAuthentication(sessions, config.binding(), nonces, url::join, clock);
        var token = new TokenEndpoint(sessions, config.binding(), nonces, url::join, clock);

        var routes = new ArrayList<Route>();
        routes.addAll(Health.routes(parts.store(), journal, vault, clock));
        routes.addAll(PairingRoutes.of(identity, config.binding(), activation, journal));
        routes.add(Route.post(TokenEndpoint.PATH, TokenEndpoint.BODY_LIMIT, token));
        routes.add(
                Route.post(
                        RevocationEndpoint.PATH,
                        RevocationEndpoint.BODY_LIMIT,
                        new RevocationEndpoint(sessions)));
        routes.addAll(
                CscRoutes.of(
                        new Service(config.name(), config.region(), config.description()),
                        url::join,
                        devices::require,
                        new Credentials(parts.store()),
                        new Devices(parts.store()),
                        activation,
                        new SignHashes(parts.store(), journal, clock),
                        journal,
                        identity,
                        clock));
        return routes;
    }

    private static WebServer serve(Config config, KeyFiles keys, List<Route> routes)
            throws Refused {
        try {
            return WebServer.start(
                    WebServerConfig.on(config.host(), config.port())
                            .askingForCertificates(config.binding() == Binding.TLS),
                    keys.tls(),
                    routes);
        } catch (IOException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    throw new Refused(
                            FailureKind.PORT_IN_USE,
                            config.host() + ":" + config.port() + " cannot be opened.");
                }
            }
            throw new Refused(
                    FailureKind.CONFIG_WRONG,
                    "listen: nothing can be served at "
                            + config.host()
                            + ":"
                            + config.port()
                            + ".");
        }
    }

    /// Where clients reach this server.
    public URI url() {
        return url;
    }

    /// Takes no new connections, answers what was asked, records what was signed.
    @Override
    public void close() {
        web.close();
        journal.close();
    }
}
