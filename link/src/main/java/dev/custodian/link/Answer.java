package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// What the agent answers.
public sealed interface Answer extends Message {
    /// To [Request.Hello].
    ///
    /// @param version of the agent, 1 to 64 octets
    record Welcome(String version, SessionState state) implements Answer {
        public Welcome {
            Limits.text("version", version, 1, Limits.VERSION);
        }
    }

    /// A page of credentials, to [Request.ListCredentials].
    ///
    /// @param page with rising ids
    /// @param more whether others follow, so that the page is not empty
    record Credentials(List<Credential> page, boolean more) implements Answer {
        static final int MOST = 4000;

        /// What is left of a frame by version, type, request, count and `more`.
        private static final int ROOM = Frame.LONGEST - 9;

        public Credentials {
            page = List.copyOf(page);
            Limits.require(page.size() <= MOST, "credentials of a page");
            Limits.require(!more || !page.isEmpty(), "an empty page that is not the last");
            for (int i = 1; i < page.size(); i++) {
                Limits.require(
                        page.get(i - 1).id().compareTo(page.get(i).id()) < 0,
                        "credentials out of order");
            }
            Limits.require(
                    page.stream().mapToInt(FieldWriter::sizeOf).sum() <= ROOM,
                    "a page larger than a frame");
        }

        /// Of `all`, those that `request` asks for, as many as fit one frame.
        public static Credentials of(Collection<Credential> all, Request.ListCredentials request) {
            var wanted =
                    all.stream()
                            .filter(one -> request.purposes().contains(one.purpose()))
                            .filter(one -> one.id().text().compareTo(request.after()) > 0)
                            .sorted(Comparator.comparing(Credential::id))
                            .toList();
            var page = new ArrayList<Credential>();
            int room = ROOM;
            for (var one : wanted) {
                room -= FieldWriter.sizeOf(one);
                if (room < 0 || page.size() == MOST) {
                    return new Credentials(page, true);
                }
                page.add(one);
            }
            return new Credentials(page, false);
        }
    }

    /// To [Request.GetCredential]; when there is none, the answer is a [Failure].
    record OneCredential(Credential credential) implements Answer {}

    /// To [Request.Sign].
    ///
    /// @param signatures of 1 to 512 octets, in the order of the digests; ECDSA in DER
    record Signatures(List<Bytes> signatures) implements Answer {
        static final int LONGEST = 512;

        public Signatures {
            signatures = List.copyOf(signatures);
            Limits.require(
                    !signatures.isEmpty() && signatures.size() <= Request.Sign.MOST,
                    "1 to " + Request.Sign.MOST + " signatures");
            for (var signature : signatures) {
                Limits.require(
                        signature.size() >= 1 && signature.size() <= LONGEST,
                        "size of a signature");
            }
        }
    }

    /// To [Request.Status].
    ///
    /// @param lines for a person, at most [#MOST]
    record Standing(SessionState state, List<Line> lines) implements Answer {
        static final int MOST = 64;

        public Standing {
            lines = List.copyOf(lines);
            Limits.require(lines.size() <= MOST, "lines");
        }
    }

    /// One thing that a person may want to know.
    ///
    /// @param what `server`, `owner`, `device`; 1 to 256 octets
    /// @param text up to 4096 octets
    record Line(String what, String text) {
        public Line {
            Limits.text("what", what, 1, Limits.NAME);
            Limits.text("text", text, 0, Limits.TEXT);
        }
    }

    /// To [Request.Doctor].
    ///
    /// @param checks in the order of the way that a request takes, at most [#MOST]
    record Diagnosis(List<Check> checks) implements Answer {
        static final int MOST = 64;

        public Diagnosis {
            checks = List.copyOf(checks);
            Limits.require(checks.size() <= MOST, "checks");
        }
    }

    /// What was found at one place.
    ///
    /// @param what was looked at, 1 to 256 octets
    /// @param sentence what was found, up to 4096 octets
    /// @param nextStep what to do now, empty when nothing, up to 4096 octets
    record Check(String what, Outcome outcome, String sentence, String nextStep) {
        /// What a check found.
        public enum Outcome {
            WELL,
            BROKEN,
            /// Something nearer is broken, so that it could not be looked at.
            NOT_REACHED
        }

        public Check {
            Limits.text("what", what, 1, Limits.NAME);
            Limits.text("sentence", sentence, 0, Limits.TEXT);
            Limits.text("next step", nextStep, 0, Limits.TEXT);
        }
    }

    /// To [Request.Sync].
    ///
    /// @param credentials how many there are now, up to 2^32 - 1
    record Synced(long credentials) implements Answer {
        public Synced {
            Limits.u32("credentials", credentials);
        }
    }

    /// To [Request.Unsync].
    record Unsynced() implements Answer {}

    /// To [Request.ListConsents]; at most [#MOST].
    record Consents(List<Consent> consents) implements Answer {
        public static final int MOST = 256;

        public Consents {
            consents = List.copyOf(consents);
            Limits.require(consents.size() <= MOST, "consents");
        }
    }

    /// To [Request.GrantConsent].
    record Granted(Consent consent) implements Answer {}

    /// To [Request.ForgetConsent].
    record Forgotten() implements Answer {}

