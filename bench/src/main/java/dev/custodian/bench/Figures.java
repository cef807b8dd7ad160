package dev.custodian.bench;

import java.util.Arrays;
import java.util.Collection;

/// The arithmetic of a measurement.
final class Figures {
    private Figures() {}

    /// The middle one; of an even number the mean of the two in the middle.
    static double median(Collection<Double> values) {
        var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("the median of nothing");
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// The least value that at least `percent` of all values do not exceed.
    static long percentile(long[] values, int percent) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a percentile of nothing");
        }
        var sorted = values.clone();
        Arrays.sort(sorted);
        long rank = (percent * (long) sorted.length + 99) / 100;
        return sorted[(int) Math.max(0, rank - 1)];
    }
}
