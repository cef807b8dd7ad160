package dev.custodian.agent.prompt.desktop;

import dev.custodian.agent.prompt.Answer;
import dev.custodian.agent.prompt.Entry;
import dev.custodian.agent.prompt.Offer;
import dev.custodian.agent.prompt.Question;
import dev.custodian.core.Refused;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.swing.Box;
import javax.swing.BoxLayout;
import javax.swing.ButtonGroup;
import javax.swing.JComponent;
import javax.swing.JRadioButton;

/// The PIN, and before it the choice between this alone and what else is offered.
final class PinBody implements Body<Answer> {
    private final Box box = Box.createVerticalBox();
    private final Map<JRadioButton, Offer> choices = new LinkedHashMap<>();
    private final SecretField pin = new SecretField(Entry.Wanted.PIN.label(), 16);

    PinBody(Question question) {
        if (!question.offers().isEmpty()) {
            choose(question.offers());
        }
        box.add(Rows.labelled(Entry.Wanted.PIN.label(), pin));
    }

    private void choose(List<Offer> offers) {
        var group = new ButtonGroup();
        var alone = Parts.pressed(new JRadioButton(), "Allow this alone", 'T');
        alone.setSelected(true);
        group.add(alone);
        box.add(Rows.left(alone));
        for (var offer : offers) {
            var more =
                    Parts.pressed(new JRadioButton(), "Allow this and, without asking again:", 'W');
            group.add(more);
            choices.put(more, offer);
            box.add(Rows.left(more));
            box.add(Rows.setIn(offer(offer)));
        }
        box.add(Box.createVerticalStrut(10));
    }

    private static JComponent offer(Offer offer) {
        var words = new Box(BoxLayout.PAGE_AXIS);
        words.add(
                Rows.left(
                        Parts.box(
                                offer.words(), "what else is allowed, reported", Parts.WIDE_BOX)));
        if (!offer.why().isEmpty()) {
            words.add(Rows.left(Parts.sentence(offer.why(), Parts.WIDE_BOX)));
        }
        return words;
    }

    @Override
    public JComponent component() {
        return box;
    }

    @Override
    public List<SecretField> fields() {
        return List.of(pin);
    }

    @Override
    public Answer read() throws Refused {
        var typed = Entry.Wanted.PIN.read(pin.take());
        for (var choice : choices.entrySet()) {
            if (choice.getKey().isSelected()) {
                return new Answer.Consent(typed, choice.getValue());
            }
        }
        return new Answer.Approval(typed);
    }
}
