package dev.custodian.device.jca;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Has TLS authenticate with one device key, whoever asks: a self-signed certificate has no issuer
/// that a server could name.
public final class DeviceIdentity extends X509ExtendedKeyManager {
    private static final String ALIAS = "device";

    private final DevicePrivateKey key;
    private final X509Certificate[] chain;

    /// @param chain the certificate of the key, then those that vouch for it
    public DeviceIdentity(DevicePrivateKey key, X509Certificate... chain) {
        if (chain.length == 0 || !chain[0].getPublicKey().equals(key.publicKey())) {
            throw new IllegalArgumentException("not the certificate of this key");
        }
        this.key = key;
        this.chain = chain.clone();
    }

    private boolean is(String... types) {
        for (var type : types) {
            if (type.equals(key.getAlgorithm())) {
                return true;
            }
        }
        return false;
    }

    private @Nullable String alias(String... types) {
        return is(types) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(types);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(types);
    }

    @Override
    public @Nullable String chooseServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(type);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(type);
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return is(type) ? new String[] {ALIAS} : null;
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return is(type) ? new String[] {ALIAS} : null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return alias.equals(ALIAS) ? chain.clone() : null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return alias.equals(ALIAS) ? key : null;
    }
}
