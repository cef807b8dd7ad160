package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.server.vault.MeasuredVault.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// One way to ask for signatures, and how much of its work the server does for them.
///
/// @param proof whether each call carries a token and a DPoP proof, which are checked
/// @param digests in each call
record Cell(KeyAlgorithm key, Work work, boolean proof, int digests) {
    static final Set<KeyAlgorithm> KEYS =
            Set.of(KeyAlgorithm.RSA_2048, KeyAlgorithm.RSA_3072, KeyAlgorithm.P256);

    static final int CALLERS = 32;

    /// How many ask at a time. What waits for more than 5 s is refused, and a slow machine takes
    /// that long for 320 RSA signatures.
    int callers() {
        return key.family() == KeyAlgorithm.Family.RSA ? CALLERS / digests : CALLERS;
    }

    /// All that sign.
    static List<Cell> signing() {
        var cells = new ArrayList<Cell>();
        for (var key : KEYS.stream().sorted().toList()) {
            for (var work : List.of(Work.OPENED, Work.UNSEALING)) {
                for (var proof : List.of(false, true)) {
                    for (int digests : List.of(1, 10)) {
                        cells.add(new Cell(key, work, proof, digests));
                    }
                }
            }
        }
        return cells;
    }

    /// Everything but signature and proofs.
    static List<Cell> bare() {
        return List.of(
                new Cell(KeyAlgorithm.P256, Work.NONE, false, 1),
                new Cell(KeyAlgorithm.P256, Work.NONE, false, 10));
    }
}
