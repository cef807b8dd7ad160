package dev.custodian.device;

import java.util.ArrayList;
import java.util.List;

/// The best store of a machine.
///
/// @param passedOver better ones that cannot be used, and why
public record Choice(DeviceStore store, List<Found.Unusable> passedOver) {
    public Choice {
        passedOver = List.copyOf(passedOver);
    }

    /// What was taken and why nothing better, for a person.
    public String sentence() {
        var lines = new ArrayList<String>();
        lines.add("Taken: " + store.label() + ".");
        lines.add(store.label().sentence(store.verdict()));
        passedOver.forEach(better -> lines.add("Not taken: " + better.sentence()));
        return String.join(" ", lines);
    }
}
