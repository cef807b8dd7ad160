package dev.custodian.device;

import java.time.Duration;

/// What came of looking for a store.
public sealed interface Found {
    StoreSource source();

    /// A store that made a key, signed with it and forgot it again. A card without its management
    /// key, or one that deletes nothing, was only asked what it holds.
    ///
    /// @param took the time from opening to forgetting
    record Usable(StoreSource source, DeviceStore store, Duration took) implements Found {}

    /// A store that is not there, or does not do what it has to.
    ///
    /// @param failure what went wrong, with the device's own number
    record Unusable(StoreSource source, DeviceException failure) implements Found {
        /// In one line for a person.
        public String sentence() {
            return source + ": " + failure.sentences();
        }
    }
}
