package dev.custodian.agent.prompt.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.agent.prompt.Answer;
import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.prompt.Offer;
import dev.custodian.agent.prompt.Question;
import dev.custodian.core.intent.Shown;
import java.awt.Component;
import java.awt.Container;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.accessibility.Accessible;
import javax.accessibility.AccessibleRole;
import javax.swing.AbstractButton;
import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JRadioButton;
import javax.swing.JTextArea;
import javax.swing.plaf.basic.BasicHTML;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the parts of a window say of themselves, as a screen reader hears it; without a display.
class FormTest {
    private static final Offer OFFER =
            new Offer(
                    "process:4711:99",
                    "this process",
                    2,
                    Duration.ofSeconds(60),
                    "It signs twice.");

    private static Question question(List<Offer> offers, Shown... shown) {
        return new Question("Sign a document?", List.of(shown), offers, Duration.ofMinutes(1));
    }

    private static Shown reported(String what, String foreign) {
        return new Shown(what, Line.of(foreign, Line.NAME), Shown.Source.REPORTED);
    }

    private static Form form(Question question, int highest) {
        return new Form(
                question.title(), question.shown(), new PinBody(question), "Approve", highest);
    }

    private static Stream<Component> parts(Container in) {
        return Stream.of(in.getComponents())
                .flatMap(
                        one ->
                                one instanceof Container inner
                                        ? Stream.concat(Stream.of(one), parts(inner))
                                        : Stream.of(one));
    }

    /// What is said with our own voice: all but the text of the boxes.
    private static List<String> ours(Form form) {
        var said = new ArrayList<String>();
        parts(form)
                .forEach(
                        part -> {
                            if (part instanceof Accessible one) {
                                var name = one.getAccessibleContext().getAccessibleName();
                                if (name != null) {
                                    said.add(name);
                                }
                            }
                            if (part instanceof JTextArea area && !isBox(area)) {
                                said.add(area.getText());
                            }
                        });
        return said;
    }

    private static boolean isBox(JTextArea area) {
        return area.isOpaque();
    }

    private static List<JTextArea> boxes(Form form) {
        return parts(form)
                .filter(part -> part instanceof JTextArea area && isBox(area))
                .map(JTextArea.class::cast)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html><b>invoice</b>",
                "invoice\u202Efdp.exe",
                "invoice\u2028custody: owner-sealed",
                "invoice\ncustody (computed here)",
                "invoice\u0007\u001B[2J",
                "invoice\u0301\u0302\u0303\u0304\u0305",
                "\u05D7invoice\u05D4",
            })
    void foreignNameStandsInABoxAlone(String name) {
        var form = form(question(List.of(), reported("document", name)), 500);

        assertThat(ours(form)).noneMatch(said -> said.contains("invoice"));
        assertThat(boxes(form))
                .singleElement()
                .satisfies(
                        box -> {
                            assertThat(box.getText()).isEqualTo(Line.of(name, Line.NAME));
                            assertThat(box.getText())
                                    .doesNotContainPattern("[\\p{Cntrl}\u202E\u2028]");
                            assertThat(box.getAccessibleContext().getAccessibleName())
                                    .isEqualTo("document, reported");
                            assertThat(box.isEditable()).isFalse();
                        });
    }

    @Test
    void htmlIsNotReadAnywhere() {
        var form = form(question(List.of(OFFER), reported("document", "<html>x")), 500);
        form.setWaiting(List.of("<html>waits"));
        form.setFault("<html>wrong");

        assertThat(parts(form).filter(FormTest::isWords))
                .hasSizeGreaterThan(8)
                .extracting(part -> ((JComponent) part).getClientProperty("html.disable"))
                .containsOnly(true);
        var label = Parts.words("<html><h1>big</h1>");
        assertThat(label.getClientProperty(BasicHTML.propertyKey)).isNull();
        assertThat(label.getText()).isEqualTo("<html><h1>big</h1>");
    }

    /// Not the arrows of a scroll bar.
    private static boolean isWords(Component part) {
        return part instanceof JLabel
                || part instanceof AbstractButton button && !button.getText().isEmpty();
    }

    @Test
    void whoVouchesStandsBesideEachLine() {
        var form =
                form(
                        question(
                                List.of(),
                                reported("program", "x"),
                                new Shown("digest", "SHA-256 …1", Shown.Source.COMPUTED),
                                new Shown("host", "not known", Shown.Source.UNKNOWN)),
                        500);
        assertThat(ours(form))
                .containsSubsequence(
                        "Sign a document?",
                        "program",
                        "reported",
                        "digest",
                        "computed here",
                        "host",
                        "unknown");
    }

    @Test
    void manyLongNamesLeaveRoomForTheAnswer() {
        var shown = new Shown[20];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = reported("thing " + i, "W".repeat(10_000));
        }
        var size = form(question(List.of(OFFER), shown), 540).getPreferredSize();
        assertThat(size.width).isLessThan(900);
        assertThat(size.height).isBetween(300, 540);
    }

    @Test
    void nothingMoreThanThisIsChosenByItself() throws Exception {
        var question = question(List.of(OFFER));
        var body = new PinBody(question);
        body.fields().getFirst().setText("2749");
        assertThat(body.read()).isInstanceOf(Answer.Approval.class);

        body.fields().getFirst().setText("2749");
        parts((Container) body.component())
                .filter(JRadioButton.class::isInstance)
                .map(JRadioButton.class::cast)
                .toList()
                .getLast()
                .setSelected(true);
        assertThat(body.read())
                .isInstanceOfSatisfying(
                        Answer.Consent.class,
                        consent -> assertThat(consent.offer()).isEqualTo(OFFER));
    }

    @Test
    void whatIsOfferedIsSaidWithItsReason() {
        var form = form(question(List.of(OFFER)), 500);
        assertThat(boxes(form))
                .extracting(JTextArea::getText)
                .containsExactly("this process: up to 2 signatures in 1 minute");
        assertThat(ours(form)).contains("It signs twice.");
    }

    @Test
    void whoWaitsIsNamedInBoxes() {
        var form = form(question(List.of()), 500);
        assertThat(form.setWaiting(List.of("Log in for ssh, process 1?", "b", "c", "d"))).isTrue();
        assertThat(form.setWaiting(List.of("Log in for ssh, process 1?", "b", "c", "d"))).isFalse();
        assertThat(ours(form)).contains("Waiting for their turn: 4");
        assertThat(boxes(form))
                .extracting(JTextArea::getText)
                .containsExactly("Log in for ssh, process 1?", "b", "c");
    }

    @Test
    void secretIsNeverSaid() {
        var field = new SecretField("PIN", 16);
        field.setText("2749");
        var said = field.getAccessibleContext();
        assertThat(said.getAccessibleRole()).isEqualTo(AccessibleRole.PASSWORD_TEXT);
        assertThat(said.getAccessibleText().getAtIndex(1, 1)).doesNotContain("2", "7", "4", "9");
    }
}
