package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.identity.OwnerAddress;
import dev.custodian.core.journal.ChainMemory;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.json.Json;
import java.net.URI;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a device keeps of its server from one run to the next: whom it paired with, and what it saw
/// of the journal. No secret is in it; whoever can change it can hide what the server did.
///
/// @param server `https://host[:port]`
/// @param thumbprint of the server's identity
/// @param checkpoint the last one seen; of size 0 before
/// @param chains the chains that were looked at
public record Remembered(
        URI server,
        Bytes thumbprint,
        Id owner,
        Id device,
        Checkpoint checkpoint,
        SortedMap<Id, Chain> chains) {
    private static final int MAX_SIZE = 4 << 20;
    private static final int HASH = 32;

    /// What was seen of one chain.
    ///
    /// @param proven whether a checkpoint covered the newest record; one that was only promised is
    ///   waited for
    /// @param key H(SPKI) of the credential's key as its chain names it; empty when it does not
    /// @param certificate H of the credential's certificate as its chain last named it; empty when
    ///   it does not
    public record Chain(ChainMemory newest, boolean proven, Bytes key, Bytes certificate) {
        static Chain unseen(Id id) {
            return new Chain(ChainMemory.none(id), true, Bytes.EMPTY, Bytes.EMPTY);
        }
    }

    public Remembered {
        chains = Collections.unmodifiableSortedMap(new TreeMap<>(chains));
    }

    /// What a further device joins by, and a recovery begins with.
    public OwnerAddress address() {
        return new OwnerAddress(server, owner, thumbprint);
    }

    /// What was seen of the chain of `id`; nothing when it was never looked at.
    public Chain chain(Id id) {
        return chains.getOrDefault(id, Chain.unseen(id));
    }

    Remembered with(Checkpoint seen, Chain chain) {
        var more = new TreeMap<>(chains);
        more.put(chain.newest.chain(), chain);
        return new Remembered(server, thumbprint, owner, device, seen, more);
    }

    public Bytes encode() {
        return Json.object()
                .put("v", 1)
                .put("server", server.toString())
                .put("thumbprint", thumbprint)
                .put("owner", owner.text())
                .put("device", device.text())
                .put(
                        "checkpoint",
                        Json.object()
                                .put("origin", checkpoint.origin())
                                .put("size", checkpoint.size())
                                .put("root", checkpoint.root())
                                .build())
                .put("chains", Json.array(chains.values().stream().toList(), Remembered::toJson))
                .build()
                .write();
    }

    private static Json toJson(Chain chain) {
        return Json.object()
                .put("chain", chain.newest.chain().text())
                .put("seq", chain.newest.seq())
                .put("index", chain.newest.index())
                .put("commitment", chain.newest.commitment())
                .put("proven", new Json.Bool(chain.proven))
                .put("key", chain.key)
                .put("certificate", chain.certificate)
                .build();
    }

    /// Reads what [#encode] wrote.
    public static Remembered decode(Bytes octets) throws MalformedException {
        var members = Json.members(Json.parse(octets, MAX_SIZE), "the device's memory");
        members.number("v", 1, 1);
        try {
            var seen = members.object("checkpoint");
            var checkpoint =
                    new Checkpoint(
                            seen.text("origin"),
                            seen.number("size", 0, Long.MAX_VALUE),
                            seen.bytes("root", HASH));
            seen.done();
            var remembered =
                    new Remembered(
                            URI.create(members.text("server")),
                            members.bytes("thumbprint", HASH),
                            Id.parse(Id.Kind.OWNER, members.text("owner")),
                            Id.parse(Id.Kind.DEVICE, members.text("device")),
                            checkpoint,
                            new TreeMap<>());
            for (var item : members.items("chains")) {
                remembered = remembered.with(checkpoint, chainOf(item));
            }
            members.done();
            return remembered;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("the device's memory is refused: " + e.getMessage());
        }
    }

    private static Chain chainOf(Json item) throws MalformedException {
        var members = Json.members(item, "chain");
        var text = members.text("chain");
        var kind = text.startsWith(Id.Kind.OWNER.prefix()) ? Id.Kind.OWNER : Id.Kind.CREDENTIAL;
        var newest =
                new ChainMemory(
                        Id.parse(kind, text),
                        members.number("seq", 0, Long.MAX_VALUE),
                        members.number("index", -1, Long.MAX_VALUE),
                        members.bytes("commitment", HASH));
        var proven = members.value("proven").equals(new Json.Bool(true));
        var key = members.bytes("key");
        var certificate = members.bytes("certificate");
        members.done();
        return new Chain(newest, proven, key, certificate);
    }
}
