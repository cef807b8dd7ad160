package dev.custodian.it.crash;

import dev.custodian.core.Bytes;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Callers that approve, sign, and ask again for what they have, over every restart of the server.
/// They write down each signature before they count it.
final class Load implements AutoCloseable {
    /// Gets `signature INTENT DIGEST SIGNATURE`, `unknown INTENT DIGEST` and `refused KIND`.
    static final String RECEIVED = "received.log";

    private static final int MOST_DIGESTS = 48;
    private static final int MOST_AT_ONCE = 3;
    // hashing a PIN costs the server as much as many signatures
    private static final int CALLS_AN_APPROVAL = 24;
    private static final int CALLS_A_REPEAT = 16;
    private static final int KEPT = 30;
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final long PAUSE_MILLIS = 100;

    private final LineLog log;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> callers = new ArrayList<>();
    private final List<Throwable> faults = Collections.synchronizedList(new ArrayList<>());
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

    /// Starts callers, some for each agent.
    Load(Estate estate, List<Agent> agents, int callersEach) {
        log = new LineLog(estate.log(RECEIVED));
        for (var agent : agents) {
            var recent = new ConcurrentLinkedDeque<Approval>();
            for (int i = 0; i < callersEach; i++) {
                callers.add(Thread.ofPlatform().daemon().start(() -> run(agent, recent)));
            }
        }
    }

    int callers() {
        return callers.size();
    }

    private void run(Agent agent, ConcurrentLinkedDeque<Approval> recent) {
        try {
            while (stop.getCount() > 0) {
                try {
                    step(agent, recent);
                } catch (Agent.LostException e) {
                    count("lost");
                    // while nobody listens, a whole call is a dear way to find out
                    do {
                        pause();
                    } while (stop.getCount() > 0 && !agent.isHeard());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            faults.add(e);
        }
    }

    private void pause() throws InterruptedException {
        // until it is over, or it is time to try again
        var _ = stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void step(Agent agent, ConcurrentLinkedDeque<Approval> recent) throws Exception {
        var random = ThreadLocalRandom.current();
        var approval = random.nextInt(CALLS_AN_APPROVAL) == 0 ? null : any(recent);
        if (approval == null) {
            approval = agent.approve(1 + random.nextInt(MOST_DIGESTS));
            recent.addFirst(approval);
            if (recent.size() > KEPT) {
                recent.pollLast();
            }
        }
        try {
            if (!approval.isAuthorized() || random.nextInt(CALLS_A_REPEAT) == 0) {
                var answer = agent.authorize(approval);
                if (!answer.failure().isEmpty()) {
                    refused(approval, List.of(), answer.failure());
                    return;
                }
                if (!answer.body().text("SAD").equals(approval.sad.expose())) {
                    wrong.add("another SAD for the same intent");
                }
                approval.authorized();
                count("authorized");
            }
            var digests = new ArrayList<>(approval.digests);
            Collections.shuffle(digests);
            int asks = 1 + random.nextInt(Math.min(MOST_AT_ONCE, digests.size()));
            var asked = List.copyOf(digests.subList(0, asks));
            received(approval, asked, agent.sign(approval, asked));
        } finally {
            wrong.addAll(approval.wrong());
        }
    }

    private static @Nullable Approval any(Collection<Approval> recent) {
        var now = Clock.systemUTC().instant();
        recent.removeIf(approval -> !approval.until.isAfter(now));
        var all = List.copyOf(recent);
        return all.isEmpty() ? null : all.get(ThreadLocalRandom.current().nextInt(all.size()));
    }

    private void received(Approval approval, List<Bytes> asked, Agent.Answer answer)
            throws Exception {
        if (!answer.failure().isEmpty()) {
            refused(approval, asked, answer.failure());
            return;
        }
        var signatures = Agent.signatures(answer);
        if (signatures.size() != asked.size()) {
            wrong.add(signatures.size() + " signatures for " + asked.size() + " digests");
        }
        for (int i = 0; i < signatures.size(); i++) {
            log.add(
                    "signature "
                            + approval.intentHash.hex()
                            + " "
                            + asked.get(i).hex()
                            + " "
                            + signatures.get(i).hex());
            count(approval.received(asked.get(i), signatures.get(i)) ? "repeated" : "received");
        }
    }

    private void refused(Approval approval, List<Bytes> asked, String kind)
            throws InterruptedException {
        log.add("refused " + kind);
        count("refused " + kind);
        if (kind.equals("outcome-unknown") && asked.size() == 1) {
            approval.unknown(asked.getFirst());
            log.add("unknown " + approval.intentHash.hex() + " " + asked.getFirst().hex());
        }
        pause();
    }

    private void count(String what) {
        counts.computeIfAbsent(what, _ -> new AtomicInteger()).incrementAndGet();
    }

    int counted(String what) {
        var count = counts.get(what);
        return count == null ? 0 : count.get();
    }

    /// Waits until something was counted as often as this.
    void await(String what, int enough) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (counted(what) < enough) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("no more " + what + ": " + counts());
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    Map<String, AtomicInteger> counts() {
        return new TreeMap<>(counts);
    }

    /// What no client may ever see, and whatever ended a caller.
    List<String> findings() {
        var all = new ArrayList<>(wrong);
        faults.forEach(fault -> all.add("a caller ended: " + fault));
        return all;
    }

    /// Ends when every caller has its last answer.
    @Override
    public void close() throws IOException {
        stop.countDown();
        for (var caller : callers) {
            try {
                if (!caller.join(Duration.ofMinutes(10))) {
                    wrong.add("a caller still waits for an answer");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        log.close();
    }
}
