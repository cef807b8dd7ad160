package dev.custodian.agent.prompt.desktop;

import dev.custodian.core.Secret;
import dev.custodian.core.evidence.RecoveryCode;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.util.Arrays;
import java.util.List;
import javax.accessibility.Accessible;
import javax.accessibility.AccessibleContext;
import javax.accessibility.AccessibleRole;
import javax.swing.Box;
import javax.swing.JComponent;
import javax.swing.UIManager;

/// A recovery code, drawn from an array that is wiped.
final class CodeBody implements Body<Boolean> {
    private final Box box = Box.createVerticalBox();

    CodeBody(Secret code) {
        box.add(Rows.left(Parts.words("Recovery code, made here:")));
        box.add(Box.createVerticalStrut(6));
        box.add(Rows.left(new Drawn(code)));
        box.add(Box.createVerticalStrut(6));
        box.add(
                Rows.left(
                        Parts.sentence(
                                "Write it down and keep it apart from this computer. It is shown"
                                        + " this once.",
                                Parts.WIDTH)));
    }

    @Override
    public JComponent component() {
        return box;
    }

    @Override
    public List<SecretField> fields() {
        return List.of();
    }

    @Override
    public Boolean read() {
        return true;
    }

    private static final class Drawn extends JComponent implements Accessible {
        private static final long serialVersionUID = 1L;
        private static final int SPACE = 10;

        private final transient Secret code;

        Drawn(Secret code) {
            this.code = code;
            setFont(new Font(Font.MONOSPACED, Font.BOLD, 20));
        }

        @Override
        public Dimension getPreferredSize() {
            var metrics = getFontMetrics(getFont());
            int letters = RecoveryCode.SIZE * 5 / 4;
            return new Dimension(
                    metrics.charWidth('m') * letters + 2 * SPACE, metrics.getHeight() + 2 * SPACE);
        }

        @Override
        public Dimension getMinimumSize() {
            return getPreferredSize();
        }

        @Override
        public Dimension getMaximumSize() {
            return getPreferredSize();
        }

        @Override
        protected void paintComponent(Graphics graphics) {
            var g = (Graphics2D) graphics.create();
            g.setRenderingHint(
                    RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            g.setColor(UIManager.getColor("TextField.background"));
            g.fillRect(0, 0, getWidth(), getHeight());
            g.setColor(UIManager.getColor("Label.foreground"));
            g.drawRect(0, 0, getWidth() - 1, getHeight() - 1);
            var text = RecoveryCode.text(code);
            try {
                g.drawChars(text, 0, text.length, SPACE, SPACE + g.getFontMetrics().getAscent());
            } finally {
                Arrays.fill(text, '\0');
                g.dispose();
            }
        }

        @Override
        public AccessibleContext getAccessibleContext() {
            if (accessibleContext == null) {
                accessibleContext = new Read();
            }
            return accessibleContext;
        }

        /// For who cannot see it; made a text only when something reads it out.
        private final class Read extends AccessibleJComponent {
            private static final long serialVersionUID = 1L;

            @Override
            public AccessibleRole getAccessibleRole() {
                return AccessibleRole.LABEL;
            }

            @Override
            public String getAccessibleName() {
                var text = RecoveryCode.text(code);
                try {
                    return new String(text);
                } finally {
                    Arrays.fill(text, '\0');
                }
            }
        }
    }
}
