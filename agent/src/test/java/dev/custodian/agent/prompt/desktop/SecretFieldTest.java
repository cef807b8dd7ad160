package dev.custodian.agent.prompt.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import javax.swing.text.Document;
import javax.swing.text.Segment;
import org.junit.jupiter.api.Test;

class SecretFieldTest {
    private final SecretField field = new SecretField("PIN", 16);

    private void type(int at, String text) throws Exception {
        for (int i = 0; i < text.length(); i++) {
            field.getDocument().insertString(at + i, text.substring(i, i + 1), null);
        }
    }

    /// The array in which the field keeps its characters.
    private static char[] held(Document document) throws Exception {
        var part = new Segment();
        part.setPartialReturn(true);
        document.getText(0, 1, part);
        return part.array;
    }

    @Test
    void whatWasTypedAndMovedAboutIsWiped() throws Exception {
        type(0, "279999");
        field.getDocument().remove(2, 3);
        type(1, "84");
        var array = held(field.getDocument());
        assertThat(new String(array)).contains("9");

        assertThat(field.take()).containsExactly('2', '8', '4', '7', '9');
        assertThat(field.isEmpty()).isTrue();
        assertThat(new String(array)).doesNotContainPattern("[0-9]");
    }

    @Test
    void fieldCanBeUsedAgain() throws Exception {
        type(0, "1357");
        field.clear();
        assertThat(field.take()).isEmpty();
        type(0, "2749");
        assertThat(field.take()).containsExactly('2', '7', '4', '9');
    }

    @Test
    void arrayNeverGrows() throws Exception {
        type(0, "7");
        var array = held(field.getDocument());
        type(1, "7".repeat(2 * SecretField.LONGEST));
        assertThat(held(field.getDocument())).isSameAs(array);
        assertThat(field.take()).hasSize(SecretField.LONGEST);
        assertThat(new String(array)).doesNotContain("7");
    }
}
