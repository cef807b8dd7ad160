package dev.custodian.agent.prompt.desktop;

import dev.custodian.core.Refused;
import java.util.List;
import javax.swing.JComponent;

/// What a person fills in, between what is shown and the buttons.
///
/// @param <T> what comes of it
interface Body<T> {
    JComponent component();

    /// The fields that take a secret, in their order.
    List<SecretField> fields();

    /// Whether all of them empty is an answer too.
    default boolean mayBeNone() {
        return false;
    }

    /// What is read when the person says yes; the fields are empty then. Refused (`USAGE`) when it
    /// will not do: the detail says why.
    T read() throws Refused;
}
