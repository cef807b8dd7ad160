package dev.custodian.server.owner;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An owner's devices, as these themselves see them.
public final class Devices {
    /// One device.
    ///
    /// @param name what it calls itself; may be empty
    /// @param removed whether it was removed
    /// @param seen when it last logged in
    public record View(
            Id id, String name, boolean removed, Instant created, @Nullable Instant seen) {}

    private final Store store;

    public Devices(Store store) {
        this.store = store;
    }

    /// All devices of an owner, removed ones too, oldest first.
    public List<View> list(Id owner) throws Refused {
        try (var reader = store.read()) {
            var seen = reader.factors().seen(owner);
            var views = new ArrayList<View>();
            for (var row : reader.devices(owner)) {
                views.add(
                        new View(
                                row.id(),
                                row.name(),
                                !row.isActive(),
                                row.created(),
                                seen.get(row.id())));
            }
            views.sort(
                    (one, other) -> {
                        int order = one.created.compareTo(other.created);
                        return order != 0 ? order : one.id.compareTo(other.id);
                    });
            return List.copyOf(views);
        }
    }
}
