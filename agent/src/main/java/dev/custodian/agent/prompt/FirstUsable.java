package dev.custodian.agent.prompt;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.util.List;

/// Asks by the first of several prompts that can show something.
public final class FirstUsable implements Prompt {
    private final List<Prompt> prompts;

    /// @param prompts in the order in which they are tried; at least one
    public FirstUsable(List<Prompt> prompts) {
        this.prompts = List.copyOf(prompts);
    }

    @Override
    public Answer ask(Question question, Watch watch) throws Refused {
        return first(prompt -> prompt.ask(question, watch));
    }

    @Override
    public Secret enter(Entry entry, Watch watch) throws Refused {
        return first(prompt -> prompt.enter(entry, watch));
    }

    @Override
    public void tell(Notice notice, Watch watch) throws Refused {
        var _ =
                first(
                        prompt -> {
                            prompt.tell(notice, watch);
                            return true;
                        });
    }

    /// What one of them is to do.
    @FunctionalInterface
    private interface Asking<T> {
        T by(Prompt prompt) throws Refused;
    }

    private <T> T first(Asking<T> asking) throws Refused {
        for (var prompt : prompts.subList(0, prompts.size() - 1)) {
            try {
                return asking.by(prompt);
            } catch (Refused e) {
                if (e.kind() != FailureKind.PROMPT_UNUSABLE) {
                    throw e;
                }
            }
        }
        return asking.by(prompts.getLast());
    }
}
