package dev.custodian.agent.session;

import dev.custodian.client.HardwareEvidence;
import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.device.Attesting;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import java.util.Optional;
import java.util.Set;

/// What a device key has to show, as the client gives it to the server.
final class Evidence {
    private Evidence() {}

    /// What of it the server wants; empty when it wants none of this kind of key.
    static Optional<HardwareEvidence> of(DeviceKey key, KeyNote note, Set<ProofKind> wanted)
            throws Refused {
        var attesting = key.ability(Attesting.class);
        var kind = note.proof();
        if (attesting.isEmpty() || kind.isEmpty() || !wanted.contains(kind.get())) {
            return Optional.empty();
        }
        return Optional.of(
                switch (kind.get()) {
                    case TPM -> new OfTpm(attesting.get());
                    case PIV -> piv(attesting.get());
                });
    }

    private static HardwareEvidence piv(Attesting key) throws Refused {
        try {
            var parts = key.evidence().parts();
            return new HardwareEvidence.Piv(parts.get(0), parts.get(1));
        } catch (DeviceException e) {
            throw Stores.refused(e);
        }
    }

    private record OfTpm(Attesting key) implements HardwareEvidence.Tpm {
        @Override
        public Bytes claim() throws Refused {
            try {
                return key.evidence().parts().getFirst();
            } catch (DeviceException e) {
                throw Stores.refused(e);
            }
        }

        @Override
        public Bytes answer(Bytes challenge) throws Refused {
            try {
                return key.answer(challenge);
            } catch (DeviceException e) {
                throw Stores.refused(e);
            }
        }
    }
}
