package dev.custodian.it.device;

import dev.custodian.core.attest.Authority;
import dev.custodian.it.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A maker of simulated cards whom an operator trusts, or not yet.
public final class TrustedCardMaker {
    private final SimulatedMaker maker = new SimulatedMaker();

    /// A card that this maker vouches for; its key wants no PIN.
    public CardOfMachine card() throws Exception {
        return CardOfMachine.start(maker);
    }

    /// The same with a key that was made elsewhere and brought to the card.
    public CardOfMachine cardWithKeyFromOutside() throws Exception {
        return CardOfMachine.startWithKeyFromOutside(maker);
    }

    SimulatedPivCard card(int serial) {
        return new SimulatedPivCard(SimulatedPivCard.Kind.YUBICO, serial, maker.ofAnother());
    }

    /// Has the operator trust this maker, and ask devices for proof.
    public void isTrustedBy(Installation installation, Path folder) throws Exception {
        var from = Files.createDirectories(folder);
        TrustedMaker.write(
                from,
                List.of(new Authority("Simulated cards", "simulated", maker.root(), true, false)));
        installation.command("trust", "import", "--kind", "piv", from.toString());
        installation.configure("# piv_roots", "piv_roots");
    }
}
