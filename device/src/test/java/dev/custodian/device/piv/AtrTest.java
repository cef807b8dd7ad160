package dev.custodian.device.piv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import javax.smartcardio.ATR;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtrTest {
    @ParameterizedTest
    @CsvSource({
        // a token of Yubico's
        "3bfd1300008131fe158073c021c057597562694b657940, true",
        // capabilities without it, too short, cut off, behind another element
        "3b868001807301020300, false",
        "3b858001807201c0, false",
        "3b84800180730102, false",
        "3b888001803101730000404d, true",
        // with the status behind them
        "3b88800100730000400090005b, true",
        // no historical bytes, none in this form
        "3b808001, false",
        "3b8180018080, false",
        "3b868001107301024000, false"
    })
    void extendedLengthIsInTheCapabilities(String atr, boolean extended) {
        assertThat(Atr.takesExtendedLength(new ATR(Bytes.fromHex(atr).toArray())))
                .isEqualTo(extended);
    }
}
