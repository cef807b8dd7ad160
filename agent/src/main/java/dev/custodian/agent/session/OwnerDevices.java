package dev.custodian.agent.session;

import dev.custodian.agent.prompt.Entry;
import dev.custodian.agent.prompt.Line;
import dev.custodian.client.Devices;
import dev.custodian.client.FactorSource;
import dev.custodian.client.Journal;
import dev.custodian.client.PinChange;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Shown;
import dev.custodian.link.Answer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What this device tells and changes about its owner's devices and PIN. Each change is approved by
/// the person at the agent's prompt; a mistyped PIN is asked for again.
public final class OwnerDevices {
    private static final int MOST_TRIES = 3;
    private static final int LONGEST_NAME = 60;

    private final AgentFolder folder;
    private final Session session;
    private final SecureRandom random;

    public OwnerDevices(AgentFolder folder, Session session, SecureRandom random) {
        this.folder = folder;
        this.session = session;
        this.random = random;
    }

    private Devices devices() throws Refused {
        var now = session.now();
        return new Devices(now, new Journal(now), random);
    }

    /// Asks the server.
    public Answer.Devices list() throws Refused {
        var devices = devices();
        var status = devices.status();
        var ours = folder.memory().now().device();
        return new Answer.Devices(
                devices.address().text(),
                status.devices().stream()
                        .limit(Answer.Devices.MOST)
                        .map(
                                one ->
                                        new Answer.Device(
                                                one.id(),
                                                cut(one.name()),
                                                one.id().equals(ours),
                                                one.active(),
                                                one.created(),
                                                one.seen() == null ? Instant.EPOCH : one.seen()))
                        .toList(),
                status.waiting().stream()
                        .limit(Answer.Devices.MOST)
                        .map(
                                one ->
                                        new Answer.NewDevice(
                                                one.device(),
                                                cut(one.name()),
                                                one.number(),
                                                one.until()))
                        .toList(),
                status.recovery() == null ? Instant.EPOCH : status.recovery().due());
    }

    private static String cut(String name) {
        return name.isEmpty() ? name : Line.of(name, LONGEST_NAME);
    }

    /// Lets in the new device that waits under this id.
    public void approve(Id device, Asker asker) throws Refused {
        var devices = devices();
        var waiting = waiting(devices, device);
        approved(
                asker,
                "Let a new device use your keys?",
                List.of(
                        Asker.computed("number on its screen", waiting.number()),
                        Asker.reported("calls itself", waiting.name())),
                (given, shown) -> devices.approve(waiting, given, shown));
    }

    /// Refuses the new device that waits under this id.
    public void refuse(Id device) throws Refused {
        var devices = devices();
        devices.refuse(waiting(devices, device));
    }

    private static Devices.Waiting waiting(Devices devices, Id device) throws Refused {
        return devices.status().waiting().stream()
                .filter(one -> one.device().equals(device))
                .findFirst()
                .orElseThrow(() -> new Refused(FailureKind.JOIN_REQUEST_GONE));
    }

    /// Removes a device, perhaps this one.
    public void remove(Id device, Asker asker) throws Refused {
        var devices = devices();
        var ours = folder.memory().now().device().equals(device);
        var name =
                devices.status().devices().stream()
                        .filter(one -> one.id().equals(device) && one.active())
                        .findFirst()
                        .orElseThrow(() -> new Refused(FailureKind.DEVICE_UNKNOWN))
                        .name();
        approved(
                asker,
                ours ? "Remove THIS device?" : "Remove a device?",
                List.of(
                        Asker.reported("calls itself", name),
                        Asker.computed("device", device.text())),
                (given, shown) -> devices.remove(device, given, shown));
        if (ours) {
            session.remove();
        }
    }

    /// Stops the recovery that is under way.
    public void stopRecovery(Asker asker) throws Refused {
        var devices = devices();
        var recovery = devices.status().recovery();
        if (recovery == null) {
            throw new Refused(FailureKind.RECOVERY_UNKNOWN);
        }
        approved(
                asker,
                "Stop the recovery of your keys?",
                List.of(Asker.reported("due", recovery.due().toString())),
                (given, shown) -> devices.stop(recovery, given, shown));
    }

    /// Changes the PIN of all devices.
    public void changePin(Asker asker) throws Refused {
        var now = session.now();
        var change = new PinChange(now, new Journal(now), random);
        var title = "Change the PIN of your signing keys?";
        try (var next = new Chosen()) {
            approved(
                    asker,
                    title,
                    List.of(Asker.computed("what", "the PIN, on all of your devices")),
                    (given, shown) -> change.pin(given, next.by(asker, shown), shown));
        }
    }

    /// The new PIN, which is typed once even when the old one was mistyped.
    private static final class Chosen implements AutoCloseable {
        private Secret pin = Secret.owning(new byte[0]);

        /// A copy, which is wiped by whoever takes it.
        Secret by(Asker asker, List<Shown> shown) throws Refused {
            if (pin.size() == 0) {
                pin = asker.enter("Choose the new PIN", shown, Entry.Wanted.NEW_PIN);
            }
            return Secret.copyOf(pin.expose(), 0, pin.size());
        }

        @Override
        public void close() {
            pin.close();
        }
    }

    private interface Change {
        void make(FactorSource.Given given, List<Shown> shown) throws Refused;
    }

    private void approved(Asker asker, String title, List<Shown> lines, Change change)
            throws Refused {
        for (int tries = 1; ; tries++) {
            var shown = new ArrayList<Shown>();
            if (tries > 1) {
                shown.add(Asker.computed("last try", FailureKind.FACTORS_REFUSED.sentence()));
            }
            shown.addAll(asker.shown());
            shown.addAll(lines);
            try (var given = new FactorSource.Given(asker.approve(title, shown), folder.share())) {
                change.make(given, shown);
                return;
            } catch (Refused e) {
                if (e.kind() != FailureKind.FACTORS_REFUSED || tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }
}
