package dev.custodian.device;

import dev.custodian.core.Refused;
import org.jspecify.annotations.Nullable;

/// A store of device keys could not do what was asked. Keeps the device's own number; names no
/// secret.
public final class DeviceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DeviceFailure failure;
    private final long code;
    private final String detail;

    public DeviceException(DeviceFailure failure) {
        this(failure, "");
    }

    /// A failure for which the device gave no number.
    ///
    /// @param detail one more sentence for a person; empty when the failure says it all
    public DeviceException(DeviceFailure failure, String detail) {
        this(failure, 0, detail, null);
    }

    /// A failure.
    ///
    /// @param code the device's own number, all its bits; 0 when it gave none
    /// @param cause what the layer below said; null for nothing
    public DeviceException(
            DeviceFailure failure, long code, String detail, @Nullable Throwable cause) {
        super(failure.id() + (detail.isEmpty() ? "" : ": " + detail), cause);
        this.failure = failure;
        this.code = code;
        this.detail = detail;
    }

    /// The same refusal in the words of this module.
    static DeviceException of(Refused refused) {
        var failure =
                switch (refused.kind()) {
                    case KEY_FILE_EXPOSED -> DeviceFailure.STORE_EXPOSED;
                    case KEY_SEALED -> DeviceFailure.STORE_SEALED;
                    default -> DeviceFailure.KEY_DAMAGED;
                };
        return new DeviceException(failure, 0, refused.detail(), refused);
    }

    public DeviceFailure failure() {
        return failure;
    }

    /// The device's own number; 0 when it gave none.
    public long code() {
        return code;
    }

    /// A sentence for a person; empty when the failure says it all.
    public String detail() {
        return detail;
    }

    /// What happened, as a person reads it: the failure's sentence, and the detail after it.
    public String sentences() {
        return detail.isEmpty() ? failure.sentence() : failure.sentence() + " " + detail;
    }

    /// The same in the words of the product.
    public Refused refused() {
        return new Refused(failure.kind(), detail.isEmpty() ? failure.sentence() : detail);
    }
}
