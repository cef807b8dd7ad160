package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.SignatureScheme;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// What a program asks of the agent. Nothing in it is proved: who asks, the operating system says.
public sealed interface Request extends Message {
    /// Longest time that a request with a prompt may take.
    Duration LONGEST = Duration.ofMinutes(10);

    /// The first request of a connection.
    ///
    /// @param program its own name, 1 to 256 octets
    /// @param version of the library that speaks the link, 1 to 64 octets
    record Hello(String program, String version) implements Request {
        public Hello {
            Limits.text("program", program, 1, Limits.NAME);
            Limits.text("version", version, 1, Limits.VERSION);
        }
    }

    /// A page of the credentials of these purposes, in the order of their ids.
    ///
    /// @param purposes one at least
    /// @param after id of the last credential of the page before; empty for the first page
    record ListCredentials(Set<Purpose> purposes, String after) implements Request {
        public ListCredentials {
            purposes = Set.copyOf(purposes);
            Limits.require(!purposes.isEmpty(), "no purpose is asked for");
            Limits.require(
                    !purposes.contains(Purpose.CERTIFICATE_REQUEST), "no credential has that");
            if (!after.isEmpty()) {
                new Id(Id.Kind.CREDENTIAL, after);
            }
        }
    }

    /// One credential.
    ///
    /// @param name 1 to 256 octets
    record GetCredential(String name) implements Request {
        public GetCredential {
            Limits.text("name", name, 1, Limits.NAME);
        }
    }

    /// Signatures over these digests.
    ///
    /// @param credential its name, 1 to 256 octets
    /// @param digests 1 to [#MOST], each as long as the scheme's hash; one that comes twice gets
    ///   the same signature twice
    /// @param silent whether to be refused rather than prompted
    /// @param limit how long the program waits, in whole milliseconds up to [Request#LONGEST]
    record Sign(
            String credential,
            SignatureScheme scheme,
            List<Bytes> digests,
            Context context,
            boolean silent,
            Duration limit)
            implements Request {
        /// Most digests: of so many, also the longest signatures fit one answer.
        public static final int MOST = 2000;

        public Sign {
            Limits.text("credential", credential, 1, Limits.NAME);
            digests = List.copyOf(digests);
            Limits.require(
                    !digests.isEmpty() && digests.size() <= MOST, "1 to " + MOST + " digests");
            for (var digest : digests) {
                Limits.require(
                        digest.size() == scheme.scheme().hash().length(),
                        "a digest that is not as long as its hash");
            }
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }
    }

    /// What the program says about itself and what it signs: all *reported*.
    ///
    /// @param window handle of its window, 64 bits; 0 when unknown
    /// @param title of that window, empty when unknown, up to 4096 octets
    /// @param document what is signed, empty when unknown, up to 4096 octets
    record Context(long window, String title, String document) {
        public static final Context NONE = new Context(0, "", "");

        public Context {
            Limits.text("title", title, 0, Limits.TEXT);
            Limits.text("document", document, 0, Limits.TEXT);
        }
    }

    /// Ends the request whose number this frame has. Has no answer of its own: that request is
    /// answered, mostly by a failure. One that is answered already is not disturbed.
    record Cancel() implements Request {}

    /// How the agent stands with its server.
    record Status() implements Request {}

    /// Looks for what is broken, from the agent to the server's vault.
    record Doctor() implements Request {}

    /// Fetches anew what the server knows of the credentials. Where the system has a store of
    /// certificates, theirs are kept there from then on.
    record Sync() implements Request {}

    /// Takes the credentials' certificates out of the system's store, until the next [Sync].
    record Unsync() implements Request {}

    /// The consents that are in force.
    record ListConsents() implements Request {}

    /// A consent (FORMATS §6), after a prompt.
    ///
    /// @param credential its name, 1 to 256 octets
    /// @param process for whom: its pid, up to 2^32 - 1; 0 for the terminal session that asks
    /// @param count most signatures, 1 to 4,000
    /// @param lasting how long, in whole seconds up to a day
    /// @param limit how long the program waits, in whole milliseconds up to [Request#LONGEST]
    record GrantConsent(
            String credential, long process, int count, Duration lasting, Duration limit)
            implements Request {
        static final int MOST = 4000;
        static final Duration A_DAY = Duration.ofDays(1);

        public GrantConsent {
            Limits.text("credential", credential, 1, Limits.NAME);
            Limits.u32("process", process);
            Limits.require(count >= 1 && count <= MOST, "1 to " + MOST + " signatures");
            Limits.whole("seconds", lasting, Duration.ofSeconds(1), A_DAY);
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }
    }

