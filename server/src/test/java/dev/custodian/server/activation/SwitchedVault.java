package dev.custodian.server.activation;

import dev.custodian.core.Secret;
import dev.custodian.server.vault.EmbeddedVault;
import dev.custodian.server.vault.Vault;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.function.Supplier;

/// A vault that is another one from one call to the next, under a server that goes on.
final class SwitchedVault {
    private SwitchedVault() {}

    /// What comes before each call.
    interface Before {
        void call(String method) throws Exception;
    }

    static Vault of(Supplier<Vault> now, Before before) {
        return (Vault)
                Proxy.newProxyInstance(
                        Vault.class.getClassLoader(),
                        new Class<?>[] {Vault.class},
                        (_, method, arguments) -> {
                            before.call(method.getName());
                            try {
                                return method.invoke(now.get(), arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /// @param masters the newest first
    static EmbeddedVault embedded(byte[]... masters) {
        var secrets = new ArrayList<Secret>();
        for (var master : masters) {
            secrets.add(Secret.owning(master.clone()));
        }
        return new EmbeddedVault(secrets, new SecureRandom());
    }
}
