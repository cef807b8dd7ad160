package dev.custodian.agent.prompt;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Asks one question after the other, in the order in which they came, since one dialog over
/// another one gets the answer that was meant for it. Whoever waits is named on the question that
/// is shown.
public final class OneAtATime implements Prompt {
    /// Questions that may wait at once.
    public static final int MOST_WAITING = 16;

    private static final long SLICE_MILLIS = 200;

    private final Prompt prompt;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Deque<Turn> queue = new ArrayDeque<>();

    public OneAtATime(Prompt prompt) {
        this.prompt = prompt;
    }

    /// The limit of a question begins when it is shown; it waits for its turn no longer than that.
    @Override
    public Answer ask(Question question, Watch watch) throws Refused {
        var turn = new Turn(question.title(), question.limit(), watch);
        return inTurn(
                turn,
                () -> {
                    var answer = prompt.ask(question, turn);
                    if (answer instanceof Answer.Refusal) {
                        // before the next question is shown
                        watch.refused();
                    }
                    return answer;
                });
    }

    @Override
    public Secret enter(Entry entry, Watch watch) throws Refused {
        var turn = new Turn(entry.title(), entry.limit(), watch);
        return inTurn(turn, () -> prompt.enter(entry, turn));
    }

    @Override
    public void tell(Notice notice, Watch watch) throws Refused {
        var turn = new Turn(notice.title(), notice.limit(), watch);
        var _ =
                inTurn(
                        turn,
                        () -> {
                            prompt.tell(notice, turn);
                            return "";
                        });
    }

    /// What is done when a turn comes.
    private interface Showing<T> {
        T show() throws Refused;
    }

    private <T> T inTurn(Turn turn, Showing<T> showing) throws Refused {
        enter(turn);
        try {
            await(turn);
            return showing.show();
        } finally {
            leave(turn);
        }
    }

    private void enter(Turn turn) throws Refused {
        lock.lock();
        try {
            if (queue.size() > MOST_WAITING) {
                throw new Refused(FailureKind.PROMPTS_WAITING);
            }
            queue.add(turn);
        } finally {
            lock.unlock();
        }
    }

    private void await(Turn turn) throws Refused {
        long end = System.nanoTime() + turn.limit.toNanos();
        lock.lock();
        try {
            while (queue.peekFirst() != turn) {
                if (!turn.isWanted()) {
                    throw new Refused(FailureKind.PROGRAM_REFUSED);
                }
                if (System.nanoTime() - end > 0) {
                    throw new Refused(
                            FailureKind.APPROVAL_TIMED_OUT,
                            "Other questions were not answered before.");
                }
                boolean _ = moved.await(SLICE_MILLIS, TimeUnit.MILLISECONDS);
            }
            if (!turn.isWanted()) {
                throw new Refused(FailureKind.PROGRAM_REFUSED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(FailureKind.APPROVAL_TIMED_OUT, "The agent ends.");
        } finally {
            lock.unlock();
        }
    }

    private void leave(Turn turn) {
        lock.lock();
        try {
            queue.remove(turn);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private List<String> waiting() {
        lock.lock();
        try {
            var titles = new ArrayList<String>();
            queue.forEach(one -> titles.add(one.title));
            return titles.subList(1, titles.size());
        } finally {
            lock.unlock();
        }
    }

    /// A place in the queue: two questions may be equal. It knows who waits behind it.
    private final class Turn implements Watch {
        private final String title;
        private final Duration limit;
        private final Watch watch;

        Turn(String title, Duration limit, Watch watch) {
            this.title = title;
            this.limit = limit;
            this.watch = watch;
        }

        @Override
        public boolean isWanted() {
            return watch.isWanted();
        }

        @Override
        public List<String> waiting() {
            return OneAtATime.this.waiting();
        }

        @Override
        public int terminal() {
            return watch.terminal();
        }
    }
}
