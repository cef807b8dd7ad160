package dev.custodian.agent.prompt.desktop;

import dev.custodian.agent.prompt.Entry;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.util.ArrayList;
import java.util.List;
import javax.swing.Box;
import javax.swing.JComponent;

/// A secret, typed twice when it is a new one.
final class EntryBody implements Body<Secret> {
    private final Entry.Wanted wanted;
    private final Box box = Box.createVerticalBox();
    private final List<SecretField> fields = new ArrayList<>();

    EntryBody(Entry.Wanted wanted) {
        this.wanted = wanted;
        add(wanted.label());
        if (wanted.isTypedTwice()) {
            box.add(Box.createVerticalStrut(6));
            add(Entry.AGAIN);
        }
    }

    private void add(String label) {
        var code = wanted == Entry.Wanted.RECOVERY_CODE;
        var field = new SecretField(label, code ? 34 : 16);
        if (code) {
            // Long, and of no use once it is typed: better seen than mistyped.
            field.setEchoChar('\0');
        }
        fields.add(field);
        box.add(Rows.labelled(label, field));
    }

    @Override
    public JComponent component() {
        return box;
    }

    @Override
    public List<SecretField> fields() {
        return fields;
    }

    @Override
    public boolean mayBeNone() {
        return wanted.mayBeNone();
    }

    @Override
    public Secret read() throws Refused {
        var first = wanted.read(fields.getFirst().take());
        if (!wanted.isTypedTwice()) {
            return first;
        }
        try (var again = wanted.read(fields.getLast().take())) {
            if (again.equals(first)) {
                return first;
            }
            throw new Refused(FailureKind.USAGE, Entry.NOT_THE_SAME);
        } catch (Refused | RuntimeException e) {
            first.close();
            throw e;
        }
    }
}
