package dev.custodian.server.owner;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Owners as the operator sees them.
public final class Owners {
    /// One owner.
    ///
    /// @param name what the operator called the owner; may be empty
    /// @param devices those that are enrolled now
    public record View(Id id, String name, Instant created, List<Id> devices) {}

    private final Store store;

    public Owners(Store store) {
        this.store = store;
    }

    /// All owners, by id.
    public List<View> list() throws Refused {
        try (var reader = store.read()) {
            var views = new ArrayList<View>();
            for (var owner : reader.owners()) {
                var devices =
                        reader.devices(owner.id()).stream()
                                .filter(device -> device.state() == DeviceRow.State.ACTIVE)
                                .map(DeviceRow::id)
                                .toList();
                views.add(new View(owner.id(), owner.name(), owner.created(), devices));
            }
            return views;
        }
    }
}
