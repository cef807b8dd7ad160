package dev.custodian.agent.prompt.desktop;

import dev.custodian.agent.prompt.Question;
import dev.custodian.core.intent.Shown;
import java.awt.Color;
import java.awt.Component;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Insets;
import javax.swing.AbstractButton;
import javax.swing.BorderFactory;
import javax.swing.JLabel;
import javax.swing.JTextArea;
import javax.swing.SwingConstants;
import javax.swing.UIManager;

/// What a window is put together from. Words of ours stand on the window itself; whatever may hold
/// words of others stands in a box with an edge, and in letters of another kind. Nothing is read as
/// HTML.
final class Parts {
    /// How wide a box is, in pixels of a screen at 100 %.
    static final int BOX_WIDTH = 420;

    /// How wide one is that stands alone in its row.
    static final int WIDE_BOX = 560;

    /// How wide the whole is.
    static final int WIDTH = 720;

    private static final Color BOX = new Color(0xf7f7f7);
    private static final Color EDGE = new Color(0xb8bec6);
    private static final Color FAULT = new Color(0xa4161a);

    private Parts() {}

    /// A word or a few of our own.
    static JLabel words(String text) {
        var label = new JLabel();
        label.putClientProperty("html.disable", true);
        label.setText(text);
        return label;
    }

    static JLabel small(String text) {
        var label = words(text);
        label.setFont(label.getFont().deriveFont(label.getFont().getSize2D() - 1f));
        label.setForeground(UIManager.getColor("Label.disabledForeground"));
        return label;
    }

    /// A button or another thing that is pressed, with words of ours.
    static <T extends AbstractButton> T pressed(T button, String text, int mnemonic) {
        button.putClientProperty("html.disable", true);
        button.setText(text);
        if (mnemonic != 0) {
            button.setMnemonic(mnemonic);
        }
        return button;
    }

    /// A sentence of our own, in as many lines as it needs.
    static JTextArea sentence(String text, int width) {
        var area = area(text, width);
        area.setWrapStyleWord(true);
        area.setOpaque(false);
        area.setFont(UIManager.getFont("Label.font"));
        fit(area, width);
        return area;
    }

    /// The title of a window.
    static JTextArea title(String text) {
        var area = sentence(text, WIDTH);
        area.setFont(area.getFont().deriveFont(Font.BOLD, area.getFont().getSize2D() * 1.4f));
        fit(area, WIDTH);
        return area;
    }

    /// A sentence that says what was wrong.
    static JTextArea fault() {
        var area = sentence(" ", WIDTH);
        area.setForeground(FAULT);
        return area;
    }

    /// A box for what may hold words of others, broken into lines anywhere.
    ///
    /// @param text one visible line
    /// @param name what it is, for who cannot see the box
    static JTextArea box(String text, String name) {
        return box(text, name, BOX_WIDTH);
    }

    static JTextArea box(String text, String name, int width) {
        var area = area(text, width);
        area.setBackground(BOX);
        area.setFont(
                new Font(Font.MONOSPACED, Font.PLAIN, UIManager.getFont("Label.font").getSize()));
        area.setBorder(
                BorderFactory.createCompoundBorder(
                        BorderFactory.createMatteBorder(0, 3, 0, 0, EDGE),
                        BorderFactory.createEmptyBorder(3, 7, 3, 7)));
        area.getAccessibleContext().setAccessibleName(name);
        fit(area, width);
        return area;
    }

    private static JTextArea area(String text, int width) {
        var area = new JTextArea();
        area.setText(text);
        area.setEditable(false);
        area.setFocusable(false);
        area.setLineWrap(true);
        area.setWrapStyleWord(false);
        area.setMargin(new Insets(0, 0, 0, 0));
        area.setBorder(null);
        area.setSize(width, Short.MAX_VALUE);
        return area;
    }

    /// As high as its text is at this width.
    private static void fit(JTextArea area, int width) {
        area.setPreferredSize(null);
        area.setSize(width, Short.MAX_VALUE);
        var size = new Dimension(width, area.getPreferredSize().height);
        area.setPreferredSize(size);
        area.setMinimumSize(size);
    }

    /// Who vouches for a line: a word in a colour of its own.
    static JLabel badge(Shown.Source source) {
        var label = words(Question.words(source));
        label.setOpaque(true);
        label.setHorizontalAlignment(SwingConstants.CENTER);
        label.setBorder(BorderFactory.createEmptyBorder(3, 8, 3, 8));
        switch (source) {
            case COMPUTED -> paint(label, 0xdff3e4, 0x14532d);
            case REPORTED -> paint(label, 0xfff0d1, 0x713f00);
            case UNKNOWN -> paint(label, 0xfde2e1, 0x7f1d1d);
        }
        return label;
    }

    private static void paint(Component label, int background, int foreground) {
        label.setBackground(new Color(background));
        label.setForeground(new Color(foreground));
    }
}
