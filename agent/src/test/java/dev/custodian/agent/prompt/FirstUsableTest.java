package dev.custodian.agent.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstUsableTest {
    private final List<String> asked = new ArrayList<>();

    /// Refuses all, for one reason.
    private final class Refusing implements Prompt {
        private final String name;
        private final FailureKind kind;

        Refusing(String name, FailureKind kind) {
            this.name = name;
            this.kind = kind;
        }

        @Override
        public Answer ask(Question question, Watch watch) throws Refused {
            throw refused();
        }

        @Override
        public Secret enter(Entry entry, Watch watch) throws Refused {
            throw refused();
        }

        @Override
        public void tell(Notice notice, Watch watch) throws Refused {
            throw refused();
        }

        private Refused refused() {
            asked.add(name);
            return new Refused(kind);
        }
    }

    private void refused(FailureKind kind, Prompt... prompts) {
        var first = new FirstUsable(List.of(prompts));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> first.ask(Questions.of(), Questions.watch()))
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo(kind));
    }

    @Test
    void anAnswerIsAskedForOnce() {
        refused(
                FailureKind.APPROVAL_TIMED_OUT,
                new Refusing("a", FailureKind.APPROVAL_TIMED_OUT),
                new Refusing("b", FailureKind.PROMPT_UNUSABLE));
        assertThat(asked).containsExactly("a");
    }

    @Test
    void theNextOneAsksWhereOneCannot() {
        refused(
                FailureKind.APPROVAL_REFUSED,
                new Refusing("a", FailureKind.PROMPT_UNUSABLE),
                new Refusing("b", FailureKind.APPROVAL_REFUSED),
                new Refusing("c", FailureKind.APPROVAL_REFUSED));
        assertThat(asked).containsExactly("a", "b");
    }

    @Test
    void noneIsUsableWhereNoneIs() {
        refused(
                FailureKind.PROMPT_UNUSABLE,
                new Refusing("a", FailureKind.PROMPT_UNUSABLE),
                new Refusing("b", FailureKind.PROMPT_UNUSABLE));
        assertThat(asked).containsExactly("a", "b");
    }
}
