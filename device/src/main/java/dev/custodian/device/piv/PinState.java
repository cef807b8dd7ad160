package dev.custodian.device.piv;

/// How many wrong PINs a card still takes.
///
/// @param left 0 when it is blocked; [#UNKNOWN] when the card does not say, since the PIN was
///   verified a moment ago
/// @param limit after a right one; [#UNKNOWN] when the card does not say
public record PinState(int left, int limit) {
    public static final int UNKNOWN = -1;

    public boolean isBlocked() {
        return left == 0;
    }
}
