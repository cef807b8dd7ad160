package dev.custodian.it.prompt;

import java.awt.Component;
import java.awt.Container;
import java.awt.Window;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.accessibility.Accessible;
import javax.accessibility.AccessibleContext;
import javax.accessibility.AccessibleRole;
import javax.swing.JTextArea;
import javax.swing.SwingUtilities;
import javax.swing.text.JTextComponent;

/// The windows of this process as assistive technology knows them.
public final class Seen {
    private static final List<AccessibleRole> WORDS =
            List.of(AccessibleRole.LABEL, AccessibleRole.PUSH_BUTTON, AccessibleRole.RADIO_BUTTON);

    private Seen() {}

    /// All that is shown, as `role:name`, with `=text` for what has a text and `*` for what has the
    /// focus, `-` for what is disabled; between bars.
    public static String windows() {
        var seen = new ArrayList<String>();
        try {
            SwingUtilities.invokeAndWait(
                    () -> {
                        for (var window : Window.getWindows()) {
                            add(window, seen);
                        }
                    });
        } catch (InterruptedException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
        return String.join("|", seen);
    }

    private static void add(Component part, List<String> seen) {
        if (!part.isShowing()) {
            return;
        }
        if (part instanceof Accessible one) {
            describe(part, one.getAccessibleContext(), seen);
        }
        if (part instanceof Container inner) {
            for (var child : inner.getComponents()) {
                add(child, seen);
            }
        }
    }

    private static void describe(Component part, AccessibleContext context, List<String> seen) {
        var role = context.getAccessibleRole();
        var isWords = WORDS.contains(role) || part instanceof JTextComponent;
        if (isWords && (context.getAccessibleName() != null || part instanceof JTextArea)) {
            seen.add(
                    role.toDisplayString(Locale.ROOT)
                            + ":"
                            + (context.getAccessibleName() == null
                                    ? ""
                                    : context.getAccessibleName())
                            + (part instanceof JTextArea area ? "=" + area.getText() : "")
                            + (part.isFocusOwner() ? "*" : "")
                            + (part.isEnabled() ? "" : "-"));
        }
    }
}
