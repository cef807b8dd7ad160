package dev.custodian.device.piv;

/// What a card's status word or PC/SC's number says, as far as anybody acts on it.
public enum Meaning {
    // the card's answers: SP 800-73-4 Part 2, ISO/IEC 7816-4 §5.6
    /// A wrong PIN, which was counted.
    WRONG_PIN(0),
    /// Too many wrong PINs: only the PUK helps.
    PIN_BLOCKED(0x6983),
    /// The PIN has to be verified first.
    PIN_REQUIRED(0x6982),
    /// Nobody touched the card in time, or it does not let the key be used so.
    NOT_NOW(0x6985),
    /// There is no such object or application.
    NOT_FOUND(0x6a82),
    /// There is no such key.
    NO_KEY(0x6a88),
    /// What was sent is not what the card wants.
    WRONG_DATA(0x6a80),
    WRONG_PARAMETERS(0x6a86),
    WRONG_LENGTH(0x6700),
    FUNCTION_NOT_OFFERED(0x6a81),
    COMMAND_NOT_OFFERED(0x6d00),
    CLASS_NOT_OFFERED(0x6e00),
    CARD_FULL(0x6a84),
    /// Its memory is worn out.
    MEMORY_FAILED(0x6581),

    // reader and service
    /// There is no card in the reader, or it was pulled.
    CARD_GONE(0),
    /// Another program made the card forget PIN and application.
    CARD_RESET(0),
    /// The card does not speak.
    CARD_MUTE(0),
    /// Another program has the card for itself.
    CARD_IN_USE(0),
    /// The reader was unplugged.
    READER_GONE(0),
    /// The system's smart-card service does not run, or was started anew.
    SERVICE_GONE(0),
    /// The command did not get through.
    COMMUNICATION(0),

    // what we do not believe or send
    /// The card has no PIV application.
    NO_PIV(0),
    /// The card did not accept the management key.
    WRONG_MANAGEMENT_KEY(0),
    /// A PIN has 6 to 8 octets (SP 800-73-4 Part 2 §2.4.3): it was not sent.
    PIN_LENGTH(0),
    /// The card may still have its PIN verified, for whichever program comes next: it could neither
    /// be told to forget it nor be reset. Nothing more is done with it until it forgot it.
    PIN_KEPT(0),
    /// The answer is not well formed.
    MALFORMED_ANSWER(0),
    /// Another card is in the reader than before: no PIN was sent to it.
    ANOTHER_CARD(0),
    /// The card does not have the management key: it failed our challenge.
    FORGED_CARD(0),
    /// The signature is not one of the key.
    WRONG_SIGNATURE(0),
    OTHER(0);

    private static final int TRIES_LEFT = 0x63c0;

    private final int statusWord;

    Meaning(int statusWord) {
        this.statusWord = statusWord;
    }

    static Meaning of(int statusWord) {
        if (countsTries(statusWord)) {
            return WRONG_PIN;
        }
        for (var meaning : values()) {
            if (meaning.statusWord == statusWord && statusWord != 0) {
                return meaning;
            }
        }
        return OTHER;
    }

    /// Whether the last digit says how many tries are left.
    static boolean countsTries(int statusWord) {
        return (statusWord & 0xfff0) == TRIES_LEFT;
    }
}
