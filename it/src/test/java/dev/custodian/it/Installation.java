package dev.custodian.it;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.it.hsm.Hsm;
import dev.custodian.server.config.PrivateFile;
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A data folder, and its operator, who has a CA at hand.
public final class Installation {
    private static final Person PERSON = new Person("Ada", "Lovelace", "TEST-0002");

    /// Whether the keys of new ones rest in an HSM, as [OnHsm] asks for.
    private static boolean newOnHsm;

    private final Path folder;
    private final Path config;
    private final TestCa ca;
    private final @Nullable Hsm hsm;

    private Installation(Path folder, Path config, TestCa ca, @Nullable Hsm hsm) {
        this.folder = folder;
        this.config = config;
        this.ca = ca;
        this.hsm = hsm;
    }

    static void onHsm(boolean on) {
        newOnHsm = on;
    }

    /// Makes a data folder in `folder` with a port of its own.
    public static Installation in(Path folder) throws Exception {
        return in(folder, Fork.port());
    }

    /// The same, on the embedded vault in any case.
    public static Installation embedded(Path folder) throws Exception {
        return in(folder, Fork.port(), null);
    }

    static Installation in(Path folder, int port) throws Exception {
        return newOnHsm ? onHsm(folder, port, Hsm.softHsm(folder)) : in(folder, port, null);
    }

    /// Makes a data folder whose keys are to rest in this token, and sets the token up.
    public static Installation onHsm(Path folder, Hsm hsm) throws Exception {
        return onHsm(folder, Fork.port(), hsm);
    }

    private static Installation onHsm(Path folder, int port, Hsm hsm) throws Exception {
        var pin = folder.resolve("hsm.pin");
        var officer = folder.resolve("officer.pin");
        PrivateFile.create(pin, hsm.pin() + "\n");
        PrivateFile.create(officer, hsm.officerPin() + "\n");
        var made =
                in(
                        folder,
                        port,
                        hsm,
                        "--hsm-module",
                        hsm.library().toString(),
                        "--hsm-token",
                        hsm.label(),
                        "--hsm-pin",
                        pin.toString(),
                        "--hsm-mechanism",
                        hsm.mechanism().name());
        var keys = made.command("hsm", "init", "--officer-pin-file", officer.toString());
        if (!keys.text("mechanism").equals(hsm.mechanism().name())) {
            throw new AssertionError("the token was not set up to wrap keys");
        }
        return made;
    }

    /// The same data folder, whose keys are to move from the embedded vault into this token.
    ///
    /// @param vault the table `[vault]` of the configuration, without its header
    public Installation movingTo(Hsm token, String vault) throws Exception {
        configure("# kind = \"embedded\"", vault);
        return new Installation(folder, config, ca, token);
    }

    private static Installation in(Path folder, int port, @Nullable Hsm hsm, String... options)
            throws Exception {
        var data = folder.resolve("data");
        var line = new ArrayList<>(List.of("init", "--dir", data.toString(), "--port", "" + port));
        line.addAll(List.of(options));
        var made =
                new Installation(
                        folder,
                        data.resolve("config.toml"),
                        TestCa.create(InstantSource.system(), new SecureRandom(), "Custodian it"),
                        hsm);
        Program.server(made.environment(), line.toArray(String[]::new)).orFail();
        return made;
    }

    public Path config() {
        return config;
    }

    Path data() {
        return folder.resolve("data");
    }

    /// The token that the keys rest in; null where there is none.
    @Nullable Hsm hsm() {
        return hsm;
    }

    /// Where the token's module finds its configuration.
    public Map<String, String> environment() {
        return hsm == null ? Map.of() : hsm.environment();
    }

    /// Who certifies.
    public TestCa ca() {
        return ca;
    }

    public Path database() {
        return data().resolve("custodian.db");
    }

    public Path masterKey() {
        return data().resolve("master.key");
    }

    /// Serves it as shipped.
    public Serving serve() throws Exception {
        return Serving.product(config, folder.resolve("server.log"), environment());
    }

    /// Serves with classes of our own before the shipped ones.
    Serving serveWith(Path classes) throws Exception {
        return Serving.shippedWith(classes, config, folder.resolve("server.log"), environment());
    }

    Serving serveObserved(Path bodies) throws Exception {
        return Serving.observed(config, bodies, folder.resolve("server.log"), environment());
    }

