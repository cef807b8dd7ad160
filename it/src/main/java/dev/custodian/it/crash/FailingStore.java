package dev.custodian.it.crash;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A store that passes the points around its commits, and shows a mutant's fault if there is one.
final class FailingStore implements Store {
    // a busy machine, too, signs and passes the point of its death within it
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Store real;
    private final Failpoints points;
    private final Mutant mutant;

    /// Commits of outcomes alone that [Mutant#OUTCOME_TWICE] has seen.
    private final AtomicInteger outcomes = new AtomicInteger();

    /// What [Mutant#SIGN_BEFORE_COMMIT] has not committed yet. Of the journal's writer alone.
    private @Nullable Tx late;

    FailingStore(Store real, Failpoints points, Mutant mutant) {
        this.real = real;
        this.points = points;
        this.mutant = mutant;
    }

    @Override
    public Tx begin() throws Refused {
        var before = late;
        if (before != null) {
            late = null;
            LockSupport.parkNanos(LATE_NANOS);
            try (before) {
                before.commit();
            }
        }
        var fate = new Fate(real.begin());
        return (Tx)
                Proxy.newProxyInstance(
                        Tx.class.getClassLoader(),
                        new Class<?>[] {Tx.class},
                        (_, method, arguments) -> fate.call(method, arguments));
    }

    @Override
    public Reader read() throws Refused {
        return real.read();
    }

    @Override
    public void close() {
        real.close();
    }

    /// What becomes of one transaction.
    private final class Fate {
        private final Tx tx;
        private boolean consumes;
        private boolean closes;
        private boolean isLate;

        Fate(Tx tx) {
            this.tx = tx;
        }

        @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            switch (method.getName()) {
                case "consume" -> {
                    if (!consumes) {
                        points.pass(Point.BEFORE_CONSUME);
                    }
                    consumes = true;
                }
                case "commit" -> {
                    commit();
                    return null;
                }
                case "close" -> {
                    boolean ofTheTransaction = arguments == null || arguments.length == 0;
                    if (ofTheTransaction && isLate) {
                        return null;
                    }
                    closes |= !ofTheTransaction;
                }
                default -> {
                    // as it is
                }
            }
            try {
                var result = method.invoke(tx, arguments);
                boolean again = mutant == Mutant.OUTCOME_TWICE && method.getName().equals("close");
                // for the closing of rows; that of the transaction returns nothing
                return again && result != null ? (Object) true : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private void commit() throws Refused {
            pass(Point.BEFORE_COMMIT, Point.BEFORE_OUTCOME_COMMIT);
            if (consumes && mutant == Mutant.SIGN_BEFORE_COMMIT) {
                late = tx;
                isLate = true;
            } else if (!consumes || mutant != Mutant.EMPTY_COMMIT) {
                tx.commit();
            }
            pass(Point.AFTER_COMMIT, Point.AFTER_OUTCOME_COMMIT);
            if (closes
                    && !consumes
                    && mutant == Mutant.OUTCOME_TWICE
                    && points.isArmed()
                    && outcomes.getAndIncrement() % 2 == 0) {
                // the next try of the same is let through
                throw new Refused(FailureKind.STORAGE_FAILED);
            }
        }

        private void pass(Point ofUses, Point ofOutcomes) {
            if (consumes) {
                points.pass(ofUses);
            }
            if (closes) {
                points.pass(ofOutcomes);
            }
        }
    }
}