    /// To [Request.Join] and [Request.Recover]: this machine is a device of the owner now.
    record Enrolled(Id owner, Id device) implements Answer {
        public Enrolled {
            owner.require(Id.Kind.OWNER);
            device.require(Id.Kind.DEVICE);
        }
    }

    /// To [Request.Join] and [Request.Recover]: not yet. The same is to be asked again.
    ///
    /// @param number that the approving device shows too, up to 16 octets; empty for a recovery
    /// @param until when a joining device has to ask anew, or when a recovery is due
    record Waiting(String number, Instant until) implements Answer {
        static final int LONGEST_NUMBER = 16;

        public Waiting {
            Limits.text("number", number, 0, LONGEST_NUMBER);
            Limits.time(until);
        }
    }

    /// To [Request.Login] and [Request.Logout].
    record Session(SessionState state) implements Answer {}

    /// To [Request.ListDevices].
    ///
    /// @param address that a further device joins by and a recovery begins with; no secret; 1 to
    ///   512 octets
    /// @param devices at most [#MOST]
    /// @param waiting new devices that wait for an approval, at most [#MOST]
    /// @param recovery when a recovery that is under way is due; [Instant#EPOCH] when none is
    record Devices(String address, List<Device> devices, List<NewDevice> waiting, Instant recovery)
            implements Answer {
        public static final int MOST = 256;

        public Devices {
            Limits.text("address", address, 1, Request.Join.LONGEST_ADDRESS);
            devices = List.copyOf(devices);
            waiting = List.copyOf(waiting);
            Limits.require(devices.size() <= MOST && waiting.size() <= MOST, "devices");
            Limits.time(recovery);
        }

        public boolean isRecovering() {
            return !recovery.equals(Instant.EPOCH);
        }
    }

    /// One of the owner's devices.
    ///
    /// @param name what it calls itself, up to 256 octets
    /// @param ours whether it is the one that answers
    /// @param active whether it is enrolled now; otherwise it was removed
    /// @param seen when it last logged in; [Instant#EPOCH] when it never did
    record Device(Id id, String name, boolean ours, boolean active, Instant created, Instant seen) {
        public Device {
            id.require(Id.Kind.DEVICE);
            Limits.text("name", name, 0, Limits.NAME);
            Limits.time(created);
            Limits.time(seen);
        }

        public boolean wasSeen() {
            return !seen.equals(Instant.EPOCH);
        }
    }

    /// A device that waits for an approval.
    ///
    /// @param name what it calls itself, up to 256 octets
    /// @param number that its screen shows too, 1 to 16 octets
    record NewDevice(Id id, String name, String number, Instant until) {
        public NewDevice {
            id.require(Id.Kind.DEVICE);
            Limits.text("name", name, 0, Limits.NAME);
            Limits.text("number", number, 1, Waiting.LONGEST_NUMBER);
            Limits.time(until);
        }
    }

    /// To what changes the owner's devices.
    record DevicesChanged() implements Answer {}

    /// To [Request.ChangePin].
    record PinChanged() implements Answer {}

    /// What is told of stores and keys of devices: at most [#MOST] lines.
    record Told(List<Line> lines) implements Answer {
        public static final int MOST = 256;

        public Told {
            lines = List.copyOf(lines);
            Limits.require(lines.size() <= MOST, "at most " + MOST + " lines");
        }
    }

    /// In place of any other answer; with the request number 0 when the agent could not read the
    /// request.
    ///
    /// @param number of the kind, see [FailureNumbers]; a newer agent may send one that we do not
    ///   know
    /// @param id of the kind, 1 to 64 octets
    /// @param sentence what happened, for a person, 1 to 4096 octets
    /// @param nextStep what to do now, for a person, up to 4096 octets
    record Failure(int number, String id, String sentence, String nextStep) implements Answer {
        static final int LONGEST_ID = 64;

        public Failure {
            Limits.require(number >= 1 && number <= 0xffff, "number of a kind");
            Limits.text("id", id, 1, LONGEST_ID);
            Limits.text("sentence", sentence, 1, Limits.TEXT);
            Limits.text("next step", nextStep, 0, Limits.TEXT);
            Limits.require(agree(number, id), "number and id of two kinds");
        }

        /// Whether both are of one kind, or of none that we know.
        static boolean agree(int number, String id) {
            return Arrays.stream(FailureKind.values())
                    .allMatch(kind -> (FailureNumbers.of(kind) == number) == kind.id().equals(id));
        }

        public static Failure of(Refused refused) {
            var kind = refused.kind();
            var sentence =
                    refused.detail().isEmpty()
                            ? kind.sentence()
                            : kind.sentence() + " " + refused.detail();
            return new Failure(
                    FailureNumbers.of(kind),
                    kind.id(),
                    Limits.cut(sentence, Limits.TEXT),
                    kind.nextStep());
        }

        /// The refusal that it tells; of a kind that we do not know, in the agent's words.
        public Refused refused() {
            for (var kind : FailureKind.values()) {
                if (FailureNumbers.of(kind) == number) {
                    var known = kind.sentence() + " ";
                    return new Refused(
                            kind,
                            sentence.startsWith(known) ? sentence.substring(known.length()) : "");
                }
            }
            return new Refused(FailureKind.AGENT_BROKEN, "It says: " + sentence + " " + nextStep);
        }
    }
}
