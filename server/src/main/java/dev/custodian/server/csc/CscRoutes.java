package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.server.activation.ActivationModule;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.http.Handler;
import dev.custodian.server.http.Reply;
import dev.custodian.server.http.Route;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.owner.Devices;
import dev.custodian.server.signing.SignHashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/// Every method of the CSC API that we serve.
public final class CscRoutes {
    /// Path of the API, as its own documents want it.
    public static final String BASE = "/csc/v2";

    static final String LOGO = "/logo.png";

    private static final String INFO = "info";
    private static final int SMALL = 16 << 10;

    /// 4,000 digests of 64 octets in base64.
    private static final int HASHES = 512 << 10;

    /// The same, beside an intent of the largest size in base64.
    private static final int APPROVAL = 2 << 20;

    /// A TPM's certificate with four of those who vouch, sealed and in base64.
    private static final int PROOF = 64 << 10;

    private record Method(int bodyLimit, DeviceHandler handler) {}

    private CscRoutes() {}

    /// Returns the routes.
    ///
    /// @param base where clients reach this server, `https://host[:port]`
    /// @param devices asks for token and proof before a handler is called
    /// @param identity the identity's statement of now, a JWS
    public static List<Route> of(
            Service service,
            Supplier<URI> base,
            Function<DeviceHandler, Handler> devices,
            Credentials credentials,
            Devices ownersDevices,
            ActivationModule activation,
            SignHashes signing,
            Journal journal,
            Supplier<String> identity,
            Clock clock) {
        var credential = new CredentialCalls(credentials, clock);
        var authorization =
                new AuthorizationCalls(
                        credentials,
                        activation.activation(),
                        activation.challenges(),
                        identity,
                        clock);
        var signature = new SignatureCalls(credentials, signing, journal);
        var records = new JournalCalls(credentials, journal);
        var consents = new ConsentCalls(credentials, activation.consents());
        var owner = new OwnerCalls(ownersDevices, activation, journal, identity);
        var proving = new ProvingCalls(activation.proving());
        var methods = new LinkedHashMap<String, Method>();
        methods.put("credentials/list", new Method(SMALL, credential::list));
        methods.put("credentials/info", new Method(SMALL, credential::info));
        methods.put("credentials/getChallenge", new Method(SMALL, authorization::challenge));
        methods.put("credentials/authorize", new Method(APPROVAL, authorization::authorize));
        methods.put("signatures/signHash", new Method(HASHES, signature::signHash));
        var names = List.copyOf(methods.keySet());
        methods.put("journal/records", new Method(SMALL, records::records));
        methods.put("consents/grant", new Method(APPROVAL, consents::grant));
        methods.put("consents/list", new Method(SMALL, consents::list));
        methods.put("consents/forget", new Method(SMALL, consents::forget));
        methods.put("owner/devices", new Method(SMALL, owner::devices));
        methods.put("owner/getChallenge", new Method(SMALL, owner::challenge));
        methods.put("owner/change", new Method(APPROVAL, owner::change));
        methods.put("owner/refuse", new Method(SMALL, owner::refuse));
        methods.put("device/prove", new Method(PROOF, proving::prove));
        return routes(new ServiceInfo(service, base, names), methods, devices);
    }

    private static List<Route> routes(
            ServiceInfo info,
            Map<String, Method> methods,
            Function<DeviceHandler, Handler> devices) {
        var routes = new ArrayList<Route>();
        Handler open = Answers.guarded(info::handle);
        routes.add(Route.get(BASE + "/" + INFO, open));
        routes.add(Route.post(BASE + "/" + INFO, SMALL, open));
        methods.forEach(
                (name, method) ->
                        routes.add(
                                Route.post(
                                        BASE + "/" + name,
                                        method.bodyLimit,
                                        devices.apply(method.handler))));
        var logo = new Reply(200, "image/png", logo(), Map.of());
        routes.add(Route.get(LOGO, _ -> logo));
        return routes;
    }

    private static Bytes logo() {
        try (var in = CscRoutes.class.getResourceAsStream("logo.png")) {
            return Bytes.of(Objects.requireNonNull(in, "logo.png").readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
