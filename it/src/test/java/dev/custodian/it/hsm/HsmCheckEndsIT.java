package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Refused;
import dev.custodian.server.vault.HsmCheck;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// However far `hsm check` came, the module is ended: one that stays initialised keeps its library,
/// and whatever it holds of the device, from everybody else in this process.
class HsmCheckEndsIT {
    private static final String[] NOTES = {"C_Initialize note", "C_Finalize note"};

    @TempDir Path folder;

    private Faults faults;

    @BeforeEach
    void setUp() throws Exception {
        faults = Faults.around(Hsm.softHsm(folder), folder);
        assertThat(HsmCheckContract.setUp(faults.hsm())).isEmpty();
    }

    private HsmCheck.Report check() throws Exception {
        try (var user = faults.hsm().userPin()) {
            return HsmCheck.run(HsmCheckContract.config(faults.hsm()), user);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "C_GetSlotList, return 0x30", // find the token
        "C_GetSlotList, says 0",
        "C_OpenSession, return 0x30",
        "C_Login, return 0x30",
        "C_GenerateKeyPair, lose 0x32", // in the middle of it
    })
    void moduleIsEndedAfterAFailure(String function, String fault) throws Exception {
        faults.order(function + " " + fault, NOTES[0], NOTES[1]);
        assertThatThrownBy(this::check).isInstanceOf(Refused.class);
        assertThat(faults.notes()).containsExactly("C_Initialize", "C_Finalize");
        faults.order();
        assertThat(check().isStolen()).as("it can be checked again").isFalse();
    }

    @Test
    void moduleIsEndedAfterACheckThatFoundAllWell() throws Exception {
        faults.order(NOTES);
        assertThat(check().isStolen()).isFalse();
        assertThat(faults.notes()).containsExactly("C_Initialize", "C_Finalize");
    }
}
