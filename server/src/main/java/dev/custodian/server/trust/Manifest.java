package dev.custodian.server.trust;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// What `manifest.json` says of a folder of certificates: `{ "version": 1, "updated": time,
/// "authorities": [{ "name", "vendor", "kind": "root" or "intermediate", "sha256": hexadecimal,
/// "source", "added": time, "withdrawn": time }] }`. Each certificate is beside it, alone in
/// `SHA256.pem`. `withdrawn` is there only for what is no longer trusted: it stays, so that earlier
/// judgements can be looked at again.
///
/// @param updated when somebody last looked whether it is complete
record Manifest(Instant updated, List<Entry> entries) {
    /// Most octets of a manifest.
    static final int LONGEST = 1 << 20;

    private static final int MOST_ENTRIES = 1000;
    private static final int LONGEST_TEXT = 255;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    /// One certificate.
    ///
    /// @param sha256 of its DER, in hexadecimal
    /// @param source where it was taken from
    record Entry(
            String name,
            String vendor,
            boolean root,
            String sha256,
            String source,
            Instant added,
            boolean withdrawn) {
        /// The file that it is in.
        String file() {
            return sha256 + ".pem";
        }
    }

    static Manifest parse(Bytes octets) throws MalformedException {
        var members = Json.members(Json.parse(octets, LONGEST), "the manifest");
        var _ = members.number("version", 1, 1);
        var updated = members.time("updated");
        var entries = new ArrayList<Entry>();
        var seen = new HashSet<String>();
        for (var item : members.items("authorities", 0, MOST_ENTRIES)) {
            var entry = entry(item);
            if (!seen.add(entry.sha256)) {
                throw new MalformedException(Reason.MEMBERS, "a certificate is there twice");
            }
            entries.add(entry);
        }
        members.done();
        return new Manifest(updated, List.copyOf(entries));
    }

    private static Entry entry(Json item) throws MalformedException {
        var members = Json.members(item, "an authority");
        var name = text(members.text("name"));
        var vendor = text(members.text("vendor"));
        var kind = members.text("kind");
        if (!kind.equals("root") && !kind.equals("intermediate")) {
            throw new MalformedException("an authority neither root nor intermediate");
        }
        var sha256 = members.text("sha256");
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new MalformedException("sha256 is not 64 digits of hexadecimal");
        }
        var source = text(members.text("source"));
        var added = members.time("added");
        boolean withdrawn = members.has("withdrawn");
        if (withdrawn) {
            var _ = members.time("withdrawn");
        }
        members.done();
        return new Entry(name, vendor, kind.equals("root"), sha256, source, added, withdrawn);
    }

    private static String text(String text) throws MalformedException {
        if (text.isBlank() || text.length() > LONGEST_TEXT || UNPRINTABLE.matcher(text).find()) {
            throw new MalformedException("a text that is empty, too long or cannot be shown");
        }
        return text;
    }
}