    Serving serveLying() throws Exception {
        return Serving.lying(config, folder.resolve("server.log"));
    }

    /// Serves a copy of the data folder from a file system in memory, mounted over it for the
    /// server's process alone.
    ///
    /// @param size as tmpfs takes it
    Serving serveOnSmallDisk(String size) throws Exception {
        return Serving.onSmallDisk(config, size, folder.resolve("server.log"));
    }

    /// An invitation for a new owner.
    public Invitation invite(URI url) throws Exception {
        return Invitation.parse(
                command("owner", "invite", "--name", "Ada", "--url", url.toString())
                        .text("invitation"));
    }

    /// A credential that was made and certified.
    ///
    /// @param request what it was certified by, in PKCS#10
    public record Made(Id id, X509Certificate certificate, Bytes request) {}

    /// Makes owner-sealed credentials for documents and certifies them.
    ///
    /// @param keys such as `RSA-3072`
    List<Id> credentials(Id owner, String... keys) throws Exception {
        return credentials(Custody.OWNER_SEALED, owner, keys).stream().map(Made::id).toList();
    }

    List<Made> credentials(Custody custody, Id owner, String... keys) throws Exception {
        return credentials(custody, Purpose.DOCUMENT, owner, keys);
    }

    /// Makes an owner-sealed credential that gets no certificate.
    Id uncertified(Purpose purpose, Id owner, String key) throws Exception {
        var made = create(List.of(), Custody.OWNER_SEALED, purpose, owner, key).getFirst();
        return Id.parse(Id.Kind.CREDENTIAL, Json.members(made, "a credential").text("credential"));
    }

    private List<Json> create(
            List<String> options, Custody custody, Purpose purpose, Id owner, String... keys)
            throws Exception {
        var line = new ArrayList<>(List.of("credential", "create", "--owner", owner.text()));
        line.addAll(List.of("--custody", custody.text(), "--purpose", purpose.text()));
        line.addAll(options);
        for (var key : keys) {
            line.addAll(List.of("--key", key));
        }
        return command(line.toArray(String[]::new)).items("credentials");
    }

    /// The chain of a certified credential, in PEM.
    public Path chain(Id credential) {
        return folder.resolve(credential + ".pem");
    }

    /// Makes credentials and certifies them.
    public List<Made> credentials(Custody custody, Purpose purpose, Id owner, String... keys)
            throws Exception {
        return credentials(List.of(), custody, purpose, owner, keys);
    }

    /// The same with further options of the command.
    public List<Made> credentials(
            List<String> options, Custody custody, Purpose purpose, Id owner, String... keys)
            throws Exception {
        var all = new ArrayList<Made>();
        for (var item : create(options, custody, purpose, owner, keys)) {
            var made = Json.members(item, "a credential");
            var id = Id.parse(Id.Kind.CREDENTIAL, made.text("credential"));
            var pem = made.text("request").replaceAll("-----[^-]*-----", "");
            var request = Bytes.of(Base64.getMimeDecoder().decode(pem));
            all.add(new Made(id, certify(id, request, purpose), request));
        }
        return all;
    }

    /// Gives a credential another certificate.
    public X509Certificate renew(Made made, Purpose purpose) throws Exception {
        return certify(made.id, made.request, purpose);
    }

    private X509Certificate certify(Id id, Bytes request, Purpose purpose) throws Exception {
        var chain = chain(id);
        var certificate = ca.issue(request.toArray(), PERSON, purpose);
        TestCa.writeCertificates(chain, certificate, ca.root());
        command("credential", "certify", chain.toString());
        return certificate;
    }

    /// Gives the operator's command and returns the object that it prints.
    public Members command(String... arguments) throws Exception {
        var line = new ArrayList<>(List.of(arguments));
        line.addAll(2, List.of("--config", config.toString()));
        line.add("--json");
        var ran = Program.server(environment(), line.toArray(String[]::new)).orFail();
        return Json.members(Json.parse(Bytes.utf8(ran.out().strip()), 1 << 20), "an answer");
    }

    /// Replaces text in the configuration.
    public void configure(String what, String by) throws Exception {
        var text = Files.readString(config);
        if (!text.contains(what)) {
            throw new AssertionError("no such line in the configuration: " + what);
        }
        Files.writeString(config, text.replace(what, by));
    }
}
