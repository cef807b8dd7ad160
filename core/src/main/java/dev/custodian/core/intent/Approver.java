package dev.custodian.core.intent;

import dev.custodian.core.Id;

/// Who approves, and where.
public sealed interface Approver {
    /// An owner on one of their enrolled devices.
    record OnDevice(Id owner, Id device) implements Approver {
        public OnDevice {
            owner.require(Id.Kind.OWNER);
            device.require(Id.Kind.DEVICE);
        }
    }

    /// An owner on another screen than the one that asks.
    record Elsewhere(Id owner) implements Approver {
        public Elsewhere {
            owner.require(Id.Kind.OWNER);
        }
    }

    /// Somebody who is only now being enrolled and has no ids yet.
    record Newcomer() implements Approver {}
}
