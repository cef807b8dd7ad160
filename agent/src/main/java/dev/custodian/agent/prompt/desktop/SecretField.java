package dev.custodian.agent.prompt.desktop;

import javax.swing.JPasswordField;
import javax.swing.text.AttributeSet;
import javax.swing.text.BadLocationException;
import javax.swing.text.GapContent;
import javax.swing.text.PlainDocument;
import javax.swing.text.Segment;

/// A field for a secret: its characters stay in one array, which is wiped.
///
/// What the toolkit keeps of a key that was pressed is a character alone, and goes with the next
/// garbage collection.
final class SecretField extends JPasswordField {
    private static final long serialVersionUID = 1L;

    /// Characters that have room; more are not taken.
    static final int LONGEST = 128;

    private final transient Characters characters;

    /// @param name what it is for, for who cannot see what stands beside it
    SecretField(String name, int columns) {
        this(new Characters(), name, columns);
    }

    private SecretField(Characters characters, String name, int columns) {
        super(new Bounded(characters), "", columns);
        this.characters = characters;
        getAccessibleContext().setAccessibleName(name);
    }

    boolean isEmpty() {
        return getDocument().getLength() == 0;
    }

    /// Takes the characters out of the field, which is empty and wiped then; the caller wipes them.
    char[] take() {
        var taken = characters.copy(getDocument().getLength());
        clear();
        return taken;
    }

    /// Empties and wipes it.
    void clear() {
        try {
            getDocument().remove(0, getDocument().getLength());
        } catch (BadLocationException e) {
            throw new IllegalStateException(e);
        }
        characters.wipe();
    }

    /// An array that never grows, so that none is left behind.
    private static final class Characters extends GapContent {
        private static final long serialVersionUID = 1L;

        Characters() {
            super(2 * LONGEST);
        }

        char[] copy(int length) {
            var copy = new char[length];
            var part = new Segment();
            part.setPartialReturn(true);
            try {
                for (int at = 0; at < length; at += part.count) {
                    getChars(at, length - at, part);
                    System.arraycopy(part.array, part.offset, copy, at, part.count);
                }
            } catch (BadLocationException e) {
                throw new IllegalStateException(e);
            }
            return copy;
        }

        /// Wipes all but the line feed at the end of every document; no field takes another one.
        void wipe() {
            var array = (char[]) getArray();
            for (int i = 0; i < array.length; i++) {
                array[i] = array[i] == '\n' ? '\n' : '\0';
            }
        }
    }

    private static final class Bounded extends PlainDocument {
        private static final long serialVersionUID = 1L;

        Bounded(Content content) {
            super(content);
        }

        @Override
        public void insertString(int at, String text, AttributeSet attributes)
                throws BadLocationException {
            if (text != null && getLength() + text.length() <= LONGEST) {
                super.insertString(at, text, attributes);
            }
        }
    }
}
