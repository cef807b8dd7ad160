package dev.custodian.device;

import dev.custodian.core.Secret;
import dev.custodian.device.login.KeyringSeal;
import dev.custodian.device.login.LoginException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Secrets in the keyring of the login, an item each.
record KeyringSecrets(KeyringSeal.Opening keyring, String store) implements SecretStore {
    private Map<String, String> attributes(String name) {
        var attributes = new LinkedHashMap<String, String>();
        attributes.put("xdg:schema", "dev.custodian.Secret");
        attributes.put("custodian-store", store);
        attributes.put("custodian-name", SecretNames.require(name));
        return attributes;
    }

    @Override
    public void keep(String name, Secret secret) throws DeviceException {
        SecretNames.require(secret);
        var attributes = attributes(name);
        try (var service = keyring.open()) {
            service.create(store + ": " + name, attributes, secret, true);
        } catch (LoginException e) {
            throw LoginFailures.of(e);
        }
    }

    @Override
    public Secret get(String name) throws DeviceException {
        var attributes = attributes(name);
        try (var service = keyring.open()) {
            var found = service.find(attributes);
            if (found.size() == 1) {
                return found.getFirst();
            }
            found.forEach(Secret::close);
            throw found.isEmpty()
                    ? new DeviceException(
                            DeviceFailure.KEY_UNKNOWN, "The keyring has no " + name + ".")
                    : new DeviceException(
                            DeviceFailure.KEY_DAMAGED,
                            "The keyring has more than one " + name + ".");
        } catch (LoginException e) {
            throw LoginFailures.of(e);
        }
    }

    @Override
    public boolean delete(String name) throws DeviceException {
        var attributes = attributes(name);
        try (var service = keyring.open()) {
            return service.delete(attributes) > 0;
        } catch (LoginException e) {
            throw LoginFailures.of(e);
        }
    }
}
