package dev.custodian.device.jca;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Has TLS authenticate with whichever of several device keys has a certificate that the other side
/// takes: of an issuer that it named, for TLS clients or servers, and valid now.
public final class DeviceIdentities extends X509ExtendedKeyManager {
    private final List<HeldCertificate> atHand;
    private final InstantSource clock;

    /// @param atHand their keys are not closed with this, and sign for as long as they are open
    public DeviceIdentities(List<HeldCertificate> atHand) {
        this(atHand, InstantSource.system());
    }

    DeviceIdentities(List<HeldCertificate> atHand, InstantSource clock) {
        this.atHand = List.copyOf(atHand);
        this.clock = clock;
    }

    private String[] aliases(
            CertificatePurpose purpose, Principal @Nullable [] issuers, String... types) {
        var named =
                issuers == null
                        ? List.<X500Principal>of()
                        : Arrays.stream(issuers)
                                .map(issuer -> new X500Principal(issuer.getName()))
                                .toList();
        return HeldCertificate.choose(atHand, purpose, named, clock.instant()).stream()
                .filter(
                        one ->
                                List.of(types)
                                        .contains(DevicePrivateKey.of(one.key()).getAlgorithm()))
                .map(one -> String.valueOf(atHand.indexOf(one)))
                .toArray(String[]::new);
    }

    private @Nullable String first(String[] aliases) {
        return aliases.length == 0 ? null : aliases[0];
    }

    private @Nullable HeldCertificate held(String alias) {
        for (int i = 0; i < atHand.size(); i++) {
            if (alias.equals(String.valueOf(i))) {
                return atHand.get(i);
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return first(aliases(CertificatePurpose.TLS_CLIENT, issuers, types));
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return first(aliases(CertificatePurpose.TLS_CLIENT, issuers, types));
    }

    @Override
    public @Nullable String chooseServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return first(aliases(CertificatePurpose.TLS_SERVER, issuers, type));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return first(aliases(CertificatePurpose.TLS_SERVER, issuers, type));
    }

    private static String @Nullable [] orNull(String[] aliases) {
        return aliases.length == 0 ? null : aliases;
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return orNull(aliases(CertificatePurpose.TLS_CLIENT, issuers, type));
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return orNull(aliases(CertificatePurpose.TLS_SERVER, issuers, type));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        var held = held(alias);
        return held == null ? null : held.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        var held = held(alias);
        return held == null ? null : DevicePrivateKey.of(held.key());
    }
}