    /// Makes this machine a device of an owner: a new owner's first one, or a further one that
    /// waits until another approves it. The same again asks what became of it.
    ///
    /// @param invitation an invitation or an owner's address, 1 to [#LONGEST_ADDRESS] octets
    /// @param name what the device is to be called, 1 to 256 octets
    /// @param limit how long the program waits, in whole milliseconds up to [Request#LONGEST]
    record Join(String invitation, String name, Duration limit) implements Request {
        static final int LONGEST_ADDRESS = 512;

        public Join {
            Limits.text("invitation", invitation, 1, LONGEST_ADDRESS);
            Limits.text("name", name, 1, Limits.NAME);
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }

        /// An invitation holds a code.
        @Override
        public String toString() {
            return "Join[" + name + "]";
        }
    }

    /// Gets an owner's keys back by the recovery code, which the agent asks for: begins that, or
    /// completes it when it is due.
    ///
    /// @param address of the owner, 1 to 512 octets; empty for that of the device that this is
    /// @param name what the device is to be called, 1 to 256 octets
    /// @param limit how long the program waits, in whole milliseconds up to [Request#LONGEST]
    record Recover(String address, String name, Duration limit) implements Request {
        public Recover {
            Limits.text("address", address, 0, Join.LONGEST_ADDRESS);
            Limits.text("name", name, 1, Limits.NAME);
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }
    }

    /// Begins a login.
    record Login() implements Request {}

    /// Ends the login.
    record Logout() implements Request {}

    /// The owner's devices, and what waits for an approval.
    record ListDevices() implements Request {}

    /// Approves the new device that waits under this id, after a prompt.
    ///
    /// @param limit how long the program waits, in whole milliseconds up to [Request#LONGEST]
    record ApproveDevice(Id device, Duration limit) implements Request {
        public ApproveDevice {
            device.require(Id.Kind.DEVICE);
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }
    }

    /// Refuses the new device that waits under this id.
    record RefuseDevice(Id device) implements Request {
        public RefuseDevice {
            device.require(Id.Kind.DEVICE);
        }
    }

    /// Removes a device, after a prompt.
    ///
    /// @param limit how long the program waits, in whole milliseconds up to [Request#LONGEST]
    record RemoveDevice(Id device, Duration limit) implements Request {
        public RemoveDevice {
            device.require(Id.Kind.DEVICE);
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }
    }

    /// Stops the recovery that is under way, after a prompt.
    ///
    /// @param limit how long the program waits, in whole milliseconds up to [Request#LONGEST]
    record StopRecovery(Duration limit) implements Request {
        public StopRecovery {
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }
    }

    /// Changes the PIN; the agent asks for both.
    ///
    /// @param limit how long the program waits, in whole milliseconds up to [Request#LONGEST]
    record ChangePin(Duration limit) implements Request {
        public ChangePin {
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }
    }

    /// Ends a consent.
    record ForgetConsent(Id consent) implements Request {
        public ForgetConsent {
            consent.require(Id.Kind.CONSENT);
        }
    }

    /// The stores of device keys that this machine has, with the keys in them; each is tried.
    record ListStores() implements Request {}

    /// Makes a device key, after what its store asks the person for.
    ///
    /// @param name 1 to 64 octets; on a card its slot
    record CreateKey(KeyStore store, String name, Duration limit) implements Request {
        static final int LONGEST_NAME = 64;

        public CreateKey {
            Limits.text("name", name, 1, LONGEST_NAME);
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }
    }

    /// What is known of a device key.
    ///
    /// @param key its URI, 1 to 4096 octets
    record ShowKey(String key) implements Request {
        public ShowKey {
            Limits.text("key", key, 1, Limits.TEXT);
        }
    }

    /// Forgets a device key for ever, after a prompt.
    ///
    /// @param key its URI, 1 to 4096 octets
    /// @param limit how long the program waits, in whole milliseconds up to [Request#LONGEST]
    record DeleteKey(String key, Duration limit) implements Request {
        public DeleteKey {
            Limits.text("key", key, 1, Limits.TEXT);
            Limits.whole("milliseconds", limit, Duration.ofMillis(1), LONGEST);
        }
    }
}
