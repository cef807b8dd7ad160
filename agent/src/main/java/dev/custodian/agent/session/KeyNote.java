package dev.custodian.agent.session;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.device.KeyUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where the device key of a folder is, as the enrolment found it: the folder's file
/// `device.store`, in JSON. Holds no secret. A folder without one has its key in `device.p8`.
///
/// @param key the key's URI; empty for the folder's own file
/// @param pin whether the key wants the PIN of its card
/// @param store what a person calls the store; empty when nobody said
/// @param sentence how well the key is kept, for a person; empty where the folder's seal says it
/// @param passedOver better stores that could not be used, and why
/// @param told whether the person was told what a proof of this key shows the server: without that
///   it is shown nothing
record KeyNote(
        String key,
        boolean pin,
        String store,
        String sentence,
        List<String> passedOver,
        boolean told) {
    /// Its name.
    static final String FILE = "device.store";

    static final KeyNote NONE = new KeyNote("", false, "", "", List.of(), false);

    private static final int MAX_SIZE = 64 << 10;

    KeyNote {
        passedOver = List.copyOf(passedOver);
    }

    /// Whether something else than a file of the folder has the key.
    boolean isElsewhere() {
        return !key.isEmpty();
    }

    /// How the key is proved to be in hardware; empty for the folder's own file, for which there is
    /// no proof.
    Optional<ProofKind> proof() throws Refused {
        if (!isElsewhere()) {
            return Optional.empty();
        }
        return switch (uri()) {
            case KeyUri.TpmFile _ -> Optional.of(ProofKind.TPM);
            case KeyUri.PivSlot _ -> Optional.of(ProofKind.PIV);
            case KeyUri.SoftwareFile _ -> Optional.empty();
        };
    }

    KeyNote withTold() {
        return new KeyNote(key, pin, store, sentence, passedOver, true);
    }

    KeyUri uri() throws Refused {
        try {
            return KeyUri.parse(key);
        } catch (MalformedException e) {
            throw unusable(FILE + ": " + e.getMessage());
        }
    }

    /// Whether this is the key. A TPM's is known by its file's name: the folder may have moved
    /// since.
    boolean isOf(KeyUri other) throws Refused {
        if (!isElsewhere()) {
            return false;
        }
        return uri() instanceof KeyUri.TpmFile(var ours) && other instanceof KeyUri.TpmFile(var it)
                ? ours.endsWith(it.getFileName())
                : uri().equals(other);
    }

    Bytes encode() {
        var object =
                Json.object()
                        .put("v", 1)
                        .put("key", key)
                        .put("pin", new Json.Bool(pin))
                        .put("store", store)
                        .put("sentence", sentence)
                        .put("passed_over", Json.Arr.ofTexts(passedOver));
        if (told) {
            // a note of before has no such member
            object.put("told", new Json.Bool(true));
        }
        return object.build().write();
    }

    /// That of a folder; [#NONE] when it has none.
    static KeyNote in(Path folder) throws Refused {
        var path = folder.resolve(FILE);
        try (var in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
            var octets = Bytes.of(in.readNBytes(MAX_SIZE + 1));
            var members = Json.members(Json.parse(octets, MAX_SIZE), "where the key is");
            members.number("v", 1, 1);
            var read =
                    new KeyNote(
                            members.text("key"),
                            bool(members, "pin"),
                            members.text("store"),
                            members.text("sentence"),
                            texts(members),
                            members.has("told") && bool(members, "told"));
            members.done();
            return read;
        } catch (NoSuchFileException e) {
            return NONE;
        } catch (IOException e) {
            throw unusable(path + " cannot be read");
        } catch (MalformedException e) {
            throw unusable(path + ": " + e.getMessage());
        }
    }

    private static boolean bool(Members members, String name) throws MalformedException {
        if (members.value(name) instanceof Json.Bool(var holds)) {
            return holds;
        }
        throw new MalformedException(name + " is neither true nor false");
    }

    private static List<String> texts(Members members) throws MalformedException {
        var texts = new ArrayList<String>();
        for (var item : members.items("passed_over")) {
            if (!(item instanceof Json.Str(var text))) {
                throw new MalformedException("a reason that is no text");
            }
            texts.add(text);
        }
        return texts;
    }

    private static Refused unusable(String what) {
        return new Refused(FailureKind.KEY_FILE_UNUSABLE, what + ".");
    }
}
