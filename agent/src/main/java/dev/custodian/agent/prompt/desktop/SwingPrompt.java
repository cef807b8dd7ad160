package dev.custodian.agent.prompt.desktop;

import com.formdev.flatlaf.FlatLightLaf;
import com.formdev.flatlaf.FlatSystemProperties;
import dev.custodian.agent.prompt.Answer;
import dev.custodian.agent.prompt.Entry;
import dev.custodian.agent.prompt.Notice;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.prompt.Question;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Shown;
import java.awt.AWTError;
import java.awt.GraphicsEnvironment;
import java.awt.HeadlessException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.swing.SwingUtilities;
import javax.swing.UIManager;

/// Asks by a window on the desktop. The toolkit starts with the first question.
public final class SwingPrompt implements Prompt {
    private static final long SLICE_MILLIS = 200;

    @Override
    public Answer ask(Question question, Watch watch) throws Refused {
        try {
            return show(
                    () -> new PinBody(question),
                    body -> form(question.title(), question.shown(), body, "Approve"),
                    question.limit(),
                    watch);
        } catch (Refused e) {
            if (e.kind() == FailureKind.APPROVAL_REFUSED) {
                return new Answer.Refusal();
            }
            throw e;
        }
    }

    @Override
    public Secret enter(Entry entry, Watch watch) throws Refused {
        return show(
                () -> new EntryBody(entry.wanted()),
                body -> form(entry.title(), entry.shown(), body, "Continue"),
                entry.limit(),
                watch);
    }

    @Override
    public void tell(Notice notice, Watch watch) throws Refused {
        var _ =
                show(
                        () -> new CodeBody(notice.code()),
                        body -> form(notice.title(), notice.shown(), body, Notice.NOTED),
                        notice.limit(),
                        watch);
    }

    private static Form form(String title, List<Shown> shown, Body<?> body, String yes) {
        var screen = GraphicsEnvironment.getLocalGraphicsEnvironment().getMaximumWindowBounds();
        return new Form(title, shown, body, yes, screen.height);
    }

    private static <T> T show(
            Supplier<Body<T>> body, Function<Body<T>, Form> form, Duration limit, Watch watch)
            throws Refused {
        var decision = new CompletableFuture<T>();
        long end = System.nanoTime() + limit.toNanos();
        try {
            var window = inEvents(() -> open(body.get(), form, decision, limit, watch));
            try {
                return await(decision, window, end, watch);
            } finally {
                SwingUtilities.invokeLater(window::close);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(FailureKind.APPROVAL_TIMED_OUT, "The agent ends.");
        }
    }

    private static <T> PromptWindow<T> open(
            Body<T> body,
            Function<Body<T>, Form> form,
            CompletableFuture<T> decision,
            Duration limit,
            Watch watch) {
        var window = new PromptWindow<>(form.apply(body), body, decision);
        window.update(limit.toSeconds(), watch.waiting());
        window.open();
        return window;
    }

    /// All that decides happens in the thread of events, so that no answer comes too late to be
    /// wiped.
    private static <T> T await(
            CompletableFuture<T> decision, PromptWindow<T> window, long end, Watch watch)
            throws Refused, InterruptedException {
        while (true) {
            try {
                return decision.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Refused refused) {
                    throw refused;
                }
                throw new IllegalStateException(e.getCause());
            } catch (TimeoutException e) {
                long left = end - System.nanoTime();
                if (!watch.isWanted()) {
                    end(decision, FailureKind.PROGRAM_REFUSED);
                } else if (left < 0) {
                    end(decision, FailureKind.APPROVAL_TIMED_OUT);
                } else {
                    var waiting = watch.waiting();
                    SwingUtilities.invokeLater(
                            () -> window.update(TimeUnit.NANOSECONDS.toSeconds(left), waiting));
                }
            }
        }
    }

    private static void end(CompletableFuture<?> decision, FailureKind kind) {
        SwingUtilities.invokeLater(() -> decision.completeExceptionally(new Refused(kind)));
    }

    private static <T> T inEvents(Callable<T> work) throws Refused, InterruptedException {
        try {
            if (GraphicsEnvironment.isHeadless()) {
                throw unusable();
            }
            var task = new FutureTask<>(() -> inOurLooks(work));
            SwingUtilities.invokeLater(task);
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HeadlessException) {
                throw unusable();
            }
            throw new IllegalStateException(e.getCause());
        } catch (HeadlessException | AWTError | NoClassDefFoundError e) {
            // There is no display, or it does not let us in.
            throw unusable();
        }
    }

    private static <T> T inOurLooks(Callable<T> work) throws Exception {
        if (!(UIManager.getLookAndFeel() instanceof FlatLightLaf)) {
            // It would write a library into the folder of temporary files, for frames of its own.
            System.setProperty(FlatSystemProperties.USE_NATIVE_LIBRARY, "false");
            FlatLightLaf.setup();
        }
        return work.call();
    }

    private static Refused unusable() {
        return new Refused(FailureKind.PROMPT_UNUSABLE, "There is no display, or it refuses us.");
    }
}
