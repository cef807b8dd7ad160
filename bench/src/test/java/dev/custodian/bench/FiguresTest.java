package dev.custodian.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void nothingHasNoMedianAndNoPercentile() {
        assertThatThrownBy(() -> Figures.median(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Figures.percentile(new long[0], 50))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void medianIsTheMiddleOneWhateverTheOrder() {
        assertThat(Figures.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(Figures.median(List.of(4.0, 100.0, 1.0, 2.0))).isEqualTo(3.0);
        assertThat(Figures.median(List.of(7.0))).isEqualTo(7.0);
    }

    @Test
    void percentileIsTheLeastValueThatSoManyDoNotExceed() {
        var hundred = LongStream.rangeClosed(1, 100).map(i -> 101 - i).toArray();
        assertThat(Figures.percentile(hundred, 50)).isEqualTo(50);
        assertThat(Figures.percentile(hundred, 99)).isEqualTo(99);
        assertThat(Figures.percentile(hundred, 100)).isEqualTo(100);
        assertThat(Figures.percentile(new long[] {5, 6}, 50)).isEqualTo(5);
        assertThat(Figures.percentile(new long[] {5, 6}, 51)).isEqualTo(6);
        assertThat(Figures.percentile(new long[] {5, 6}, 0)).isEqualTo(5);
    }

    @Test
    void percentileLeavesTheValuesAsTheyWere() {
        var values = new long[] {3, 1, 2};
        Figures.percentile(values, 50);
        assertThat(values).containsExactly(3, 1, 2);
    }
}
