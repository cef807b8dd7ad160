package dev.custodian.agent.prompt.desktop;

import java.awt.Component;
import java.awt.Dimension;
import javax.swing.Box;
import javax.swing.JComponent;

/// Rows of a body, one below the other.
final class Rows {
    /// How wide a label is.
    static final int LABEL = 150;

    private static final int SET_IN = 26;

    private Rows() {}

    /// A field behind its label.
    static JComponent labelled(String text, JComponent field) {
        var label = Parts.words(text);
        label.setLabelFor(field);
        var size = new Dimension(LABEL, label.getPreferredSize().height);
        label.setPreferredSize(size);
        label.setMinimumSize(size);
        label.setMaximumSize(size);
        field.setMaximumSize(field.getPreferredSize());
        return row(label, field);
    }

    static JComponent left(JComponent only) {
        only.setMaximumSize(only.getPreferredSize());
        return row(only);
    }

    static JComponent setIn(JComponent only) {
        return row(Box.createHorizontalStrut(SET_IN), only);
    }

    private static JComponent row(Component... parts) {
        var row = Box.createHorizontalBox();
        for (var part : parts) {
            row.add(part);
        }
        row.add(Box.createHorizontalGlue());
        return row;
    }
}
