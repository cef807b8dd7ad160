package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.device.tpm.TpmKeyFile;
import java.util.regex.Pattern;

/// A TPM's key or sealed secret as a file, with the Name of the storage key above it: whoever sits
/// between us and the TPM later cannot pass off another one, and get a PIN under it. `TSS2 PRIVATE
/// KEY` behind three lines that other programs skip (RFC 7468 §2):
///
/// ```
/// Custodian-Key: 1
/// Parent: 000b…
/// PSS: yes
/// -----BEGIN TSS2 PRIVATE KEY-----
/// ```
///
/// @param parent the Name (Part 1 §16)
/// @param pss whether its salt in PSS is as long as the hash, as everybody wants it
record PinnedFile(Bytes parent, boolean pss, TpmKeyFile file) {
    /// Most characters.
    static final int LONGEST = 8704;

    private static final Pattern FORM =
            Pattern.compile(
                    "Custodian-Key: 1\nParent: ((?:[0-9a-f]{2}){34,66})\nPSS: (yes|no)\n(-----BEGIN .*)",
                    Pattern.DOTALL);

    static PinnedFile parse(String text) throws MalformedException {
        if (text.length() > LONGEST) {
            throw new MalformedException(Reason.SIZE, "a key file that is too long");
        }
        var form = FORM.matcher(text);
        if (!form.matches()) {
            throw new MalformedException(Reason.SYNTAX, "no key file of ours");
        }
        var read =
                new PinnedFile(
                        Bytes.fromHex(form.group(1)),
                        form.group(2).equals("yes"),
                        TpmKeyFile.parse(form.group(3)));
        if (!read.text().equals(text)) {
            throw new MalformedException(Reason.SPELLING, "another spelling of a key file");
        }
        return read;
    }

    String text() {
        return "Custodian-Key: 1\nParent: "
                + parent.hex()
                + "\nPSS: "
                + (pss ? "yes" : "no")
                + "\n"
                + file.pem();
    }
}
