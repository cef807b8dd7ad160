package dev.custodian.agent.prompt.desktop;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.awt.KeyEventDispatcher;
import java.awt.KeyboardFocusManager;
import java.awt.event.ActionEvent;
import java.awt.event.KeyEvent;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.swing.AbstractAction;
import javax.swing.JComponent;
import javax.swing.JFrame;
import javax.swing.KeyStroke;
import javax.swing.SwingUtilities;
import javax.swing.Timer;
import javax.swing.WindowConstants;
import javax.swing.event.DocumentEvent;
import javax.swing.event.DocumentListener;

/// A window with a question, until it is decided. Only the thread of events works with it.
///
/// No is what happens by itself: it is the default button, and what the escape key and closing the
/// window mean. Keys count only after a moment: what somebody was typing elsewhere when the window
/// came up answers nothing.
///
/// @param <T> what the person decides on with yes
final class PromptWindow<T> {
    /// How long keys do not count.
    static final int DEAF_MILLIS = 700;

    private final JFrame frame = new JFrame("Custodian");
    private final Form form;
    private final Body<T> body;
    private final CompletableFuture<T> decision;
    private final KeyEventDispatcher deaf = this::isDeafTo;
    private final Timer hearing = new Timer(DEAF_MILLIS, _ -> hear());
    private boolean hears;

    PromptWindow(Form form, Body<T> body, CompletableFuture<T> decision) {
        this.form = form;
        this.body = body;
        this.decision = decision;
        hearing.setRepeats(false);
        frame.setContentPane(form);
        frame.setDefaultCloseOperation(WindowConstants.DO_NOTHING_ON_CLOSE);
        frame.getRootPane().setDefaultButton(form.no());
        onEscape();
        form.yes().addActionListener(_ -> accept());
        form.no().addActionListener(_ -> refuse());
        for (var field : body.fields()) {
            field.addActionListener(_ -> entered(field));
            field.getDocument().addDocumentListener(new Changes());
        }
        frame.addWindowListener(
                new WindowAdapter() {
                    @Override
                    public void windowOpened(WindowEvent e) {
                        hearing.start();
                    }

                    @Override
                    public void windowClosing(WindowEvent e) {
                        refuse();
                    }
                });
        enable();
    }

    private void onEscape() {
        var root = frame.getRootPane();
        root.getInputMap(JComponent.WHEN_IN_FOCUSED_WINDOW)
                .put(KeyStroke.getKeyStroke(KeyEvent.VK_ESCAPE, 0), "refuse");
        root.getActionMap()
                .put(
                        "refuse",
                        new AbstractAction() {
                            private static final long serialVersionUID = 1L;

                            @Override
                            public void actionPerformed(ActionEvent e) {
                                refuse();
                            }
                        });
    }

    void open() {
        KeyboardFocusManager.getCurrentKeyboardFocusManager().addKeyEventDispatcher(deaf);
        frame.pack();
        frame.setLocationRelativeTo(null);
        frame.setAlwaysOnTop(true);
        frame.setVisible(true);
    }

    /// Shows what has changed meanwhile.
    void update(long seconds, List<String> waiting) {
        form.setSeconds(seconds);
        if (form.setWaiting(waiting)) {
            frame.pack();
        }
    }

    void close() {
        hearing.stop();
        KeyboardFocusManager.getCurrentKeyboardFocusManager().removeKeyEventDispatcher(deaf);
        body.fields().forEach(SecretField::clear);
        frame.dispose();
    }

    /// Takes a key out of the way that was pressed too early. The timer's event comes after those
    /// of all keys that were pressed before it.
    private boolean isDeafTo(KeyEvent e) {
        return !hears && SwingUtilities.isDescendingFrom(e.getComponent(), frame);
    }

    private void hear() {
        hears = true;
        enable();
        first().requestFocusInWindow();
    }

    private JComponent first() {
        return body.fields().isEmpty() ? form.no() : body.fields().getFirst();
    }

    private boolean isComplete() {
        var empty = body.fields().stream().filter(SecretField::isEmpty).count();
        return empty == 0 || body.mayBeNone() && empty == body.fields().size();
    }

    private void enable() {
        body.fields().forEach(field -> field.setEnabled(hears));
        form.yes().setEnabled(hears && isComplete());
    }

    /// The return key in a field goes on to what is next. In an empty one it is no.
    private void entered(SecretField field) {
        if (field.isEmpty() && !body.mayBeNone()) {
            form.no().doClick();
        } else if (isComplete()) {
            form.yes().requestFocusInWindow();
        } else {
            field.transferFocus();
        }
    }

    private void accept() {
        if (decision.isDone() || !hears || !isComplete()) {
            return;
        }
        try {
            decision.complete(body.read());
        } catch (Refused e) {
            if (e.kind() != FailureKind.USAGE) {
                decision.completeExceptionally(e);
                return;
            }
            body.fields().forEach(SecretField::clear);
            form.setFault(e.detail());
            frame.pack();
            first().requestFocusInWindow();
        }
    }

    private void refuse() {
        decision.completeExceptionally(new Refused(FailureKind.APPROVAL_REFUSED));
    }

    private final class Changes implements DocumentListener {
        @Override
        public void insertUpdate(DocumentEvent e) {
            enable();
        }

        @Override
        public void removeUpdate(DocumentEvent e) {
            enable();
        }

        @Override
        public void changedUpdate(DocumentEvent e) {
            enable();
        }
    }
}
