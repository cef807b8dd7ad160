package dev.custodian.it;

/// The same with the device key of each machine on a simulated card of its own, which wants no PIN:
/// see [CardPinIT] for one that does.
@OnCard
class SessionOnCardFull extends SessionIT {
    /// It is not in the folder.
    @Override
    String keyFile() {
        return "nothing";
    }

    @Override
    String withoutKey() {
        return "is not of this card";
    }
}
