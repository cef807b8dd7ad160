package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.util.Comparator;

/// The version of a card's firmware: three octets of it.
public record Firmware(int major, int minor, int patch) implements Comparable<Firmware> {
    private static final Comparator<Firmware> ORDER =
            Comparator.comparingInt(Firmware::major)
                    .thenComparingInt(Firmware::minor)
                    .thenComparingInt(Firmware::patch);

    public static Firmware of(Bytes octets) throws MalformedException {
        if (octets.size() != 3) {
            throw new MalformedException(Reason.SIZE, "a firmware version not of three octets");
        }
        return new Firmware(octets.at(0) & 0xff, octets.at(1) & 0xff, octets.at(2) & 0xff);
    }

    @Override
    public int compareTo(Firmware other) {
        return ORDER.compare(this, other);
    }

    /// `5.4.3`.
    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
