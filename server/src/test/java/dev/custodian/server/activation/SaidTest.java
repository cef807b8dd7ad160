package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.JournalRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a new device says of itself, its name and how its key is kept: shown and recorded as said,
/// and never in place of what was verified.
class SaidTest {
    private static final String CODE = "abcdefghijklmnopqrstuvwxy2";

    @TempDir Path folder;

    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Rig.Agent enrol(@Nullable DeviceVerdict verdict) throws Exception {
        var agent = rig.new Agent();
        agent.code = CODE;
        var asked = agent.enrolment(rig.invite(), Rig.PIN);
        var enrolled =
                rig.module
                        .enrolment()
                        .enrol(
                                new Enrolment.Request(
                                        asked.device(), asked.code(), asked.sealed(), verdict));
        agent.owner = enrolled.owner();
        agent.device = enrolled.device();
        return agent;
    }

    /// The owner's last record tells the device's key and, last, what it said.
    private void recorded(Rig.Agent agent, @Nullable DeviceVerdict verdict) throws Exception {
        var record = rig.journal.since(agent.owner, 0, 1000, 0).records().getLast();
        var details = ((Change) JournalRecord.parse(record.record())).details();
        var spki = Bytes.of(agent.key.getPublic().getEncoded()).base64Url();
        assertThat(details).containsEntry("spki", spki);
        assertThat(details.get("verdict")).isEqualTo(verdict == null ? null : verdict.name());
    }

    @Test
    void firstDeviceIsShownAsItSays() throws Exception {
        var ada = enrol(DeviceVerdict.SOFTWARE_PASSPHRASE);
        assertThat(rig.module.proving().verdicts(ada.owner))
                .containsOnly(Map.entry(ada.device, DeviceVerdict.SOFTWARE_PASSPHRASE));
        recorded(ada, DeviceVerdict.SOFTWARE_PASSPHRASE);
    }

    @Test
    void deviceThatSaysNothingIsShownWithNothing() throws Exception {
        var ada = enrol(null);
        assertThat(rig.module.proving().verdicts(ada.owner)).isEmpty();
        recorded(ada, null);
    }

    @Test
    void furtherDeviceIsShownAsItSaysOnceItIsApproved() throws Exception {
        var ada = enrol(null);
        var phone = rig.new Agent();
        phone.owner = ada.owner;
        var asked = phone.joining(Rig.PIN);
        var answer =
                rig.module
                        .joining()
                        .ask(
                                new Joining.Request(
                                        ada.owner,
                                        asked.device(),
                                        asked.sealed(),
                                        DeviceVerdict.HARDWARE_CLAIMED));
        phone.device = ((Joining.Answer.Waiting) answer).device();
        assertThat(rig.module.proving().verdicts(ada.owner)).isEmpty();
        rig.module.changes().change(ada.approval(phone));
        assertThat(rig.module.proving().verdicts(ada.owner))
                .containsOnly(Map.entry(phone.device, DeviceVerdict.HARDWARE_CLAIMED));
        recorded(phone, DeviceVerdict.HARDWARE_CLAIMED);
    }

    @Test
    void recoveredDeviceIsShownAsItSays() throws Exception {
        var ada = enrol(DeviceVerdict.HARDWARE_CLAIMED);
        var fresh = rig.new Agent();
        fresh.owner = ada.owner;
        rig.module.recovery().recover(fresh.recovery("5555", CODE));
        rig.clock.pass(Rig.RECOVERY_DELAY);
        var asked = fresh.recovery("5555", CODE);
        var answer =
                rig.module
                        .recovery()
                        .recover(
                                new Recovery.Request(
                                        ada.owner,
                                        asked.jwk(),
                                        asked.device(),
                                        asked.sealed(),
                                        DeviceVerdict.SOFTWARE_LOGIN_BOUND));
        var device = ((Recovery.Answer.Recovered) answer).device();
        assertThat(rig.module.proving().verdicts(ada.owner))
                .containsEntry(device, DeviceVerdict.SOFTWARE_LOGIN_BOUND);
        recorded(fresh, DeviceVerdict.SOFTWARE_LOGIN_BOUND);
    }

    // its name

    private String nameOf(Shown... shown) throws Exception {
        var phone = rig.new Agent();
        phone.owner = Id.of(Id.Kind.OWNER, rig.random(16));
        var matter = new Matter.Enrol(Matter.Enrol.NO_CODE, phone.jwk());
        var i = phone.intent(new Approver.Elsewhere(phone.owner), rig.random(32), matter);
        return FactorSeals.nameIn(
                new Intent(
                        i.server(),
                        i.approver(),
                        i.nonce(),
                        i.iat(),
                        i.exp(),
                        List.of(shown),
                        matter));
    }

    private static Shown shown(String what, String text) {
        return new Shown(what, text, Shown.Source.REPORTED);
    }

    @Test
    void nameIsTheDeviceThatWasShownAndNoOtherLine() throws Exception {
        assertThat(nameOf()).isEmpty();
        assertThat(nameOf(shown("owner", "Ada"))).isEmpty();
        assertThat(nameOf(shown("owner", "Ada"), shown("device", "ada's phone"), shown("x", "y")))
                .isEqualTo("ada's phone");
    }

    @Test
    void nameThatCannotBeShownIsNone() throws Exception {
        var longest = "n".repeat(64);
        assertThat(nameOf(shown("device", longest))).isEqualTo(longest);
        assertThat(nameOf(shown("device", longest + "n"))).isEmpty();
        assertThat(nameOf(shown("device", "a\u202e\n\u2028b"))).isEqualTo("a   b");
    }

    @Test
    void ownersDevicesSeeTheNameThatWaits() throws Exception {
        var ada = enrol(null);
        var phone = rig.new Agent();
        phone.owner = ada.owner;
        var matter = new Matter.Enrol(Matter.Enrol.NO_CODE, phone.jwk());
        var nonce = rig.module.challenges().issue("", "enrol");
        var i = phone.intent(new Approver.Elsewhere(ada.owner), nonce, matter);
        var octets =
                new Intent(
                                i.server(),
                                i.approver(),
                                nonce,
                                i.iat(),
                                i.exp(),
                                List.of(shown("device", "ada's phone")),
                                matter)
                        .encode();
        rig.module
                .joining()
                .ask(
                        new Joining.Request(
                                ada.owner,
                                phone.jws(octets, ""),
                                phone.sealed(octets, Rig.PIN, rig.random(32))));
        assertThat(rig.module.joining().waiting(ada.owner))
                .singleElement()
                .satisfies(waiting -> assertThat(waiting.name()).isEqualTo("ada's phone"));
    }
}
