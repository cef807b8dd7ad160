package dev.custodian.device;

import dev.custodian.core.Secret;
import dev.custodian.device.piv.CardReader;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The card in whichever reader has one.
final class AnyReader {
    private AnyReader() {}

    /// Opens the first that is a [PivStore]'s.
    static PivStore open(@Nullable Secret managementKey) throws DeviceException {
        var failure = new DeviceException(DeviceFailure.STORE_ABSENT, "No reader has a card.");
        for (var reader : readers()) {
            try {
                if (reader.hasCard()) {
                    return PivStore.open(reader, managementKey);
                }
            } catch (DeviceException e) {
                failure = e;
            } catch (IOException e) {
                failure = PivFailures.of(e);
            }
        }
        throw failure;
    }

    private static List<CardReader> readers() throws DeviceException {
        try {
            return CardReader.all();
        } catch (IOException e) {
            var failure = PivFailures.of(e);
            throw failure.failure() == DeviceFailure.STORE_GONE
                    ? new DeviceException(
                            DeviceFailure.STORE_ABSENT, failure.code(), failure.detail(), e)
                    : failure;
        }
    }
}
