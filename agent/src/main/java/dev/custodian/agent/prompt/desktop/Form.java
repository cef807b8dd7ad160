package dev.custodian.agent.prompt.desktop;

import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.prompt.Question;
import dev.custodian.core.intent.Shown;
import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.awt.GridLayout;
import java.awt.Insets;
import java.awt.event.KeyEvent;
import java.util.List;
import java.util.Locale;
import javax.swing.BorderFactory;
import javax.swing.Box;
import javax.swing.BoxLayout;
import javax.swing.JButton;
import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;
import javax.swing.KeyStroke;
import javax.swing.ScrollPaneConstants;

/// All that a window holds: the title, what is shown with who vouches for it, the body, who waits,
/// the time that is left and two buttons of one size.
final class Form extends JPanel {
    private static final long serialVersionUID = 1L;

    /// Characters of a line that is shown; the middle of a longer one is left out.
    static final int MOST = 320;

    private static final int MOST_NAMED = 3;
    private static final int GAP = 12;

    /// Kept free for those who wait, and for what the desktop draws around a window.
    private static final int WAITING = 150;

    /// Some lines can always be read.
    private static final int LOWEST = 80;

    private final Box waiting = Box.createVerticalBox();
    private final JLabel time = Parts.small(" ");
    private final JTextArea fault = Parts.fault();
    private final JButton yes;
    private final JButton no;
    private transient List<String> named = List.of();

    /// @param yes what the button says that accepts
    /// @param highest pixels that there are for all of it; lines that find no room are scrolled
    Form(String title, List<Shown> shown, Body<?> body, String yes, int highest) {
        super(new BorderLayout(0, GAP));
        this.yes = Parts.pressed(new JButton(), yes, mnemonic(yes));
        this.no = Parts.pressed(new JButton(), "Refuse", KeyEvent.VK_R);
        setBorder(BorderFactory.createEmptyBorder(18, 20, 16, 20));
        var top = Box.createVerticalBox();
        top.add(Rows.left(Parts.title(title)));
        add(top, BorderLayout.NORTH);
        add(body.component(), BorderLayout.CENTER);
        add(bottom(), BorderLayout.SOUTH);
        if (!shown.isEmpty()) {
            int rest = getPreferredSize().height + WAITING;
            top.add(Box.createVerticalStrut(GAP));
            top.add(scrolled(lines(shown), Math.max(LOWEST, highest - rest)));
        }
        press(this.yes);
        press(this.no);
    }

    private static int mnemonic(String words) {
        return KeyEvent.getExtendedKeyCodeForChar(words.charAt(0));
    }

    /// Whoever has moved to a button means that one: the return key presses it too.
    private static void press(JButton button) {
        var keys = button.getInputMap(WHEN_FOCUSED);
        keys.put(KeyStroke.getKeyStroke(KeyEvent.VK_ENTER, 0, false), "pressed");
        keys.put(KeyStroke.getKeyStroke(KeyEvent.VK_ENTER, 0, true), "released");
    }

    private static JComponent lines(List<Shown> shown) {
        var grid = new JPanel(new GridBagLayout());
        var at = new GridBagConstraints();
        at.anchor = GridBagConstraints.NORTHWEST;
        for (var line : shown) {
            at.gridy++;
            at.gridx = 0;
            at.fill = GridBagConstraints.NONE;
            at.insets = new Insets(5, 0, 0, 0);
            var words = Parts.words(line.what());
            words.setPreferredSize(new Dimension(Rows.LABEL, words.getPreferredSize().height));
            grid.add(words, at);
            at.gridx = 1;
            at.insets = new Insets(2, 0, 2, 8);
            var name = line.what() + ", " + Question.words(line.source());
            var box = Parts.box(Line.shortened(line.text(), MOST), name);
            words.setLabelFor(box);
            grid.add(box, at);
            at.gridx = 2;
            at.fill = GridBagConstraints.HORIZONTAL;
            grid.add(Parts.badge(line.source()), at);
        }
        at.gridy++;
        at.gridx = 0;
        at.gridwidth = 3;
        at.fill = GridBagConstraints.NONE;
        at.insets = new Insets(6, 0, 0, 0);
        grid.add(
                Parts.small(
                        "computed here: this agent knows it · reported: somebody says so, and"
                                + " nobody has checked"),
                at);
        var left = new JPanel(new BorderLayout());
        left.add(grid, BorderLayout.WEST);
        return left;
    }

    private static JComponent scrolled(JComponent lines, int highest) {
        int height = Math.min(lines.getPreferredSize().height, highest);
        var pane =
                new JScrollPane(
                        lines,
                        ScrollPaneConstants.VERTICAL_SCROLLBAR_AS_NEEDED,
                        ScrollPaneConstants.HORIZONTAL_SCROLLBAR_NEVER);
        pane.setBorder(null);
        pane.getVerticalScrollBar().setUnitIncrement(20);
        int bar = pane.getVerticalScrollBar().getPreferredSize().width;
        pane.setPreferredSize(new Dimension(lines.getPreferredSize().width + bar, height));
        return pane;
    }

    private JComponent bottom() {
        var buttons = new JPanel(new GridLayout(1, 2, GAP, 0));
        for (var button : List.of(yes, no)) {
            button.setMargin(new Insets(5, 18, 5, 18));
            buttons.add(button);
        }
        var last = new JPanel(new BorderLayout(GAP, 0));
        last.add(time, BorderLayout.CENTER);
        last.add(buttons, BorderLayout.EAST);
        fault.setVisible(false);
        waiting.setVisible(false);
        var bottom = new Box(BoxLayout.PAGE_AXIS);
        bottom.add(Rows.left(fault));
        bottom.add(waiting);
        bottom.add(Box.createVerticalStrut(GAP));
        bottom.add(last);
        return bottom;
    }

    JButton yes() {
        return yes;
    }

    JButton no() {
        return no;
    }

    /// Says what was wrong with what was typed; nothing when empty.
    void setFault(String sentence) {
        fault.setText(sentence);
        fault.setVisible(!sentence.isEmpty());
    }

    void setSeconds(long seconds) {
        time.setText(
                String.format(
                        Locale.ROOT,
                        "Refused by itself in %d:%02d",
                        Math.max(0, seconds / 60),
                        Math.max(0, seconds % 60)));
    }

    /// Names the questions that wait behind this one.
    ///
    /// @return whether they are others than before
    boolean setWaiting(List<String> titles) {
        if (titles.equals(named)) {
            return false;
        }
        named = List.copyOf(titles);
        waiting.removeAll();
        waiting.add(Box.createVerticalStrut(GAP));
        waiting.add(Rows.left(Parts.words("Waiting for their turn: " + titles.size())));
        for (var title : titles.subList(0, Math.min(MOST_NAMED, titles.size()))) {
            waiting.add(Box.createVerticalStrut(3));
            waiting.add(Rows.left(Parts.box(title, "question that waits", Parts.WIDE_BOX)));
        }
        waiting.setVisible(!titles.isEmpty());
        return true;
    }
}
