package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.util.List;

/// A command before it is sent: what it is about, and its parameters. Sessions encrypt the first
/// parameter in place.
record Command(CommandCode code, List<Entity> entities, Secret parameters) {
    /// What a handle stands for, by its Name (Part 1 §16): hierarchies and sessions have the handle
    /// for one.
    record Entity(int handle, Bytes name) {
        static Entity of(int handle) {
            return new Entity(handle, Bytes.u32(handle));
        }

        static Entity of(int handle, TpmPublic area) {
            return new Entity(handle, area.name());
        }
    }

    static Command of(CommandCode code, TpmWriter parameters, Entity... entities) {
        var octets = parameters.toArray();
        parameters.wipe();
        return new Command(code, List.of(entities), Secret.owning(octets));
    }

    /// `cpHash` (Part 1 §18.7).
    byte[] hash(HashAlgorithm hash) {
        var names = new TpmWriter();
        entities.forEach(entity -> names.raw(entity.name()));
        return Kdf.hash(
                hash, Bytes.u32(code.number()).toArray(), names.toArray(), parameters.expose());
    }

    /// What a command gave back.
    ///
    /// @param handle 0 when the command gives none
    record Answer(int handle, Secret parameters) {
        TpmReader reader() {
            return new TpmReader(parameters.expose());
        }
    }

    /// Makes something of the parameters of an answer; what it leaves over is an error.
    interface Parser<T> {
        T read(int handle, TpmReader in) throws MalformedException;
    }
}
